"""The process that draws a training's batches ahead: the same batches, and it never outlives the training."""

import contextlib
import io
import queue
import struct
import subprocess
import sys

import numpy as np
import psutil
import pytest

from core.config.objective_config import ObjectiveName
from core.jobs import drawing_process, launcher
from core.jobs.drawing_process import drawn_batches
from core.training.objectives import OBJECTIVES
from tests.architecture.graph import PROJECT
from tests.support.processes import wait_until

INK = ObjectiveName.INK
EXAMPLES = 64


def drawing_of(pid):
    return psutil.Process(pid).children(recursive=True)


def test_the_process_draws_the_same_batches_in_their_order():
    with drawn_batches(INK, EXAMPLES, 1) as batches:
        drawn = list(batches)
    expected = list(OBJECTIVES[INK].draw_batches(EXAMPLES, 1))
    assert len(drawn) == len(expected) == 3
    for one, other in zip(drawn, expected, strict=True):
        assert one.keys() == other.keys() and all(np.array_equal(one[part], other[part]) for part in one)


def test_the_process_ends_with_its_context(monkeypatch):
    started, real = [], launcher.start_drawing
    monkeypatch.setattr(launcher, "start_drawing", lambda *which: started.append(real(*which)) or started[-1])
    with drawn_batches(INK, 10**6, 0) as batches:
        next(batches)
    assert started[0].poll() is not None


def test_the_process_ends_with_a_training_that_is_killed():
    program = (
        "from core.config.objective_config import ObjectiveName; from core.jobs.drawing_process import drawn_batches\n"
        "with drawn_batches(ObjectiveName.INK, 10**6, 0) as batches:\n"
        "    next(batches); print('drawn', flush=True); input()"
    )
    training = subprocess.Popen(
        [sys.executable, "-c", program], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert training.stdout.readline() == b"drawn\n"
    (drawing,) = drawing_of(training.pid)
    training.kill()
    training.wait()
    training.stdin.close()
    training.stdout.close()
    wait_until(lambda: not drawing.is_running() or drawing.status() == psutil.STATUS_ZOMBIE)


def test_a_process_that_is_killed_is_said(monkeypatch):
    started, real = [], launcher.start_drawing
    monkeypatch.setattr(launcher, "start_drawing", lambda *which: started.append(real(*which)) or started[-1])
    monkeypatch.setattr(drawing_process, "_AHEAD", 1)
    with drawn_batches(INK, 10**6, 0) as batches, pytest.raises(RuntimeError, match="The process that draws ended"):
        next(batches)
        started[0].kill()
        for _ in batches:
            pass


def test_a_batch_that_cannot_be_opened_ends_the_drawing_and_no_one_waits(monkeypatch):
    drawn = queue.Queue()
    monkeypatch.setattr(np, "load", lambda *_, **__: 1 / 0)
    with contextlib.suppress(ZeroDivisionError):
        drawing_process._read(io.BytesIO(struct.pack("<Q", 3) + b"abc"), drawn)
    assert drawn.get_nowait() is None
