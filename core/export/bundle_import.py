"""A bundle that anyone may have made becomes a run: checked and bounded before anything is unpacked or built."""

import io
import json
import math
import time
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.lib import format as npy

from core.config.field_spec import ConfigError
from core.config.schedules import steps_per_epoch
from core.config.train_config import TrainConfig
from core.datasets.mnist import count_training_images, load_mnist
from core.evaluation.predictions import Predictions, predict_test_images
from core.evaluation.report import make_report
from core.export.bundle import ABOUT, CONFIG, FORMAT, HISTORY, MEMBERS, VERSION, WEIGHTS, weight_name
from core.networks import builder
from core.pictures.file_names import to_printable
from core.recognition.recognizer import Recognizer
from core.runs.plan import MAX_EPOCHS
from core.runs.run import Run
from core.runs.schema import MetricRow, RunState, Status, convert, error_reason, is_number
from core.runs.store import RunStore
from core.storage import safe_zip

MAX_PARAMETERS = 5_000_000
MAX_MULTIPLICATIONS = 100_000_000  # of one image: the test images are read within a minute
MAX_ACTIVATIONS = 100_000  # of one layer and image: 500 images are read at a time
MAX_BYTES = 100 * 1024**2  # of a bundle, packed or unpacked

_MAX_RATIO = 100
_LIMITS = {ABOUT: 64 * 1024, CONFIG: 64 * 1024, HISTORY: 16 * 1024**2, WEIGHTS: 4 * MAX_PARAMETERS + 1024**2}
_MAX_ROWS = 20_000
_MAX_VALUES = 40 * _MAX_ROWS  # with the answers to the ten digits, a row has fewer
_MAX_FIGURE = 1e9  # seconds, or images a second
_FIGURES = ("epoch", "step", "loss", "accuracy", "images_per_s", "elapsed_s", "val_loss", "val_accuracy")


class BundleError(ValueError):
    """A bundle that is not imported; the text is a sentence for the person who chose it."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """What an import takes from a bundle, all of it checked; `weights` are those of `model.weights`, in order."""

    config: TrainConfig
    weights: list[np.ndarray]
    rows: list[MetricRow]
    name: str
    train_s: float
    images_per_s: float


def import_bundle(store: RunStore, data: bytes) -> Run:
    """File the run that the bytes of a bundle hold, and return it; raises `BundleError` or `OSError`.

    The network is built from the checked config and given the weights; nothing in the bundle is run. Its test report
    is measured here, whatever the bundle says of it.
    """
    bundle, model = open_bundle(data)
    answered = predict_test_images(Recognizer(model).classify)
    if not np.isfinite(answered).all():
        raise BundleError("The network in this bundle answers with what is no number: its weights are too large.")
    now = time.time()

    def fill(run):
        for row in bundle.rows:
            run.append_metrics(row)
        run.save_model(model)
        run.save_predictions(Predictions.from_probabilities(answered).arrays())
        run.write_report(make_report(answered, load_mnist().test.labels))
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


def open_bundle(data: bytes):
    """Return the `Bundle` that the bytes hold and its `keras.Model`; raises `BundleError`."""
    try:
        with _opened(data) as archive:
            _check_members(archive.infolist(), len(data))
            about, config = _about(_unpacked(archive, ABOUT)), _config(_unpacked(archive, CONFIG))
            rows = _rows(_unpacked(archive, HISTORY), config)
            model = _built(config)
            weights = _weights(_unpacked(archive, WEIGHTS), [tuple(each.shape) for each in model.weights])
    except BundleError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a made-up archive
        raise BundleError("This file is damaged, or is no bundle; export the run again.") from error
    model.set_weights(weights)
    return Bundle(config, weights, rows, **about), model


def _opened(data):
    """The ZIP that the bytes are; their size and number of entries are known before its directory is read."""
    if len(data) > MAX_BYTES or safe_zip.has_too_many_entries(data):
        raise BundleError(
            f"This file has more than {MAX_BYTES // 1024**2} MB or {safe_zip.MAX_ENTRIES:,} entries, as no bundle has."
        )
    return zipfile.ZipFile(io.BytesIO(data))


def _check_members(infos, packed_bytes):
    """Nothing is unpacked before the whole directory is as a bundle's."""
    names = [info.filename for info in infos]
    if "model.weights.h5" in names:
        raise BundleError(
            "This is a .keras file. One from elsewhere is not loaded: even a small one can take all of this machine's "
            "memory. Import the bundle that its owner's Runs page offers under “Take it away”."
        )
    unknown = [name for name in names if name not in MEMBERS]
    missing = [name for name in (ABOUT, CONFIG, HISTORY, WEIGHTS) if name not in names]
    if unknown or missing or len(set(names)) < len(names):
        what = (
            f"it holds {to_printable(unknown[0])}"
            if unknown
            else f"it lacks {missing[0]}"
            if missing
            else "it holds one name twice"
        )
        raise BundleError(f"This is not a bundle of Digit Studio: {what}.")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_BYTES or unpacked > max(1024**2, _MAX_RATIO * packed_bytes):
        raise BundleError(f"This file would unpack to {unpacked / 1024**2:,.0f} MB, as no bundle does.")
    for info in infos:
        if info.file_size > _LIMITS.get(info.filename, MAX_BYTES):
            raise BundleError(f"{info.filename} would unpack to {info.file_size:,} bytes, as in no bundle.")
        if not safe_zip.is_allowed(info):
            raise BundleError(f"{info.filename} is encrypted, or compressed by another method than Stored or Deflate.")


