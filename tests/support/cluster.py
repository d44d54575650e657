"""A cluster on this machine, each of its parts a process of its own that can be killed."""

import contextlib
import socket
import subprocess
import sys
from pathlib import Path

import psutil

from tests.support.processes import wait_until

PROJECT = Path(__file__).resolve().parents[2]


class Cluster:
    """A scheduler and workers of one thread each; what they print goes to files in the folder.

    It ends with its context, and so does whatever its workers have started.
    """

    def __init__(self, folder, workers):
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        self.workers, self._count, self._started = {}, 0, []
        self.start_scheduler()
        for _ in range(workers):
            self.add_worker()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process in self._started:
            kill_tree(process)

    def start_scheduler(self):
        """Start the scheduler, again at the same address where it was killed."""
        host, port = self.address.removeprefix("tcp://").split(":")
        self.scheduler = self._start("scheduler", "--host", host, "--port", port)

    def add_worker(self):
        """Start one more worker and return its number; it joins in a few seconds."""
        self._count += 1
        folder = str(self.folder / f"worker-{self._count}")
        alone = ("--nthreads", "1", "--no-nanny", "--local-directory", folder, "--death-timeout", "60")
        self.workers[self._count] = self._start("worker", self.address, *alone)
        return self._count

    def kill_scheduler(self):
        """End the scheduler as a power cut does."""
        _kill(self.scheduler)

    def restart(self):
        """Kill the scheduler and start it again; its workers, which end without it, are replaced."""
        self.kill_scheduler()
        self.start_scheduler()
        for number in list(self.workers):
            self.kill_worker(number)
            self.add_worker()

    def kill_worker(self, number):
        """End a worker, though not what it has started, as a lack of memory does."""
        _kill(self.workers.pop(number))

    def busy_workers(self):
        """The numbers of the workers that have started a training."""
        return [number for number, each in self.workers.items() if each.poll() is None and trainings(each.pid)]

    def _start(self, what, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
        with open(self.folder / f"{what}-{self._count}.log", "ab") as log:
            process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
        self._started.append(process)
        return process


def trainings(pid):
    """The processes that train runs for the tasks of a worker."""
    found = []
    with contextlib.suppress(psutil.Error):
        for each in psutil.Process(pid).children():
            with contextlib.suppress(psutil.Error):
                if "core.jobs.cluster_training" in each.cmdline():
                    found.append(each)
    return found


def queues_of(address):
    """The names of the queues that a scheduler holds."""
    from core.cluster.connection import open_client

    with open_client(address) as client:
        return client.run_on_scheduler(_queue_names)


def _queue_names(dask_scheduler):
    return sorted(dask_scheduler.extensions["queues"].queues)


def kill_tree(process):
    """End a process and all that it has started."""
    with contextlib.suppress(psutil.Error):
        for each in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                each.kill()
    _kill(process)


def _kill(process):
    process.kill()
    process.wait()


def wait_for_workers(address, count):
    """Return when so many workers have joined."""
    from core.cluster.connection import ClusterError, count_slots, open_client

    def joined():
        try:
            with open_client(address) as client:
                return count_slots(client) >= count
        except ClusterError:
            return False

    wait_until(joined)
