"""What went wrong inside the learner's function: the line, the error, and what it usually means.

TensorFlow's messages are written for those who write TensorFlow. Each familiar one has a sentence
here that says what to look for in the learner's own line.
"""

import linecache
import re
import traceback

from dimlearn.check.stubs import code_of
from dimlearn.errors import one_line

# What means the learner's own signature, unless it is said of a function that is called inside.
OTHER_ARGUMENTS = "The number of arguments is not that of the stub."
OTHER_NAMES = "The check passes this argument by its name: keep the names of the stub."
OF_A_FUNCTION_INSIDE = {
    OTHER_ARGUMENTS: "A function that it calls there takes another number of arguments.",
    OTHER_NAMES: "A function that it calls there has no argument of that name.",
}

# A pattern in "ErrorName: its text", and what that means. The first that fits is taken.
FAMILIAR = {
    r"^RecursionError:": """The function calls itself without end. Does it call another function of
        the same name, perhaps itself where you meant TensorFlow's?""",
    r"symbolic.*to a numpy array|__array__\(\)|NumPy call, which is not supported": """A NumPy
        function was given a tensor inside `tf.function`, where tensors have no values yet. Use
        TensorFlow's function of the same name: `tf.exp`, `tf.reduce_mean`, `tf.math.log`.""",
    r"(SymbolicTensor|Tensor)' object has no attribute 'numpy'|numpy\(\) is only available": """
        `.numpy()` takes a tensor out of TensorFlow: inside `tf.function` there is no value to take,
        and no gradient comes back. Stay with tensors to the end.""",
    r"[Uu]sing a symbolic `?tf\.Tensor`? as a Python `?bool": """`if`, `while` and `and` need a
        value, but inside `tf.function` a tensor has none yet. Choose with `tf.where`, or ask for a
        shape, which is known.""",
    r"(float|int)\(\) argument must be .*Tensor": """`float` and `int` ask a tensor for its value,
        and while a step is compiled it has none yet. Stay with tensors: `tf.cast` changes their
        type.""",
    r"does not support item assignment": """A tensor cannot be changed in place. Build a new one:
        `tf.where`, `tf.linalg.set_diag`, `tf.concat`.""",
    r"len is not well defined for a symbolic|object of type 'SymbolicTensor' has no len": """Inside
        `tf.function` a tensor has no `len` of its own, and Keras' `fit` does not translate
        Python's. But `x.shape[0]` is the number of rows of a tensor `x`: count from that, here and
        in what your function calls.""",
    r"object has no attribute '_unique_id'": """Keras looks for a variable there, and was given
        something else.""",
    r"'(list|tuple|dict|zip|generator|map)' object has no attribute": """That is neither an array
        nor a tensor, but a list or the like, which has no such method. Was it to become one
        first?""",
    r"Tensor'? object has no attribute '(T|mean|sum|astype|reshape|diagonal|max|min|dot|copy|item"
    r"|std|flatten|transpose|size|diag|var|all|any)'": """A tensor is not a NumPy array: it has
        no such method. Use the function instead: `tf.transpose(x)`, `tf.reduce_mean(x)`,
        `tf.cast(x, ...)`, `tf.reshape(x, ...)`. (Leave NumPy behaviour off, whatever the error
        suggests.)""",
    r"was expected to be a \w+ tensor but is a \w+ tensor|conversion requested dtype"
    r"|must have the same type|don't match|must be compatible .* dtypes|with dtype \w+ is not": """
        Two number types meet, such as float32 and float64 or int32. `tf.cast(x, y.dtype)` gives one
        the type of the other.""",
    r"[Ii]ncompatible shapes|required broadcastable shapes|could not be broadcast"
    r"|Dimensions must be equal|Matrix size-incompatible|size-incompatible|not aligned"
    r"|mismatch in its core dimension|should be identical|must match exactly"
    r"|Shapes of all inputs|boolean index did not match": """The shapes of two operands do
        not fit together. Write down the shape of each in that line, axis by axis: the clash shows
        which axis is missing or in the wrong place.""",
    r"[Cc]annot reshape|Input to reshape is a tensor with": """The new shape does not have as many
        entries as the old one. Multiply out both.""",
    r"must be rank|but is rank|[Ee]xpected .*dimension|Invalid reduction dimension"
    r"|axis .* is out of bounds|out of range using input dim|must be at least rank"
    r"|Axis .* is out of range|Too many indices|too many indices": """An axis is asked for that the
        tensor does not have. Print its `.shape` before that line.""",
    r"module 'tensorflow' has no attribute '(\w+)'": """TensorFlow keeps this function elsewhere:
        look in `tf.math`, `tf.nn` and `tf.linalg`; sums and means are called `tf.reduce_sum` and
        `tf.reduce_mean`.""",
    r"(too many|not enough) values to unpack": """Something is taken apart there into another
        number of parts than it has. Print its length, or the shape of what comes out.""",
    r"optimizer can only be called for the variables": """An optimizer is set up at its first call,
        for the variables that it is given then. All that it is to move belong into that one
        call.""",
    r"only (length-1|0-dimensional|size-1|integer scalar) arrays|can only convert an array": """A
        single number is needed there, but the array has more than one entry. Is a mean or a sum
        missing?""",
    r"truth value of an array|truth value of a": """`if` needs one answer, but comparing an array
        gives one for each entry. Use `np.where`, a mask, `.any()` or `.all()`.""",
    r"No gradients provided|None values not supported|Attempt to convert a value \(None\)": """A
        gradient is None: the loss does not depend on those variables. Was a value computed outside
        the `GradientTape`, or turned into NumPy on the way?""",
    r"^NameError: .*name '(tf|np|keras|math|tensorflow|numpy)' is not defined": """It is not
        imported in this kernel. Run the first code cell of the lesson, and import yourself what
        that one does not.""",
    r"^NameError:": """That name is not known inside the function. A spelling mistake, or a variable
        of another cell?""",
    r"^NotImplementedError: $": """A function that it calls is not written yet. Where a lesson goes
        on with one that works in any case, that has a name of its own, below the check of the
        first: call that name.""",
    r"^UnboundLocalError:": "That variable is used before it has a value on this path.",
    r"^ZeroDivisionError:": "Something is divided by 0. Which input makes the denominator 0?",
    r"^OverflowError:": """`exp` of a large number does not fit into a float. Subtract the largest
        value first, or use a function that does: `softplus`, `logsumexp`.""",
    r"^ValueError: .*(math domain error|expected a (positive|nonnegative) (input|number))": """
        Either `math.log(0)`: leave such terms out, `0 log 0` counts as 0. Or the root of a negative
        number: print what stands under it.""",
    r"^TypeError: .*unexpected keyword argument": OTHER_NAMES,
    r"^TypeError: .*(positional arguments? but|missing \d+ required positional)": OTHER_ARGUMENTS,
    r"^EOFError: .*cannot ask for input": "The function asks for input: use its arguments.",
    r"^SystemExit:": "The function ends the process. Use `return`.",
    r"^MemoryError:": "An array does not fit into memory. Which of its axes is too long?",
    r"^KeyboardInterrupt:": "The function raises KeyboardInterrupt by itself.",
}


