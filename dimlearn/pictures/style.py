"""The look of every picture: colours, markers and line styles.

Colours are Okabe and Ito's, which people with any common colour blindness can tell apart; markers
and line styles repeat what the colours say.
"""

BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
SKY, GREY, BLACK = "#56B4E9", "#888888", "#000000"
ROW_STYLES = {  # colour, marker, line style
    "pixels": (GREY, "s", ":"),
    "random": (GREY, "o", "--"),
    "pca": (GREY, "^", "-."),
    "supervised": (BLACK, "D", "-"),
    "standard": (BLACK, "v", "--"),
    "global": (ORANGE, "o", "-"),
    "local": (BLUE, "s", "-"),
    "mixed": (GREEN, "^", "-"),
    "complete": (RED, "D", "-"),
}
OTHER_STYLE = (PURPLE, "P", "-")
TERM_STYLES = {
    "global_bound": (ORANGE, "-"),
    "local_bound": (BLUE, "-"),
    "prior_loss": (RED, "--"),
    "discriminator_loss": (PURPLE, ":"),
    "coordinate_loss": (GREEN, "--"),
    "offset_loss": (SKY, "--"),
    "loss": (BLACK, "-."),
}
