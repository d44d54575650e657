"""What a sweep on a cluster costs beside its training: the processor time of each of its processes.

A sweep of random trials is trained by two workers on this machine. Printed are the seconds of processor time of the
scheduler, the workers, the process that owns the sweep and those that follow its runs, which grow neither with the size
of the network nor with that of the data, and of the trainings. A machine that does other things changes them little.

Usage: python -m benchmarks.cluster_processes [--trials N] [--epochs N]
"""

import argparse
import contextlib
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import psutil

from core.config.train_config import TrainConfig
from core.runs.store import RunStore
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepStore
from core.sweeps.sweep_config import SamplerName, SweepConfig
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView
from tests.support.cluster import Cluster, wait_for_workers

_KINDS = {
    "distributed.cli.dask_scheduler": "scheduler",
    "distributed.cli.dask_worker": "worker",
    "core.sweeps.owner": "owner of the sweep",
    "core.jobs.cluster_follower": "follower",
    "core.jobs.cluster_training": "training",
}
_INTERVAL_S = 0.1


def main():
    """Print a line for each kind of process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), 2) as cluster:
        wait_for_workers(cluster.address, 2)
        config = SweepConfig(
            TrainConfig(epochs=options.epochs),
            (SweptField("learning_rate", 0.0003, 0.01, log=True),),
            sampler=SamplerName.RANDOM,
            trials=options.trials,
            cluster=cluster.address,
        )
        sweep = SweepStore(RunStore(Path(folder) / "runs")).create(config)
        used = _processor_s(sweep, options.trials)
    for kind in _KINDS.values():
        times = used[kind]
        print(f"{kind}: {len(times)} used {sum(times):.1f} s, {sum(times) / max(1, len(times)):.2f} s each")
    print(f"all but training: {sum(sum(times) for kind, times in used.items() if kind != 'training'):.1f} s")


def _processor_s(sweep, trials):
    """Train the trials of a sweep; return the seconds of processor time of each process by its kind.

    Those of a process that ends are as of at most a tenth of a second before.
    """
    before, used = _used(), {}
    start_owner(sweep)
    while not sweep.status().is_final:
        used |= _used()
        if SweepView.read(sweep).told >= trials and not sweep.is_stop_requested():
            sweep.request_stop()
        time.sleep(_INTERVAL_S)
    found = defaultdict(list)
    for (pid, kind), seconds in used.items():
        found[kind].append(seconds - before.get((pid, kind), 0.0))
    return found


def _used():
    """Return the seconds of processor time of what this process has started, by process and kind."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            command = process.cmdline()
            for kind in (kind for module, kind in _KINDS.items() if module in command):
                found[process.pid, kind] = sum(process.cpu_times()[:2])
    return found


if __name__ == "__main__":
    main()
