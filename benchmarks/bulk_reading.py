"""Reading of 100,000 tiny pictures: in one process, by the command with one and two, and by a cluster of one and two.

The pictures are MNIST's test images on paper of 32 to 64 pixels, as PNG files of about half a kilobyte: so small that
what is done beside the reading itself weighs more than in any real archive. Each way begins with the loading of the
model and ends with the last part on the disk. The cluster is a scheduler and workers of one thread on this machine, to
which the files are sent; on two cores client and scheduler take some of the time of two workers. Where the machine does
other things meanwhile, the pictures a second say little, and the CPU time is the better measure of what Dask adds.

With --kills a reading by a cluster of two workers is disturbed so many times (`benchmarks.disturbed_reading`), and must
have the rows of one that was left in peace. Some thousand pictures in parts of two are enough for it.

Usage: python -m benchmarks.bulk_reading [--pictures N] [--shard N] [--ways in-process processes cluster] [--kills N]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from benchmarks.disturbed_reading import measure_kills
from benchmarks.limits import at_least, at_most, end
from core.bulk.asked import FileFormat
from core.bulk.cutting import write_listing
from core.bulk.listing import list_items
from core.bulk.opening import open_items, pack_items
from core.bulk.part_files import make_part
from core.bulk.rows import read_rows
from core.bulk.shards import load_reader
from core.datasets.mnist import load_arrays
from tests.support.cluster import Cluster, wait_for_workers

_MIN_SPEEDUP = 1.8
_MAX_OVERHEAD = 0.1
_FOLDER_PICTURES = 1000
_SIDES_PX = (32, 40, 48, 64)
_WAYS = ("in-process", "processes", "cluster")


def main():
    """Print the pictures a second of each way, or what came of the kills, and a line for each limit."""
    options = _options()
    rates = {}
    with tempfile.TemporaryDirectory() as root:
        sources = Path(root, "pictures")
        began = time.perf_counter()
        _write_pictures(sources, options.pictures)
        print(f"{options.pictures:,} pictures written in {time.perf_counter() - began:.0f} s", flush=True)
        if options.kills:
            end(*measure_kills(sources, Path(root), options.shard, options.kills))
            return
        _print_costs(sources, Path(root, "listing"), options.shard)
        if "in-process" in options.ways:
            rates["one process, no parts"] = _in_process(sources)
        if "processes" in options.ways:
            for count in (1, 2):
                out = Path(root, f"processes-{count}")
                rates[f"--processes {count}"] = _by_command(sources, out, options.shard, "--processes", str(count))
        if "cluster" in options.ways:
            for count in (1, 2):
                out = Path(root, f"cluster-{count}")
                rates[f"cluster, workers: {count}"] = _on_cluster(sources, out, options.shard, count)
    for way, rate in rates.items():
        print(f"{way:25} {rate:8.0f} pictures a second")
    end(*_limits(rates))


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--shard", type=int, default=500)
    parser.add_argument("--ways", nargs="*", choices=_WAYS, default=_WAYS)
    parser.add_argument("--kills", type=int, default=0)
    return parser.parse_args()


def _limits(rates):
    """Return the limits that can be said of the ways that were measured."""
    limits = []
    if "--processes 2" in rates:
        speedup = rates["--processes 2"] / rates["--processes 1"]
        limits.append(at_least("two processes, times one", speedup, _MIN_SPEEDUP))
    if "cluster, workers: 2" in rates:
        speedup = rates["cluster, workers: 2"] / rates["cluster, workers: 1"]
        limits.append(at_least("two workers, times one", speedup, _MIN_SPEEDUP))
    if {"cluster, workers: 1", "one process, no parts"} <= rates.keys():
        overhead = 1 - rates["cluster, workers: 1"] / rates["one process, no parts"]
        limits.append(at_most("a cluster of one worker, slower than one process by", overhead, _MAX_OVERHEAD, "{:.1%}"))
    return limits


def _write_pictures(folder, count):
    """Write test images as ink on paper, each placed anywhere on it, a thousand in a folder."""
    rng, images = np.random.default_rng(0), load_arrays()["x_test"]
    for number in range(count):
        inside = folder / f"{number // _FOLDER_PICTURES}"
        inside.mkdir(parents=True, exist_ok=True)
        side = _SIDES_PX[number % len(_SIDES_PX)]
        paper = np.full((side, side), 255, np.uint8)
        top, left = rng.integers(0, side - 28 + 1, 2)
        paper[top : top + 28, left : left + 28] -= images[number % len(images)]
        Image.fromarray(paper).save(inside / f"{number}.png", compress_level=1)


def _print_costs(sources, listing, shard):
    """Print the CPU time that the command itself needs for a picture, and the bytes in its listing."""
    began = time.process_time()
    listed = write_listing(listing, list_items([str(sources)]), shard)
    listed_s = time.process_time() - began
    items = list(list_items([str(sources)]))
    began = time.process_time()
    for first in range(0, len(items), shard):
        pack_items(items[first : first + shard])
    packed_s = time.process_time() - began
    per_picture = [1e6 * seconds / listed.items for seconds in (listed_s, packed_s)]
    print("CPU time for a picture: listed {:.0f} µs, packed to be sent {:.0f} µs;".format(*per_picture), end=" ")
    print(f"{listing.stat().st_size / listed.items:.0f} bytes in the listing", flush=True)


def _in_process(sources):
    """Return the pictures a second of this process, which loads a reader and makes one part of all rows."""
    began = time.perf_counter()
    cpu_s = time.process_time()
    reader = load_reader(None)
    rows = read_rows(reader, open_items(list_items([str(sources)])), single=True)
    part = make_part(rows, FileFormat.PARQUET)
    print(f"a row of a part has {len(part.data) / part.rows:.0f} bytes")
    return _said("one process, no parts", len(rows), time.perf_counter() - began, time.process_time() - cpu_s)


def _by_command(sources, out, shard, *options, others=None):
    """Return the pictures a second that the command says. others: processes by name that take part, but are not its."""
    others = others or {}
    command = [sys.executable, "-m", "core", "read", str(sources), "--out", str(out), "--single", "--json"]
    command += ["--shard", str(shard), *options]
    before = _cpu_s(others)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    summary = json.loads(done.stdout)
    spent = {name: seconds - before[name] for name, seconds in _cpu_s(others).items()}
    rate = _said(" ".join(options), summary["rows"], summary["seconds"], sum(spent.values()))
    if others:
        print("  of these " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items()), flush=True)
    return rate


def _cpu_s(others):
    """Return the CPU time of all processes that this one has started and that have ended, and of each other one."""
    ended = psutil.Process().cpu_times()
    times = {name: psutil.Process(each.pid).cpu_times() for name, each in others.items()}
    return {"command": ended.children_user + ended.children_system} | {
        name: each.user + each.system for name, each in times.items()
    }


def _on_cluster(sources, out, shard, workers):
    """Return the pictures a second of the command with a new cluster on this machine."""
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), workers) as cluster:
        wait_for_workers(cluster.address, workers)
        others = {f"worker {number}": each for number, each in cluster.workers.items()}
        others["scheduler"] = cluster.scheduler
        return _by_command(sources, out, shard, "--cluster", cluster.address, others=others)


def _said(way, pictures, seconds, cpu_s):
    print(f"{way}: {pictures:,} pictures in {seconds:.1f} s; CPU time {cpu_s:.1f} s", flush=True)
    return pictures / seconds


if __name__ == "__main__":
    main()
