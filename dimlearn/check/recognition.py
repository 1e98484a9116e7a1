"""Right up to something: what a wrong result that nobody foresaw has to do with the right one.

The results of several inputs are held against the expected ones. A factor, an offset or a changed
axis that explains *all* of them is worth more to the learner than two numbers that differ.
"""

import itertools
import math
from functools import partial

import numpy as np

from dimlearn.errors import one_line

FACTORS = {
    -1.0: """It is the negative of the right one: look at the signs, and at whether this is a bound
        (to be maximised) or a loss (to be minimised).""",
    1 / math.log(2): """It is 1.4427 = 1 / log 2 times the right one: those are bits. Everything
        here is in nats, with the natural logarithm.""",
    math.log(2): """It is 0.6931 = log 2 times the right one: a conversion between bits and nats
        that is not needed.""",
    1 / math.log(10): """It is 0.4343 = 1 / log 10 times the right one: a logarithm of base 10. Nats
        take the natural logarithm.""",
    -1 / math.log(2): """It is -1.4427 = -1 / log 2 times the right one: the sign is wrong, and
        those are bits, not nats.""",
}

OFFSETS = {math.log(2): "log 2", 2 * math.log(2): "2 log 2", math.log(4 * math.pi): "log 4 pi"}

# Ways to be off by a count, such as N, and by two of them.
COUNTS = {
    "{}": lambda n: n,
    "1 / {}": lambda n: 1 / n,
    "({} - 1)": lambda n: n - 1,
    "1 / ({} - 1)": lambda n: 1 / (n - 1),
    "({0} - 1) / {0}": lambda n: (n - 1) / n,
    "{0} / ({0} - 1)": lambda n: n / (n - 1),
    "{0} ({0} - 1)": lambda n: n * (n - 1),
    "{}^2": lambda n: n**2,
    "1 / {}^2": lambda n: n**-2,
    "1 / sqrt({})": lambda n: n**-0.5,
}
PAIRS_OF_COUNTS = {"{} {}": lambda n, m: n * m, "1 / ({} {})": lambda n, m: 1 / (n * m)}


def recognise(results, sizes):
    """A sentence on what all results have to do with the expected ones, or "".

    `results`: pairs `(seen, expected)` of arrays, one for each input; `sizes`: for each input a
    dictionary of its dimensions by letter, such as `{"N": 5, "L": 6}`.
    """
    shapes = {seen.shape == expected.shape for seen, expected in results}
    if shapes == {False}:
        return _other_shape(results)
    if shapes != {True}:
        return ""
    with np.errstate(all="ignore"):
        for look in (_not_finite, _always_the_same, _factor, _offset, _axes, _some_right):
            sentence = look(results, sizes)
            if sentence:
                return sentence
    return ""


def _other_shape(results):
    whole = [(s, e) for s, e in results if s.size]
    if all(e.ndim == 0 for _, e in whole):
        for reduce, name in ((np.mean, "mean"), (np.sum, "sum")):
            if all(_close(reduce(s), e) for s, e in whole):
                return f"Its {name} is right: one number is expected, so a {name} is missing."
        return ""  # that one number is expected has been said
    if all(s.size == e.size and _close(s.reshape(e.shape), e) for s, e in whole):
        return "The numbers are right and in the right order; only the shape is another."
    return _axes(results, None)


def _not_finite(results, _):
    """On the first result that is wrong, which is the one that the message shows."""
    seen, expected = next((r for r in results if not _close(*r)), results[0])
    bad = seen[~np.isfinite(seen)]
    if not bad.size or not np.isfinite(expected).all():
        return ""
    if np.isnan(bad.flat[0]):
        return one_line("""NaN comes from 0 times infinity, infinity minus infinity, 0 / 0 or the
            log of a negative number: find the step that does one of these.""")
    return "Infinity comes from `exp` of a large number, from log 0 or from a division by 0."


def _always_the_same(results, _):
    first = results[0][0].ravel()[:1]
    alike = len(results) > 2 and all(np.allclose(s, first) for s, _ in results)
    if alike and not all(np.allclose(e, first) for _, e in results):
        return "It is the same whatever goes in: does it use its arguments?"
    return ""


