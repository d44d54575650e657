"""The callbacks of a script, between the steps and epochs of its training, as Python code in plain Keras."""

from dataclasses import dataclass

from core.config.train_config import TrainConfig
from core.export.reproduction import Reproduction
from core.export.script_schedule import schedule_code

_RATES = '''\
class LearningRates(keras.callbacks.Callback):
    """Give each step its learning rate."""

    def on_train_begin(self, logs=None):
        self.step = 0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = rates[self.step]
        self.step += 1'''

_TARGET = '''\
class TargetReached(keras.callbacks.Callback):
    """End the training after the epoch that reads enough of the validation images right."""

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] >= {target}:
            self.model.stop_training = True'''

_LAST_STEP = '''\
class LastStep(keras.callbacks.Callback):
    """End the training after as many steps as the run took before it was ended."""

    def on_train_begin(self, logs=None):
        self.steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps == {last_step}:
            self.model.stop_training = True'''


@dataclass(frozen=True)
class Callback:
    """A callback of `model.fit`: the call that makes it, and the code of its class where Keras has none."""

    call: str
    code: str = ""


def script_callbacks(run: Reproduction) -> list[Callback]:
    """Return the callbacks with which a script trains as the run did."""
    config, callbacks = run.config, []
    if schedule_code(run):
        callbacks.append(Callback("LearningRates()", _RATES))
    if config.patience and not run.plan.extended:
        monitored = validation_loss(config)
        callbacks.append(Callback(f'keras.callbacks.EarlyStopping("{monitored}", patience={config.patience})'))
    if config.target_accuracy and not run.plan.extended:
        callbacks.append(Callback("TargetReached()", _TARGET.format(target=config.target_accuracy)))
    if run.last_step is not None:
        callbacks.append(Callback("LastStep()", _LAST_STEP.format(last_step=run.last_step)))
    return callbacks


def validation_loss(config: TrainConfig) -> str:
    """Return what Keras calls the validation loss of a run, which is the cross-entropy whatever is minimised."""
    return "val_loss" if config.loss == "cross_entropy" else "val_cross_entropy"
