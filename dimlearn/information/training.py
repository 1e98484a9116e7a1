"""How a critic is trained: gradient ascent on an objective, many steps in one call. Lessons 2, 10.

Every network of this room is trained here. `ascend` is the one loop. `ascend_to_best` is for
critics of a sample: several members, one for each fold, learn side by side, and each ends with the
weights that were best on its own validation slice. `CriticInTraining` is for worlds that can be
sampled without end: every batch is new, there is nothing to remember, and no slice is needed.
"""

import numpy as np

from dimlearn.information.bounds import jsd_bound
from dimlearn.information.critics import SeparableCritics
from dimlearn.information.samples import own_rng
from dimlearn.startup import keras, tf

MOMENTUM = 0.99  # of the moving average of weights: about the last hundred steps


def ascend(objective, optimizer, steps, every=100, batches=lambda count: ()):
    """Climb an objective; after each `every` steps, `(steps so far, values [every, ...])`.

    `objective`: a function that gives a tensor, whose sum is maximised. It draws what it looks at,
    or is handed the next of `batches(count)`: a sequence of arrays `[count, ...]`.
    """

    @tf.function
    def climb(count, sides):
        values = tf.TensorArray(tf.float32, count)
        for step in tf.range(count):
            with tf.GradientTape() as tape:
                value = objective(*[side[step] for side in sides])
                loss = -value
            optimizer.update(tape.gradient(loss, optimizer.variables))
            values = values.write(step, value)
        return values.stack()

    for begun in range(0, steps, every):
        count = min(every, steps - begun)
        sides = [tf.constant(side) for side in batches(count)]
        yield begun + count, climb(tf.constant(count), sides).numpy()


def ascend_to_best(objective, judge, optimizer, steps, say=None):
    """Climb; each member ends with the weights of its highest validation value.

    `variables` of the optimizer: `[members, ...]` each. `judge()`: a value for each member,
    `[members]`, looked at every 100 steps. Returns `[(step, values [members])]`.
    """
    best, weights, seen = -np.inf, [variable.numpy() for variable in optimizer.variables], []
    for step, _ in ascend(objective, optimizer, steps):
        values = np.asarray(judge())
        for held, variable in zip(weights, optimizer.variables):
            held[values > best] = variable.numpy()[values > best]
        best = np.maximum(best, values)
        seen.append((step, values))
        if say:
            say(f"step {step}/{steps}: {values.mean():.3f} nats on validation pairs", passing=True)
    for held, variable in zip(weights, optimizer.variables):
        variable.assign(held)
    return seen


class CosineAdamW:
    """Adam (Kingma & Ba 2015) with weight decay apart from the gradient (Loshchilov & Hutter 2019).

    The learning rate falls from `rate` to 0 over `steps` by a cosine. The arithmetic is that of
    `keras.optimizers.AdamW`, whose own way of applying gradients leads through `tf.distribute`,
    after which TensorFlow never lets the graph of the training go, nor what hangs on it. So the
    updates are called one by one. `averaged`: whether to follow the weights by a moving average.
    """

    def __init__(self, variables, rate, steps, weight_decay=0.0, averaged=False):
        self.variables, self.weight_decay = variables, weight_decay
        self.rate = keras.optimizers.schedules.CosineDecay(rate, steps)
        self.adam = keras.optimizers.Adam()
        self.adam.build(variables)
        self.averages = [tf.Variable(variable) for variable in variables] if averaged else []

    def update(self, gradients):
        """One step down the gradients."""
        rate = self.rate(self.adam.iterations)
        momentum = MOMENTUM * tf.cast(self.adam.iterations > 0, tf.float32)  # the first: no past
        for variable, gradient in zip(self.variables, gradients):
            variable.assign_sub(variable * self.weight_decay * rate)
            self.adam.update_step(gradient, variable, rate)
        for variable, average in zip(self.variables, self.averages):
            average.assign(momentum * average + (1 - momentum) * variable)
        self.adam.iterations.assign_add(1)

    def settle(self):
        """The moving averages of the weights take their place."""
        for variable, average in zip(self.variables, self.averages):
            variable.assign(average)


class CriticInTraining:
    """A separable critic that learns from fresh pairs of a world, maximising `bound`.

    `dx`, `dy`: the numbers of columns; `bound`: a function of scores `[N, N]`; `hidden`: the units
    of the hidden layers of both sides.
    """

    def __init__(self, dx, dy, bound=jsd_bound, hidden=(64,), batch=128, seed=0):
        self.bound, self.batch = bound, batch
        self.critics = SeparableCritics(own_rng(seed), 1, dx, dy, hidden)
        self.rng = own_rng(seed + 1)

    def scores(self, x, y):
        """The critic's score matrix of `x [n, dx]`, `y [n, dy]`, NumPy or tensors: `[n, n]`."""
        x, y = (tf.cast(tf.convert_to_tensor(side), tf.float32) for side in (x, y))
        return self.critics(x[None], y[None])[0]

    def train(self, world, steps, rate, weight_decay=0.0, say=None):
        """Maximise the bound for `steps` batches, the learning rate falling to 0 by a cosine.

        The critic ends with the moving average of its weights. Returns the bound of every training
        batch, float32 `[steps]`, in nats.
        """

        def draw(count):
            pairs = world.draw(count * self.batch, self.rng)
            return [side.reshape(count, self.batch, -1).astype("float32") for side in pairs]

        def bound_of(x, y):
            return self.bound(self.scores(x, y))

        optimizer = CosineAdamW(self.critics.variables, rate, steps, weight_decay, averaged=True)
        reached = []
        for step, values in ascend(bound_of, optimizer, steps, every=50, batches=draw):
            reached.append(values)
            if say:
                say(f"{world.name}, step {step}/{steps}: {values.mean():.2f} nats", passing=True)
        optimizer.settle()
        return np.concatenate(reached)
