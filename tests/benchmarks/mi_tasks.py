"""What estimators of mutual information are tried on: worlds with a formula, or files."""

import math
import sys
from pathlib import Path

import numpy as np
from mi_hard_tasks import hard
from scipy.special import ndtr

from dimlearn.information import worlds
from dimlearn.information.worlds import World, gaussian_pairs


def load_tasks(folder=None, n=5000, seed=100):
    """`[(name, x, y, true MI)]` of the `.npz` files of a folder, or of worlds.

    `folder`: "hard" stands for the worlds of `mi_hard_tasks`, None for the built-in ones.
    """
    if folder == "hard":
        return [
            (world.name, *world.sample(rows, seed), world.mutual_information)
            for world, rows in hard()
        ]
    if folder is None:
        return [
            (world.name, *world.sample(n, seed), world.mutual_information) for world in built_in()
        ]
    tasks = []
    for path in sorted(Path(folder).glob("*.npz")):
        with np.load(path, allow_pickle=False) as task:
            tasks.append((path.stem, task["x"], task["y"], float(task["mi_true"])))
    if not tasks:
        sys.exit(f"there is no .npz file in {folder}")
    return tasks


def built_in():
    """The worlds that need no file."""
    strong = [0.8, 0.8]
    return [
        gaussian_pairs([0.75], name="Gaussian 1x1"),
        gaussian_pairs([0.75], lambda v: v + 2 * np.sign(v), "bimodal 1x1"),
        worlds.noisy_uniform(),
        noisy_circle(),
        gaussian_pairs([*strong, 0], ndtr, "normal cdf 3x3"),
        gaussian_pairs(strong, spiral, "spiral 2x2"),
        gaussian_pairs([*strong, 0], spiral, "spiral 3x3"),
        gaussian_pairs([*strong, *[0] * 23], lambda v: v * np.sqrt(np.abs(v)), "half-cube 25x25"),
        worlds.correlated_gaussians(4.0, 20),
        worlds.independent(10),
    ]


def spiral(values, speed=1.5):
    """The first two of `[n, d]` coordinates turned by an angle that grows with the length."""
    angle = speed * np.linalg.norm(values, axis=1)
    turned = values.copy()
    turned[:, 0] = np.cos(angle) * values[:, 0] - np.sin(angle) * values[:, 1]
    turned[:, 1] = np.sin(angle) * values[:, 0] + np.cos(angle) * values[:, 1]
    return turned


def noisy_circle(noise=0.5):
    """Points on a circle; the angle of y is that of x plus uniform noise on [-noise, noise]."""

    def draw(n, rng):
        a = rng.uniform(0, 2 * np.pi, size=n)
        b = a + rng.uniform(-noise, noise, size=n)
        return tuple(np.stack([np.cos(angle), np.sin(angle)], axis=1) for angle in (a, b))

    return World("circle", math.log(math.pi / noise), draw)
