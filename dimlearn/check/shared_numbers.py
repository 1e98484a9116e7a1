"""Mistakes that exercises about tables, Gaussians, chance, models and steps share; see `shared.py`.
"""

import numpy as np

from dimlearn.check.faults import Fault
from dimlearn.check.shared import Shared, bits, shared
from dimlearn.startup import keras

# ---------------------------------------------------------------- tables and Gaussians
# `right`: the worked solution.

bits_by_log2 = Shared(
    bits.wrong,
    """Your function measures in bits, with the logarithm of base 2. Everything here is in nats:
    `np.log`.""",
)

@shared("""Your function takes a mean where a sum belongs. The probabilities are the weights
    already; dividing by the number of entries weighs twice.""")
def mean_for_sum(right, *tables):
    return right(*tables) / tables[0].size

@shared("""Your result is twice as large as it should be: a factor is missing in front.""")
def half_forgotten(right, *args, **kwargs):
    return 2 * right(*args, **kwargs)

# ---------------------------------------------------------------- chance
# `right`: the worked solution, which takes a `seed`; `None` stands for a new one at every call.

@shared("""The same seed gives another result at every call: the random numbers come from something
    that is not made from the seed.""")
def seed_ignored(right, *args, seed=0):
    return right(*args, seed=None)

@shared("""Your function seeds NumPy's global generator: everything that draws afterwards gets
    other numbers. Make a generator of its own.""")
def global_seed(right, *args, seed=0):
    np.random.seed(seed)
    return right(*args, seed=np.random.randint(2**31))

def seed_fault(draw):
    """What is wrong with the seeds of `draw(seed=...)`, 0 being the default: a `Fault` or None."""
    first, again, default = draw(seed=0), draw(seed=0), draw()
    if not np.array_equal(first, again):
        return Fault("seed ignored", "The same seed gave two different results; expected the same.")
    if any(np.array_equal(first, draw(seed=seed)) for seed in (1, 2)):
        return Fault("seeds alike", "Two different seeds gave the same result; expected others.")
    if not np.array_equal(first, default):
        return Fault("default", "Without a seed your result is not that of `seed=0`, the default.")
    return None

@shared("""Different seeds give the same result: the random numbers do not depend on the seed as
    it is given.""")
def seed_fixed(right, *args, seed=0):
    return right(*args, seed=0)

def first_of(*looks):
    """One property made of several: the first fault counts, so that a mistake keeps its name
    whatever else is wrong. Each look gives a `Fault` or None."""
    return lambda call: next(filter(None, (look(call) for look in looks)), None)

@shared("""Your function sets a seed. Everything that draws afterwards, another step too, would draw
    the same numbers every time. Leave seeds to whoever calls it.""")
def seed_set(right, *args):
    keras.utils.set_random_seed(0)
    return right(*args)

# ---------------------------------------------------------------- what an optimizer is handed
# `right`: the worked solution, a step with one of its arguments an optimizer.

class Handing:
    """An optimizer that is handed other pairs than those of a gradient and its variable."""

    def __init__(self, optimizer, pairs):
        self.optimizer, self.pairs = optimizer, pairs

    def apply_gradients(self, pairs):
        self.optimizer.apply_gradients(self.pairs(*map(list, zip(*pairs))))


def handing(pairs, args):
    """The arguments of a step, where each optimizer is handed `pairs(gradients, variables)`."""
    return [
        Handing(one, pairs) if isinstance(one, keras.optimizers.Optimizer) else one for one in args
    ]

@shared("""The optimizer gets whole lists, of all gradients and of all variables, where it looks
    for a single gradient or a single variable. It takes as many pairs as there are variables, each
    of a gradient and its own variable.""")
def lists_for_pairs(right, *args):
    return right(*handing(lambda gradients, variables: [(gradients, variables)], args))

@shared("""The pairs that the optimizer gets are turned round. In each the gradient comes first,
    and then the variable that it moves.""")
def pairs_turned_round(right, *args):
    return right(*handing(lambda gradients, variables: zip(variables, gradients), args))
