"""A bulk reading on a cluster that is killed again and again, compared with one that was left in peace.

A worker, the scheduler or the command itself is killed as a power cut does it, and started again. What ends by itself
meanwhile, as the command does without its scheduler, must say so in a sentence and is started again, too.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.limits import at_least, at_most
from core.bulk.asked import FileFormat
from core.bulk.part_files import parse_part
from tests.support.cluster import Cluster, kill_tree, wait_for_workers
from tests.support.processes import wait_until

_WORKERS = 2
_WHAT = ("worker", "worker", "scheduler", "command", "command")
_MAX_PARTS_BETWEEN = 8
_MAX_DELAY_S = 0.5
_IN_A_START = 0.25  # of the kills come in the first seconds of what was started, whether there is a new part or not
_MAX_START_S = 4.0
_LEFT = {"_manifest.json", "_pictures.jsonl", "_parts.jsonl", "_workers.log", ".lock"}


def measure_kills(sources: Path, folder: Path, shard: int, kills: int) -> list[tuple[str, bool]]:
    """Read the pictures twice, in peace and disturbed so many times; return a line for each limit.

    shard: pictures a part. The parts go into `folder`.
    """
    quiet, disturbed = folder / "quiet", folder / "disturbed"
    command = _Command(sources, quiet, shard, "--processes", str(_WORKERS))
    command.wait_for_end()
    clusters = folder / "cluster"
    clusters.mkdir()
    with Cluster(clusters, _WORKERS) as cluster:
        wait_for_workers(cluster.address, _WORKERS)
        command = _Command(sources, disturbed, shard, "--cluster", cluster.address)
        done = _disturb(command, cluster, kills)
        command.wait_for_end()
    print(f"kills: {', '.join(f'{what} {count}' for what, count in sorted(done.items()))}")
    print(f"starts of the command: {command.starts}; ends in a sentence: {command.refusals}", flush=True)
    return [
        at_least("kills", done.total(), kills, "{:.0f}"),
        *_compare(_parts(quiet), _parts(disturbed)),
        command.limit,
    ]


class _Command:
    """The command that reads into a folder, started again until all is read."""

    def __init__(self, sources: Path, out: Path, shard: int, *options: str) -> None:
        self.out, self.starts, self.refusals, self._unclear = out, 0, 0, 0
        self._command = [sys.executable, "-m", "core", "read", str(sources), "--out", str(out), "--single"]
        self._command += ["--format", "csv", "--shard", str(shard), *options]
        self._start()

    def _start(self) -> None:
        self.starts += 1
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def has_finished(self) -> bool:
        """Return whether all is read; where it ended otherwise, start it again."""
        if self._process.poll() is None:
            return False
        _, errors = self._process.communicate()
        if self._process.returncode == 0:
            return True
        if self._process.returncode > 0:
            self._note_refusal(errors)
        self._start()
        return False

    def _note_refusal(self, errors: str) -> None:
        self.refusals += 1
        if "Traceback" in errors:
            self._unclear += 1
            print(errors, flush=True)

    def kill(self) -> None:
        """End it at once, with what it has started; the next question starts it again."""
        kill_tree(self._process)

    def wait_for_end(self) -> None:
        """Return when all is read."""
        while not self.has_finished():
            time.sleep(0.1)

    @property
    def limit(self) -> tuple[str, bool]:
        """Return the line on how often it ended without a sentence."""
        return at_most("ends of the command with a traceback", self._unclear, 0, "{:.0f}")


def _disturb(command: _Command, cluster: Cluster, kills: int) -> Counter[str]:
    """Kill something at random so many times while the reading goes on; return how often each was killed."""
    chance, done = random.Random(0), Counter[str]()
    while done.total() < kills:
        _wait_for_moment(command, chance)
        if command.has_finished():
            break
        what = chance.choice(_WHAT)
        done[what] += 1
        print(f"kill {done.total()}: {what}, after {_count(command.out)} parts", flush=True)
        if what == "worker":
            cluster.kill_worker(chance.choice(sorted(cluster.workers)))
            cluster.add_worker()
        elif what == "scheduler":
            cluster.restart()
        else:
            command.kill()
    return done


def _wait_for_moment(command: _Command, chance: random.Random) -> None:
    """Wait for some new parts and a moment more, or for a moment in which what was started is not ready yet."""
    if chance.random() < _IN_A_START:
        time.sleep(chance.uniform(0, _MAX_START_S))
        return
    aim = _count(command.out) + chance.randint(1, _MAX_PARTS_BETWEEN)
    wait_until(lambda: _count(command.out) >= aim or command.has_finished())
    time.sleep(chance.uniform(0, _MAX_DELAY_S))


def _count(out: Path) -> int:
    return sum(1 for _ in out.glob("part-*"))


def _parts(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name not in _LEFT}


def _compare(quiet: dict[str, bytes], disturbed: dict[str, bytes]) -> list[tuple[str, bool]]:
    """Return the lines on rows that are lost, doubled or different, and on files that are no parts."""
    before, after = (_rows(parts) for parts in (quiet, disturbed))
    lost, doubled = (before.keys() - after.keys()), sum(len(rows) - 1 for rows in after.values())
    others = sum(before[key] != rows for key, rows in after.items() if len(rows) == 1 and key in before)
    print(f"{sum(map(len, before.values())):,} rows in peace, {sum(map(len, after.values())):,} disturbed")
    counts = {
        "rows lost": len(lost),
        "rows doubled or not asked for": doubled + len(after.keys() - before.keys()),
        "rows with another answer": others,
        "parts with other bytes, and files that are no parts": len(dict(quiet.items() ^ disturbed.items())),
    }
    return [at_most(what, count, 0, "{:.0f}") for what, count in counts.items()]


def _rows(parts: dict[str, bytes]) -> dict[tuple[object, object], list[object]]:
    """Return the rows of all parts by their pictures."""
    found: dict[tuple[object, object], list[object]] = {}
    for name, data in parts.items():
        if name.startswith("part-"):
            for row in parse_part(data, FileFormat.CSV):
                found.setdefault((row["source"], row["page"]), []).append(row)
    return found
