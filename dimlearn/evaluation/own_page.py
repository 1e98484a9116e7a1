"""The page about an encoder for images of your own: what was read, learnt, and found alike."""

import math

import numpy as np

from dimlearn.data.batches import as_floats
from dimlearn.errors import one_line
from dimlearn.evaluation.codes import standardize
from dimlearn.evaluation.figures import FEWEST_TO_PROJECT, in_two_dimensions, nearest
from dimlearn.files import readable, write_text, written_whole
from dimlearn.pictures.comparison import loss_curves
from dimlearn.pictures.unlabelled import alike, in_their_places

QUERIES, NEAREST, PROJECTED = 8, 5, 300
NAMED = 10  # files left out that the page names
FEW = 500  # pictures


def write_page(folder, pictures, codes, told, notes):
    """Write `report.md`, its figures and, where files were left out, `left_out.txt` to the folder.

    `pictures`: `Pictures`; `codes`: `[N, D]`; `told`: the `history` and the `seconds` of the
    training; `notes`: the settings of the training, `steps` in an epoch and `why` these views.
    """
    (scaled,) = standardize(codes)
    order = np.random.default_rng(0).permutation(len(codes))
    queries = order[:QUERIES]
    found = others_nearest(scaled, queries)
    figures = {
        "loss": loss_curves([{"name": "the encoder", "history": [told["history"]]}]),
        "neighbours": alike(*(as_floats(pictures.images[index]) for index in (queries, found))),
    }
    shown = order[:PROJECTED]
    if len(shown) > FEWEST_TO_PROJECT and scaled[shown].std() > 0:
        places = in_two_dimensions(scaled[shown])
        figures["projection"] = in_their_places(as_floats(pictures.images[shown]), places)
    (folder / "figures").mkdir(exist_ok=True)
    drawn = {}
    for name, (figure, alternative) in figures.items():
        with written_whole(folder / "figures" / f"{name}.png") as half:
            figure.savefig(half, dpi=130, format="png", metadata={"Description": alternative})
        drawn[name] = f"![{alternative}](figures/{name}.png)"
    if pictures.left_out:
        listed = [f"{name}: {why}" for name, why in pictures.left_out.items()]
        write_text(folder / "left_out.txt", "\n".join(listed) + "\n")
    sections = [
        f"# An encoder for {in_text(pictures.source)}",
        what_was_read(pictures),
        what_was_learnt(told, notes, len(codes)),
        drawn["loss"],
        "## Which pictures it finds alike",
        HOW_TO_READ,
        drawn["neighbours"],
        as_table(pictures.names, queries, found),
        drawn.get("projection"),
        "## What is in this folder",
        IN_FOLDER,
    ]
    write_text(folder / "report.md", "\n\n".join(filter(None, sections)) + "\n")


HOW_TO_READ = one_line("""
    To the right of each picture stand the pictures with the nearest codes (Euclidean distance of
    standardised codes), the nearest first. Look at what they share: a thing, a colour, a place in
    the picture? Nobody told the encoder what matters, so whatever stays the same in two views of a
    picture may. The pictures were drawn at random.
""")
IN_FOLDER = """
- `encoder.keras`: the encoder, plain Keras, `keras.saving.load_model` loads it without dimlearn; it
  takes floats in [0, 1] and gives feature map and code
- `codes.npz`: `codes`, a row for each picture, and `names`, its file
- `history.json`, `settings.json`: what the training told, and what decided it
- `images.npy`, `pictures.json`: the pictures as the encoder saw them, where they came from a folder
""".strip()


def others_nearest(codes, queries):
    """Indices `[Q, K]` of the codes nearest to those of the queries, without the queries' own."""
    found = nearest(codes, codes[queries], NEAREST + 1)
    fewer = min(NEAREST, len(codes) - 1)
    return np.stack([row[row != query][:fewer] for query, row in zip(queries, found)])


def what_was_read(pictures):
    """A paragraph about the images and, by name, about what was left out."""
    left_out = list(pictures.left_out.items())
    if not left_out:
        return pictures.how
    named = "\n".join(f"- {in_text(name)}: {in_text(why)}" for name, why in left_out[:NAMED])
    rest = len(left_out) - NAMED
    more = f"\n- and {rest} more, in `left_out.txt`" if rest > 0 else ""
    return f"{pictures.how} Left out, since they cannot be read ({len(left_out)}):\n\n{named}{more}"


def what_was_learnt(told, notes, count):
    """A paragraph about the training."""
    bounds, batch = told["history"]["local_bound"], notes["batch_size"]
    views = "one view" if notes["views"] == "none" else f"two views ({notes['views']})"
    said = one_line(f"""
        Deep InfoMax on {views} of every picture: {notes["why"]}. It had {notes["epochs"]} epochs of
        {notes["steps"]} batches of {batch} and took {told["seconds"]:.0f} s. The bound rose from
        {bounds[0]:.2f} to {bounds[-1]:.2f} nats; log {batch} = {math.log(batch):.2f} is the most
        that it can show, when the code of one view tells its picture from all others of the batch.
    """)
    if count < FEW:
        said += f" {count} pictures are few: what is learnt of so few holds for them at best."
    return said


def as_table(names, queries, found):
    """The names of the pictures in the figure, as Markdown."""
    head = ["picture", *(f"nearest {number + 1}" for number in range(found.shape[1]))]
    rows = [head, ["---"] * len(head)]
    rows += [[in_text(names[i]) for i in (query, *row)] for query, row in zip(queries, found)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def in_text(name):
    """A name of a file as Markdown shows it, letter by letter."""
    name = readable(name).replace("\n", " ").replace("\r", " ")
    return "".join(f"\\{letter}" if letter in r"\`*_[]<>|#&" else letter for letter in name)