def _factor(results, sizes):
    ratios = [_constant(s, e, np.divide, np.multiply) for s, e in results]
    known = [r is not None and np.isfinite(r) for r in ratios]
    ratios, sizes = (list(itertools.compress(of_all, known)) for of_all in (ratios, sizes))
    if len(ratios) < max(2, len(results) - 1) or 0 in ratios or _all_close(ratios, 1):
        return ""  # not explained, or right up to rounding: the fault lies elsewhere
    if _all_close(ratios, ratios[0]):
        for factor, sentence in FACTORS.items():
            if _close(ratios[0], factor):
                return one_line(sentence)
        return f"It is {ratios[0]:.4g} times the right one on every input: look for that factor."
    for words, values in _counts(sizes):
        if _all_close(ratios, values):
            return f"It is {words} times the right one on every input: averaged over what?"
    return ""


def _offset(results, sizes):
    offsets = [_constant(s, e, np.subtract, np.add) for s, e in results]
    if len(results) < 2 or any(o is None or not np.isfinite(o) for o in offsets):
        return ""
    if _all_close(offsets, 0):
        return ""  # right up to rounding: the fault lies elsewhere
    if _all_close(offsets, offsets[0]):
        size, how = abs(offsets[0]), "more" if offsets[0] > 0 else "less"
        named = [f"{name} = {value:.4g}" for value, name in OFFSETS.items() if _close(size, value)]
        known = named[0] if named else f"{size:.4g}"
        return f"It is {known} {how} than the right one on every input."
    for words, values in _counts(sizes):
        for how, logs in (("more", np.log(values)), ("less", -np.log(values))):
            if _all_close(offsets, logs) and not words.startswith("1 /"):
                return f"It is log {words} {how} than the right one on every input."
    return ""


def _counts(sizes):
    """Every count and what it is on each input: `("N", [3.0, 5.0])`, `("1 / N", ...)`, ..."""
    letters = sorted(set.intersection(*map(set, sizes))) if sizes else []
    for number, forms in ((1, COUNTS), (2, PAIRS_OF_COUNTS)):
        for chosen in itertools.combinations(letters, number):
            counts = [np.array([z[letter] for z in sizes], float) for letter in chosen]
            for words, form in forms.items():
                yield words.format(*chosen), form(*counts)


def _axes(results, _):
    ndim = results[0][1].ndim
    if ndim < 2 or any(s.ndim != ndim or e.ndim != ndim for s, e in results):
        return ""

    def explained_by(change):
        return all(_close(s, change(e)) for s, e in results)

    for order in itertools.islice(itertools.permutations(range(ndim)), 1, None):
        if explained_by(partial(np.transpose, axes=order)):
            if ndim == 2:
                return "It is the transposed matrix: rows and columns are exchanged."
            return f"The numbers are right, but the axes are in the order {list(order)}."
    for axis in range(ndim):
        if explained_by(partial(np.flip, axis=axis)):
            return f"It runs backwards along axis {axis}."
        if all(_close(np.sort(s, axis), np.sort(e, axis)) for s, e in results):
            return f"The numbers are right, but in another order along axis {axis}."
    return ""


def _some_right(results, _):
    right = sum(_close(s, e) for s, e in results)
    if 0 < right < len(results):
        give = "gives" if right == 1 else "give"
        return f"{right} of the {len(results)} inputs {give} the right result, the others do not."
    return ""


def _close(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, 2e-4, 2e-5)


def _all_close(numbers, others):
    return np.allclose(numbers, others, 2e-4, 2e-5)


def _constant(seen, expected, combine, undo):
    """The one number by which `undo` makes the result from the right one, at every entry, or None.

    A number that explains the larger entries and not the others explains nothing.
    """
    usable = np.abs(expected) > 1e-3
    if not np.isfinite(seen).all() or not np.isfinite(expected).all() or not usable.any():
        return None
    value = combine(seen[usable], expected[usable]).flat[0]
    return value if _close(seen, undo(expected, value)) else None
