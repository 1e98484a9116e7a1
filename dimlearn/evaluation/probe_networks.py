"""Dense networks as probes, several at once.

The networks of one probe differ only in what was drawn for them, so they are trained side by side,
as one model whose layers hold a matrix for each.
"""

import math
from functools import lru_cache

import numpy as np

from dimlearn.deep_infomax.optimizer import FusedAdam
from dimlearn.startup import keras


def trained_networks(x, y, seeds, units, dropout, epochs=12, batch_size=512):
    """One model of as many networks as there are seeds; the first seed draws for all of them.

    Trained on codes `x [N, D]` and labels `y [N]`, 0 to K-1; returns a `keras.Model` from codes to
    logits `[N, networks, classes]`. The networks differ in their first weights and their dropout,
    and share nothing but the order of the batches. The number of epochs is fixed: nothing is
    chosen.
    """
    networks, first_values = untrained_networks(
        x.shape[1], int(y.max()) + 1, tuple(seeds), units, dropout
    )
    for variable, value in zip(state(networks), first_values):
        variable.assign(value)
    keras.utils.set_random_seed(seeds[0])
    y_each = np.repeat(y[:, None], len(seeds), axis=1)
    networks.fit(x, y_each, batch_size=batch_size, epochs=epochs, verbose=0)
    return networks


@lru_cache(maxsize=8)
def untrained_networks(inputs, classes, seeds, units, dropout):
    """The model of `trained_networks`, compiled, and the first values of its variables.

    Kept, because the rows of a table differ in their codes only: compiled once, the networks start
    every row from the same weights.
    """
    keras.utils.set_random_seed(seeds[0])
    codes = hidden = keras.Input((inputs,))
    equation = "nd,kdh->nkh"  # every network sees the same code ...
    for count in units:
        hidden = dense_of_each(len(seeds), hidden, count, equation, "relu")
        equation = "nkd,kdh->nkh"  # ... and then its own hidden units
    hidden = keras.layers.Dropout(dropout)(hidden)
    networks = keras.Model(codes, dense_of_each(len(seeds), hidden, classes, equation))
    networks.compile(
        FusedAdam(2e-3), summed_cross_entropy, jit_compile=False, steps_per_execution=10
    )
    networks.optimizer.build(networks.trainable_variables)
    return networks, [variable.numpy() for variable in state(networks)]


def state(model):
    """Everything that training moves: weights, the dropout's seed, the optimizer's memory."""
    return [*model.variables, *model.optimizer.variables]


def dense_of_each(networks, inputs, units, equation, activation=None):
    """A dense layer of each of several networks, with the first weights of `keras.layers.Dense`."""
    limit = math.sqrt(6 / (inputs.shape[-1] + units))  # Glorot & Bengio 2010
    first_weights = keras.initializers.RandomUniform(-limit, limit)
    layer = keras.layers.EinsumDense(
        equation, (networks, units), activation, bias_axes="kh", kernel_initializer=first_weights
    )
    return layer(inputs)


def summed_cross_entropy(labels, logits):
    """Cross-entropy `[N]` summed over networks side by side: each gets the gradient of its own."""
    each = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    return keras.ops.sum(each, axis=1)
