"""Adam, with the whole update of a variable in one operation."""

from dimlearn.startup import keras, tf


@keras.saving.register_keras_serializable("dimlearn")
class FusedAdam(keras.optimizers.Adam):
    """Adam (Kingma & Ba 2015): the arithmetic and the arguments of `keras.optimizers.Adam`.

    Keras writes the update as about ten operations, each of which passes over memory. TensorFlow
    has one that does them all in a single pass. With it a training step of Deep InfoMax takes
    about 0.95 of the processor time (`tests/benchmarks/speed_benchmark.py adam`), and a model that
    nobody names any more is let go.

    Under a strategy of `tf.distribute`, which sums gradients over replicas, it is Keras' own.
    """

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        slots = self.variables[-2 * len(variables) :]  # momentum, velocity, momentum, velocity, ...
        keys = (variable.value.ref() for variable in variables)
        # Their look-up and not the dictionary, which a `tf.train.Checkpoint` would try to save.
        self.moments_of = dict(zip(keys, zip(slots[::2], slots[1::2]))).__getitem__

    def apply(self, grads, trainable_variables=None):
        replica = tf.distribute.get_replica_context()
        if tf.distribute.has_strategy() or replica is None:
            return super().apply(grads, trainable_variables)
        # Keras sums the gradients over the replicas even of a single one, and TensorFlow never
        # lets go of the graph of such a sum, nor of its model's weights and moments. Trained and
        # dropped one after the other, large models leave some 65 MB each that way and under 10 MB
        # this way (`tests/benchmarks/speed_benchmark.py many`). Where all replicas are seen at
        # once, there is nothing to sum.
        update = super().apply
        replica.merge_call(lambda strategy: update(grads, trainable_variables))

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad or tf.distribute.has_strategy():  # which the one operation cannot do
            return super().update_step(gradient, variable, learning_rate)
        momentum, velocity = self.moments_of(variable.ref())
        step = tf.cast(self.iterations + 1, variable.dtype)
        beta_1, beta_2 = (tf.cast(beta, variable.dtype) for beta in (self.beta_1, self.beta_2))
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=momentum.value.handle,
            v=velocity.value.handle,
            beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(tf.convert_to_tensor(gradient), variable.dtype),
        )


def find_optimizer(optimizer):
    """As `keras.optimizers.get`, with the quicker Adam for "adam"."""
    return FusedAdam() if optimizer == "adam" else keras.optimizers.get(optimizer)
