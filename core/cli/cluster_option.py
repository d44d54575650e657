"""The option --cluster of the commands that a cluster can carry out."""

import argparse

from core.config.cluster_address import HERE, VARIABLE


def add_cluster_option(command: argparse.ArgumentParser) -> None:
    """Add the address of a cluster, as `cluster_address` takes it."""
    command.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=f"work on the Dask cluster at tcp://host:8786; without it at the address in {VARIABLE}, else on this "
        f"machine, as with `--cluster {HERE}`",
    )
