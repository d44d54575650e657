"""The description of a data set: its classes, its counts and where it is from, as the config of a run names it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from core.config.field_spec import ConfigError

MIN_CLASSES, MAX_CLASSES = 2, 62
MAX_CLASS_NAME = 40
MAX_TEXT = 500
MAX_IMAGES = 1_000_000

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ImageForm(StrEnum):
    """The form of a data set's images, 28×28 either way, which every picture that is read is brought into."""

    MNIST = "mnist_form"  # ink, as strokes: white on black, its box fitted into 20×20, its centre of mass centred
    PLAIN = "plain"  # the whole picture in grey, as it is: no strokes, such as photographed clothes


@dataclass(frozen=True)
class DatasetSpec:
    """A data set of 28×28 images: `id` and `version` name it, and the arrays of a version never change.

    `class_names` are 2 to 62 different texts, the label k standing for `class_names[k]`. `train_images` and
    `test_images` are counts. `sha256` is over its arrays. Raises `ConfigError` where something is out of range.
    """

    id: str
    version: int
    name: str
    class_names: tuple[str, ...]
    train_images: int
    test_images: int
    sha256: str
    form: ImageForm = ImageForm.MNIST
    source: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ConfigError(f"A data set's id is {self.id!r}; it must be of letters a to z, digits and hyphens.")
        if not _is_count(self.version, 1, 10**6):
            raise ConfigError(f"The data set {self.id} has the version {self.version!r}; it must be 1 or more.")
        if not isinstance(self.sha256, str) or not _SHA256.fullmatch(self.sha256):
            raise ConfigError(f"The data set {self.id} has no valid SHA-256 sum.")
        for name in ("name", "source", "licence"):
            text = getattr(self, name)
            if not isinstance(text, str) or len(text) > MAX_TEXT or (name == "name" and not text.strip()):
                raise ConfigError(f"The data set {self.id}: its {name} must be a text of at most {MAX_TEXT} letters.")
            if not text.isprintable():
                raise ConfigError(
                    f"The data set {self.id}: its {name} is {text[:60]!r}; it must be one line of printable letters."
                )
        for name, low in (("train_images", 1), ("test_images", 0)):
            if not _is_count(getattr(self, name), low, MAX_IMAGES):
                raise ConfigError(
                    f"The data set {self.id}: {name} is {getattr(self, name)!r}; it must be {low} or more."
                )
        object.__setattr__(self, "class_names", check_class_names(self.class_names))
        try:
            object.__setattr__(self, "form", ImageForm(self.form))
        except ValueError:
            raise ConfigError(
                f"The data set {self.id}: its form is {self.form!r}; it must be one of {', '.join(ImageForm)}."
            ) from None

    @property
    def reference(self) -> str:
        """Return how a link or the command line names this version: 'letters@2'; 'mnist' for the built-in one."""
        return self.id if self == MNIST else f"{self.id}@{self.version}"

    @property
    def num_classes(self) -> int:
        """Return how many classes there are."""
        return len(self.class_names)

    @property
    def is_digits(self) -> bool:
        """Return whether the classes are the ten digits, so that numbers and pages can be read with it."""
        return self.class_names == DIGITS

    def to_json(self) -> dict[str, Any]:
        """Return the spec as plain data, one key a field."""
        return asdict(self) | {"class_names": list(self.class_names), "form": str(self.form)}


def _is_count(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def check_class_names(names: object) -> tuple[str, ...]:
    """Return the names of classes as a tuple; raises `ConfigError` where they cannot be told apart or are too many."""
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ConfigError("The names of a data set's classes must be a list of texts.")
    if not MIN_CLASSES <= len(names) <= MAX_CLASSES:
        raise ConfigError(
            f"A data set has {len(names)} class{'' if len(names) == 1 else 'es'}; "
            f"it must have {MIN_CLASSES} to {MAX_CLASSES}."
        )
    for name in names:
        if not name.strip() or not name.isprintable() or len(name) > MAX_CLASS_NAME:
            raise ConfigError(f"A class is called {name[:60]!r}; it must be 1 to {MAX_CLASS_NAME} printable letters.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigError(f"Two classes are called {twice!r}; each needs a name of its own.")
    return tuple(names)


DIGITS = tuple("0123456789")

MNIST = DatasetSpec(
    "mnist",
    1,
    "MNIST",
    DIGITS,
    60000,
    10000,
    "c473ce9de4170e6fe7638543697b7512b19cc4b2c68279feabf4a085461033dd",
    source="LeCun, Cortes, Burges: The MNIST database of handwritten digits",
    licence="CC BY-SA 3.0",
)
"""The built-in data set, which every recipe names unless it names another."""


def parse_dataset(value: object) -> DatasetSpec:
    """Return the data set that a config holds: MNIST for 'mnist', else one of `to_json`; raises `ConfigError`."""
    if isinstance(value, DatasetSpec):
        return value
    if value == MNIST.id:
        return MNIST
    if not isinstance(value, Mapping):
        raise ConfigError(f"dataset is {value!r}; it must be {MNIST.id!r} or the description of a data set.")
    known = {each.name for each in fields(DatasetSpec)}
    needed = known - {"form", "source", "licence"}
    if unknown := sorted(map(str, value.keys() - known)):
        raise ConfigError(f"The data set has an unknown key {unknown[0]!r}.")
    if missing := sorted(needed - value.keys()):
        raise ConfigError(f"The data set has no {missing[0]}.")
    if value["id"] == MNIST.id:
        raise ConfigError(f"A data set of one's own cannot be called {MNIST.id!r}.")
    return DatasetSpec(**value)
