"""Steps in blocks: what is computed fast is what Keras computes one step at a time."""

import json

import numpy as np
import pytest

from core.config import schedules
from core.config.train_config import FIELD_SPECS, TrainConfig
from core.datasets.mnist import load_mnist
from core.networks.builder import build, import_keras
from core.training import train_step

BATCH = 16


@pytest.fixture(scope="module")
def data():
    """128 images (n, 28, 28) uint8 with their labels (n,) int32."""
    train = load_mnist().train
    return train.images[:128], train.labels[:128].astype(np.int32)


def start(config):
    """The network of the config, its optimizer and its block of steps, the same for each call."""
    import_keras().utils.set_random_seed(1)
    model, optimizer = build(config), train_step.make_optimizer(config)
    return model, optimizer, train_step.make_step_block(model, optimizer, config)


def weights_after(config, data, cuts):
    """The weights after taking the steps between each two neighbours of `cuts` in one block."""
    model, _, block = start(config)
    rates = schedules.learning_rates(config, cuts[-1])
    for first, last in zip(cuts, cuts[1:], strict=False):
        block(*data, rates, np.int32(first), np.int32(last))
    return model.get_weights()


@pytest.mark.parametrize("betas", [{}, {"beta_1": 0.5, "beta_2": 0.9}, {"beta_1": 0.0}], ids=str)
@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_fused_adam_is_keras_adam(optimizer, betas):
    import tensorflow as tf

    keras = import_keras().optimizers
    config = TrainConfig(optimizer=optimizer, learning_rate=0.01, **betas)
    theirs = keras.Adam(0.01, **betas) if optimizer == "adam" else keras.AdamW(0.01, weight_decay=0.004, **betas)
    pair = [(each, tf.Variable([[1.0, -2.0], [0.5, 3.0]])) for each in (train_step.make_optimizer(config), theirs)]
    for optimizer, variable in pair:
        optimizer.build([variable])
    rng = np.random.default_rng(0)
    for _ in range(30):
        gradient = tf.constant(rng.normal(size=(2, 2)), tf.float32)
        for optimizer, variable in pair:
            optimizer.apply([gradient], [variable])
        (_, ours), (_, keras_own) = pair
        assert ours.numpy() == pytest.approx(keras_own.numpy(), abs=1e-6)


