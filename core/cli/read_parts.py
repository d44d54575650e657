"""The reading of any number of pictures into the parts of a folder, as `read --out` does."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.bulk.asked import Asked, FileFormat, absolute, fingerprint, model_files
from core.bulk.local_processes import default_processes, read_locally
from core.bulk.on_cluster import ClusterReading
from core.bulk.parts_folder import PartsFolder
from core.bulk.reading import ReadShards, Summary, fill
from core.bulk.shards import ShardTask
from core.cli.errors import UsageError
from core.cli.models import model_path
from core.cli.parts_options import SHARD_PICTURES
from core.cluster import check_cluster, cluster_address, connect

if TYPE_CHECKING:
    from tqdm import tqdm

_MAX_PROCESSES = 256


def carry_out(options: argparse.Namespace) -> int:
    """Read the sources into the parts of a folder; print what came of it, with --json as one JSON object.

    Returns 0 once all parts are there: a picture that cannot be opened is a row that says so. Raises `UsageError`,
    `BulkError`, `RuntimeError` or `OSError` with a sentence.
    """
    _check(options)
    model = model_path(options.model)
    files = model_files(model)
    asked = Asked(
        absolute(options.pictures),
        fingerprint(files),
        options.single,
        FileFormat(options.format or FileFormat.PARQUET),
        SHARD_PICTURES if options.shard is None else options.shard,
    )
    task = ShardTask(str(Path(model).absolute()) if model else None, asked.single, asked.format, asked.model)
    folder = PartsFolder(options.out.absolute(), asked)
    try:
        summary = _fill(options, folder, task, files)
    except KeyboardInterrupt:
        print(f"Ended. The parts in {folder.name} are kept: the same command goes on with them.", file=sys.stderr)
        return 1
    _print(options, folder, summary)
    return 0


def _fill(options: argparse.Namespace, folder: PartsFolder, task: ShardTask, files: dict[str, bytes]) -> Summary:
    if not folder.may_be_full():
        check_cluster(_address(options))  # before the listing, which may take minutes
    with _bar("listed") as bar, _opened(folder, bar), _reader(options, folder, task, files) as read:
        done = sum(each.pictures for each in folder.done.values())
        with _bar("read", folder.listing.items, done) as bar:
            return fill(folder, read, lambda done: bar.update(done.pictures))


def _check(options: argparse.Namespace) -> None:
    if options.csv is not None:
        raise UsageError("--csv is one table of few pictures. With --out use --format csv.")
    if options.processes is not None and not 1 <= options.processes <= _MAX_PROCESSES:
        raise UsageError(f"--processes is 1 to {_MAX_PROCESSES}, not {options.processes:,}.")
    if options.processes and options.cluster and cluster_address(options.cluster):
        raise UsageError("--processes is for this machine alone: on a cluster its workers read.")
    if _address(options) is None and options.shared_paths:
        raise UsageError("--shared-paths is for the workers of a cluster: it needs --cluster ADDRESS.")


def _address(options: argparse.Namespace) -> str | None:
    return None if options.processes else cluster_address(options.cluster)


@contextmanager
def _opened(folder: PartsFolder, bar: "tqdm") -> Iterator[None]:
    with folder.opened(bar.update):
        bar.close()
        yield


@contextmanager
def _reader(
    options: argparse.Namespace, folder: PartsFolder, task: ShardTask, files: dict[str, bytes]
) -> Iterator[ReadShards]:
    """Yield what reads shards: the workers of a cluster, where there is an address, or processes on this machine."""
    missing = folder.listing.shards - len(folder.done)
    address = _address(options)
    if address is None or not missing:
        processes = min(options.processes or default_processes(), missing)
        yield partial(read_locally, task=task, processes=processes, log=folder.worker_log)
        return
    with connect(address) as client:
        yield ClusterReading(client, task, files, options.shared_paths).read


def _bar(verb: str, total: int | None = None, initial: int = 0) -> "tqdm[Any]":
    from tqdm import tqdm

    delay = 1.0 if total is None else 0.0
    return tqdm(total=total, initial=initial, unit=" pictures", desc=verb, mininterval=0.5, smoothing=0.05, delay=delay)


def _print(options: argparse.Namespace, folder: PartsFolder, summary: Summary) -> None:
    if options.json:
        print(json.dumps({"out": folder.name} | summary.to_values()))
        return
    failed = f" {summary.failed:,} could not be read; their rows say why." if summary.failed else ""
    print(
        f"{summary.pictures:,} pictures are read: {summary.rows:,} rows in {summary.parts:,} parts in {folder.name}."
        f"{failed}"
    )
    if not summary.read_now:
        print("Nothing was left to do: all parts were there.", file=sys.stderr)
