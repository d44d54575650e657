"""The memory of a server: after its first visitor, after a reading, while and after it trains.

A new server is opened by one session in Streamlit's own protocol, which then has a picture of a digit read, one of a
number, and opens the Train page; a short training follows. Printed are the resident memory of the server's process,
how much of it is its own and not that of files such as TensorFlow's libraries, which the system can take back, and what
all processes together take: what each has of its own, and the files of the one that has most, for they are the same.

Usage: python -m benchmarks.server_memory
"""

import asyncio
import io
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from benchmarks.limits import at_most, end
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_arrays
from core.runs.store import RunStore
from tests.support.app_server import Server
from tests.support.session import Session, session

_MAX_MB = 700.0
_SETTLED_S = 8.0
_INTERVAL_S = 0.2
_SHORT = TrainConfig(epochs=2)


def main() -> None:
    """Print a line for each moment, and whether idling with one reading stays within the limit."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        server = Server(Path(folder) / "runs")
        print(f"the server answers after {time.perf_counter() - began:.1f} s")
        try:
            read_mb = asyncio.run(_measure(server))
        finally:
            server.stop()
    end(at_most("the server's resident memory, idle after the reading of a digit, MB", read_mb, _MAX_MB, "{:.0f}"))


async def _measure(server: Server) -> float:
    """Return the server's resident memory after the reading of a digit, in MB."""
    process = psutil.Process(server.process.pid)
    _print("started, nobody has come", process)
    async with session(server.port) as visitor:
        began = time.perf_counter()
        await visitor.draw()
        await visitor.finished()
        print(f"the first page is drawn after {time.perf_counter() - began:.2f} s")
        await asyncio.sleep(_SETTLED_S)
        _print("after the first visit", process)
        visitor.choose("way", "Upload")
        await visitor.draw()
        await visitor.finished()
        images = load_arrays()["x_test"]
        await _read(visitor, "digit.png", images[0])
        await asyncio.sleep(_SETTLED_S)
        read_mb = _print("after the reading of a digit", process)
        await _read(visitor, "number.png", np.hstack([images[place] for place in range(1, 5)]))
        await asyncio.sleep(_SETTLED_S)
        _print("after the reading of a number", process)
        await visitor.draw("train")
        await visitor.finished()
        await asyncio.sleep(_SETTLED_S)
        _print("with the Train page open", process)
    store = RunStore(server.home)
    run = store.create(_SHORT)
    most = 0.0
    while not run.status().is_final:
        most = max(most, _together_mb(_family(process)))
        await asyncio.sleep(_INTERVAL_S)
    print(f"while it trains, all processes together: {most:.0f} MB at most")
    await asyncio.sleep(_SETTLED_S)
    _print("after the training", process)
    return read_mb


async def _read(visitor: Session, name: str, image: np.ndarray) -> None:
    """Have a picture read that shows this image, white on black, ten times as large and dark on white."""
    file, size = io.BytesIO(), (10 * image.shape[1], 10 * image.shape[0])
    Image.fromarray(255 - image).resize(size, Image.Resampling.BICUBIC).save(file, "png")
    await visitor.upload("pictures", name, file.getvalue())
    await visitor.draw()
    await visitor.finished()


def _print(when: str, process: psutil.Process) -> float:
    """Print the memory now, and return the resident memory of the server in MB."""
    own_mb, files_mb = _memory_mb(process)
    family = _family(process)
    print(f"{when}: server {own_mb + files_mb:.0f} MB resident, {own_mb:.0f} MB its own;", end=" ")
    print(f"{len(family)} processes {_together_mb(family):.0f} MB")
    return own_mb + files_mb


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _together_mb(processes: list[psutil.Process]) -> float:
    found = [_memory_mb(each) for each in processes]
    return sum(own for own, _ in found) + max(files for _, files in found)


def _memory_mb(process: psutil.Process) -> tuple[float, float]:
    """Return a process's own memory and that of files, in MB; nothing for one that has just ended."""
    try:
        memory = process.memory_info()
    except psutil.Error:
        return 0.0, 0.0
    files = getattr(memory, "shared", 0)  # Linux alone says it
    return (memory.rss - files) / 2**20, files / 2**20


if __name__ == "__main__":
    main()
