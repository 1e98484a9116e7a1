"""Mixed precision: what Keras does for models of its own, and a model of two players does itself.

After `keras.config.set_dtype_policy("mixed_float16")`, or "mixed_bfloat16", layers compute in 16
bits and keep their weights in 32. The bounds are computed in 32 bits all the same (`bounds.py`).
"""

from contextlib import contextmanager

from dimlearn.startup import keras


@contextmanager
def precision(policy):
    """Layers that are made inside have this dtype policy, whatever Keras is set to."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def scaled_like(other, optimizer):
    """An optimizer that scales its loss if another does, as Keras lets the first in mixed float16.

    Gradients below 6e-8 are 0 in float16; those of a loss 32768 times as large are not.
    """
    scaling = keras.optimizers.LossScaleOptimizer
    if isinstance(other, scaling) and not isinstance(optimizer, scaling):
        return scaling(optimizer)
    return optimizer
