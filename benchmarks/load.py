"""A server under a class of visitors: some watch a run that trains, the others have a picture read every few seconds.

Each visitor is a session in Streamlit's own protocol. What is printed: how long a reading takes, from the upload to the
last message of the answer; how long a watcher has been without a point that is in the run's folder already, while all
come within a few seconds and from then on; errors; the server's memory and time; and the training's speed with the
visitors, against the same run before and after them.

With --people the server has a class, and each visitor is a person of it. The first one's run trains, those of the five
after it wait, and who watches has the Train page with the queue open. The server trains; without --people the command
line does.

Usage: python -m benchmarks.load [--people] [--watchers N] [--readers N] [--minutes M] [--every S] [--preset NAME]
"""

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from benchmarks.limits import at_most, end
from benchmarks.load_class import end_class_runs, enrol, file_class_runs
from benchmarks.load_visitors import Crowd, Load, RunClock, begin_services, visit
from core.runs.commands import CommandName
from core.runs.store import RunStore
from tests.support.app_server import PROJECT, Server

_ALONE_S = 40.0
_SETTLED_S = 5.0


def main() -> None:
    """Print the figures of one load, and whether they are within the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", action="store_true", help="the visitors are people of a class")
    parser.add_argument("--watchers", type=int, default=15)
    parser.add_argument("--readers", type=int, default=15)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two pictures of one reader")
    parser.add_argument("--preset", default="convnet")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "runs", people="code" if options.people else "")
        try:
            with (_class_trains if options.people else _command_line_trains)(server, options) as (store, crowd):
                asyncio.run(_measure(server, store, crowd, options))
        finally:
            server.stop()


@contextlib.contextmanager
def _command_line_trains(server: Server, options: argparse.Namespace) -> Iterator[tuple[RunStore, Crowd]]:
    """Have a run trained by the command line; yield its store and the visitors."""
    store, training = RunStore(server.home), _start_training(server.home, options.preset)
    try:
        yield store, Crowd(("",) * options.watchers, ("",) * options.readers)
    finally:
        for run in store.all():
            run.send(CommandName.STOP)  # the run's own process would train on without the command line
        training.wait()


@contextlib.contextmanager
def _class_trains(server: Server, options: argparse.Namespace) -> Iterator[tuple[RunStore, Crowd]]:
    """Have the run of somebody in the class trained by the server; yield that person's store and the class."""
    crowd = enrol(server.home, options.watchers, options.readers)
    try:
        yield file_class_runs(server.home, options.preset), crowd
    finally:
        end_class_runs(server.home)


def _start_training(home: Path, preset: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "core", "train", "--preset", preset, "--epochs", "200"]
    environment = os.environ | {"DIGIT_STUDIO_HOME": str(home)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=quiet, stderr=quiet)


async def _measure(server: Server, store: RunStore, crowd: Crowd, options: argparse.Namespace) -> None:
    load, process = Load(), psutil.Process(server.process.pid)
    await begin_services(server, crowd)
    clock = await RunClock.of_only_run(store)
    watching = asyncio.create_task(clock.keep_reading())
    await visit(
        server, Load(), clock, crowd.first(), options.every, 3 * options.every
    )  # everything has been loaded once
    await asyncio.sleep(_SETTLED_S)
    before = await clock.speed(_ALONE_S)
    memory, cpu, own = process.memory_info().rss, _cpu_s(process), time.process_time()
    began = time.monotonic()
    load.settled_from = began + 2 * options.every
    visiting = asyncio.create_task(visit(server, load, clock, crowd, options.every, 60 * options.minutes))
    shown = await clock.speed(60 * options.minutes)
    used = process.memory_info().rss - memory
    await visiting
    seconds = time.monotonic() - began
    cpu, own = _cpu_s(process) - cpu, time.process_time() - own
    await asyncio.sleep(_SETTLED_S)
    after = await clock.speed(_ALONE_S)
    watching.cancel()
    log = (server.home.parent / "server.log").read_text("utf-8", "replace")
    load.errors += ["a stack in the server's log"] * log.count("Traceback")
    sessions = options.watchers + options.readers
    alone = (before + after) / 2
    readings, behind = np.array(load.readings_s or [np.nan]), np.array(load.behind_s or [np.nan])
    at_first = max(load.behind_at_first_s, default=np.nan)
    print(
        f"{options.watchers} watchers and {options.readers} readers for {seconds:.0f} s:\n"
        f"{len(load.readings_s)} readings, {np.median(readings):.2f} s at the median, "
        f"{np.percentile(readings, 95):.2f} s at p95\n"
        f"{load.drawings} drawings of the run and {load.figures} of its curves alone; "
        f"a new point comes after {np.median(behind):.2f} s at the median, "
        f"{np.percentile(behind, 95):.2f} s at p95, {behind.max():.2f} s at most, "
        f"{at_first:.2f} s while all came\n"
        f"server: {1000 * cpu / seconds:.0f} ms of its time a second, {used / 2**20 / sessions:.1f} MB a session; "
        f"visitors: {1000 * own / seconds:.0f} ms a second\n"
        f"training: {shown:,.0f} images/s, {before:,.0f} before and {after:,.0f} after\n"
        f"errors: {load.errors or 'none'}"
    )
    end(
        at_most("a reading at p95, seconds", float(np.percentile(readings, 95)), 2.0),
        at_most("the age of a point that a watcher lacks, seconds", float(behind.max()), 3.0),
        at_most("errors", len(load.errors), 0, "{:.0f}"),
        at_most("memory a session, MB", used / 2**20 / sessions, 8.0, "{:.1f}"),
        at_most("training time, against alone", alone / shown, 1.25),
    )


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
