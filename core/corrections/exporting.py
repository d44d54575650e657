"""Corrections as a ZIP of labelled pictures: a folder for each label, as evaluations and data sets take them."""

import io
import zipfile

from core.config.dataset_spec import DIGITS
from core.corrections.records import Classes
from core.corrections.store import CorrectionStore

_NO_FOLDER = str.maketrans(dict.fromkeys('/\\:*?"<>|. ', "_"))


def labelled_zip(store: CorrectionStore, classes: Classes = DIGITS) -> bytes:
    """Return a ZIP with the picture of each correction of those classes that is not deleted, `7/correction-000012.png`.

    Raises `CorrectionError`.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # PNGs do not become smaller
        for number, label, png in store.pictures(classes):
            archive.writestr(f"{label.translate(_NO_FOLDER)}/correction-{number:06}.png", png)
    return packed.getvalue()