def test_a_block_of_steps_is_fit(data):
    config = TrainConfig(hidden_units=16, dropout=0.0, batch_size=BATCH)
    import_keras().utils.set_random_seed(1)
    model = build(config)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(data[0] / np.float32(255), data[1], batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
    for ours, theirs in zip(weights_after(config, data, [0, 8]), model.get_weights(), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("loss", FIELD_SPECS["loss"].choices)
def test_a_block_of_steps_changes_the_very_bits_that_keras_s_own_layers_and_losses_change(loss, data):
    """The dropout, the loss, its mean's gradient and Adam's powers take fewer operations, but the same roundings."""
    import tensorflow as tf

    config = TrainConfig(hidden_units=16, dropout=0.4, batch_size=BATCH, loss=loss)
    ours, _, block = start(config)
    block(*data, np.full(8, 0.01, np.float32), np.int32(0), np.int32(8))
    theirs, optimizer, _ = start(config)
    losses_of = getattr(import_keras().losses, "categorical_crossentropy" if loss == "cross_entropy" else loss)

    @tf.function(autograph=False)
    def take_step(images, labels):
        with tf.GradientTape() as tape:
            probabilities = theirs(tf.cast(images, tf.float32) / 255.0, training=True)
            mean = tf.reduce_mean(losses_of(tf.one_hot(labels, 10), probabilities))
        optimizer.learning_rate.assign(0.01)
        optimizer.apply(tape.gradient(mean, theirs.trainable_variables), theirs.trainable_variables)

    for first in range(0, len(data[0]), BATCH):
        take_step(data[0][first : first + BATCH], data[1][first : first + BATCH])
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes(), one.path


@pytest.mark.parametrize("optimizer", FIELD_SPECS["optimizer"].choices)
def test_every_optimizer_learns(optimizer, data):
    config = TrainConfig(hidden_units=16, batch_size=BATCH, optimizer=optimizer, learning_rate=0.01)
    _, _, block = start(config)
    rates = schedules.learning_rates(config, 8)
    losses = [float(block(*data, rates, np.int32(0), np.int32(8))[0]) for _ in range(10)]
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("architecture", FIELD_SPECS["architecture"].choices)
def test_how_steps_are_cut_into_blocks_changes_no_bit(architecture, data):
    config = TrainConfig(architecture=architecture, hidden_units=16, dropout=0.5, batch_size=BATCH)
    whole = weights_after(config, data, [0, 8])
    for cuts in ([0, 4, 8], [0, 1, 2, 7, 8]):
        assert all(map(np.array_equal, weights_after(config, data, cuts), whole))


def test_the_last_smaller_batch_is_taken(data):
    images, labels = data[0][:40], data[1][:40]
    _, optimizer, block = start(TrainConfig(hidden_units=16, dropout=0.0, batch_size=BATCH, learning_rate=0.00001))
    taken = schedules.steps_per_epoch(40, BATCH)
    loss_sum, right = block(images, labels, np.full(taken, 1e-5, np.float32), np.int32(0), np.int32(taken))
    assert taken == 3 and int(optimizer.iterations) == 3
    model, _, _ = start(TrainConfig(hidden_units=16, dropout=0.0))
    probabilities = model(images / np.float32(255)).numpy()
    assert float(loss_sum) == pytest.approx(-np.log(probabilities[np.arange(40), labels]).sum(), rel=0.01)
    assert float(right) == pytest.approx((probabilities.argmax(axis=1) == labels).sum(), abs=2)


def test_an_image_of_no_digit_is_right_where_no_class_is_likely(data):
    """Its target is the same for every class."""
    config = TrainConfig(hidden_units=16, dropout=0.0, batch_size=BATCH, other_hands=True)
    model, _, block = start(config)
    model.layers[-1].kernel.assign(6 * model.layers[-1].kernel.numpy())
    labels = np.where(np.arange(len(data[1])) % 2, data[1], -1).astype(np.int32)
    probabilities = model(data[0] / np.float32(255)).numpy()
    targets = np.where(labels[:, None] < 0, 0.1, np.eye(10)[labels])
    likely = probabilities.max(axis=1) > 0.5
    assert 20 < likely.sum() < 108
    right = np.where(labels < 0, ~likely, probabilities.argmax(axis=1) == labels).sum()
    loss_sum, found = block(data[0], labels, np.zeros(8, np.float32), np.int32(0), np.int32(8))
    assert float(loss_sum) == pytest.approx(-(targets * np.log(probabilities)).sum(), rel=1e-4)
    assert float(found) == right


def test_a_block_follows_the_rates(data):
    model, optimizer, block = start(TrainConfig(hidden_units=16, optimizer="sgd", batch_size=BATCH))
    before = model.get_weights()
    block(*data, np.zeros(8, np.float32), np.int32(0), np.int32(8))
    assert all(map(np.array_equal, before, model.get_weights())), "at a rate of 0 nothing is learned"
    block(*data, np.linspace(0.1, 0.8, 8, dtype=np.float32), np.int32(0), np.int32(5))
    assert float(optimizer.learning_rate) == pytest.approx(0.5)


@pytest.mark.parametrize(("images", "batch", "wanted"), [(55000, 32, 1719), (60000, 32, 1875), (1, 32, 1), (33, 32, 2)])
def test_steps_per_epoch_counts_the_smaller_last_batch(images, batch, wanted):
    assert schedules.steps_per_epoch(images, batch) == wanted


def test_the_constant_schedule_stays():
    rates = schedules.learning_rates(TrainConfig(learning_rate=0.01), 50)
    assert rates.shape == (50,) and rates.dtype == np.float32
    assert set(rates) == {np.float32(0.01)}


def test_one_cycle_rises_for_three_tenths_and_falls_to_nearly_nothing():
    rates = schedules.learning_rates(TrainConfig(learning_rate=0.01, schedule="one_cycle"), 1000)
    assert rates.shape == (1000,) and rates.dtype == np.float32
    top = int(rates.argmax())
    assert 298 <= top <= 301 and rates[top] == pytest.approx(0.01, rel=1e-3)
    assert (np.diff(rates[:299]) > 0).all() and (np.diff(rates[301:]) < 0).all()
    assert rates[0] == pytest.approx(0.01 / 25, rel=0.01)
    assert 0 < rates[-1] < 0.01 / 5000


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_cycle_of_few_steps_has_a_rate_each(count):
    rates = schedules.learning_rates(TrainConfig(schedule="one_cycle"), count)
    assert rates.shape == (count,) and (rates > 0).all() and (rates <= np.float32(0.001)).all()


def test_cosine_falls_from_the_rate_to_nothing():
    rates = schedules.learning_rates(TrainConfig(learning_rate=0.01, schedule="cosine"), 1000)
    assert rates[0] == pytest.approx(0.01, rel=1e-3) and rates[499:501].mean() == pytest.approx(0.005, rel=1e-3)
    assert (np.diff(rates) < 0).all() and 0 < rates[-1] < 1e-6


def test_step_falls_to_a_tenth_at_half_and_again_at_three_quarters():
    rates = schedules.learning_rates(TrainConfig(learning_rate=0.1, schedule="step"), 8)
    assert rates == pytest.approx([0.1] * 4 + [0.01] * 2 + [0.001] * 2)


@pytest.mark.parametrize("loss", FIELD_SPECS["loss"].choices)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_keras_own(loss, smoothing):
    keras = import_keras()
    theirs = {"cross_entropy": keras.losses.CategoricalCrossentropy(label_smoothing=smoothing, reduction=None)}
    targets, rng = np.eye(10, dtype=np.float32)[[3, 0, 9]], np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(10), 3).astype(np.float32)
    ours = train_step.make_loss(TrainConfig(loss=loss, label_smoothing=smoothing))(targets, probabilities)
    smooth = targets * (1 - smoothing) + smoothing / 10
    wanted = theirs[loss](targets, probabilities) if loss in theirs else ((smooth - probabilities) ** 2).mean(axis=1)
    assert np.asarray(ours) == pytest.approx(np.asarray(wanted), rel=1e-5)


def test_momentum_and_weight_decay_reach_the_optimizer():
    assert train_step.make_optimizer(TrainConfig(optimizer="sgd", momentum=0.5)).momentum == 0.5
    assert train_step.make_optimizer(TrainConfig(optimizer="adamw", weight_decay=0.02)).weight_decay == 0.02
    assert train_step.make_optimizer(TrainConfig(weight_decay=0.02)).weight_decay is None, "adam has none"


def test_the_settings_that_one_optimizer_has_reach_it():
    assert train_step.make_optimizer(TrainConfig(optimizer="rmsprop", rho=0.5)).rho == 0.5
    assert train_step.make_optimizer(TrainConfig(optimizer="sgd", nesterov=True)).nesterov
    adam = train_step.make_optimizer(TrainConfig(optimizer="adamw", beta_1=0.5, beta_2=0.9))
    assert (adam.beta_1, adam.beta_2) == (0.5, 0.9)
    plain = import_keras().optimizers
    for name, theirs in {"adam": plain.Adam(), "rmsprop": plain.RMSprop(), "sgd": plain.SGD()}.items():
        ours = train_step.make_optimizer(TrainConfig(optimizer=name))
        for setting in {"beta_1", "beta_2", "rho", "nesterov", "epsilon"} & vars(theirs).keys():
            assert getattr(ours, setting) == getattr(theirs, setting), "Keras's own, as long as nobody sets it"


def test_a_momentum_of_nothing_may_be_a_whole_number():
    """A link writes 0.0 as 0."""
    assert train_step.make_optimizer(TrainConfig(optimizer="sgd", momentum=0)).momentum == 0.0


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "sgd"])
def test_a_learning_rate_may_be_a_whole_number(optimizer):
    """A JSON file writes 1.0 as 1."""
    config = TrainConfig.from_json(json.dumps({"optimizer": optimizer, "learning_rate": 1}))
    assert float(train_step.make_optimizer(config).learning_rate) == 1.0


def test_the_classifier_follows_the_weights(data):
    model, _, _ = start(TrainConfig(hidden_units=16))
    classify = train_step.make_classifier(model)
    assert classify(data[0]).numpy() == pytest.approx(model(data[0] / np.float32(255)).numpy(), abs=1e-6)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    assert classify(data[0]).numpy() == pytest.approx(np.full((128, 10), 0.1))
