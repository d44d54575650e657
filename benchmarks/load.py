"""A server under a class of visitors: some watch a run that trains, the others have a picture read every few seconds.

Each visitor is a session in Streamlit's own protocol. What is printed: how long a reading takes, from the upload to the
last message of the answer; how long a watcher has been without a point that is in the run's folder already, while all
come within a few seconds and from then on; errors; the server's memory and time; and the training's speed with the
visitors, against the same run before and after them.

Usage: python -m benchmarks.load [--watchers N] [--readers N] [--minutes M] [--every S] [--preset NAME]
"""

import argparse
import asyncio
import contextlib
import io
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from streamlit.proto.BidiComponent_pb2 import BidiComponent

from benchmarks.limits import at_most, end
from core.datasets.mnist import load_arrays
from core.runs.commands import CommandName
from core.runs.run import Run
from core.runs.schema import Metrics
from core.runs.store import RunStore
from tests.support.app_server import PROJECT, Server
from tests.support.session import Session, session

_ALONE_S = 40.0
_SETTLED_S = 5.0
_PATIENCE_S = 60.0


@dataclass
class Load:
    """What the visitors have seen so far; times in seconds."""

    readings_s: list[float] = field(default_factory=list)
    behind_s: list[float] = field(default_factory=list)
    behind_at_first_s: list[float] = field(default_factory=list)
    settled_from: float = 0.0  # on the monotonic clock: all have come, and their pages have been drawn
    drawings: int = 0
    figures: int = 0
    errors: list[str] = field(default_factory=list)


def main() -> None:
    """Print the figures of one load, and whether they are within the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--watchers", type=int, default=15)
    parser.add_argument("--readers", type=int, default=15)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two pictures of one reader")
    parser.add_argument("--preset", default="convnet")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "runs")
        training = _start_training(server.home, options.preset)
        try:
            asyncio.run(_measure(server, options))
        finally:
            for run in RunStore(server.home).all():
                run.send(CommandName.STOP)  # the run's own process would train on without the command line
            training.wait()
            server.stop()


def _start_training(home: Path, preset: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "core", "train", "--preset", preset, "--epochs", "200"]
    environment = os.environ | {"DIGIT_STUDIO_HOME": str(home)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=quiet, stderr=quiet)


async def _measure(server: Server, options: argparse.Namespace) -> None:
    load, process = Load(), psutil.Process(server.process.pid)
    clock = await _RunClock.of_first_run(server.home)
    watching = asyncio.create_task(clock.keep_reading())
    await _visit(server, Load(), clock, 1, 1, options.every, 3 * options.every)  # everything has been loaded once
    await asyncio.sleep(_SETTLED_S)
    before = await clock.speed(_ALONE_S)
    memory, cpu, own = process.memory_info().rss, _cpu_s(process), time.process_time()
    began = time.monotonic()
    load.settled_from = began + 2 * options.every
    visit = asyncio.create_task(
        _visit(server, load, clock, options.watchers, options.readers, options.every, 60 * options.minutes)
    )
    shown = await clock.speed(60 * options.minutes)
    used = process.memory_info().rss - memory
    await visit
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


class _RunClock:
    """When each point of the run that trains came to its folder, on the monotonic clock."""

    def __init__(self, run: Run) -> None:
        self.run, self.metrics = run, Metrics()
        self.epochs: list[float] = []
        self.times: list[float] = []

    @classmethod
    async def of_first_run(cls, home: Path) -> "_RunClock":
        """Wait until the folder's first run has a point."""
        deadline = time.monotonic() + _PATIENCE_S
        while not any(run.has_metrics for run in RunStore(home).all()):
            if time.monotonic() > deadline:
                raise TimeoutError("The training has not begun.")
            await asyncio.sleep(0.2)
        (run,) = RunStore(home).all()
        return cls(run)

    async def keep_reading(self) -> None:
        while True:
            self.metrics, known = self.run.metrics(self.metrics), len(self.metrics.rows)
            for row in self.metrics.rows[known:]:
                self.epochs.append(row.epoch)
                self.times.append(time.monotonic())
            await asyncio.sleep(0.05)

    def time_after(self, epoch: float) -> float | None:
        """Return when the first point behind this epoch came; None where there is none."""
        place = np.searchsorted(self.epochs, epoch + 1e-9)
        return self.times[place] if place < len(self.times) else None

    async def speed(self, seconds: float) -> float:
        """Return the images a second that the run trains from now on for so many seconds, validation left out."""
        first = len(self.metrics.rows)
        await asyncio.sleep(seconds)
        pairs = [(row.step - before.step, row) for before, row in itertools.pairwise(self.metrics.rows[first:])]
        return sum(steps for steps, _ in pairs) / sum(steps / row.images_per_s for steps, row in pairs)


