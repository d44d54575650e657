"""Maps of digits at the snapshots of a training, so that clusters are seen to part."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.config.percent import percent
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_arrays
from core.explanation.network import ExplainedNetwork, ExplanationError
from core.explanation.principal_axes import PrincipalAxes
from core.networks.builder import build
from core.recognition.recognizer import Recognizer
from core.runs.snapshots import SnapshotStore

TEST_IMAGES = 1000
_SAMPLE = 300  # images by which the axes are found: more hardly turn them
_MAX_BYTES = 100_000_000  # of the values of the images
_MARGIN = 0.08  # of the map's width and height, on each side
NO_WEIGHTS = (
    "No weights were kept with this run's snapshots: it was trained by an earlier version, or its network is too large "
    "for it."
)
"""What is said of a run without them."""


@dataclass(frozen=True, eq=False)
class SnapshotMap:
    """Test images as a network saw them after `step` steps, in the axes of its newest snapshot.

    `images` (n,) int32, `labels` and `answers` (n,) uint8, `places` (n, 2) float32, scaled to a standard deviation of
    1: values grow as a network learns, and what is to be seen is how they part. `extent` (2, 2) is the least and the
    largest x and y of the newest snapshot.
    """

    step: int
    images: np.ndarray
    labels: np.ndarray
    answers: np.ndarray
    places: np.ndarray
    extent: np.ndarray

    def points(self) -> np.ndarray:
        """Return where each image lies, (n, 2) float32."""
        return self.places

    def describe(self) -> str:
        """Return what the map shows, as sentences."""
        right = percent(float((self.answers == self.labels).mean()))
        return (
            f"After step {self.step:,}: {len(self.images):,} test images by the values that enter the last layer, "
            f"{right} of them read right; crosses are misread. The axes are those of the newest snapshot, the scale is "
            "each one's own. Go back in time, or press Replay, to see the clusters part."
        )


class SnapshotMaps:
    """The maps of one run; a map is computed when it is looked at, by the weights that were kept with its snapshot."""

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._lock = threading.Lock()  # of all sessions: the network has the weights of one snapshot at a time
        self._newest = -1  # the step of the snapshot whose axes these are
        self._axes: PrincipalAxes | None = None
        self._maps: dict[int, SnapshotMap] = {}

    def at(self, snapshots: SnapshotStore, step: int | None) -> SnapshotMap:
        """Return the map after that step, or after the last one before it whose weights were kept; None is the newest.

        Raises `ExplanationError` where there is nothing to show, and `RunError` where the weights are damaged.
        """
        steps = snapshots.weight_steps()
        if not steps:
            raise ExplanationError(NO_WEIGHTS)
        wanted = _last_until(steps, step)
        with self._lock:
            if steps[-1] != self._newest:
                self._turn_to(snapshots, steps[-1])
            if wanted not in self._maps:
                self._maps[wanted] = self._map(wanted, *self._read(snapshots, wanted))
            return self._maps[wanted]

    def _turn_to(self, snapshots: SnapshotStore, newest: int) -> None:
        """Find the axes of the newest snapshot, turned so that its map lies as it does in the axes before."""
        values, answers = self._read(snapshots, newest)
        axes = PrincipalAxes.of(values[:_SAMPLE], 2)
        if self._axes is not None:
            axes = _aligned(axes, self._axes, values)
        self._axes, self._newest, self._maps = axes, newest, {}
        self._maps[newest] = self._map(newest, values, answers)

    def _read(self, snapshots: SnapshotStore, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the values that enter the last layer, (n, d) less their mean, and the answers, (n,) uint8."""
        weights = snapshots.load_weights(step)
        network = self._network
        try:
            network.model.set_weights(weights)
        except ValueError as error:
            raise ExplanationError(f"The weights after step {step:,} are not those of this network.") from error
        values, probabilities = network.features_and_probabilities(load_arrays()["x_test"][self._images])
        if not (np.isfinite(values).all() and np.isfinite(probabilities).all()):
            raise ExplanationError(f"After step {step:,} the network's values are no numbers: it has diverged.")
        return values - values.mean(axis=0), probabilities.argmax(axis=1).astype(np.uint8)

    def _map(self, step: int, values: np.ndarray, answers: np.ndarray) -> SnapshotMap:
        assert self._axes is not None  # found before any map is made
        axes = self._axes.axes.astype(np.float32)
        places = np.pad(values @ axes, [(0, 0), (0, 2 - axes.shape[1])])
        places /= max(float(places.std()), float(np.finfo(np.float32).tiny))
        newest = self._maps.get(self._newest)
        extent = newest.extent if newest else _extent_of(places)
        return SnapshotMap(step, self._images, load_arrays()["y_test"][self._images], answers, places, extent)

    @cached_property
    def _network(self) -> ExplainedNetwork:
        network = ExplainedNetwork(Recognizer(build(self._config)))
        if not network.has_hidden_layer:
            raise ExplanationError(
                "This network has no hidden layer: what enters its last layer is the picture itself, which no training "
                "changes."
            )
        return network

    @cached_property
    def _images(self) -> np.ndarray:
        """Return the test images that are mapped, evenly chosen, (n,) int32: fewer where a layer has many values."""
        values = int(np.prod(self._network.model.layers[-1].input.shape[1:]))
        count = min(TEST_IMAGES, max(_SAMPLE, _MAX_BYTES // (4 * values)))
        return np.linspace(0, len(load_arrays()["y_test"]) - 1, count).astype(np.int32)


def _last_until(steps: Sequence[int], step: int | None) -> int:
    return steps[-1] if step is None else max((each for each in steps if each <= step), default=steps[0])


def _aligned(axes: PrincipalAxes, before: PrincipalAxes, values: np.ndarray) -> PrincipalAxes:
    """Return the axes turned or mirrored so that the values lie as near as possible to where they lay before.

    Source: the orthogonal Procrustes problem, Schönemann, 1966.
    """
    now, then = (each.axes.astype(np.float32) for each in (axes, before))
    left, _, right = np.linalg.svd((values @ now).T @ (values @ then))
    turned = now @ (left @ right)
    return PrincipalAxes(axes.mean, turned.astype(np.float16), axes.shares)


def _extent_of(places: np.ndarray) -> np.ndarray:
    least, largest = places.min(axis=0), places.max(axis=0)
    margin = _MARGIN * np.maximum(largest - least, np.finfo(np.float32).tiny)
    return np.stack([least - margin, largest + margin])
