"""The complete state of a training: taken, kept on the disk while training goes on, and put back."""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from core.runs.run import Run
from core.runs.schema import RunError


def training_state(model, optimizer) -> dict[str, np.ndarray]:
    """Return every variable of the network (its dropout's seeds too) and of the optimizer, by a name of its own."""
    state = {f"model.{index}": variable.numpy() for index, variable in enumerate(model.variables)}
    return state | {f"optimizer.{index}": each.numpy() for index, each in enumerate(optimizer.variables)}


def restore(state: dict[str, np.ndarray], model, optimizer) -> None:
    """Give every variable the value it has in `state`; raises `RunError` where they are not of the same network."""
    wanted = training_state(model, optimizer)
    if any(name not in state or state[name].shape != array.shape for name, array in wanted.items()):
        raise RunError("The checkpoint is of another network than the run's config. Press Train to train anew.")
    restore_model(state, model)
    for index, variable in enumerate(optimizer.variables):
        variable.assign(state[f"optimizer.{index}"])


def restore_model(state: dict[str, np.ndarray], model) -> None:
    """Give the network's variables alone the values they have in `state`."""
    for index, variable in enumerate(model.variables):
        variable.assign(state[f"model.{index}"])


class Checkpoints:
    """Writes a run's checkpoints from a thread of its own, so that training waits for no disk."""

    def __init__(self, run: Run):
        self._run = run
        self._thread = ThreadPoolExecutor(1, "checkpoints")
        self._saving: Future | None = None

    def save(self, arrays: dict[str, np.ndarray]) -> None:
        """Begin to write these arrays once the checkpoint before is written; raises what writing that one raised."""
        self.wait()
        self._saving = self._thread.submit(self._run.save_checkpoint, arrays)

    def wait(self) -> None:
        """Return once the newest checkpoint is on the disk; raises `OSError` where it could not be written."""
        saving, self._saving = self._saving, None
        if saving:
            saving.result()

    def close(self) -> None:
        """End the thread, when what it writes is written."""
        self._thread.shutdown()