def _unpacked(archive, name):
    with archive.open(name) as member:
        return member.read(_LIMITS[name] + 1)


def _json(data, name, kind):
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} in this bundle is damaged.") from error
    if not isinstance(value, kind):
        raise BundleError(f"{name} in this bundle is damaged.")
    return value


def _about(data):
    about = _json(data, ABOUT, dict)
    if about.get("format") != FORMAT or about.get("version") != VERSION:
        raise BundleError(f"This bundle is of version {about.get('version')!r:.20}; version {VERSION} is imported.")
    name, times = about.get("name"), [about.get("train_s"), about.get("images_per_s")]
    if not isinstance(name, str) or not all(is_number(each) and each < _MAX_FIGURE for each in times):
        raise BundleError(f"{ABOUT} in this bundle is damaged.")
    return {"name": to_printable(name)[:80], "train_s": times[0], "images_per_s": times[1]}


def _config(data):
    try:
        return TrainConfig.from_json(data.decode())
    except (ConfigError, UnicodeDecodeError) as error:
        raise BundleError(f"The recipe in this bundle cannot be used: {error_reason(error)}") from error


def _rows(data, config):
    if sum(map(data.count, (b"{", b"[", b","))) > _MAX_VALUES:  # which would take thirty times its size in memory
        raise BundleError(f"{HISTORY} in this bundle is too long.")
    rows = [convert(_known_figures(row), MetricRow) for row in _json(data, HISTORY, list)[: _MAX_ROWS + 1]]
    if len(rows) > _MAX_ROWS or None in rows:
        raise BundleError(f"{HISTORY} in this bundle does not hold learning curves.")
    per_epoch = steps_per_epoch(count_training_images(config), config.batch_size)
    places = [row.step for row in rows]
    if places != sorted(places) or not all(_is_plausible_row(row, per_epoch) for row in rows):
        raise BundleError(f"{HISTORY} in this bundle holds figures that its recipe does not lead to.")
    return rows


def _known_figures(row):
    """The figures that an import keeps; what was read in the sender's probe digits is not one of them."""
    return {name: row[name] for name in _FIGURES if name in row} if isinstance(row, dict) else row


def _is_plausible_row(row, per_epoch):
    """Whether a run with so many steps an epoch can have written the row."""
    placed = row.step <= MAX_EPOCHS * per_epoch and math.isclose(row.epoch, row.step / per_epoch)
    shares_fit = max(row.accuracy, row.val_accuracy or 0) <= 1
    return placed and shares_fit and max(row.elapsed_s, row.images_per_s) < _MAX_FIGURE


def _built(config):
    """The network of the config, whose size and work are known before memory is taken for it."""
    parameters, work = builder.count_parameters(config), builder.count_multiplications(config)
    widest = max(map(math.prod, builder.output_shapes(config)))
    if parameters > MAX_PARAMETERS or work > MAX_MULTIPLICATIONS or widest > MAX_ACTIVATIONS:
        raise BundleError(
            f"The network in this bundle is too large: {parameters:,} weights, {work:,} multiplications an image. "
            f"At most {MAX_PARAMETERS:,} and {MAX_MULTIPLICATIONS:,} are imported."
        )
    return builder.build(config)


def _weights(data, shapes):
    """The arrays of an .npz, read only where name, type, shape and size are those of the network."""
    with _opened(data) as archive:
        infos = archive.infolist()
        if [info.filename for info in infos] != [f"{weight_name(index)}.npy" for index in range(len(shapes))]:
            raise BundleError(f"{WEIGHTS} in this bundle holds other weights than its network has.")
        return [_array(archive, info, shape) for info, shape in zip(infos, shapes, strict=True)]


def _array(archive, info, shape):
    size = 4 * math.prod(shape)
    if not safe_zip.is_allowed(info) or not size < info.file_size < size + 1024:
        raise BundleError(f"{info.filename} in this bundle has not the size that its network needs.")
    with archive.open(info) as member:
        if npy.read_magic(member) != (1, 0):
            raise BundleError(f"{info.filename} in this bundle is damaged.")
        found, by_columns, kind = npy.read_array_header_1_0(member)
        if (found, by_columns, kind) != (shape, False, np.dtype("<f4")):
            raise BundleError(f"{info.filename} in this bundle is {kind} {found}; its network needs float32 {shape}.")
        array = np.frombuffer(member.read(size + 1), "<f4")
    if array.size != math.prod(shape) or not np.isfinite(array).all():
        raise BundleError(f"{info.filename} in this bundle is damaged.")
    return array.reshape(shape)
