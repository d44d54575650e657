"""What browser sessions that show a run cost it: its training time with them, against the command line alone.

Each run is started by `python -m core train`, alternately alone and with the app's server and several sessions on its
Train page. The sessions use Streamlit's own protocol and draw nothing: they ask the server as a browser does, several
times a second, and discard what it sends.

With `--runs N`, the folder holds N finished runs before. They are copies of one trained run.

Usage: python -m benchmarks.session_overhead [--sessions N] [--pairs N] [--epochs N] [--runs N]
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.limits import at_most, end
from core.runs.store import RunStore
from tests.support.app_server import PROJECT, Server
from tests.support.session import session

_SETTLED_S = 20


def main():
    """Print the training times of each pair, the median ratio, and how many updates the sessions received."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=8)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--runs", type=int, default=0)
    options = parser.parse_args()
    ratios = []
    for pair in range(options.pairs):
        alone_s, _ = _measure(options.epochs, 0, options.runs)
        shown_s, updates = _measure(options.epochs, options.sessions, options.runs)
        ratios.append(shown_s / alone_s)
        each_s = updates / max(1, options.sessions) / shown_s
        print(
            f"  pair {pair}: {alone_s:.2f} s alone, {shown_s:.2f} s with sessions, ratio {ratios[-1]:.3f}, "
            f"{each_s:.1f} updates a second to each session",
            flush=True,
        )
    print(
        f"{options.sessions} sessions show {options.epochs} epochs of the recipe, {options.runs} other runs: "
        f"training takes {median(ratios):.3f} times as long (median, n = {options.pairs}, "
        f"{min(ratios):.3f} to {max(ratios):.3f})"
    )
    end(at_most("training time with sessions, against alone", median(ratios), 1.10, "{:.3f}"))


def _measure(epochs, sessions, runs):
    """Return the run's training time in seconds, and the number of updates that all sessions received meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "runs"
        fill(home, runs)
        if not sessions:
            return _train(home, epochs), 0
        server, updates = Server(home), multiprocessing.Value("q", 0)
        sessions_process = multiprocessing.Process(target=_run_sessions, args=(server.port, sessions, updates))
        sessions_process.start()
        try:
            time.sleep(_SETTLED_S)  # the server loads TensorFlow ahead of need, and a warm worker does
            before = updates.value
            return _train(home, epochs), updates.value - before
        finally:
            sessions_process.terminate()
            sessions_process.join()
            server.stop()


def fill(home: Path, runs: int) -> None:
    """File so many finished runs, older than the run trained next; they are hard links to the same files."""
    if not runs:
        return
    _train(home, 1)
    (first,) = RunStore(home).all()
    for number in range(1, runs):
        filed = datetime(2020, 1, 1) + timedelta(minutes=number)
        shutil.copytree(first.folder, home / f"{filed:%Y%m%d-%H%M%S}-000-mlp-{number:04x}", copy_function=os.link)


def _train(home, epochs):
    command = [sys.executable, "-m", "core", "train", "--epochs", str(epochs), "--json"]
    environment = os.environ | {"DIGIT_STUDIO_HOME": str(home)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])["train_s"]


def _run_sessions(port, sessions, updates):
    async def run_all():
        await asyncio.gather(*(_session(port, updates) for _ in range(sessions)))

    asyncio.run(run_all())


async def _session(port, updates):
    """Open the Train page, request each of its live fragments at its interval, and count the drawings."""
    waiting = {}
    async with session(port) as visitor:
        await visitor.draw("train")
        async for message in visitor.messages():
            if message.WhichOneof("type") == "auto_rerun":
                again = message.auto_rerun
                if before := waiting.pop(again.fragment_id, None):
                    before.cancel()
                waiting[again.fragment_id] = asyncio.create_task(_ask(visitor, again.interval, again.fragment_id))
            elif message.WhichOneof("type") == "script_finished":
                with updates.get_lock():
                    updates.value += 1


async def _ask(visitor, interval_s, fragment):
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(interval_s)
            await visitor.draw(fragment=fragment)


if __name__ == "__main__":
    main()
