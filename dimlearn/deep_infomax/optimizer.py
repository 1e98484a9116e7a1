"""Adam, with the whole update of a variable in one operation."""

from dimlearn.startup import keras, tf


@keras.saving.register_keras_serializable("dimlearn")
class FusedAdam(keras.optimizers.Adam):
    """Adam (Kingma & Ba 2015): the arithmetic and the arguments of `keras.optimizers.Adam`.

    Keras writes the update as about ten operations, each of which passes over memory. TensorFlow
    has one that does them all in a single pass. With it a step of a large Deep InfoMax takes 0.89
    (dot-product critics) to 0.93 (concat critics) of the processor time, a small one 0.97:
    `tests/benchmarks/speed_benchmark.py adam`.

    Under a strategy of `tf.distribute`, which sums gradients over replicas, it is Keras' own.
    """

    def _backend_update_step(self, gradients, variables, learning_rate):
        if tf.distribute.has_strategy():
            return super()._backend_update_step(gradients, variables, learning_rate)
        # Keras' own goes through tf.distribute, after which the graph of the training step is never
        # let go, nor are its model's weights and moments. Trained and dropped one after the other,
        # large models cost 61 MB each that way and 4 MB this way
        # (`tests/benchmarks/speed_benchmark.py many`).
        for gradient, variable in zip(gradients, variables):
            self.update_step(gradient, variable.value, learning_rate)

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad or tf.distribute.has_strategy():  # which the one operation cannot do
            return super().update_step(gradient, variable, learning_rate)
        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, variable.dtype)
        return tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=tf.pow(self.beta_2, step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(tf.convert_to_tensor(gradient), variable.dtype),
        )
