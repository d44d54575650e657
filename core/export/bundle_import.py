"""Import of a bundle as a run. Anyone may have made it, so it is checked before anything is unpacked or built."""

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.field_spec import ConfigError
from core.config.schedules import steps_per_epoch
from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.datasets.split import count_training_images, images_for_test
from core.evaluation.predictions import Predictions, predict_test_images
from core.evaluation.report import make_report
from core.export.bundle import ABOUT, CONFIG, FORMAT, HISTORY, VERSION, WEIGHTS
from core.export.bundle_card import read_card
from core.export.bundle_network import build_network, parse_weights
from core.export.bundle_zip import BundleError, check_members, open_zip, read_member
from core.recognition.outlier_score import OutlierScore
from core.recognition.recognizer import Recognizer
from core.runs.metrics_schema import MetricRow
from core.runs.plan import MAX_EPOCHS
from core.runs.quota import check_disk
from core.runs.record_values import convert, is_number
from core.runs.run import Run
from core.runs.schema import RunState, Status, error_reason
from core.runs.store import RunStore
from core.storage import atomic
from core.storage.printable import to_printable

if TYPE_CHECKING:
    import keras

_MAX_ROWS = 20_000
_MAX_VALUES = 40 * _MAX_ROWS  # a row has fewer, with the predictions of the ten digits
_MAX_FIGURE = 1e9  # seconds, or images a second
_FIGURES = ("epoch", "step", "loss", "accuracy", "images_per_s", "elapsed_s", "val_loss", "val_accuracy")


@dataclass(frozen=True, eq=False)
class Bundle:
    """The checked contents of a bundle; `weights` are float32 arrays in the order of `model.weights`."""

    config: TrainConfig
    weights: list[np.ndarray]
    rows: list[MetricRow]
    name: str
    train_s: float
    images_per_s: float
    card: dict[str, float] | None  # of a network that learned from corrections, as its outlier score
    outlier_score: OutlierScore | None


def import_bundle(store: RunStore, data: bytes) -> Run:
    """Create a finished run from the bytes of a bundle and return it; raises `BundleError`, `QuotaError` or `OSError`.

    The network is built from the checked config and given the weights; no code of the bundle is run. Its test report
    is measured here, where its data set is; the one in the bundle is ignored.
    """
    check_disk(store.root)
    bundle, model = open_bundle(data)
    probabilities, labels = _measure(model, bundle.config, store.root)
    now = time.time()

    def fill(run: Run) -> None:
        for row in bundle.rows:
            run.append_metrics(row)
        run.save_model(model)
        _save_card(run, bundle)
        if labels is not None:
            run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
            run.write_report(make_report(probabilities, labels))
        run.write_notes(name=bundle.name, imported=now)
        run.write_status(
            Status(
                RunState.FINISHED,
                started=now,
                ended=now,
                parameters=model.count_params(),
                train_s=bundle.train_s,
                images_per_s=bundle.images_per_s,
            )
        )

    return store.create(bundle.config, fill)


def _save_card(run: Run, bundle: Bundle) -> None:
    if bundle.card is not None:
        atomic.replace_json(run.model_path.with_suffix(".json"), bundle.card)
    if bundle.outlier_score:
        bundle.outlier_score.save(run.model_path.with_suffix(".npz"))


def _measure(model: "keras.Model", config: TrainConfig, root: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the model's probabilities for the test images, and their labels; of an image of noise, and None, where
    their data set is not here.

    Raises `BundleError` where a probability is NaN or infinite.
    """
    classify, labels = Recognizer(model).classify, None
    try:
        probabilities = predict_test_images(classify, config, root)
        labels = images_for_test(config, root).labels
    except DatasetError:
        probabilities = classify(np.random.default_rng(0).integers(0, 256, (1, 28, 28), np.uint8))
    if not np.isfinite(probabilities).all():
        raise BundleError("The network in this bundle cannot be used: its outputs are NaN or infinite.")
    return probabilities, labels


def open_bundle(data: bytes) -> tuple[Bundle, "keras.Model"]:
    """Return the `Bundle` that the bytes hold and its `keras.Model`; raises `BundleError`."""
    try:
        with open_zip(data) as archive:
            check_members(archive.infolist(), len(data))
            name, train_s, images_per_s = _parse_about(read_member(archive, ABOUT))
            config = _parse_config(read_member(archive, CONFIG))
            rows = _parse_rows(read_member(archive, HISTORY), config)
            model = build_network(config)
            weights = parse_weights(read_member(archive, WEIGHTS), [tuple(each.shape) for each in model.weights])
            card, outlier_score = read_card(archive, config, model)
    except BundleError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a made-up archive
        raise BundleError("This file is damaged, or is not a bundle; export the run again.") from error
    model.set_weights(weights)
    return Bundle(config, weights, rows, name, train_s, images_per_s, card, outlier_score), model


def _parse_json(data: bytes, name: str, kind: type) -> Any:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} in this bundle is damaged.") from error
    if not isinstance(value, kind):
        raise BundleError(f"{name} in this bundle is damaged.")
    return value


def _parse_about(data: bytes) -> tuple[str, float, float]:
    """Return the run's name, its training time in seconds and its images a second."""
    about = _parse_json(data, ABOUT, dict)
    if about.get("format") != FORMAT or about.get("version") != VERSION:
        raise BundleError(f"This bundle is of version {about.get('version')!r:.20}; version {VERSION} is imported.")
    name, train_s, images_per_s = about.get("name"), about.get("train_s"), about.get("images_per_s")
    figures = (train_s, images_per_s)
    if not isinstance(name, str) or not all(is_number(each) and each < _MAX_FIGURE for each in figures):
        raise BundleError(f"{ABOUT} in this bundle is damaged.")
    return to_printable(name)[:80], train_s, images_per_s


def _parse_config(data: bytes) -> TrainConfig:
    try:
        return TrainConfig.from_json(data.decode())
    except (ConfigError, UnicodeDecodeError) as error:
        raise BundleError(f"The recipe in this bundle cannot be used: {error_reason(error)}") from error


def _parse_rows(data: bytes, config: TrainConfig) -> list[MetricRow]:
    if sum(map(data.count, (b"{", b"[", b","))) > _MAX_VALUES:  # parsed, it would take thirty times its size in memory
        raise BundleError(f"{HISTORY} in this bundle is too long.")
    lines = _parse_json(data, HISTORY, list)[: _MAX_ROWS + 1]
    rows = [row for line in lines if (row := convert(_known_figures(line), MetricRow)) is not None]
    if len(lines) > _MAX_ROWS or len(rows) < len(lines):
        raise BundleError(f"{HISTORY} in this bundle does not hold learning curves.")
    per_epoch = steps_per_epoch(count_training_images(config), config.batch_size)
    places = [row.step for row in rows]
    if places != sorted(places) or not all(_is_plausible_row(row, per_epoch) for row in rows):
        raise BundleError(f"{HISTORY} in this bundle holds figures that its recipe does not lead to.")
    return rows


def _known_figures(row: Any) -> Any:
    """Return the figures that an import keeps: not the predictions of the sender's probe digits."""
    return {name: row[name] for name in _FIGURES if name in row} if isinstance(row, dict) else row


def _is_plausible_row(row: MetricRow, per_epoch: int) -> bool:
    """Return whether a run with so many steps an epoch can have written the row."""
    placed = row.step <= MAX_EPOCHS * per_epoch and math.isclose(row.epoch, row.step / per_epoch)
    return placed and max(row.elapsed_s, row.images_per_s) < _MAX_FIGURE
