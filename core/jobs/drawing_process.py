"""The process that draws a training's batches ahead of its steps, and its reading end.

`python -m core.jobs.drawing_process OBJECTIVE EXAMPLES STEP` writes the batches from that step on to its standard
output, each as a message (`core.storage.messages`) that is an .npz archive. It ends where nobody reads them any more.
"""

import contextlib
import io
import os
import queue
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from core.config.objective_config import ObjectiveName
from core.jobs import launcher
from core.storage.messages import read_message, write_message
from core.training.objectives import OBJECTIVES, Batch

_AHEAD = 24  # batches that wait at most
_WAIT_S = 0.05


def main(objective: str, examples: str, first_step: str) -> int:
    """Draw batches until there are no more or the reader is gone; return the exit code of the process."""
    import cv2

    cv2.setNumThreads(1)
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no batch
    with contextlib.suppress(BrokenPipeError):
        for batch in OBJECTIVES[ObjectiveName(objective)].draw_batches(int(examples), int(first_step)):
            _write(output, batch)
    return 0


def _write(output: BinaryIO, batch: Batch) -> None:
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, **batch)
    write_message(output, archive.getbuffer())


@contextlib.contextmanager
def drawn_batches(objective: ObjectiveName, examples: int, first_step: int) -> Iterator[Iterator[Batch]]:
    """Draw a training's batches from a step on in a process of its own, which ends with the context.

    Raises `OSError` where the process cannot be started; the batches raise `RuntimeError` where it ends too early.
    """
    process = launcher.start_drawing(objective, examples, first_step)
    assert process.stdout is not None, "its output is a pipe"
    drawn = queue.Queue[Batch | None](_AHEAD)
    steps = OBJECTIVES[objective].count_steps(examples) - first_step
    reader = threading.Thread(target=_read, args=(process.stdout, drawn), daemon=True)
    reader.start()
    try:
        yield _take(drawn, steps)
    finally:
        process.kill()
        while reader.is_alive():
            with contextlib.suppress(queue.Empty):
                drawn.get(timeout=_WAIT_S)
        process.stdout.close()
        process.wait()


def _read(stream: BinaryIO, drawn: "queue.Queue[Batch | None]") -> None:
    """Put every batch of the stream into the queue, and None behind the last whole one."""
    try:
        with contextlib.suppress(OSError):
            while (message := read_message(stream)) is not None:
                with np.load(io.BytesIO(message), allow_pickle=False) as archive:
                    drawn.put(dict(archive))
    finally:
        drawn.put(None)


def _take(drawn: "queue.Queue[Batch | None]", steps: int) -> Iterator[Batch]:
    for left in range(steps, 0, -1):
        batch = drawn.get()
        if batch is None:
            raise RuntimeError(f"The process that draws ended with {left:,} steps to go: it was killed, or it failed.")
        yield batch


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
