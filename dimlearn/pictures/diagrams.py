"""The training step of Deep InfoMax as a drawing. Lesson 8.

    figure = training_step(alpha=0.6, beta=0.4, gamma=0.2)

Boxes are networks (with a border) and what they compute (without). Full arrows lead from the image
to the losses, dashed ones the way of the gradients back. What has the weight 0 is drawn pale: it is
not computed.
"""

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from dimlearn.pictures.style import BLACK, BLUE, GREY, ORANGE, PURPLE

PALE, PALE_TEXT = "#d8d8d8", "#b0b0b0"
WIDTH, HEIGHT = 1.62, 0.62

# name: place of the middle, text, kind, weight that it needs
BOXES = {
    "image": ((0.0, 2.8), "image", "value", None),
    "encoder": ((2.5, 2.8), "encoder", "network", None),
    "map": ((5.0, 3.9), "feature map", "value", None),
    "code": ((5.0, 1.9), "code", "value", None),
    "prior": ((5.0, 0.3), "prior samples", "value", "gamma"),
    "global critic": ((7.7, 4.7), "global critic", "network", "alpha"),
    "local critic": ((7.7, 3.1), "local critic", "network", "beta"),
    "discriminator": ((7.7, 1.1), "discriminator", "opponent", "gamma"),
    "global bound": ((10.3, 4.7), "global bound", "value", "alpha"),
    "local bound": ((10.3, 3.1), "local bound", "value", "beta"),
    "prior loss": ((10.3, 1.7), "prior loss", "value", "gamma"),
    "discriminator loss": ((10.3, 0.3), "discriminator\nloss", "value", "gamma"),
    "loss": ((13.8, 3.1), "weighted\nloss", "value", None),
}

# from, to, who gets a gradient along it: the cooperating networks, the discriminator, nobody
ARROWS = (
    ("image", "encoder", None),
    ("encoder", "map", "all"),
    ("encoder", "code", "all"),
    ("map", "global critic", "all"),
    ("map", "local critic", "all"),
    ("code", "global critic", "all"),
    ("code", "local critic", "all"),
    ("code", "discriminator", "all"),
    ("prior", "discriminator", None),
    ("global critic", "global bound", "all"),
    ("local critic", "local bound", "all"),
    ("discriminator", "prior loss", "all"),
    ("discriminator", "discriminator loss", "opponent"),
    ("global bound", "loss", "all"),
    ("local bound", "loss", "all"),
    ("prior loss", "loss", "all"),
)
BORDERS = {"network": BLUE, "opponent": PURPLE, "value": "none"}
GREEK = {"alpha": "\u03b1", "beta": "\u03b2", "gamma": "\u03b3"}
GRADIENTS = {"all": ORANGE, "opponent": PURPLE}
# What the weighted loss takes a value with: sign, weight, place of the words
FACTORS = {
    "global bound": ("-", "alpha", (12.75, 4.3)),
    "local bound": ("-", "beta", (11.95, 3.42)),
    "prior loss": ("+", "gamma", (12.75, 1.9)),
}


def training_step(alpha=1.0, beta=1.0, gamma=1.0, values=None):
    """A figure of one training step with the given weights; see the module.

    `values`: numbers in nats to write into the boxes, `{"global bound": -1.39, "loss": ...}`.
    """
    weights = {"alpha": alpha, "beta": beta, "gamma": gamma}
    figure = Figure(figsize=(10, 4.1), layout="constrained")
    axis = figure.subplots()
    axis.set(xlim=(-1.0, 14.8), ylim=(-0.9, 5.2), aspect="equal")
    axis.set_axis_off()
    for name in BOXES:
        draw_box(axis, name, weights, (values or {}).get(name))
    for start, end, gradient in ARROWS:
        draw_arrow(axis, start, end, gradient, weights)
    draw_legend(axis)
    return figure


def in_use(name, weights):
    needed = BOXES[name][3]
    return needed is None or weights[needed] != 0


def draw_box(axis, name, weights, value=None):
    (x, y), text, kind, _ = BOXES[name]
    used = in_use(name, weights)
    if value is not None and used:
        text += f"{' ' if chr(10) in text else chr(10)}{value:.2f} nats"
    box = FancyBboxPatch((x - WIDTH / 2, y - HEIGHT / 2), WIDTH, HEIGHT, boxstyle="round,pad=0.05")
    box.set_facecolor("#eef3f7" if used and kind == "value" else "white")
    box.set_edgecolor(BORDERS[kind] if used or kind == "value" else PALE)
    box.set(linewidth=2, zorder=2)
    axis.add_patch(box)
    write(axis, (x, y), text, used)


def draw_arrow(axis, start, end, gradient, weights):
    """The arrow forward and, a little beside it, the one back."""
    used = in_use(start, weights) and in_use(end, weights)
    (x0, y0), (x1, y1) = BOXES[start][0], BOXES[end][0]
    slope = max(-0.2, min(0.2, 0.1 * (y1 - y0)))  # arrows to different boxes leave apart
    x0, x1, y0, y1 = x0 + WIDTH / 2 + 0.08, x1 - WIDTH / 2 - 0.08, y0 + slope, y1 - slope
    aside = 0.08 if gradient else 0.0
    one_arrow(axis, (x0, y0 + aside), (x1, y1 + aside), BLACK if used else PALE, "-")
    if gradient and used:
        one_arrow(axis, (x1, y1 - aside), (x0, y0 - aside), GRADIENTS[gradient], "--")
    if start in FACTORS:
        sign, weight, place = FACTORS[start]
        factor = f"{sign}{GREEK[weight]} = {'' if sign == '+' or not used else sign}"
        write(axis, place, f"{factor}{weights[weight]:g}", used)


def one_arrow(axis, start, end, color, style):
    arrow = FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, shrinkA=0, shrinkB=0)
    arrow.set(color=color, linestyle=style, linewidth=1.2, zorder=1)
    axis.add_patch(arrow)


def write(axis, place, text, used):
    color = BLACK if used else PALE_TEXT
    axis.text(*place, text, ha="center", va="center", fontsize=9, zorder=3, color=color)


def draw_legend(axis):
    """What the borders and the dashed arrows mean, below the drawing."""
    entries = (
        (-0.5, BLUE, "-", "moved by the first optimizer"),
        (4.3, ORANGE, "--", "gradient of the weighted loss"),
        (9.1, PURPLE, "--", "discriminator: own loss, own optimizer"),
    )
    for x, color, style, text in entries:
        axis.plot([x - 0.3, x + 0.25], [-0.65, -0.65], style, color=color, linewidth=2)
        axis.text(x + 0.4, -0.65, text, va="center", fontsize=8.5, color=GREY)
