"""What a function returned, read as numbers, and the words in which a check speaks of them."""

import numpy as np

from dimlearn.errors import one_line
from dimlearn.startup import keras, tf

# What a function may return by mistake, by the name of its type.
KNOWN = {
    "NoneType": "nothing (None)",
    "generator": "a generator: it says `yield` where it should say `return`",
    "coroutine": "a coroutine: write `def`, not `async def`",
    "function": "a function: perhaps it was not called, for want of brackets",
    "method": "a method: perhaps it was not called, for want of brackets",
    "builtin_function_or_method": "a function that was not called, for want of brackets",
    "str": "a text",
    "bool": "True or False",
    "complex": "a complex number",
    "tuple": "a tuple",
    "list": "a list",
    "dict": "a dictionary",
    "EagerTensor": "a single tensor",
    "float": "a single number",
    "int": "a single number",
    "ellipsis": "`...`, which still stands for what is to be written",
    "KerasTensor": "a KerasTensor, which stands for a layer's future output",
}


class NotAnAnswer(Exception):
    """What the function returned cannot be read as numbers; the text says what it is."""

    def __init__(self, text):
        super().__init__(one_line(text))


def as_parts(result, names):
    """The arrays of a result: one, or one for each of `names`. Raises `NotAnAnswer`."""
    if len(names) < 2:
        return (as_array(result),)
    if isinstance(result, (tf.Tensor, np.ndarray)) and result.ndim:
        result = tuple(result)
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        what = f"{len(result)} things" if isinstance(result, (tuple, list)) else describe(result)
        raise NotAnAnswer(
            f"""Your function returned {what}; expected {len(names)}, as a tuple:
            `({", ".join(names)})`."""
        )
    return tuple(map(as_array, result))


def as_array(value):
    """A NumPy array of numbers. Raises `NotAnAnswer` for everything else."""
    if isinstance(value, (tf.Tensor, tf.Variable, keras.Variable)):
        try:
            array = np.asarray(value.numpy())
        except (AttributeError, NotImplementedError) as error:
            raise NotAnAnswer(
                """Your function returned a symbolic tensor, one without a value: it seems to come
                out of another function's graph. Return what is computed from the arguments."""
            ) from error
    elif type(value) is np.ndarray or isinstance(value, (np.ndarray, np.generic)):
        array = np.array(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        array = np.array(float(value) if isinstance(value, float) else int(value))
    elif isinstance(value, (list, tuple)) and value:
        rows = [as_array(item) for item in value]
        if any(row.shape != rows[0].shape for row in rows):
            raise NotAnAnswer(f"Your function returned {describe(value)} of unequal lengths.")
        array = np.stack(rows)
    else:
        raise NotAnAnswer(f"Your function returned {describe(value)}.")
    if array.dtype.name == "bfloat16":
        return array.astype("float32")
    if array.dtype.kind not in "fiu":
        raise NotAnAnswer(f"Your function returned numbers of type {array.dtype.name}.")
    return array


def describe(value):
    """A value in words, without trusting any of its methods."""
    if isinstance(value, np.generic):
        return "a NumPy number"
    name = type(value).__name__
    return KNOWN.get(name, f"an object of type {name}")


# ---------------------------------------------------------------- words for values


def number(value, digits=5):
    """A number in at most so many figures."""
    value = value.item() if hasattr(value, "item") else value
    return str(value) if isinstance(value, int) else f"{value:.{digits}g}"


def shown(array):
    """A small array in full, a large one by its shape."""
    array = np.asarray(array)
    return bracketed(array) if array.size <= 9 else f"an array {shape_words(array.shape)}"


def bracketed(array, digits=5):
    if array.ndim == 0:
        return number(array, digits)
    return "[" + ", ".join(bracketed(row, digits) for row in array) + "]"


def shape_kind(array):
    return "a single number" if array.ndim == 0 else f"the shape {shape_words(array.shape)}"


def shape_words(shape):
    return "[" + ", ".join(map(str, shape)) + "]"


def first_difference(seen, expected, close):
    """ "2.1 where 0.3 was expected", at the first entry that differs, with as many figures as it
    takes to see it."""
    place, there = "", ""
    if seen.size > 6:
        at = tuple(np.argwhere(~close)[0])
        place, there = f" at index {shape_words(at)}", " there"
        seen, expected = np.asarray(seen[at]), np.asarray(expected[at])
    for digits in (5, 7, 9, 17):
        texts = bracketed(seen, digits), bracketed(expected, digits)
        if texts[0] != texts[1]:
            break
    return f"{texts[0]}{place}; expected {texts[1]}{there}"
