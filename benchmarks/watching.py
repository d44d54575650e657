"""What it costs a run to be watched: its training time under the eyes of browser sessions, against the command line.

Each run is started by `python -m core train`, in turn with nobody watching and with the app's server and so many
sessions on its Train page. The sessions speak Streamlit's own protocol and draw nothing: they answer the server as a
browser does, several times a second, and throw away what it sends.

With `--runs`, so many finished runs lie in the folder before. They are one trained run, filed again and again.

Usage: python -m benchmarks.watching [--sessions N] [--pairs N] [--epochs N] [--runs N]
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
from tests.support.studio import PROJECT, Server

_SETTLED_S = 20


def main():
    """Print the training times of each pair, the median ratio, and how many updates the sessions were sent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=8)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--runs", type=int, default=0)
    options = parser.parse_args()
    ratios = []
    for pair in range(options.pairs):
        alone_s, _ = _trained(options.epochs, 0, options.runs)
        watched_s, updates = _trained(options.epochs, options.sessions, options.runs)
        ratios.append(watched_s / alone_s)
        each_s = updates / max(1, options.sessions) / watched_s
        print(
            f"  pair {pair}: {alone_s:.2f} s alone, {watched_s:.2f} s watched, ratio {ratios[-1]:.3f}, "
            f"{each_s:.1f} updates a second to each session",
            flush=True,
        )
    print(
        f"{options.sessions} sessions watching {options.epochs} epochs of the recipe, {options.runs} runs beside it: "
        f"training takes {median(ratios):.3f} times as long (median, n = {options.pairs}, "
        f"{min(ratios):.3f} to {max(ratios):.3f})"
    )
    end(at_most("training time, watched against alone", median(ratios), 1.10, "{:.3f}"))


def _trained(epochs, sessions, runs):
    """The run's training time in seconds and the updates that all sessions got meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "runs"
        fill(home, runs)
        if not sessions:
            return _train(home, epochs), 0
        server, updates = Server(home), multiprocessing.Value("q", 0)
        watchers = multiprocessing.Process(target=_watch, args=(server.port, sessions, updates))
        watchers.start()
        try:
            time.sleep(_SETTLED_S)  # the server loads TensorFlow ahead of need, and a warm worker does
            before = updates.value
            return _train(home, epochs), updates.value - before
        finally:
            watchers.terminate()
            watchers.join()
            server.stop()


def fill(home: Path, runs: int) -> None:
    """File so many finished runs, older than what is trained next; they share their files on the disk."""
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


def _watch(port, sessions, updates):
    async def watch_all():
        await asyncio.gather(*(_visitor(port, updates) for _ in range(sessions)))

    asyncio.run(watch_all())


async def _visitor(port, updates):
    """One visitor of the Train page; a server's very first ones are sent in again."""
    while not await _session(port, updates):
        await asyncio.sleep(1)


async def _session(port, updates):
    """Ask for each live part of the page again whenever its time has come; return False where there is none."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.asyncio.client import connect

    address, waiting, shown = f"ws://localhost:{port}/_stcore/stream", {}, ""
    async with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        await socket.send(_request())
        async for data in socket:
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                shown = message.navigation.page_script_hash
            elif kind == "auto_rerun":
                again = message.auto_rerun
                if before := waiting.pop(again.fragment_id, None):
                    before.cancel()
                waiting[again.fragment_id] = asyncio.create_task(_ask(socket, again.interval, again.fragment_id, shown))
            elif kind == "script_finished":
                with updates.get_lock():
                    updates.value += 1
                if not waiting:
                    return False
    return True


async def _ask(socket, interval_s, fragment, shown):
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(interval_s)
            await socket.send(_request(fragment, shown))


def _request(fragment="", shown=""):
    """A drawing of the Train page, or of a part of it; `shown` is the page's own sum, without which it is left."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    message.rerun_script.page_name = "train"
    message.rerun_script.fragment_id = fragment
    message.rerun_script.page_script_hash = shown
    message.rerun_script.is_auto_rerun = bool(fragment)
    return message.SerializeToString()


if __name__ == "__main__":
    main()
