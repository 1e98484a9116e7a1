"""Right up to something: what a wrong result that nobody foresaw has to do with the right one.

The results of several inputs are held against the expected ones. A factor, an offset or a changed
axis that explains *all* of them is worth more to the learner than two numbers that differ.
"""

import itertools
import math

import numpy as np

FACTORS = [
    (-1.0, "It is the negative of the right one: look at the signs, and at whether this is a "
     "bound (to be maximised) or a loss (to be minimised)."),
    (1 / math.log(2), "It is 1.4427 = 1 / log 2 times the right one: those are bits. Everything "
     "here is in nats, with the natural logarithm."),
    (math.log(2), "It is 0.6931 = log 2 times the right one: a conversion between bits and nats "
     "that is not needed."),
    (1 / math.log(10), "It is 0.4343 = 1 / log 10 times the right one: a logarithm of base 10. "
     "Nats take the natural logarithm."),
    (-1 / math.log(2), "It is -1.4427 = -1 / log 2 times the right one: the sign is wrong, and "
     "those are bits, not nats."),
]  # fmt: skip

OFFSETS = [
    (math.log(2), "log 2"),
    (2 * math.log(2), "2 log 2"),
    (math.log(4 * math.pi), "log 4 pi"),
]


def recognise(results, sizes):
    """A sentence on what all results have to do with the expected ones, or "".

    `results`: pairs `(seen, expected)` of arrays, one for each input; `sizes`: for each input a
    dictionary of its dimensions by letter, such as `{"N": 5, "L": 6}`.
    """
    if not results:
        return ""
    shapes = {seen.shape == expected.shape for seen, expected in results}
    if shapes == {False}:
        return _other_shape(results)
    if shapes != {True}:
        return ""
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
        return "One number is expected: a mean or a sum over the remaining axes is missing."
    if all(s.size == e.size and _close(s.reshape(e.shape), e) for s, e in whole):
        return "The numbers are right and in the right order; only the shape is another."
    return _axes(results, None)


def _not_finite(results, _):
    bad = [s for s, e in results if not np.isfinite(s).all() and np.isfinite(e).all()]
    if any(np.isnan(s).any() for s in bad):
        return (
            "NaN comes from 0 times infinity, infinity minus infinity, 0 / 0 or the log of a "
            "negative number: find the step that does one of these."
        )
    if bad:
        return "Infinity comes from `exp` of a large number, from log 0 or from a division by 0."
    return ""


def _always_the_same(results, _):
    first = results[0][0].ravel()[:1]
    alike = len(results) > 2 and all(np.allclose(s, first) for s, _ in results)
    if alike and not all(np.allclose(e, first) for _, e in results):
        return "It is the same whatever goes in: does it use its arguments?"
    return ""


def _factor(results, sizes):
    ratios = [_constant(s, e, lambda s, e: s / e) for s, e in results]
    ratios = [(r, z) for r, z in zip(ratios, sizes) if r is not None and np.isfinite(r)]
    explained = len(ratios) >= max(2, len(results) - 1)
    if not explained or any(r == 0 for r, _ in ratios):
        return ""
    first = ratios[0][0]
    if all(_close(r, 1) for r, _ in ratios):
        return ""  # right up to rounding: the fault lies elsewhere
    if all(_close(r, first) for r, _ in ratios):
        for factor, sentence in FACTORS:
            if _close(first, factor):
                return sentence
        return f"It is {first:.4g} times the right one on every input: look for that factor."
    for words, value in _size_terms(sizes):
        known = [(r, value(z)) for r, z in ratios]
        if all(_close(r, v) for r, v in known):
            return f"It is {words} times the right one on every input: averaged over what?"
    return ""


def _size_terms(sizes):
    """Ways to be off by a count: `("N", function of the sizes)` and so on."""
    letters = sorted(set.intersection(*(set(z) for z in sizes))) if sizes else []
    for a in letters:
        yield a, lambda z, a=a: z[a]
        yield f"1 / {a}", lambda z, a=a: 1 / z[a]
        yield f"({a} - 1)", lambda z, a=a: z[a] - 1
        yield f"1 / ({a} - 1)", lambda z, a=a: 1 / (z[a] - 1) if z[a] > 1 else math.inf
        yield f"({a} - 1) / {a}", lambda z, a=a: (z[a] - 1) / z[a]
        yield f"{a} / ({a} - 1)", lambda z, a=a: z[a] / (z[a] - 1) if z[a] > 1 else math.inf
        yield f"{a} ({a} - 1)", lambda z, a=a: z[a] * (z[a] - 1)
        yield f"{a}^2", lambda z, a=a: z[a] ** 2
        yield f"1 / {a}^2", lambda z, a=a: z[a] ** -2
        yield f"1 / sqrt({a})", lambda z, a=a: z[a] ** -0.5
    for a, b in itertools.combinations(letters, 2):
        yield f"{a} {b}", lambda z, a=a, b=b: z[a] * z[b]
        yield f"1 / ({a} {b})", lambda z, a=a, b=b: 1 / (z[a] * z[b])


def _offset(results, sizes):
    offsets = [_constant(s, e, lambda s, e: s - e) for s, e in results]
    if len(results) < 2 or any(o is None or not np.isfinite(o) for o in offsets):
        return ""
    first = offsets[0]
    if all(_close(o, first) for o in offsets):
        how = "more" if first > 0 else "less"
        for value, name in OFFSETS:
            if _close(abs(first), value):
                return f"It is {name} = {value:.4g} {how} than the right one on every input."
        return f"It is {abs(first):.4g} {how} than the right one on every input."
    for words, value in _size_terms(sizes):
        with np.errstate(all="ignore"):
            logs = [np.log(value(z)) if value(z) > 0 else math.inf for z in sizes]
        if all(_close(o, x) for o, x in zip(offsets, logs)) and not words.startswith("1 /"):
            return f"It is log {words} more than the right one on every input."
        if all(_close(o, -x) for o, x in zip(offsets, logs)) and not words.startswith("1 /"):
            return f"It is log {words} less than the right one on every input."
    return ""


def _axes(results, _):
    ndim = results[0][1].ndim
    if ndim < 2 or any(s.ndim != ndim or e.ndim != ndim for s, e in results):
        return ""
    for order in itertools.permutations(range(ndim)):
        if order == tuple(range(ndim)):
            continue
        if all(s.shape == e.transpose(order).shape and _close(s, e.transpose(order))
               for s, e in results):  # fmt: skip
            if ndim == 2:
                return "It is the transposed matrix: rows and columns are exchanged."
            return f"The numbers are right, but the axes are in the order {list(order)}."
    for axis in range(ndim):
        if all(s.shape == e.shape and _close(s, np.flip(e, axis)) for s, e in results):
            return f"It runs backwards along axis {axis}."
        if all(
            s.shape == e.shape and _close(np.sort(s, axis), np.sort(e, axis)) for s, e in results
        ):
            return f"The numbers are right, but in another order along axis {axis}."
    return ""


def _some_right(results, _):
    right = sum(_close(s, e) for s, e in results)
    if right:
        return f"{right} of the {len(results)} inputs give the right result, the others do not."
    return ""


def _close(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, 2e-4, 2e-5)


def _constant(seen, expected, combine):
    """The one number that `combine` gives at all entries, or None."""
    usable = np.abs(expected) > 1e-3
    if not np.isfinite(seen).all() or not np.isfinite(expected).all() or not usable.any():
        return None
    values = combine(seen[usable], expected[usable])
    return values.flat[0] if np.allclose(values, values.flat[0], 2e-4, 2e-5) else None
