"""The complete state of a training: taken, written while training goes on, and restored."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from core.runs.run_folder import RunFolder
from core.runs.schema import RunError

if TYPE_CHECKING:
    import keras


def training_state(model: "keras.Model", optimizer: "keras.optimizers.Optimizer") -> dict[str, np.ndarray]:
    """Return every variable of the network (its dropout's seeds too) and of the optimizer, by a name of its own."""
    state = {f"model.{index}": variable.numpy() for index, variable in enumerate(model.variables)}
    return state | {f"optimizer.{index}": each.numpy() for index, each in enumerate(optimizer.variables)}


def restore(state: Mapping[str, np.ndarray], model: "keras.Model", optimizer: "keras.optimizers.Optimizer") -> None:
    """Assign every variable its value in `state`; raises `RunError` where the state is of another network."""
    wanted = training_state(model, optimizer)
    if any(name not in state or state[name].shape != array.shape for name, array in wanted.items()):
        raise RunError("The checkpoint is of another network than the run's config. Press Train to train anew.")
    restore_model(state, model)
    for index, variable in enumerate(optimizer.variables):
        variable.assign(state[f"optimizer.{index}"])


def restore_model(state: Mapping[str, np.ndarray], model: "keras.Model") -> None:
    """Assign the network's variables alone their values in `state`."""
    for index, variable in enumerate(model.variables):
        variable.assign(state[f"model.{index}"])


class Checkpoints:
    """The writer of a run's checkpoints, from a thread of its own, so that training does not wait for the disk."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._thread = ThreadPoolExecutor(1, "checkpoints")
        self._saving: Future[None] | None = None

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
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
