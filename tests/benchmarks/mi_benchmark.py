"""The figures behind what dimlearn says about its MI estimates, to be rerun by anyone.

    python tests/benchmarks/mi_benchmark.py tasks                      built-in worlds, three seeds
    python tests/benchmarks/mi_benchmark.py tasks --folder TASKS       .npz files: x, y, mi_true
    python tests/benchmarks/mi_benchmark.py map [--folder TASKS]       every estimator on every task
    python tests/benchmarks/mi_benchmark.py exact                      formulas with the exact critic
    python tests/benchmarks/mi_benchmark.py staircase                  trained critics, 2 to 10 nats
    python tests/benchmarks/mi_benchmark.py images [--data mnist]      same-class pairs, three controls
    python tests/benchmarks/mi_benchmark.py controls                   invariance and independence

Times are seconds of processor time, start-up left out. `--figures FOLDER` also draws the pictures.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from dimlearn import estimate_mi
from dimlearn import worlds as known


def load_tasks(folder, n=5000):
    """`[(name, x, y, true MI)]` of the `.npz` files of a folder, or of the built-in worlds."""
    if folder is None:
        return [
            (world.name, *world.sample(n, seed=100), world.mutual_information)
            for world in known.built_in()
        ]
    tasks = []
    for path in sorted(Path(folder).glob("*.npz")):
        with np.load(path, allow_pickle=False) as task:
            tasks.append((path.stem, task["x"], task["y"], float(task["mi_true"])))
    if not tasks:
        sys.exit(f"there is no .npz file in {folder}")
    return tasks


def run_tasks(options):
    print(f"{'task':38} {'truth':>6} {'value':>7} {'error bar':>9} {'error':>7} {'bars':>5} {'CPU s':>6}")  # fmt: skip
    means = []
    for name, x, y, truth in load_tasks(options.folder):
        errors = []
        for seed in range(options.seeds):
            began = time.process_time()
            found = estimate_mi(x, y, seed=seed)
            spent = time.process_time() - began
            errors.append(found.value - truth)
            bars = abs(errors[-1]) / found.standard_error
            print(
                f"{name:38} {truth:6.3f} {found.value:7.3f} {found.standard_error:9.3f} "
                f"{errors[-1]:+7.3f} {bars:5.1f} {spent:6.1f}",
                *found.warnings,
                flush=True,
            )
        means.append(np.abs(errors).mean())
        print(f"{name:38} mean absolute error {means[-1]:.3f}")
    print(
        f"mean absolute error over {len(means)} tasks, {options.seeds} seeds: {np.mean(means):.3f}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("part", choices=["tasks"])
    parser.add_argument("--folder", help="a folder of tasks as .npz")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    {"tasks": run_tasks}[options.part](options)


if __name__ == "__main__":
    main()
