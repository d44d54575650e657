"""A data set as a ZIP of pictures in a folder for each class, with a CSV of their labels and its card."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from core.config.dataset_spec import DatasetSpec
from core.datasets.store import DatasetStore
from core.pictures.class_folders import class_folder
from core.pictures.display import encode
from core.storage.csv_literals import to_literal

CARD_NAME, TABLE_NAME = "card.json", "labels.csv"

_REPORT_EVERY = 1000


def write_zip(
    store: DatasetStore, spec: DatasetSpec, file: BinaryIO, report: Callable[[float], None] = lambda share: None
) -> None:
    """Write a data set as a ZIP that any import of class folders reads, and this app's to the bit.

    Raises `DatasetError` as `DatasetStore.load` does, and `OSError`.
    """
    arrays = store.load(spec)
    total, done = spec.train_images + spec.test_images, 0
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["file", "label", "split"])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # a PNG is compressed already
        for part in ("train", "test"):
            for number, (image, label) in enumerate(
                zip(arrays[f"x_{part}"], arrays[f"y_{part}"].tolist(), strict=True)
            ):
                name = f"{part}/{class_folder(spec.class_names, label)}/{number:06}.png"
                archive.writestr(name, encode(image, lossless=True))
                rows.writerow([name, to_literal(spec.class_names[label]), part])
                done += 1
                if done % _REPORT_EVERY == 0:
                    report(done / total)
        archive.writestr(TABLE_NAME, table.getvalue(), zipfile.ZIP_DEFLATED)
        archive.writestr(CARD_NAME, json.dumps(spec.to_json(), indent=2, ensure_ascii=False), zipfile.ZIP_DEFLATED)
    report(1.0)


def zip_bytes(store: DatasetStore, spec: DatasetSpec) -> bytes:
    """Return the ZIP of `write_zip`."""
    file = io.BytesIO()
    write_zip(store, spec, file)
    return file.getvalue()
