"""The card in a ZIP that this app has exported: the name, the classes in their order, and the form of the set."""

import re

import numpy as np

from core.config.dataset_spec import DatasetSpec, parse_dataset
from core.config.field_spec import ConfigError
from core.datasets.importing.source_files import Source
from core.datasets.mnist import DatasetError
from core.storage import json_files

_MAX_BYTES = 256 * 1024
_NAME = re.compile(r"(.*/)?card\.json")


def find_card(source: Source, class_names: tuple[str, ...]) -> DatasetSpec | None:
    """Return what a card among the files says of a set of these classes; None where there is none that fits."""
    for file in source.files:
        if not _NAME.fullmatch(file.name):
            continue
        try:
            spec = parse_dataset(_with_other_id(json_files.parse_json(file.read(_MAX_BYTES))))
        except (DatasetError, ConfigError, ValueError, RecursionError, TypeError):
            return None
        return spec if sorted(spec.class_names) == sorted(class_names) else None
    return None


def _with_other_id(card: object) -> object:
    return card | {"id": "exported"} if isinstance(card, dict) else card


def in_its_order(labels: np.ndarray, class_names: tuple[str, ...], card: DatasetSpec) -> np.ndarray:
    """Return labels (n,), indexes into `class_names`, as indexes into those of the card."""
    return np.array([card.class_names.index(name) for name in class_names])[labels]
