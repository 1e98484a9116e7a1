"""The figures behind what dimlearn says about its MI estimates, to be rerun by anyone.

    python tests/benchmarks/mi_benchmark.py tasks                     built-in worlds, three seeds
    python tests/benchmarks/mi_benchmark.py tasks --folder TASKS      .npz files: x, y, mi_true
    python tests/benchmarks/mi_benchmark.py tasks --folder hard       where estimators fail
    python tests/benchmarks/mi_benchmark.py bars --folder hard        how honest the error bars are
    python tests/benchmarks/mi_benchmark.py peers --folder hard       other people's estimators
    python tests/benchmarks/mi_benchmark.py map [--folder TASKS]      each estimator on each task
    python tests/benchmarks/mi_benchmark.py exact                     formulas, exact critic
    python tests/benchmarks/mi_benchmark.py staircase                 trained critics, 2 to 10 nats
    python tests/benchmarks/mi_benchmark.py images [--data mnist]     same-class pairs, controls
    python tests/benchmarks/mi_benchmark.py controls                  invariance, independence

Times are seconds of processor time after TensorFlow's start-up. `--figures FOLDER` also draws the
pictures of `map`, `exact` and `staircase`.
"""

import argparse
import time
from pathlib import Path

import mi_peers
import mi_plots
import mi_staircase
import numpy as np
from mi_tasks import load_tasks

from dimlearn import data, estimate_mi
from dimlearn.information import KSG, CrossFitted, Gaussian, Histogram, worlds


def run_tasks(options):
    print(f"{'task':38}  truth   value  error bar   error  in bars  CPU s")
    means = []
    for name, x, y, truth in load_tasks(options.folder):
        errors = []
        for seed in range(options.seeds):
            began = time.process_time()
            found = estimate_mi(x, y, seed=seed)
            spent = time.process_time() - began
            errors.append(found.value - truth)
            cells = [
                f"{name:38} {truth:6.3f}",
                f"{found.value:6.3f}",
                f"{found.standard_error:9.3f}",
                f"{errors[-1]:+6.3f}",
                f"{abs(errors[-1]) / found.standard_error:7.1f}",
                f"{spent:5.1f}",
                "; ".join(found.warnings),
            ]
            print("  ".join(cells), flush=True)
        means.append(np.abs(errors).mean())
        print(f"{name:38} mean absolute error {means[-1]:.3f}")
    print(f"mean absolute error, {len(means)} tasks, {options.seeds} seeds: {np.mean(means):.3f}")


def run_bars(options):
    """Errors in error bars, over tasks and samples: should have the standard deviation 1."""
    pulls = {}
    for seed in range(options.seeds):
        for name, x, y, truth in load_tasks(options.folder, n=1000, seed=100 + seed):
            found = estimate_mi(x, y, seed=seed)
            pulls.setdefault(name, []).append((found.value - truth) / found.standard_error)
            print(f"{name:38} {found.value - truth:+.3f}  {pulls[name][-1]:+.2f} bars", flush=True)
    for name, values in {**pulls, "all": np.concatenate(list(pulls.values()))}.items():
        within, spread = np.mean(np.abs(values) < 2), np.std(values)
        print(f"{name:38} {within:6.1%} within two, standard deviation {spread:.2f}")


def run_peers(options):
    for task, x, y, truth in load_tasks(options.folder):
        sides = [side.reshape(len(side), -1) for side in (x, y)]
        cells = [f"{name} {mi_peers.estimate(name, *sides):.3f}" for name in mi_peers.PEERS]
        print(f"{task:38} {truth:6.3f}  {'  '.join(cells)}", flush=True)


def run_map(options):
    estimators = {
        "default": estimate_mi,
        "Gaussian, raw": Gaussian(ranks=False).result,
        "Gaussian": Gaussian().result,
        "histogram": Histogram().result,
        "KSG": KSG().result,
        "separable": CrossFitted(("separable",)).result,
        "concat": CrossFitted(("concat",)).result,
    }
    truths, values = {}, {name: {} for name in estimators}
    for task, x, y, truth in load_tasks(options.folder):
        truths[task] = truth
        one_by_one = np.ndim(x) == np.ndim(y) == 1 or x.shape[1] == y.shape[1] == 1
        for name, result in estimators.items():
            if name == "histogram" and not one_by_one:
                continue
            began = time.process_time()
            values[name][task] = float(result(x, y))
            spent = time.process_time() - began
            found = f"{name:14} {values[name][task]:6.3f}  {spent:5.1f} s"
            print(f"{task:38} {truth:6.3f}  {found}", flush=True)
    figure, text = mi_plots.task_map(truths, values)
    print(text)
    save(figure, options.figures, "task_map.png")


