"""The options of `read` that read any number of pictures into the parts of a folder."""

import argparse
from pathlib import Path

from core.bulk.asked import FileFormat
from core.cli.cluster_option import add_cluster_option
from core.cli.errors import UsageError

SHARD_PICTURES = 500
"""How many pictures a file has at most, where no number is given."""

_ONLY_WITH_OUT = ("format", "shard", "processes", "cluster", "shared_paths")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the folder of parts, and how they are made."""
    group = command.add_argument_group("millions of pictures, see docs/scale.md")
    group.add_argument("--out", type=Path, metavar="PARTS", help="read into files of this folder, or go on with it")
    group.add_argument("--format", choices=[*FileFormat], help="of these files (default: parquet)")
    group.add_argument(
        "--shard", type=int, metavar="N", help=f"at most so many pictures in a file (default: {SHARD_PICTURES})"
    )
    group.add_argument("--processes", type=int, metavar="N", help="that read (default: one for each core)")
    group.add_argument(
        "--shared-paths", action="store_true", help="the workers of the cluster see the files under the same paths"
    )
    add_cluster_option(command)


def check_unused(options: argparse.Namespace) -> None:
    """Raise `UsageError` for an option that has no meaning without --out."""
    for name in _ONLY_WITH_OUT:
        if getattr(options, name):
            raise UsageError(f"--{name.replace('_', '-')} needs --out PARTS, the folder for what is read.")
