"""A copy of a network that is broken on purpose, and what is left of its accuracy."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.config.percent import percent, probability_percent
from core.datasets.mnist import Images, load_mnist
from core.explanation.broken_weights import BreakableWeights
from core.explanation.damage import DAMAGE_KINDS, Damage, damage_images
from core.explanation.network import ExplainedNetwork, ExplanationError
from core.networks.builder import import_keras
from core.recognition.model_files import ModelCard
from core.recognition.recognizer import Recognizer

TEST_IMAGES = 1000
_MAX_KNOWN = 500  # accuracies that are kept
_NO_GRADIENT = "The worst noise cannot be found for this network: no gradient passes through its layers."

Point = tuple[float, float]
"""A strength of a damage, and the accuracy with it, 0 to 1."""


@dataclass(frozen=True, eq=False)
class DamageView:
    """The effect of a damage: `picture` (28, 28) uint8 as the network sees it, and sentences.

    `reading` says how it is read, `before` how it is read undamaged; `accuracy` and `change` how many test images are.
    """

    picture: np.ndarray
    reading: str
    before: str
    accuracy: str
    change: str


class BreakableNetwork:
    """A copy of a reader's network that can be damaged; the reader's own stays as it is. Any thread may ask."""

    def __init__(self, reader: Recognizer) -> None:
        """Copy the network; raises `ExplanationError` where Keras cannot, or where it cannot be looked into."""
        try:
            model = import_keras().models.clone_model(reader.model)
            model.set_weights(reader.model.get_weights())
        except Exception as error:  # Keras raises nearly anything on layers that anyone may have put together
            raise ExplanationError(
                "This network reads, but it cannot be copied, so it is not broken here. Choose another model."
            ) from error
        self._network = ExplainedNetwork(Recognizer(model, ModelCard(reader.temperature)))
        self._weights = BreakableWeights(model)
        self._lock = threading.Lock()
        self._known: OrderedDict[Damage, float] = OrderedDict()
        self._directions: tuple[Damage, np.ndarray] | None = None

    @property
    def layers(self) -> list[str]:
        """Return the layers whose units can be silenced, in words."""
        return self._weights.layers

    @cached_property
    def obstacles(self) -> dict[str, str]:
        """Return the kinds of damage that this network cannot be done, each with the reason as a sentence."""
        obstacles = {}
        try:
            self._network.loss_gradients(np.zeros((1, 28, 28), np.float32), np.zeros(1, np.int32))
        except ExplanationError:
            obstacles["worst_noise"] = _NO_GRADIENT
        if not self.layers:
            obstacles["silenced"] = "This network has no hidden layer whose units could be silenced."
        if not self._weights.has_kernels:
            obstacles["weight_noise"] = "This network has no layer whose weights noise could be added to."
        return obstacles

    def view(self, image: np.ndarray, damage: Damage) -> DamageView:
        """Return what the damage does to an image (28, 28) uint8 and to the accuracy on `TEST_IMAGES` test images.

        The worst noise on the image is the worst for the answer that the network gives it otherwise.
        """
        damage, (_, whole) = damage.effective, self._read_one(image, Damage())
        picture, probabilities = self._read_one(image, damage)
        points = 100 * (self.accuracy(damage) - self.accuracy(Damage()))
        return DamageView(
            picture,
            f"The likeliest digit is {_answer(probabilities)}.",
            f"Undamaged it is {_answer(whole)}.",
            percent(self.accuracy(damage)),
            f"{points:+.1f} points" if damage != Damage() else "undamaged",
        )

    def accuracy(self, damage: Damage) -> float:
        """Return the share, 0 to 1, of `TEST_IMAGES` test images that are read right with the damage."""
        damage, test = damage.effective, _test_images()
        accuracy = self._known.get(damage)
        if accuracy is None:
            with self._broken(damage):
                seen = _to_floats(damage_images(test.images, damage))
                if damage.worst_noise:
                    seen = _moved(seen, self._test_directions(damage, seen, test.labels), damage.worst_noise)
                answers = self._network.log_probabilities(seen).argmax(axis=1)
            self._known[damage] = accuracy = float((answers == test.labels).mean())
            while len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return accuracy

    def curve(self, kind: str, damage: Damage) -> list[Point]:
        """Return what is known of the accuracy over the strength of a kind of damage, the others as they are."""
        known = self._known.copy()  # another session may measure meanwhile
        at = {strength: damage.at(kind, strength).effective for strength in DAMAGE_KINDS[kind].strengths}
        return [(strength, known[each]) for strength, each in at.items() if each in known]

    def measure_curve(self, kind: str, damage: Damage) -> bool:
        """Measure one more point of `curve`; return whether any are left to be measured."""
        at = [damage.at(kind, strength).effective for strength in DAMAGE_KINDS[kind].strengths]
        missing = [each for each in at if each not in self._known]
        for each in missing[:1]:
            self.accuracy(each)
        return len(missing) > 1

    @contextmanager
    def _broken(self, damage: Damage) -> Iterator[None]:
        with self._lock, self._weights.broken(damage):  # meanwhile the copy is another network, for all sessions
            yield

    def _read_one(self, image: np.ndarray, damage: Damage) -> tuple[np.ndarray, np.ndarray]:
        """Return the damaged picture (28, 28) uint8 and its probabilities (10,)."""
        with self._broken(damage):
            seen = _to_floats(damage_images(image[None], damage))
            log_probabilities = self._network.log_probabilities(seen)
            if damage.worst_noise:
                directions = self._find_directions(seen, log_probabilities.argmax(axis=1))
                seen = _moved(seen, directions, damage.worst_noise)
                log_probabilities = self._network.log_probabilities(seen)
        return np.round(255 * seen[0]).astype(np.uint8), np.exp(log_probabilities[0])

    def _test_directions(self, damage: Damage, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return the directions of the test images, which are the same at every strength, so the newest are kept."""
        otherwise = replace(damage, worst_noise=0.0)
        if self._directions is None or self._directions[0] != otherwise:
            self._directions = otherwise, self._find_directions(images, labels)
        return self._directions[1]

    def _find_directions(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return -1, 0 or 1 for each pixel, whichever makes the label less likely: the sign of the loss's gradient."""
        return np.sign(self._network.loss_gradients(images, labels.astype(np.int32))).astype(np.int8)


def _moved(images: np.ndarray, directions: np.ndarray, strength: float) -> np.ndarray:
    """Return images in [0, 1] with the worst noise of that strength: FGSM (Goodfellow et al., 2015)."""
    return np.clip(images + np.float32(strength) * directions, 0, 1)


def _to_floats(images: np.ndarray) -> np.ndarray:
    return images / np.float32(255)


def _answer(probabilities: np.ndarray) -> str:
    label = int(probabilities.argmax())
    return f"{label}, {probability_percent(probabilities[label])}"


def _test_images() -> Images:
    test = load_mnist().test
    return Images(test.images[:TEST_IMAGES], test.labels[:TEST_IMAGES])