def run_exact(options):
    read = mi_staircase.exact_critic()
    names = list(next(iter(read.values())))
    print(f"{'truth':>6}  " + "  ".join(f"{name:>19}" for name in names))
    for level, values in read.items():
        cells = (f"{values[name].mean():8.2f} (sd {values[name].std():5.2f})" for name in names)
        print(f"{level:6.1f}  " + "  ".join(f"{cell:>19}" for cell in cells))
    save(mi_plots.exact_critic(read)[0], options.figures, "exact_critic.png")


def run_staircase(options):
    for seed in range(options.seeds):
        began = time.process_time()
        climbed = mi_staircase.climb(seed=seed)
        print(f"seed {seed}: {time.process_time() - began:.1f} s for the whole curve")
        for name in climbed.fresh[0]:
            print(
                f"{name:20}" + "".join(f"{fresh[name]:8.2f}" for fresh in climbed.fresh), flush=True
            )
        last = climbed.traces.reshape(len(climbed.truth), -1, 4)[:, -200:, 3].mean(axis=1)
        print(f"{'InfoNCE, batches':20}" + "".join(f"{mean:8.2f}" for mean in last))
    if options.figures:
        cubed = mi_staircase.climb(cubed=True)
        figure, text = mi_plots.staircase({"Gaussian": climbed, "cubed": cubed})
        print(text)
        save(figure, options.figures, "staircase.png")
        steps = (0, 50, 200, 500, 1000)
        figure, text = mi_plots.score_matrices(
            mi_staircase.light_up(6.0, steps), [f"{step} steps" for step in steps]
        )
        print(text)
        save(figure, options.figures, "scores.png")


def run_images(options):
    images = data.load(options.data)
    found = {}
    for what, change in {
        "same class": {},
        "14 rows of y": {"rows": images.image_shape[0] // 2},
        "7 rows of y": {"rows": images.image_shape[0] // 4},
        "independent": {"matched": False},
        "two digits": {"digits": 2},
    }.items():
        parts = [
            worlds.same_class_images(x, y, **change)
            for x, y in (
                (images.x_train, images.y_train),
                (images.x_validation, images.y_validation),
                (images.x_test, images.y_test),
            )
        ]
        began = time.process_time()
        found[what] = mi_staircase.world_mi(*parts)
        spent, most = time.process_time() - began, parts[2].mutual_information
        infonce = f"InfoNCE {found[what].readouts['InfoNCE']:.3f}"
        told = f"{infonce}  (most it can be {most:.3f})  {spent:.1f} s"
        print(f"{what:14} {found[what]}  {told}", flush=True)
    ratio = found["two digits"].value / found["same class"].value
    print(f"two digits over one: {ratio:.2f} (2 for a perfect estimator)")


def run_controls(options):
    world = worlds.gaussian_pairs([0.7, 0.5, 0.3])
    x, y = world.sample(2000, seed=1)
    changed = {
        "as they are": (x, y),
        "cubed": (x**3, y**3),
        "shifted and scaled": (5 * x - 3, y / 9),
    }
    print(f"Gaussians, truth {world.mutual_information:.3f}")
    for name, pair in changed.items():
        print(f"  {name:20} {estimate_mi(*pair)}", flush=True)
    for dim, n in ((10, 128), (10, 5000), (1, 1000)):
        for seed in range(options.seeds):
            found = estimate_mi(*worlds.independent(dim).sample(n, seed), seed=seed)
            print(f"independent, {dim}-d, n = {n}, seed {seed}: {found}", flush=True)


def save(figure, folder, name):
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        figure.savefig(Path(folder) / name, dpi=130)


PARTS = {
    "tasks": run_tasks,
    "bars": run_bars,
    "peers": run_peers,
    "map": run_map,
    "exact": run_exact,
    "staircase": run_staircase,
    "images": run_images,
    "controls": run_controls,
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--folder", help="a folder of tasks as .npz, or hard")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", default="digits", help="digits, mnist, ... (for images)")
    parser.add_argument("--figures", help="a folder for the pictures")
    options = parser.parse_args()
    PARTS[options.part](options)


if __name__ == "__main__":
    main()
