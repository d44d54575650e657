"""The names of data sets on a command line."""

from core.cli.errors import UsageError
from core.config.dataset_spec import DatasetSpec
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore


def find_dataset(store: DatasetStore, reference: str) -> DatasetSpec:
    """Return the data set of a reference such as 'letters@2'; raises `UsageError` where there is none."""
    try:
        return store.spec(reference)
    except DatasetError as error:
        raise UsageError(str(error)) from error
