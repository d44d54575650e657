"""The files of a model: the network, and its card, the JSON file beside it that says how to use it."""

import json
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config.dataset_spec import MNIST, DatasetSpec, parse_dataset
from core.config.field_spec import ConfigError
from core.config.train_config import TrainConfig
from core.storage import safe_zip

RELEASED_MODEL = Path(__file__).parents[1] / "assets" / "reader.keras"
"""The model that comes with the app."""

CLASSES_FILE = "classes.json"
"""The part of an exported file that names its classes."""

DEFAULT_MIN_CONFIDENCE = 0.5
_MAX_CLASSES_BYTES = 64 * 1024
_MIN_TIMES_CHANCE = 5


@dataclass(frozen=True)
class ModelCard:
    """The fields of a model's card that reading needs; the defaults hold for a model without a card."""

    temperature: float = 1.0  # of its probabilities
    min_confidence: float = DEFAULT_MIN_CONFIDENCE  # below it an answer is refused
    test_accuracy: float | None = None  # 0 to 1
    dataset: DatasetSpec = MNIST  # that it learned

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "ModelCard":
        """Return the card of a JSON object's values; those that make no sense are as if they were missing."""
        return cls(
            _positive(values.get("temperature")) or cls.temperature,
            _positive(values.get("refusal"), 1.0) or cls.min_confidence,
            _positive(values.get("test_accuracy"), 1.0),
            _dataset(values.get("dataset")),
        )

    @classmethod
    def of_dataset(cls, dataset: DatasetSpec) -> "ModelCard":
        """Return the card of a network that learned this data set and is not calibrated.

        Where classes are many, each has a smaller share of an answer that is not sure, so less of it is enough.
        """
        return cls(min_confidence=min(DEFAULT_MIN_CONFIDENCE, _MIN_TIMES_CHANCE / dataset.num_classes), dataset=dataset)

    @classmethod
    def beside(cls, model_path: Path) -> "ModelCard":
        """Return the card beside a model; the default one where there is none that can be read.

        Of a run's models only one that learned from corrections has a card. The data set of another one stands in the
        run's config, and that of an exported file in the file itself.
        """
        if not model_path.with_suffix(".json").is_file():
            if (config := model_path.with_name("config.json")).is_file():
                return cls.of_dataset(_dataset_of_run(config))
            return cls.of_dataset(_dataset(_packed_classes(model_path).get("dataset")))
        try:
            values = json.loads(model_path.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return cls()
        return cls.from_values(values) if isinstance(values, dict) else cls()


def find_model(path: Path | str | None) -> Path:
    """Return the path of the .keras file for a file, a run folder or None (the released model)."""
    if path is None:
        return RELEASED_MODEL
    path = Path(path)
    if path.is_dir():
        from core.runs.run_folder import MODEL_FILE

        return path / MODEL_FILE
    return path


def _dataset(value: object) -> DatasetSpec:
    try:
        return MNIST if value is None else parse_dataset(value)
    except (ConfigError, TypeError):
        return MNIST


def _packed_classes(model_path: Path) -> Mapping[str, Any]:
    """Return what a .keras file that was exported here says of its classes; {} where it says nothing."""
    try:
        with zipfile.ZipFile(model_path) as archive:
            info = archive.getinfo(CLASSES_FILE)
            if info.file_size > _MAX_CLASSES_BYTES or not safe_zip.is_allowed(info):
                return {}
            values = json.loads(archive.read(info))
    except Exception:  # no such part or file; and zipfile and zlib raise nearly anything on a made-up archive
        return {}
    return values if isinstance(values, dict) else {}


def _dataset_of_run(config: Path) -> DatasetSpec:
    try:
        return TrainConfig.from_json(config.read_text("utf-8")).dataset
    except (OSError, UnicodeDecodeError, ConfigError):
        return MNIST


def _positive(value: object, high: float = sys.float_info.max) -> float | None:
    """Return a number above 0 and up to `high`, or None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= high:
        return float(value)
    return None
