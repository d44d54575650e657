"""The part of a script that loads a run's data set and takes from it the images that the run was trained on."""

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.recipe_fields import FOLDS
from core.config.train_config import TEST_IMAGES, TrainConfig
from core.datasets.split import SUBSAMPLE_STREAM, even_order
from core.export.script_source import plain_source

MNIST_VARIABLE = "MNIST_NPZ"
"""The environment variable by which a script is given MNIST as a file."""

DATASET_VARIABLE = "DATASET_NPZ"
"""The same for another data set."""


def data_text(config: TrainConfig) -> str:
    """Return which images are trained on, kept for validation and tested on, a sentence each."""
    spec = config.dataset
    tested = f"{spec.test_images:,} for the test" if spec.test_images else "none for the test"
    texts = [f"{spec.name}: {spec.train_images:,} images for training and {tested}, 28×28 grey values from 0 to 255."]
    if spec != MNIST:
        texts.append("The first are put into an order in which all classes go on evenly.")
    if config.fold:
        texts.append(f"Every fifth of the first, from image {config.fold - 1} on, is kept for validation.")
    elif config.kept_back:
        texts.append(f"The last {config.kept_back:,} of the first are kept for validation.")
    if config.training_share < 1:
        texts.append("Of the rest a share is trained on, chosen by the seed as in the run.")
    if config.label_noise:
        texts.append("A share of the labels is made wrong, the same ones as in the run.")
    if config.label_smoothing:
        texts.append("The targets are smoothed: the network is not asked to be quite certain.")
    return " ".join(texts)


def data_code(config: TrainConfig) -> str:
    """Return the code that makes `images` with their `labels` and `targets`, `validation`, and the test images."""
    trained_on, kept_back = _parts(config)
    classes = config.dataset.num_classes
    blocks = [
        f"{_load(config)}\n",
        *([f"fold = np.arange(len(x_train)) % {FOLDS} == {config.fold - 1}"] if config.fold else []),
        *_stand_in(config, kept_back),
        f"images, labels = x_train{trained_on}, y_train{trained_on}",
        *_choice_of_images(config),
        *_wrong_labels(config),
        f'''\


def scale(images):
    """Return grey values from 0 to 255 as numbers from 0 to 1."""
    return images.astype("float32") / 255


def one_hot(labels):
    """Return a row of {classes} for each label: 1 at its place, else 0."""
    return keras.utils.to_categorical(labels, {classes})


targets = one_hot(labels)''',
    ]
    if config.label_smoothing:
        share = config.label_smoothing
        blocks[-1] += f" * (1 - {share}) + {share} / {classes}"
    if kept_back:
        blocks.append(f"validation = scale(x_train{kept_back}), one_hot(y_train{kept_back})")
    return "\n".join(blocks)


_LOAD_MNIST = f"""\
if path := os.environ.get("{MNIST_VARIABLE}"):
    with np.load(path) as file:
        x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
else:
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()"""

_LOAD_OTHER = f"""\
with np.load(os.environ.get("{DATASET_VARIABLE}", "arrays.npz")) as file:
    x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
order = even_order(y_train)
x_train, y_train = x_train[order], y_train[order]"""


def _load(config: TrainConfig) -> str:
    """Return the code that loads the images, and the names of classes other than MNIST's."""
    if config.dataset == MNIST:
        return _LOAD_MNIST
    return "\n\n\n".join([plain_source(even_order), f"{_class_names(config.dataset)}\n{_LOAD_OTHER}"])


def _class_names(dataset: DatasetSpec) -> str:
    names = "".join(f"    {name!r},\n" for name in dataset.class_names)
    return f"CLASSES = [\n{names}]"


def _stand_in(config: TrainConfig, kept_back: str) -> list[str]:
    """Return the code by which the validation or training images stand in for test images, where none are looked at."""
    if config.tested_on == TEST_IMAGES:
        return []
    return [f"x_test, y_test = x_train{kept_back}, y_train{kept_back}"]


def _parts(config: TrainConfig) -> tuple[str, str]:
    """Return the indexes, in Python, of the images that are trained on and of those that are kept back; '' is none."""
    if config.fold:
        return "[~fold]", "[fold]"
    last = config.kept_back
    return (f"[:-{last}]", f"[-{last}:]") if last else ("", "")


def _choice_of_images(config: TrainConfig) -> list[str]:
    lines = []
    if config.training_share < 1 or config.label_noise:
        lines.append(f"rng = np.random.default_rng([SEED, {SUBSAMPLE_STREAM}])")
    if config.training_share < 1:
        share = f" max(1, round({config.training_share} * len(labels)))"
        lines.append(f"chosen = np.sort(rng.permutation(len(labels))[:{share}])")
        lines.append("images, labels = images[chosen], labels[chosen]")
    return lines


def _wrong_labels(config: TrainConfig) -> list[str]:
    if not config.label_noise:
        return []
    classes = config.dataset.num_classes
    return [
        f"wrong = rng.permutation(len(labels))[: round({config.label_noise} * len(labels))]",
        "labels = labels.copy()",
        f"labels[wrong] = (labels[wrong] + rng.integers(1, {classes}, len(wrong), dtype=np.uint8)) % {classes}",
    ]
