"""The fields of a training recipe: of each its default, what it is called and why, and the values that it may have."""

from dataclasses import dataclass

from core.config.architectures import ARCHITECTURES
from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.field_spec import setting
from core.config.layer_specs import LayerSpec
from core.config.losses import LOSSES
from core.config.optimizers import OPTIMIZERS
from core.config.schedules import SCHEDULES

FOLDS = 5
"""Into how many folds cross-validation parts the training images."""


@dataclass(frozen=True)
class RecipeFields:
    """The fields of `TrainConfig`, which checks them; their order is that of a config's JSON."""

    architecture: str = setting("mlp", "Network", "", entries=ARCHITECTURES)
    layers: tuple[LayerSpec, ...] = setting(
        (),
        "Layers",
        "The network's layers from the picture to the last one, which is always Dense softmax with a unit for each "
        "class. They replace the architecture with its hidden units and dropout; without any, it is built.",
    )
    hidden_units: int = setting(
        128,
        "Hidden units",
        "Neurons in the hidden layer. 128 is enough for about 97.7 %; 512 adds some 0.3 points and takes longer.",
        8,
        2048,
    )
    dropout: float = setting(
        0.2,
        "Dropout",
        "The share of neurons silenced at random in each training step, so that none is relied on alone. 20 % holds "
        "back overfitting without slowing the learning much; 0 turns it off. In the reader "
        "this is the share before the last layer, and a third of it is silenced where it pools.",
        0.0,
        0.9,
    )
    epochs: int = setting(
        5,
        "Epochs",
        "How many times every training image is seen. After 5 the recipe's test accuracy hardly rises any more.",
        1,
        200,
    )
    target_accuracy: float = setting(
        0.0,
        "Target accuracy",
        "Training ends after the epoch that reads this share of the validation images right: 0.99 for 99 %. The epochs "
        "are then the most there will be; 0 trains all of them.",
        0.0,
        1.0,
    )
    time_limit_s: int = setting(
        0,
        "Time limit, seconds",
        "Training ends when it has learned for this long, wherever it is: 60 for a minute. A schedule is cut off, for "
        "it is laid out over all epochs. 0 sets no limit.",
        0,
        86400,
    )
    patience: int = setting(
        0,
        "Patience, epochs",
        "Early stopping: training ends when the validation loss has not become smaller for so many epochs, since from "
        "then on the network mostly learns its training images by heart. 0 trains all epochs.",
        0,
        50,
    )
    batch_size: int = setting(
        32,
        "Batch size",
        "Images per step of the optimizer. Small batches learn more per image; large ones compute faster per image. "
        "32 is the customary middle.",
        1,
        1024,
    )
    learning_rate: float = setting(
        0.001,
        "Learning rate",
        "How far each step moves the weights. 0.001 is Adam's published default; ten times more makes the loss jump, "
        "ten times less needs many more epochs. SGD wants about 0.1.",
        0.00001,
        1.0,
    )
    optimizer: str = setting("adam", "Optimizer", "", entries=OPTIMIZERS)
    momentum: float = setting(
        0.9,
        "Momentum",
        "With SGD: how much of the last step is added to the next. 0.9 is customary and learns "
        "about ten times as fast as 0; above 0.95 it overshoots.",
        0.0,
        0.99,
    )
    nesterov: bool = setting(
        False,
        "Nesterov",
        "With SGD: each step is corrected by the slope where the momentum is about to lead, so that it slows down "
        "before it overshoots (Nesterov, 1983). It changes nothing where momentum is 0.",
    )
    beta_1: float = setting(
        0.9,
        "Beta 1",
        "With Adam and AdamW: how much of past gradients' mean goes on into the next step, as momentum does with SGD. "
        "0.9 remembers about ten steps; 0 follows each batch alone, and 0.99 overshoots.",
        0.0,
        0.99,
    )
    beta_2: float = setting(
        0.999,
        "Beta 2",
        "With Adam and AdamW: how long it remembers how large a weight's gradients were, by which it divides that "
        "weight's steps. 0.999 remembers about a thousand steps; 0.9 follows a change sooner, with unsteady steps.",
        0.5,
        0.9999,
    )
    rho: float = setting(
        0.9,
        "Rho",
        "With RMSprop: how long it remembers how large a weight's gradients were, by which it divides that weight's "
        "steps. 0.9 remembers about ten steps; 0.99 is steadier and slower to follow a change.",
        0.0,
        0.999,
    )
    weight_decay: float = setting(
        0.004,
        "Weight decay",
        "With AdamW: each step shrinks all weights by this share, times the learning rate. It keeps weights small that "
        "the digits do not need, which holds back overfitting. 0.004 is Keras's default; 0 makes it plain Adam.",
        0.0,
        0.5,
    )
    loss: str = setting("cross_entropy", "Loss", "What training minimises.", entries=LOSSES)
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "The share of certainty that is spread over all classes: with 0.1 the network is asked for 91 % and not for "
        "100 %, so it grows less sure of itself, and its probabilities are more honest.",
        0.0,
        0.5,
    )
    schedule: str = setting("constant", "Learning rate over time", "", entries=SCHEDULES)
    augmentation: bool = setting(
        False,
        "Augmentation",
        "Shift, rotate, stretch, slant, thicken or thin each image a little, anew every time it is seen. The recipe "
        "does without; a network that is to read other people's handwriting needs it, and more epochs.",
    )
    other_hands: bool = setting(
        False,
        "Other hands",
        "Bend images far, draw some digits anew in forms that MNIST lacks (crossed 7s, 1s with a foot, hooked 9s) and "
        "mix in drawings that are no digit. It replaces Augmentation, and wants 20 epochs or more.",
    )
    mixed_precision: bool = setting(
        False,
        "Mixed precision",
        "Compute convolutions in bfloat16 and keep the weights in float32: as exact, and more than twice as fast on "
        "processors with AMX. It changes nothing where the processor is not made for it.",
    )
    training_share: float = setting(
        1.0,
        "Share of the training images",
        "How much of the training images is used, chosen by the seed. A tenth shows how much worse a network reads "
        "that has seen little, and how much sooner it overfits.",
        0.001,
        1.0,
    )
    label_noise: float = setting(
        0.0,
        "Wrong labels",
        "The share of training images that get a wrong label, chosen by the seed, to see what it does: a network "
        "learns the right digits in spite of much noise, until it has epochs enough to learn the mistakes by heart.",
        0.0,
        0.9,
    )
    validation_images: int = setting(
        5000,
        "Validation images",
        "The last so many training images are kept out of training and measured after each epoch, but at most a fifth "
        "of a small data set. Of MNIST's 60,000, 5,000 are customary; with 0, all are trained on and there is no "
        "validation curve.",
        0,
        10000,
    )
    fold: int = setting(
        0,
        "Fold kept back",
        "With 1 to 5, every fifth training image, from that one on, is kept out of training and "
        "measured after each epoch, in place of the validation images. Five such runs read every training image "
        "without having learned from it (cross-validation). 0 keeps no fold back.",
        0,
        FOLDS,
    )
    seed: int = setting(
        0,
        "Seed",
        "Where the random numbers start: first weights, order of the images, dropout. The same seed on the same "
        "machine gives the same network, to the last bit.",
        0,
        2**31 - 1,
    )
    dataset: DatasetSpec = setting(
        MNIST,
        "Data set",
        "What is learned: MNIST's ten digits, or a data set of one's own, which the Data page and the command `data` "
        "add. The network's last layer has an output for each of its classes.",
    )
    start_from: str = setting(
        "",
        "Start from",
        "Where the first weights come from: random numbers, or a network that has learned already, the shipped reader "
        "(reader) or a run by its id. A few images are then enough. The last layer is new where the classes differ.",
    )
    trained_layers: str = setting(
        "all",
        "Layers trained",
        "With a network to start from: train all of its layers, or only the last, which is quick and keeps what the "
        "others have learned. All layers read more right where the pictures look unlike those learned before.",
        words={"all": "All", "last": "Only the last"},
    )
    test_unseen: bool = setting(
        False,
        "Test images unseen",
        "The report is on the validation images, and the test images are not looked at. A sweep trains its trials so: "
        "a recipe that was chosen because it reads the test images well says nothing about other images any more.",
    )
