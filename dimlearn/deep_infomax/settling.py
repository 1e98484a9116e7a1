"""Settled batch normalisation: what a frozen encoder normalises by. Lessons 8, 9.

In training, batch normalisation divides by the statistics of the batch, and beside that keeps a
moving average of them for later, `average <- 0.99 * average + 0.01 * batch`. A frozen encoder uses
the average. It lags: after n batches 0.99^n of its first value, a variance of 1, is still in it
(4 % after 320), and what it averages are the statistics of weights that have changed since. The
code of such an encoder is not the code that was trained.
"""

from dimlearn.startup import keras


def settle(encoder, images, batch_size=500, batches=20):
    """Set the averages of batch normalisation to those of `images` under the present weights.

    `encoder`: a Keras model; `images`: `[N, H, W, channels]`, of which the first
    `batches * batch_size` are used, in full batches. No weight is trained: only moving means and
    variances change, to the mean over the batches. An encoder without batch normalisation stays as
    it is.
    """
    norms = batch_normalisations(encoder)
    momenta = [norm.momentum for norm in norms]
    full = max(1, min(batches, len(images) // batch_size)) if norms else 0
    for count in range(full):
        for norm in norms:
            norm.momentum = count / (count + 1)  # the plain mean of all batches so far
        encoder(images[count * batch_size :][:batch_size], training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum


def batch_normalisations(model):
    """The layers of batch normalisation in a model and in the models inside it."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            found.append(layer)
        elif isinstance(layer, keras.Model):
            found += batch_normalisations(layer)
    return found
