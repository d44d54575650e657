"""The files that a training on another machine needs, as pieces that are sent there."""

from collections.abc import Iterator
from pathlib import Path

from core.cluster.file_pieces import Piece, file_pieces
from core.config.dataset_spec import MNIST
from core.config.train_config import READER
from core.runs.relayed_files import PROBE_DIGITS, SENT
from core.runs.run import Run
from core.runs.store import RunStore


def sent_pieces(store: RunStore, run: Run) -> Iterator[Piece]:
    """Return the pieces of all that a run's training reads, named within the root; raises `OSError`, `RunError`.

    These are the run's own files, its data set unless that is MNIST, the model that it starts from unless that is the
    shipped one, and the ten probe digits.
    """
    for path in _sent_files(store, run):
        with open(path, "rb") as file:
            yield from file_pieces(path.relative_to(store.root).as_posix(), file)


def _sent_files(store: RunStore, run: Run) -> Iterator[Path]:
    config = run.config()
    own = [run.folder / name for name in SENT]
    beside = [store.root / PROBE_DIGITS]
    if config.dataset != MNIST:
        from core.datasets.store import DatasetStore  # half of what a follower would load otherwise

        beside += DatasetStore(store.root).files(config.dataset)
    if config.start_from and config.start_from != READER:
        source = store.get(config.start_from)
        beside += [source.config_path, source.model_path]
    return (each for each in [*beside, *own] if each.is_file())
