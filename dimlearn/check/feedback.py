"""What a check says, and how it looks in Jupyter, in a terminal and in a diff.

The words are the same every time. In Jupyter they follow the page's light or dark theme (colours
are inherited, only the bar at the side has its own), the status is a word and a kind of line
before it is a colour, and screen readers are told what the box is.
"""

import html
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

WIDTH = 92
STATUS_WORDS = {"correct": "Correct", "incorrect": "Not yet", "todo": "To do"}

# Mid-tones, with a contrast above 3 to 1 on white and on black, that the colour-blind can tell
# apart; the kind of line says the same without colour.
BARS = {
    "correct": "solid #0f8a6a",
    "incorrect": "dashed #c2620e",
    "todo": "dotted #6f7785",
    "card": "solid #3d7cc9",
}


@dataclass(frozen=True)
class Card:
    """A titled text: a hint, a solution, the progress, an explanation.

    `text`: paragraphs separated by empty lines, code in backticks, code blocks indented by four
    spaces.
    """

    title: str
    text: str

    def __repr__(self):
        return f"{self.title}\n\n{plain(self.text)}"

    def _repr_html_(self):
        return box("card", self.title, self.text, label=self.title)


@dataclass(frozen=True, repr=False)
class Feedback:
    """The answer of a check.

    status: "correct", "incorrect" or "todo".
    mistake: identifier of the recognised mistake (`check.explain` knows it), or None.
    message: what the learner reads.
    use: the function to go on with: the learner's own when correct, the reference otherwise.
    """

    exercise: str
    status: str
    message: str
    use: Any = field(compare=False)
    mistake: str | None = None

    def __bool__(self):
        return self.status == "correct"

    def __repr__(self):
        return f"{self.title}\n\n{plain(self.message)}"

    @property
    def title(self):
        return f"{STATUS_WORDS[self.status]}: {self.exercise}"

    def _repr_html_(self):
        label = f"Check of {self.exercise}: {STATUS_WORDS[self.status].lower()}"
        return box(self.status, self.title, self.message, label)


def blocks(text):
    """The paragraphs and code blocks of a text, as pairs `(is_code, block)`.

    A code block starts with an indented line and ends where an unindented paragraph begins.
    """
    found = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        code = block.startswith("    ")
        if code and found and found[-1][0]:
            found[-1] = (True, found[-1][1] + "\n\n" + block)
        else:
            found.append((code, block))
    return found


def plain(text):
    """The text for a terminal: paragraphs wrapped, code as it is."""
    return "\n\n".join(
        block if code else textwrap.fill(" ".join(block.split()), WIDTH, break_on_hyphens=False)
        for code, block in blocks(text)
    )


def box(kind, title, text, label):
    """The text as HTML. No background and no colour of its own but the bar's."""
    parts = []
    for code, block in blocks(text):
        if code:
            source = html.escape(textwrap.dedent(block))
            parts.append(f'<pre style="margin:0.5em 0;overflow-x:auto">{source}</pre>')
        else:
            words = html.escape(" ".join(block.split()))
            words = re.sub(r"(?<![\w*`])\*(\w+)\*(?![\w*`])", r"<em>\1</em>", words)
            words = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", words)
            parts.append(f'<p style="margin:0.5em 0">{words}</p>')
    bar = f"border-left:0.4em {BARS[kind]};padding:0.1em 0 0.1em 1em"
    style = f"color:inherit;{bar};margin:0.5em 0;max-width:60em;line-height:1.45"
    head = f'<p style="margin:0.3em 0"><strong>{html.escape(title)}</strong></p>'
    start = f'<div role="status" aria-label="{html.escape(label)}" style="{style}">'
    return f"{start}{head}{''.join(parts)}</div>"
