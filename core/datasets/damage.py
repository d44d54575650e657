"""Sentences on data sets whose newest version cannot be read."""

from collections.abc import Sequence

from core.config.dataset_spec import DatasetSpec
from core.datasets.dataset_ids import newest_version
from core.datasets.store import DatasetStore


def describe_damage(store: DatasetStore, specs: Sequence[DatasetSpec]) -> dict[str, str]:
    """Return a sentence on each data set that is not among all `specs`, or there in an older version, by its id."""
    shown = {spec.id: spec for spec in specs}
    found = {}
    for folder in store.folders():
        spec, newest = shown.get(folder.name), newest_version(folder)
        if spec is None:
            found[folder.name] = f"The data set in {folder} is damaged."
        elif spec.version < newest:
            found[folder.name] = f"{spec.id}@{newest} is damaged; {spec.reference}, the version before it, is shown."
    return found
