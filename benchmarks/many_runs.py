"""What a folder of very many runs costs a server: to open the pages that list them, and to watch them.

All in processor time, which hardly depends on what else runs. A new process lists all runs, first without an index and
then with the one that the first has written. A visitor in Streamlit's own protocol opens Runs in a new server, twice,
and watches Runs and Train for a while, on which nothing changes: each drawing that a browser asks for is asked for.
Each of the two is watched for more than the minute in which the files of each of 2,000 runs are looked at once.

Usage: python -m benchmarks.many_runs [--runs N] [--seconds N]
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from benchmarks.limits import at_most, end
from core.config.train_config import TrainConfig
from core.runs.store import RunStore
from tests.support.app_server import PROJECT, Server
from tests.support.runs import ended_run
from tests.support.session import Session, session

_SETTLED_S = 12.0
_MAX_OPENED_S = 1.0
_MAX_SHARE = 0.01


def main() -> None:
    """Print each figure, and whether the pages open and are watched within their limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=70.0, help="for which each page is watched")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "runs"
        _fill(home, options.runs)
        print(f"{options.runs} runs are listed by a new process with {_listing_s(home):.2f} s, without an index")
        listed_s = _listing_s(home)
        print(f"and with one with {listed_s:.2f} s")
        opened_s, again_s, *shares = _measured(home, options.seconds)
    print(f"in a server Runs opens with {opened_s:.2f} s, and again with {again_s:.2f} s")
    print(f"watching Runs takes {shares[0]:.1%} of a core, watching Train {shares[1]:.1%}")
    end(
        at_most("listing the runs in a new process and opening Runs", listed_s + opened_s, _MAX_OPENED_S, "{:.2f} s"),
        at_most("Runs opens again", again_s, _MAX_OPENED_S, "{:.2f} s"),
        at_most("watching Runs, share of a core", shares[0], _MAX_SHARE, "{:.1%}"),
        at_most("watching Train, share of a core", shares[1], _MAX_SHARE, "{:.1%}"),
    )


def _fill(home: Path, runs: int) -> None:
    """File so many finished runs, as hard links to the files of one."""
    first = ended_run(RunStore(home), TrainConfig(epochs=6), steps=60)
    for number in range(1, runs):
        filed = datetime(2020, 1, 1) + timedelta(minutes=number)
        shutil.copytree(first.folder, home / f"{filed:%Y%m%d-%H%M%S}-000-mlp-{number:04x}", copy_function=os.link)


def _listing_s(home: Path) -> float:
    """Return the processor time in which a new process lists all runs and their states, imports left out."""
    program = (
        "import sys, time; from core.runs.index import run_summaries; from core.runs.state_cache import run_states;"
        "from core.runs.store import RunStore; store = RunStore(sys.argv[1]); began = time.process_time();"
        "run_summaries(store); run_states(store); print(time.process_time() - began)"
    )
    return float(subprocess.check_output([sys.executable, "-c", program, str(home)], cwd=PROJECT))


def _measured(home: Path, seconds: float) -> list[float]:
    server = Server(home)
    try:
        return asyncio.run(_visit(server, seconds))
    finally:
        server.stop()


async def _visit(server: Server, seconds: float) -> list[float]:
    """Return the seconds of processor time to open Runs twice, and the shares of a core to watch Runs and Train."""
    async with session(server.port) as visitor:
        await visitor.draw()
        await visitor.finished()
        await asyncio.sleep(_SETTLED_S)  # the server loads TensorFlow ahead of need
        opened_s = [await _opening_s(server, visitor), await _opening_s(server, visitor)]
    return [*opened_s, await _share(server, "runs", seconds), await _share(server, "train", seconds)]


async def _opening_s(server: Server, visitor: Session) -> float:
    before = _cpu_s(server)
    await visitor.draw("runs")
    await visitor.finished()
    used = _cpu_s(server) - before
    await visitor.draw()
    await visitor.finished()
    await asyncio.sleep(1)
    return used


async def _share(server: Server, page: str, seconds: float) -> float:
    """Return the share of a core that the server takes while a session watches a page on which nothing changes."""
    async with session(server.port) as visitor:
        await visitor.draw(page)
        watching = asyncio.create_task(_follow(visitor))
        await asyncio.sleep(5)
        before, began = _cpu_s(server), time.monotonic()
        await asyncio.sleep(seconds)
        share = (_cpu_s(server) - before) / (time.monotonic() - began)
        watching.cancel()
        return share


async def _follow(visitor: Session) -> None:
    async for _ in visitor.follow():
        pass


def _cpu_s(server: Server) -> float:
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
