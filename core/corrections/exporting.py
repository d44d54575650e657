"""Corrections as a ZIP of labelled pictures: a folder for each label, as evaluations and data sets take them."""

import csv
import io
import zipfile

from core.config.dataset_spec import DIGITS
from core.corrections.records import Classes
from core.corrections.store import CorrectionStore
from core.pictures.class_folders import class_folder, safe_folder
from core.storage.csv_literals import to_literal

_TABLE = "labels.csv"


def labelled_zip(store: CorrectionStore, classes: Classes = DIGITS) -> bytes:
    """Return a ZIP with the picture of each correction of those classes that is not deleted, `7/correction-000012.png`.

    Folders of other classes than digits have a number too, and a CSV gives the names themselves, which may not be those
    of folders. Raises `CorrectionError`.
    """
    packed, table = io.BytesIO(), io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["file", "label"])
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # PNGs do not become smaller
        for number, label, png in store.pictures(classes):
            name = f"{_folder(label, classes)}/correction-{number:06}.png"
            archive.writestr(name, png)
            rows.writerow([name, to_literal(label)])
        if classes != DIGITS:
            archive.writestr(_TABLE, table.getvalue(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _folder(label: str, classes: Classes) -> str:
    """Return the folder of a label; evaluations take those of digits, whose names are the digits alone."""
    return class_folder(classes, classes.index(label)) if classes != DIGITS else safe_folder(label)
