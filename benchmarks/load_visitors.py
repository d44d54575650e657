"""The visitors of the load: some watch a run, others have pictures read; what they see, and when."""

import asyncio
import io
import itertools
import json
import time
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from streamlit.proto.BidiComponent_pb2 import BidiComponent

from core.datasets.mnist import load_arrays
from core.runs.metrics_schema import Metrics
from core.runs.run import Run
from core.runs.store import RunStore
from tests.support.app_server import Server
from tests.support.session import Session, session

_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Crowd:
    """Who comes: the cookie of each one who watches and of each one who has pictures read, '' without people."""

    watching: tuple[str, ...]
    reading: tuple[str, ...]

    def first(self) -> "Crowd":
        """Return one of each kind."""
        return Crowd(self.watching[:1], self.reading[:1])


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


class RunClock:
    """When each point of the run that trains came to its folder, on the monotonic clock."""

    def __init__(self, run: Run) -> None:
        self.run, self.metrics = run, Metrics()
        self.epochs: list[float] = []
        self.times: list[float] = []

    @classmethod
    async def of_only_run(cls, store: RunStore) -> "RunClock":
        """Wait until the folder's only run has a point; raises `TimeoutError`."""
        deadline = time.monotonic() + _PATIENCE_S
        while not any(run.has_metrics for run in store.all()):
            if time.monotonic() > deadline:
                raise TimeoutError("The training has not begun.")
            await asyncio.sleep(0.2)
        (run,) = store.all()
        return cls(run)

    async def keep_reading(self) -> None:
        """Note each new point when it comes, until this is cancelled."""
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


async def begin_services(server: Server, crowd: Crowd) -> None:
    """Open the first page once: the server starts its queue then."""
    async with session(server.port, **_headers(crowd.reading[0])) as visitor:
        await visitor.draw()
        await visitor.finished()


async def visit(server: Server, load: Load, clock: RunClock, crowd: Crowd, every_s: float, seconds: float) -> None:
    """Let these visitors come within a few seconds, and stay for `seconds`."""
    pictures = itertools.cycle(_pictures(100))
    visitors = [_Watcher(load, clock).stay(server, cookie) for cookie in crowd.watching]
    visitors += [_read(server, load, pictures, every_s, cookie) for cookie in crowd.reading]
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

    def __init__(self, load: Load, clock: "RunClock") -> None:
        self._load, self._clock, self._shown = load, clock, 0.0
        self._sources: dict[str, asyncio.Task[None]] = {}

    async def stay(self, server: Server, cookie: str) -> None:
        """Open the Train page and follow it until this is cancelled."""
        async with session(server.port, **_headers(cookie)) as visitor:
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


async def _read(server, load, pictures, every_s, cookie) -> None:
    """Upload a picture every few seconds, and note how long its answer takes."""
    async with session(server.port, **_headers(cookie)) as visitor:
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


def _headers(cookie: str) -> dict[str, str]:
    return {"Cookie": cookie} if cookie else {}


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
