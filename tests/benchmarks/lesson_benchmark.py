"""How long a learner waits in front of the cells of the solved lessons, and how long in silence.

    python tests/benchmarks/lesson_benchmark.py            # or a few: 03 07

A cell is listed when it takes two seconds or more (`--from` changes that). Its silence is the
longest time in which nothing new appeared below it: no line, no picture, no move of a widget.
Cell 0 is a lesson's imports, that is TensorFlow's start. Seconds are those of the clock, so
nothing else should run.
"""

import argparse

import nbformat
from nbclient import NotebookClient

from dimlearn.course import authoring, kernels, lesson_source

SHOWS = {"stream", "display_data", "update_display_data", "execute_result", "comm_msg"}


class Stopwatch(NotebookClient):
    """Runs a notebook and keeps, of every cell, when it began, showed something and ended."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.moments = {}

    def process_message(self, msg, cell, cell_index):
        ends = msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle"
        if msg["msg_type"] in SHOWS | {"execute_input"} or ends:
            self.moments.setdefault(cell.id, []).append(msg["header"]["date"])
        return super().process_message(msg, cell, cell_index)


def waits(lesson):
    """`[(seconds, longest silence)]` of the code cells of a solved lesson."""
    notebook = nbformat.read(lesson.solution, 4)
    folder = {"metadata": {"path": str(lesson.solution.parent)}}
    quiet = ["--IPKernelApp.log_level=ERROR"]
    watch = Stopwatch(
        notebook, timeout=kernels.CELL_SECONDS, resources=folder, extra_arguments=quiet
    )
    with kernels.learner_like() as environment:
        watch.execute(env=environment)
    found = []
    for cell in lesson_source.code_cells(notebook):
        moments = watch.moments[cell.id]
        silences = [(b - a).total_seconds() for a, b in zip(moments, moments[1:])]
        found.append(((moments[-1] - moments[0]).total_seconds(), max(silences)))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lessons", nargs="*", help="numbers, such as 03; without them all")
    parser.add_argument("--from", type=float, default=2, dest="least", help="seconds of a cell")
    options = parser.parse_args()
    print("lesson  cell  seconds  silence")
    for lesson in authoring.lessons():
        number = lesson.solution.stem[:2]
        if options.lessons and number not in options.lessons:
            continue
        found = waits(lesson)
        for place, (seconds, silence) in enumerate(found):
            if seconds >= options.least:
                print(f"{number:6}{place:6}{seconds:9.1f}{silence:9.1f}")
        print(f"{number:6}   all{sum(seconds for seconds, _ in found):9.1f}", flush=True)


if __name__ == "__main__":
    main()
