"""Ids and versions of data sets, as they stand in references and as names of folders."""

import re
import unicodedata
from pathlib import Path

from core.config.dataset_spec import MNIST
from core.storage.trash_folder import names_in

REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]{0,47})(?:@([1-9][0-9]{0,6}))?")
"""An id, alone or with a version: 'letters@2'."""

_MAX_ID = 40


def free_id(folder: Path, name: str) -> str:
    """Return an id, made of a name, that no data set in the folder of all has, not even a deleted one: runs name it."""
    base = slug(name)
    taken = {MNIST.id, *(path.name for path in folder.glob("*")), *deleted_ids(folder)}
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in candidates if each not in taken)


def versions(folder: Path) -> list[int]:
    """Return the versions in a data set's folder, ascending; none where it is gone, maybe at this moment."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return []
    return sorted(int(name) for name in names if re.fullmatch("[1-9][0-9]{0,6}", name))


def newest_version(folder: Path) -> int:
    """Return the newest version in a data set's folder, 0 where there is none."""
    return max(versions(folder), default=0)


def deleted_ids(folder: Path) -> list[str]:
    """Return the ids of the data sets in the trash of the folder of all data sets."""
    return names_in(folder / ".trash")


def slug(name: str) -> str:
    """Return an id made of a name: its Latin letters and digits in lower case, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_MAX_ID].strip("-") or "set"
