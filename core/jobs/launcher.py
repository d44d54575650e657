"""The module that starts processes: workers, a module of this project, and the server of the app."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_PROJECT = Path(__file__).resolve().parents[2]
_MODULE_TIMEOUT_S = 300.0
_ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # what is drawn and trained with several may differ in its last bits
_READING_THREADS = {**_ONE_THREAD, "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
_NO_VARIABLES: Mapping[str, str] = {}

WorkerProcess = subprocess.Popen[bytes]


def start_worker(root: Path, run_id: str, log: IO[bytes]) -> WorkerProcess:
    """Start the process that trains one run of the runs folder `root`; what it prints goes to `log`.

    Raises `OSError`. The process outlives this one.
    """
    return _start_worker([str(root), run_id], subprocess.DEVNULL, log)


def start_warm_worker() -> WorkerProcess:
    """Start a worker that loads TensorFlow and then reads from its standard input which run it trains.

    Raises `OSError`. The process ends when its standard input is closed, at the latest with this process.
    """
    return _start_worker([], subprocess.PIPE, subprocess.DEVNULL)


def start_objective_worker(folder: Path, log: IO[bytes]) -> WorkerProcess:
    """Start the process that trains a network from drawn things in a folder; what it prints goes to `log`.

    Raises `OSError`. The process outlives this one.
    """
    return _start_detached("core.jobs.objective_worker", [str(folder)], subprocess.DEVNULL, log, _ONE_THREAD)


def start_cluster_training(root: Path, run_id: str, log: IO[bytes]) -> WorkerProcess:
    """Start the process that trains a run on behalf of a task of a cluster; what it prints goes to `log`.

    Raises `OSError`. The process ends when its standard input is closed, at the latest with this process.
    """
    return _start_detached("core.jobs.cluster_training", [str(root), run_id], subprocess.PIPE, log)


def start_follower(root: Path, run_id: str, log: IO[bytes]) -> WorkerProcess:
    """Start the process that has a run trained on its cluster and writes its folder; its errors go to `log`.

    Raises `OSError`. The process outlives this one. It writes a byte to its standard output when a run has ended, and
    may then be told another one on its standard input, a JSON list of root and run a line.
    """
    return _start_detached(
        "core.jobs.cluster_follower", [str(root), run_id], subprocess.PIPE, subprocess.PIPE, errors=log
    )


def start_drawing(objective: str, examples: int, first_step: int) -> WorkerProcess:
    """Start the process that draws a training's batches and writes them to its standard output, a pipe.

    Raises `OSError`. It ends where the pipe is closed, at the latest with this process.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "core.jobs.drawing_process", objective, str(examples), str(first_step)],
        cwd=_PROJECT,
        env={**os.environ, **_ONE_THREAD},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )


def start_reading_process(module: str, arguments: Sequence[str], log: IO[bytes]) -> WorkerProcess:
    """Start a module that reads with one thread what comes through its standard input; its errors go to `log`.

    Raises `OSError`. A Ctrl+C in the terminal does not reach it; it ends when its standard input is closed, at the
    latest with this process.
    """
    return _start_detached(module, arguments, subprocess.PIPE, subprocess.PIPE, _READING_THREADS, log)


def _start_worker(arguments: Sequence[str], stdin: int, output: int | IO[bytes]) -> WorkerProcess:
    return _start_detached("core.jobs.worker", arguments, stdin, output)


def _start_detached(
    module: str,
    arguments: Sequence[str],
    stdin: int,
    output: int | IO[bytes],
    environment: Mapping[str, str] = _NO_VARIABLES,
    errors: IO[bytes] | None = None,
) -> WorkerProcess:
    """Start a module in a process group of its own, so that a Ctrl+C in the terminal does not reach it.

    What it prints goes to `output`, its errors too where there is no other file for them.
    """
    flags = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=_PROJECT,
        env={**os.environ, **environment},
        stdin=stdin,
        stdout=output,
        stderr=errors or output,
        start_new_session=True,
        creationflags=flags,
    )


def start_module(module: str, arguments: Sequence[str], log: IO[bytes]) -> WorkerProcess:
    """Start a module of this project in a process that outlives this one; what it prints goes to `log`.

    Raises `OSError`.
    """
    return _start_detached(module, arguments, subprocess.DEVNULL, log)


def run_module(module: str, *arguments: str) -> tuple[int, str]:
    """Run a module of this project in a process of its own and wait for it.

    Returns its exit code and the last line of its standard error. A process that takes longer than five minutes is
    killed; the line then says so.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=_PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_MODULE_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return 1, f"after {_MODULE_TIMEOUT_S / 60:.0f} minutes it was ended. Try again when the machine has less to do."
    lines = done.stderr.strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


def serve(app: Path, arguments: Sequence[str]) -> int:
    """Serve a Streamlit app in place of this process, and return the exit code of the server.

    Windows cannot replace a process, so there the server is a child that is waited for.
    """
    command = [sys.executable, "-m", "streamlit", "run", str(app), *arguments]
    if os.name == "nt":
        return subprocess.run(command).returncode
    return os.execv(sys.executable, command)
