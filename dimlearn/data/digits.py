"""Bundled handwriting: the 1,797 digits of scikit-learn, posed on canvases of 28x28 pixels.

Source: E. Alpaydin, C. Kaynak, UCI Optical Recognition of Handwritten Digits, 1998.
"""

import numpy as np


def posed_digits(poses=12, test_poses=4):
    """The posed digits `(arrays, originals, test_groups)`, the same at every call.

    Each 8x8 original is drawn `poses` times (`test_poses` in the test set) at a random place, size
    and slant. 30 % of the originals of every class are for the test: no test digit is in the
    training set in any pose.

    `arrays` has the keys `x_train`, `y_train`, `x_test` and `y_test`. `originals` says of each
    training image which original it shows, `test_groups` of each test image.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits, labels = load_digits(return_X_y=True)
    digits = (digits.reshape(-1, 8, 8) / 16).astype("float32")
    train, test = train_test_split(
        np.arange(len(digits)), test_size=0.3, stratify=labels, random_state=0
    )
    originals = np.tile(train, poses)  # round by round: the first images show every original
    test_groups = np.tile(test, test_poses)
    rng = np.random.default_rng(1797)
    arrays = {
        "x_train": pose(digits[originals], rng),
        "y_train": labels[originals],
        "x_test": pose(digits[test_groups], rng),
        "y_test": labels[test_groups],
    }
    return arrays, originals, test_groups


def pose(digits, rng, canvas=28, size=20, shift=4.0, slant=0.25, stretch=0.15):
    """Each 8x8 digit on a `canvas` x `canvas` field, `size` pixels large on average.

    `digits`: `[N, 8, 8]` in [0, 1]. Every image is moved by up to `shift` pixels each way, turned
    by up to `slant` radians and scaled by up to `stretch` (relative), uniformly at random.
    Returns float32 `[N, canvas, canvas, 1]` in [0, 1].
    """
    from scipy.ndimage import affine_transform

    n, side = len(digits), digits.shape[1]
    angles = rng.uniform(-slant, slant, n)
    scales = size / side * (1 + rng.uniform(-stretch, stretch, n))
    centers = (canvas - 1) / 2 + rng.uniform(-shift, shift, (n, 2))
    # From a place on the canvas back to the place in the digit: undo move, turn and scale.
    turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    matrices = np.moveaxis(turns / scales, 2, 0)  # [N, 2, 2]
    offsets = (side - 1) / 2 - np.einsum("nij,nj->ni", matrices, centers)
    posed = [
        affine_transform(digit, matrix, offset, output_shape=(canvas, canvas), order=1)
        for digit, matrix, offset in zip(digits, matrices, offsets)
    ]
    return np.clip(posed, 0, 1).astype("float32")[..., None]
