"""Many optimizer steps in one graph call: the fast heart of training.

`model.fit` hands every mini-batch from Python to TensorFlow and back, which for a small network takes longer than the
arithmetic. Here one traced function loops over the mini-batches of a whole block, and Adam updates each weight in one
fused operation.
"""

from core.config.layer_math import NUM_CLASSES, has_convolution
from core.config.train_config import TrainConfig
from core.networks.builder import expand_layers, import_keras
from core.training.fused_forward import make_training_pass, training_dtype


def make_optimizer(config: TrainConfig):
    """Return the `keras.optimizers.Optimizer` that the config names."""
    # Keras takes no whole numbers for these, which a JSON file or a link may hold.
    keras, rate, momentum = import_keras(), float(config.learning_rate), float(config.momentum)
    betas = {"beta_1": config.beta_1, "beta_2": config.beta_2}
    match config.optimizer:
        case "adam":
            return _fused_adam()(rate, **betas)
        case "adamw":
            return _fused_adam()(rate, **betas, weight_decay=config.weight_decay)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, rho=config.rho)
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=momentum, nesterov=config.nesterov)


def _fused_adam():
    import tensorflow as tf

    keras = import_keras()

    class FusedAdam(keras.optimizers.Adam):
        """Keras's Adam (Kingma and Ba, 2014), each weight updated by one operation instead of a dozen."""

        def update_step(self, gradient, variable, learning_rate):
            index = self._get_variable_index(variable)
            step = tf.cast(self.iterations + 1, variable.dtype)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=self._momentums[index].value.handle,
                v=self._velocities[index].value.handle,
                beta1_power=tf.pow(tf.cast(self.beta_1, variable.dtype), step),
                beta2_power=tf.pow(tf.cast(self.beta_2, variable.dtype), step),
                lr=tf.cast(learning_rate, variable.dtype),
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
            )

    return FusedAdam


def make_loss(config: TrainConfig):
    """Return what training makes small: targets and probabilities, both (n, 10), → (n,) losses."""
    losses = import_keras().losses
    kind = {"cross_entropy": losses.categorical_crossentropy, "mean_squared_error": losses.mean_squared_error}
    smoothing = config.label_smoothing
    if not smoothing:
        return kind[config.loss]
    return lambda targets, probabilities: kind[config.loss](
        targets * (1 - smoothing) + smoothing / NUM_CLASSES, probabilities
    )


def make_step_block(model, optimizer, config: TrainConfig):
    """Return `block(images, labels, rates, first, last)`, which takes optimizer steps `first` to `last` - 1.

    `images` (n, 28, 28) uint8 and `labels` (n,) int32 are in the order of training; step k takes the images from
    k × the batch size on at the learning rate `rates[k]`, and the last step of all takes what is left. The block
    returns (summed loss, right answers), both over the images it took. A label of -1 is no digit's: every digit is
    then wanted with a tenth (outlier exposure: Hendrycks et al., 2019), and right is what gives none more than half.
    """
    import tensorflow as tf

    batch_size, loss_of = config.batch_size, make_loss(config)
    optimizer.build(model.trainable_variables)
    training_pass = make_training_pass(model, training_dtype(config))

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 28, 28], tf.uint8),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None], tf.float32),
            tf.TensorSpec([], tf.int32),
            tf.TensorSpec([], tf.int32),
        ],
        autograph=False,  # rewriting the loop below took longer than tracing it
    )
    def block(images, labels, rates, first, last):
        def take(step, loss_sum, right):
            batch = tf.cast(images[step * batch_size : (step + 1) * batch_size], tf.float32) / 255.0
            wanted = labels[step * batch_size : (step + 1) * batch_size]
            targets = tf.where(wanted[:, None] < 0, 1 / NUM_CLASSES, tf.one_hot(wanted, NUM_CLASSES))
            with tf.GradientTape() as tape:
                probabilities = training_pass(batch)
                losses = loss_of(targets, probabilities)
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.learning_rate.assign(rates[step])
            optimizer.apply(gradients, model.trainable_variables)
            answers = tf.argmax(probabilities, axis=1, output_type=tf.int32)
            unsure = tf.reduce_max(probabilities, axis=1) <= 0.5
            answers = tf.where((wanted < 0) & unsure, wanted, answers)
            now_right = tf.reduce_sum(tf.cast(tf.equal(answers, wanted), tf.float32))
            return step + 1, loss_sum + tf.reduce_sum(losses), right + now_right

        return tf.while_loop(lambda step, *_: step < last, take, (first, 0.0, 0.0))[1:]

    return block.get_concrete_function()


def make_classifier(model):
    """Return a traced function: (n, 28, 28) uint8 → (n, 10) float32 probabilities, with the model as it then is."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([None, 28, 28], tf.uint8)], autograph=False)
    def classify(images):
        return model(tf.cast(images, tf.float32) / 255.0, training=False)

    return classify.get_concrete_function()


def set_threads(config: TrainConfig) -> None:
    """Give TensorFlow one thread for a small network, all cores for a convolutional one.

    A small network's operations are shorter than the handing of work between threads. Only the first call of a
    process counts, before TensorFlow has computed anything.
    """
    import contextlib

    import tensorflow as tf

    threads = 0 if has_convolution(expand_layers(config)) else 1
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
