"""Several devices, or several machines: one batch, one loss, one update.

Under a strategy of `tf.distribute` every replica of a model sees its part of a batch, N/R images of
N. Deep InfoMax scores each code with each map of the batch, and a part of it has other pairs than
the whole: so every replica is handed the maps and codes of all and computes the loss L of the whole
batch. What flows back from a map or code is the sum of what all R replicas send, R times dL/dz, and
the optimizer adds the gradients of the replicas: so each takes L/R for its loss, and the update is
that of one device, but for rounding. A critic does its work R times over, the encoder shares it.
"""

from dimlearn.deep_infomax.settling import batch_normalisations
from dimlearn.startup import tf


def replicas():
    """How many replicas take this step together: 1 without a strategy."""
    context = tf.distribute.get_replica_context()
    return context.num_replicas_in_sync if context else 1


def share(loss):
    """What each replica minimises of a loss that all of them have computed: L/R."""
    return loss / replicas() if replicas() > 1 else loss


def gathered(x, parts=1):
    """The whole batch, on every replica, of what each has a part of; gradients flow back.

    `x`: `[parts * n, ...]`, of `parts` pictures of each of n images: first all the first ones. So
    is what is returned, `[parts * N, ...]`, in the order of the batch.
    """
    if replicas() == 1:
        return x
    of_images = tf.reshape(x, [parts, -1, *dimensions(x)])  # [parts, n, ...]
    whole = tf.distribute.get_replica_context().all_gather(of_images, axis=1)  # [parts, N, ...]
    return tf.ensure_shape(tf.reshape(whole, [-1, *dimensions(x)]), [None, *x.shape[1:]])


def pictures_of_all(make, images, parts):
    """Pictures of the replica's own images `[n, ...]`: those that one device would make of them in
    the whole batch.

    `make`: a function from images `[N, ...]` to `parts` pictures of each, `[parts * N, ...]`: first
    all the first ones. So is what is returned, `[parts * n, ...]`.
    """
    if replicas() == 1:
        return make(images)
    context, count = tf.distribute.get_replica_context(), tf.shape(images)[:1]
    first = tf.reduce_sum(context.all_gather(count, 0)[: context.replica_id_in_sync_group])
    pictures = make(gathered(images))  # [parts * N, ...]
    own = [part[first : first + count[0]] for part in tf.split(pictures, parts)]  # [n, ...] each
    return tf.concat(own, axis=0)


def dimensions(x):
    """All dimensions of a tensor but the first, those that are not known as tensors."""
    known, all_of_them = x.shape[1:], tf.shape(x)[1:]
    return [all_of_them[axis] if size is None else size for axis, size in enumerate(known)]


def reported(values):
    """Scalars `{name: value}` as Keras can average them over machines, which it does along an axis.

    Keras 3.15 reduces what a step returns along axis 0 of each machine's, which a scalar has not
    (keras-team/keras issue 20585). Every replica has the same value: the average is that.
    """
    resolver = tf.distribute.get_strategy().cluster_resolver
    if resolver and resolver.cluster_spec().as_dict():
        return {name: value[None] for name, value in values.items()}
    return values


def synchronise(model):
    """Let batch normalisation take the mean and variance of the whole batch of all replicas.

    By itself each replica normalises by its own part. Every layer of batch normalisation of the
    Keras model is set, also in the models inside it; nothing changes on one device. Returns the
    model.
    """
    for norm in batch_normalisations(model):
        norm.synchronized = True
    return model
