"""For how long a cluster that is not there is waited for, and how often a run that it loses is given to it again."""

import time

from core.cluster.connection import ClusterError
from core.runs.liveness import CLUSTER_GONE

MAX_LOSSES = 5
"""How many times in a row a run may be lost before any checkpoint came; then it fails, and can be resumed."""

RECONNECT_S = 300.0
"""For how long a scheduler that does not answer, or has no worker, is waited for."""


class Patience:
    """The patience with which one run is followed."""

    def __init__(self) -> None:
        self._losses, self._reached = 0, time.monotonic()

    def note_cluster(self) -> None:
        """Note that there is a scheduler with a worker."""
        self._reached = time.monotonic()

    def check(self, reason: str) -> None:
        """Raise `ClusterError`, with the reason, where there was no scheduler with a worker for `RECONNECT_S`."""
        if time.monotonic() - self._reached > RECONNECT_S:
            raise ClusterError(f"{reason} It was waited for {RECONNECT_S / 60:.0f} minutes. {CLUSTER_GONE}")

    def note_checkpoint(self) -> None:
        """Note that the run has come on: what was lost before no longer counts."""
        self._losses = 0

    def note_loss(self, where: str, reason: str) -> None:
        """Note that a task or its execution, `where`, is lost; raises `ClusterError` where that were too many."""
        self._losses += 1
        if self._losses > MAX_LOSSES:
            raise ClusterError(
                f"The run was given to the cluster {self._losses} times and lost, each time before a checkpoint came "
                f"back. The last time: {where[0].lower()}{where[1:]} is lost: {reason} The workers' logs say more. "
                "Resume tries again."
            )
