"""Training processes: the only room that starts, signals or waits for one.

A run is trained by a process of its own (`python -m core.launcher ROOT RUN`), which outlives the page, the tab and
the server that started it. Whoever opens the runs folder (a server, a command line, a trainer at its end) calls
`tend`, which starts the next queued run when none trains; a lock in the root sees to it that one run trains at a time.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from core.runs import Run, RunStore, Status

_PROJECT = Path(__file__).resolve().parent.parent
_LOCK_WAIT_S = 5.0
_LOOK_S = 0.1
_TEND_S = 0.5
_NOT_MY_TURN = 75

_trainers: dict[str, tuple[Run, subprocess.Popen]] = {}
_tending = threading.Lock()
# Runs whose trainer could not even start; where the disk is full, their status cannot say so.
_given_up: set[Path] = set()


def tend(store: RunStore) -> None:
    """Start the next queued run if none trains; cheap enough to call several times a second. Raises `OSError`."""
    with _tending:
        _reap()
        if _trainers:
            return
        queue = [run for run in store.queue() if run.folder not in _given_up]
        if queue and not _somebody_trains(store):
            _start(store, queue[0])


def keep_tending(store: RunStore) -> threading.Thread:
    """Tend the store from a thread of its own for as long as this process lives, so that no tab has to be open."""

    def watch():
        while True:
            with contextlib.suppress(OSError):
                tend(store)
            time.sleep(_TEND_S)

    thread = threading.Thread(target=watch, name="launcher", daemon=True)
    thread.start()
    return thread


def serve(app: Path, arguments: list[str]) -> int:
    """Serve a Streamlit app in place of this process; on Windows, which has no such thing, wait for it to end."""
    command = [sys.executable, "-m", "streamlit", "run", str(app), *arguments]
    if os.name == "nt":
        return subprocess.run(command).returncode
    return os.execv(sys.executable, command)


def _start(store, run):
    command = [sys.executable, "-m", "core.launcher", str(store.root), run.id]
    own_group = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    )
    with open(run.log_path, "ab") as log:
        trainer = subprocess.Popen(
            command, cwd=_PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=True, **own_group
        )
    _trainers[run.id] = run, trainer


def _reap():
    """Forget the trainers that have ended. One that ended before it could say why is reported in its place."""
    for run_id, (run, trainer) in list(_trainers.items()):
        if trainer.poll() is None:
            continue
        del _trainers[run_id]
        if trainer.returncode not in (0, _NOT_MY_TURN) and run.is_waiting():
            error = f"The training process could not start; {run.log_path.name} in the run's folder says why."
            _given_up.add(run.folder)
            run.write_status(Status("failed", ended=time.time(), error=error))


def _somebody_trains(store):
    try:
        with FileLock(store.lock_path).acquire(timeout=0):
            return False
    except Timeout:
        return True


def main(root: str, run_id: str) -> int:
    """Train one queued run, then start the next; the entry of a training process. Returns its exit code."""
    store = RunStore(root)
    run = store.get(run_id)
    try:
        with FileLock(store.lock_path).acquire(timeout=_LOCK_WAIT_S, poll_interval=0.02):
            if not run.is_waiting():
                return _NOT_MY_TURN
            code = _train(store, run)
    except Timeout:
        return _NOT_MY_TURN
    tend(store)
    return code


def _train(store, run):
    status = Status.of_this_process()
    run.write_status(status)
    try:
        with _stoppable_while_loading(store, run):
            _load()
        from core.training import train

        train(run.config(), run)
    except Exception as error:
        traceback.print_exc()
        if not run.status().is_final:
            run.write_status(replace(status, state="failed", ended=time.time(), error=str(error)))
        return 1
    return 0


def _load():
    """Load TensorFlow's libraries and the data side by side; what is wrong with the data, training itself will say."""
    from core.dataset import load_arrays
    from core.networks import import_keras

    # Keras imports pandas where there is one, for tables that no training of ours holds: 0.3 s of the wait.
    sys.modules.setdefault("pandas", None)
    with ThreadPoolExecutor(1) as thread:
        data = thread.submit(load_arrays)
        import_keras()
        data.exception()


@contextlib.contextmanager
def _stoppable_while_loading(store, run):
    """Loading TensorFlow takes seconds and cannot be interrupted, so a stop meanwhile ends the process as it is."""
    loaded = threading.Event()

    def watch():
        while not loaded.wait(_LOOK_S):
            if run.halt() == "stop":
                run.write_status(Status("stopped", ended=time.time()))
                queue = store.queue()
                if queue:  # it waits for the lock, which ends with this process
                    _start(store, queue[0])
                os._exit(0)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        loaded.set()
        watcher.join()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