async def _visit(server, load, clock, watchers, readers, every_s, seconds) -> None:
    """Let so many visitors come within a few seconds, and stay for `seconds`."""
    pictures = itertools.cycle(_pictures(100))
    visitors = [_Watcher(load, clock).stay(server) for _ in range(watchers)]
    visitors += [_read(server, load, pictures, every_s) for _ in range(readers)]
    tasks = []
    for visitor in visitors:
        tasks.append(asyncio.create_task(_until_cancelled(visitor, load)))
        await asyncio.sleep(every_s / len(visitors))
    await asyncio.sleep(max(0.0, seconds - every_s))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _until_cancelled(visitor, load) -> None:
    try:
        await visitor
    except Exception as error:
        load.errors.append(f"{type(error).__name__}: {error}")


class _Watcher:
    """A session that shows the run that trains, and notes how long each new point had been there before it came."""

    def __init__(self, load: Load, clock: "_RunClock") -> None:
        self._load, self._clock, self._shown = load, clock, 0.0
        self._sources: dict[str, asyncio.Task[None]] = {}

    async def stay(self, server: Server) -> None:
        """Open the Train page and follow it until this is cancelled."""
        async with session(server.port) as visitor:
            try:
                await visitor.draw("train")
                async for message in visitor.follow():
                    _note_errors(message, self._load)
                    text = message.delta.new_element.bidi_component.json
                    if self._clock.run.id in text and '"figure"' in text:
                        self._show(visitor, json.loads(text))
            finally:
                for each in self._sources.values():
                    each.cancel()

    def _show(self, visitor: Session, data: dict) -> None:
        if data["name"].startswith("loss-"):
            self._load.drawings += 1
            self._note_points(data["figure"])
        live = data["live"]
        if live and live["address"] not in self._sources:
            follow = self._follow(visitor, live["address"], live["every_s"], data["name"].startswith("loss-"))
            self._sources[live["address"]] = asyncio.create_task(follow)

    async def _follow(self, visitor: Session, address: str, every_s: float, is_loss: bool) -> None:
        """Ask for newer figures of one chart, as the chart itself does in a browser."""
        tag = ""
        while True:
            await asyncio.sleep(every_s)
            text, tag = await visitor.get(address, tag)
            if text and is_loss:
                self._load.figures += 1
                self._note_points(text)

    def _note_points(self, figure: str | bytes) -> None:
        points = json.loads(figure)["data"][0]["x"]
        epoch = points[-1] if points else 0.0
        came = self._clock.time_after(self._shown) if self._shown else None
        if came and epoch > self._shown:
            now = time.monotonic()
            kept = self._load.behind_s if now > self._load.settled_from else self._load.behind_at_first_s
            kept.append(now - came)
        self._shown = max(self._shown, epoch)


async def _read(server, load, pictures, every_s) -> None:
    """Upload a picture every few seconds, and note how long its answer takes."""
    async with session(server.port) as visitor:
        await visitor.draw()
        await visitor.finished()
        visitor.choose("way", "Upload")
        await visitor.draw()
        await visitor.finished()
        for number in itertools.count():
            began = time.monotonic()
            async with asyncio.timeout(_PATIENCE_S):
                await visitor.upload("pictures", f"{number}.png", next(pictures))
                await visitor.draw()
                answer = await visitor.finished()
            load.readings_s.append(time.monotonic() - began)
            for message in answer:
                _note_errors(message, load)
            if not any(_is_answer(message.delta.new_element.bidi_component) for message in answer):
                load.errors.append("a reading without an answer")
            await asyncio.sleep(max(0.0, began + every_s - time.monotonic()))


def _is_answer(component: BidiComponent) -> bool:
    """Return whether this says what the network reads, a digit or that it looks like none."""
    return component.id.endswith("-answer-picked") and json.loads(component.json)["label"] not in ("", "–")


def _note_errors(message, load) -> None:
    element = message.delta.new_element
    if element.WhichOneof("type") == "exception":
        load.errors.append(element.exception.message)
    if message.WhichOneof("type") == "script_finished" and message.script_finished not in _GOOD_ENDS:
        load.errors.append(f"a drawing ended with {message.script_finished}")


_GOOD_ENDS = (0, 2, 3)  # of ForwardMsg.ScriptFinishedStatus: successfully, early for a rerun, a fragment successfully


def _pictures(count) -> list[bytes]:
    """Return test images as a person would send them: dark on white, 280 pixels wide, as PNG files."""
    files = []
    for image in load_arrays()["x_test"][:count]:
        file = io.BytesIO()
        Image.fromarray(255 - image).resize((280, 280), Image.Resampling.BICUBIC).save(file, "png")
        files.append(file.getvalue())
    return files


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