def translate(error, function):
    """Three paragraphs: the learner's line, the error as it is, what it usually means."""
    name, text = type(error).__name__, words_of(error)
    where = learner_line(error, function)
    stopped = f"Your function stopped with {name}" + (f" {where}" if where else ".")
    quoted = text and "    " + text.replace("\n", "\n    ")
    usual = meaning(name, text)
    if where:  # it is a call inside that is wrong
        usual = OF_A_FUNCTION_INSIDE.get(usual, usual)
    return "\n\n".join(part for part in (stopped, quoted, usual) if part)


def meaning(name, text):
    for pattern, sentence in FAMILIAR.items():
        if re.search(pattern, f"{name}: {text}", re.DOTALL):
            return one_line(sentence)
    return ""


def text_of(error):
    try:
        return str(error)
    except BaseException:  # an exception may have a broken __str__
        return ""


def words_of(error):
    """The error's own text without TensorFlow's wrapping, at most three lines, no addresses."""
    text = text_of(error)
    if "in user code:" in text:
        text = [line for line in text.strip().splitlines() if line.strip()][-1].strip()
        text = re.sub(r"^\w+(Error|Exception): ", "", text)
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)  # Keras' colours
    text = re.sub(r"^\{\{function_node [^}]*\}\}\s*", "", text)
    text = re.sub(r"\s*\[Op:\w+\].*$", "", text, flags=re.DOTALL)
    text = re.sub(r"\b0x[0-9a-fA-F]+", "0x...", text)
    lines = [line.rstrip() for line in text.strip().splitlines() if line.strip()]
    return "\n".join(line[:200] for line in lines[:3])


def learner_line(error, function):
    """Where in the learner's code it happened: "in line 3:" and the line itself, or ""."""
    code, text = code_of(function), text_of(error)
    if code is None:
        return ""
    frames = [
        (number, linecache.getline(frame.f_code.co_filename, number).strip())
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == code.co_filename
    ]
    if not frames or "in user code:" in text:  # inside tf.function the frames are rewritten ones
        pattern = r'File "([^"]*)", line (\d+), in [^\n]*\n\s*([^\n]*)'
        found = [match for match in re.findall(pattern, text) if match[0] == code.co_filename]
        frames = [(int(number), line) for _, number, line in found] or frames
    if not frames:
        return ""
    number, line = frames[-1]
    within = number - code.co_firstlineno + 1
    place = f"in its line {within}" if 0 < within < 500 else "in a function that it calls"
    return f"{place}: `{line}`" if line else f"{place}."
