"""The formats of data sets that are imported, in the order in which they are tried: one entry a format."""

from collections.abc import Callable
from dataclasses import dataclass

from core.datasets.importing import class_folders, idx, labelled_csv, numpy_arrays, pixel_csv
from core.datasets.importing.raw_set import Progress, RawSet
from core.datasets.importing.source_files import Source
from core.datasets.mnist import DatasetError


@dataclass(frozen=True)
class ImportFormat:
    """A format: its name, what it is in a few words, whether files are of it, and how they are read."""

    name: str
    what: str
    claims: Callable[[Source], bool]
    read: Callable[[Source, Progress], RawSet]


FORMATS = tuple(
    ImportFormat(module.NAME, module.WHAT, module.claims, module.read)
    for module in (idx, numpy_arrays, pixel_csv, labelled_csv, class_folders)
)


def find_format(source: Source) -> ImportFormat:
    """Return the format of files; raises `DatasetError` where they are of none."""
    for each in FORMATS:
        if each.claims(source):
            return each
    names = ", ".join(file.shown_name for file in source.files[:4])
    known = "; ".join(each.what for each in FORMATS)
    remarks = " ".join(source.remarks)
    raise DatasetError(f"No data set is found in {names}. {remarks} What is read here: {known}.".replace("  ", " "))
