"""Pictures in a folder for each class, whose name is the class; these may lie in folders train and test."""

from collections import Counter
from collections.abc import Sequence

from core.datasets.importing.picture_reading import LabelledFile, is_picture, read_pictures
from core.datasets.importing.raw_set import Progress, RawSet, counted
from core.datasets.importing.source_files import Source, SourceFile
from core.datasets.mnist import DatasetError
from core.storage.printable import to_printable

NAME = "A folder for each class"
WHAT = "a ZIP with a sub-folder for each class, full of pictures; folders train and test around them are taken as such"

_TRAIN = {"train", "training"}
_TEST = {"test", "testing", "val", "valid", "validation"}


def claims(source: Source) -> bool:
    """Return whether there are pictures."""
    return any(is_picture(file) for file in source.files)


def read(source: Source, progress: Progress) -> RawSet:
    """Return the pictures with the names of their folders as labels; raises `DatasetError` with a sentence."""
    pictures = [file for file in source.files if is_picture(file)]
    paths = _without_common_folder([_parts(file.name) for file in pictures])
    labelled = [_labelled(file, path) for file, path in zip(pictures, paths, strict=True) if len(path) > 1]
    remarks = list(source.remarks)
    if loose := len(pictures) - len(labelled):
        remarks.append(f"Left out, for no folder names its class: {counted(loose, 'picture')}.")
    remarks += _other_files(source.files) + _empty_folders(source, labelled)
    if not labelled:
        raise DatasetError(
            "The pictures lie in no folders that name their classes. Put those of each class into a folder of that "
            "name, pack the folders as one ZIP, and send it; or add a CSV with the columns file and label."
        )
    return read_pictures(labelled, remarks, progress)


def _parts(name: str) -> list[str]:
    """Return the names of folders in a path and that of its file; a ZIP may name steps beside or out of it."""
    return [part for part in name.split("/") if part not in ("", ".", "..")]


def _labelled(file: SourceFile, path: Sequence[str]) -> LabelledFile:
    part = path[0].lower()
    if len(path) > 2 and part in _TRAIN | _TEST:
        return LabelledFile(file, path[1], part in _TEST)
    return LabelledFile(file, path[0], None)


def _without_common_folder(paths: list[list[str]]) -> list[list[str]]:
    """Return the paths without the folders that all share, such as the ZIP's own; a class's folder stays.

    In a ZIP a picture may have the name of a folder; neither is taken away then.
    """
    while paths and len({path[0] for path in paths}) == 1 and max(map(len, paths)) > 2 and min(map(len, paths)) > 1:
        paths = [path[1:] for path in paths]
    return paths


def _other_files(files: Sequence[SourceFile]) -> list[str]:
    others = Counter(file.suffix or "without an ending" for file in files if not is_picture(file))
    if not others:
        return []
    kinds = ", ".join(f"{to_printable(kind)[:20]} ({count:,})" for kind, count in others.most_common(4))
    return [f"Files that are no pictures are left out: {kinds}."]


def _empty_folders(source: Source, labelled: Sequence[LabelledFile]) -> list[str]:
    """Return a sentence on folders beside those of the classes that hold no picture."""
    full = {
        "/".join(parts[:depth])
        for each in labelled
        for parts in [each.file.name.split("/")]
        for depth in range(len(parts))
    }
    parents = {each.file.name.rpartition("/")[0].rpartition("/")[0] for each in labelled}
    empty = [name for name in source.folders if name not in full and name.rpartition("/")[0] in parents]
    if not empty:
        return []
    names = ", ".join(to_printable(name.rpartition("/")[2])[:40] for name in empty[:5])
    return [f"Left out, for there is no picture in it: {names}{' …' if len(empty) > 5 else ''}."]
