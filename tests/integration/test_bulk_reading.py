"""Bulk readings by their real command and processes, killed again and again: no row is lost, none is there twice."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from core.bulk.asked import FileFormat
from core.bulk.part_files import parse_part
from core.bulk.shards import ShardTask, load_reader, read_shard
from core.datasets.mnist import load_arrays
from tests.support.cluster import Cluster, wait_for_workers
from tests.support.processes import PATIENCE_S, wait_until

PROJECT = Path(__file__).resolve().parents[2]
PICTURES, SHARD, KILLS = 320, 1, 3  # so small parts that a reading is never over before it is killed
TASK = ShardTask(None, True, FileFormat.CSV, "fingerprint")


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """Some of MNIST's test images as files; every 40th is no picture."""
    folder, images = tmp_path_factory.mktemp("scans"), load_arrays()["x_test"]
    for number in range(PICTURES):
        path = folder / f"{number}.png"
        if number % 40 == 39:
            path.write_bytes(b"no picture")
        else:
            Image.fromarray(images[number]).save(path)
    return folder


def start(scans, out, *options):
    command = [sys.executable, "-m", "core", "read", str(scans), "--out", str(out), "--single", "--format", "csv"]
    command += ["--shard", str(SHARD), "--json", *options]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def parts(out):
    return {path.name: path.read_bytes() for path in sorted(out.glob("part-*.csv"))}


def expected(out):
    """The parts as this process reads them, without a disturbance."""
    manifest = json.loads((out / "_manifest.json").read_bytes())
    data, offsets = (out / "_pictures.jsonl").read_bytes(), manifest["listing"]["offsets"]
    shards = [data[begin:end].splitlines(keepends=True) for begin, end in zip(offsets, offsets[1:], strict=False)]
    reader = load_reader(None)
    return {f"part-{number:06}.csv": read_shard(reader, lines, TASK).data for number, lines in enumerate(shards)}


def check(process, scans, out):
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    summary = json.loads(output)
    assert (summary["pictures"], summary["rows"], summary["failed"]) == (PICTURES, PICTURES, PICTURES // 40)
    assert parts(out) == expected(out)
    rows = [row for data in parts(out).values() for row in parse_part(data, FileFormat.CSV)]
    assert [row["source"] for row in rows] == [str(scans / f"{number}.png") for number in range(PICTURES)]


def test_a_reading_that_is_killed_again_and_again_is_like_an_undisturbed_one(scans, tmp_path):
    out, moments, known = tmp_path / "parts", random.Random(0), {}
    for kill in range(KILLS):
        process = start(scans, out, "--processes", "2")
        aim = len(parts(out)) + moments.randint(1, 3)
        wait_until(lambda process=process, aim=aim: len(parts(out)) >= aim or process.poll() is not None)
        time.sleep(moments.uniform(0.0, 0.05))
        readers = psutil.Process(process.pid).children()
        if kill % 2:
            readers[0].kill()
            wait_until(lambda process=process, aim=aim: len(parts(out)) > aim or process.poll() is not None)
        assert process.poll() is None, process.stderr.read()
        process.kill()
        process.communicate()
        psutil.wait_procs(readers, PATIENCE_S)
        assert not any(each.is_running() for each in readers), "a process ends when nobody gives it shards any more"
        assert known.items() <= parts(out).items(), "what was there stays as it was"
        known = parts(out)
    assert len(known) < PICTURES // SHARD
    check(start(scans, out, "--processes", "2"), scans, out)


def test_a_cluster_whose_workers_and_client_are_killed_reads_like_one_process(scans, tmp_path):
    out = tmp_path / "parts"
    with Cluster(tmp_path, 2) as cluster:
        wait_for_workers(cluster.address, 2)
        process = start(scans, out, "--cluster", cluster.address)
        wait_until(lambda: len(parts(out)) >= 2 or process.poll() is not None)
        cluster.kill_worker(1)
        cluster.add_worker()
        wait_until(lambda: len(parts(out)) >= 6 or process.poll() is not None)
        assert process.poll() is None, process.stderr.read()
        process.kill()
        process.communicate()
        known = parts(out)
        process = start(scans, out, "--cluster", cluster.address)
        wait_until(lambda: len(parts(out)) > len(known) or process.poll() is not None)
        cluster.kill_worker(2)
        check(process, scans, out)
        assert known.items() <= parts(out).items()
        cluster.kill_scheduler()
        refused = start(scans, tmp_path / "other", "--cluster", cluster.address)
        _, errors = refused.communicate(timeout=PATIENCE_S)
        assert refused.returncode == 1 and "Start one there with: dask scheduler" in errors
