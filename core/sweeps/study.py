"""The study of a sweep: Optuna's journal in the sweep's folder, its sampler and its pruner."""

import json
import os
import warnings
from typing import TYPE_CHECKING, Any

from core.storage import atomic
from core.sweeps.sweep import Sweep, SweepError
from core.sweeps.sweep_config import MAX_TRIALS, Pruning, SamplerName, SweepConfig
from core.sweeps.swept_field import Label, SweptField

if TYPE_CHECKING:
    import optuna

_NAME = "sweep"
_STARTUP_TRIALS = 4  # trained to their end before the median stops any
_HALVING_FACTOR = 2
_TENTHS = 10


def open_study(sweep: Sweep, config: SweepConfig, is_owner: bool) -> "optuna.Study | None":
    """Return the sweep's study; raises `SweepError` where its journal is damaged, and `OSError`.

    The owner makes it where there is none, and first cuts off a last entry that a killed one left half written.
    Whoever reads alone gets None where there is none yet.
    """
    if is_owner:
        _cut_off_half_entry(sweep)
    elif not sweep.study_path.exists() or not sweep.study_path.stat().st_size:
        return None
    optuna = import_optuna()
    try:
        storage = optuna.storages.JournalStorage(_journal(sweep))
        if storage.get_all_studies():
            return optuna.load_study(study_name=_NAME, storage=storage, pruner=_pruner(config))
        if not is_owner:
            return None
        direction = "maximize" if config.objective.is_larger_better else "minimize"
        return optuna.create_study(storage=storage, study_name=_NAME, direction=direction, pruner=_pruner(config))
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:  # it replays what may be odd
        raise SweepError(
            f"The study of sweep {sweep.id} is damaged ({sweep.study_path.name}: {error}). Its runs are still among "
            "all runs; start a new sweep."
        ) from error


def import_optuna() -> Any:
    """Return the module `optuna`, made quiet: what it would log is said in words of this app."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", module="optuna")
    return optuna


def _journal(sweep: Sweep) -> Any:
    """Return the journal's file. Its own lock, which a killed process leaves behind for 30 s, stays unused.

    The sweep's lock, which the system frees with its process, allows one writer as it is.
    """
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    class NoLock(JournalFileOpenLock):
        def acquire(self) -> bool:
            return True

        def release(self) -> None:
            """Leave all as it is."""

    return JournalFileBackend(str(sweep.study_path), lock_obj=NoLock(str(sweep.study_path)))


def _cut_off_half_entry(sweep: Sweep) -> None:
    """Remove the last line of the journal where it is not whole."""
    path = sweep.study_path
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    last = whole[:-1].rfind(b"\n") + 1
    try:
        json.loads(whole[last:] or b"{}")
    except ValueError:
        whole = whole[:last]
    if len(whole) < len(data):
        with open(path, "r+b") as file:
            file.truncate(len(whole))
            os.fsync(file.fileno())
    atomic.remove_leftovers(sweep.folder, f"{path.name}.*")


def set_sampler(study: "optuna.Study", config: SweepConfig, number: int) -> None:
    """Give the study the sampler for its trial of this number.

    Its random numbers depend on the number, so a sweep that was killed proposes what it would have proposed. Sweeps of
    different seeds have none in common.
    """
    samplers, seed = import_optuna().samplers, (config.seed * MAX_TRIALS + number) % 2**32
    if config.sampler is SamplerName.GRID:
        space = {each.name: each.grid_values() for each in config.fields}
        study.sampler = samplers.GridSampler(space, seed=config.seed)
    elif config.sampler is SamplerName.RANDOM:
        study.sampler = samplers.RandomSampler(seed=seed)
    else:
        study.sampler = samplers.TPESampler(seed=seed)


def suggest(trial: "optuna.Trial", swept: SweptField) -> Label:
    """Return the trial's label of a field: proposed now, or before where it was."""
    if swept.options:
        label = trial.suggest_categorical(swept.name, list(swept.values))
        assert label is not None
        return label
    low, high = swept.low or 0.0, swept.high or 0.0
    if swept.is_whole:
        return trial.suggest_int(swept.name, int(low), int(high), log=swept.log, step=int(swept.step or 1))
    return trial.suggest_float(swept.name, low, high, log=swept.log, step=swept.step)


def _pruner(config: SweepConfig) -> Any:
    pruners = import_optuna().pruners
    if config.pruning is Pruning.MEDIAN:
        return pruners.MedianPruner(n_startup_trials=_STARTUP_TRIALS)
    if config.pruning is Pruning.HALVING:
        first = max(1, _longest(config) // _HALVING_FACTOR**3)
        return pruners.SuccessiveHalvingPruner(min_resource=first, reduction_factor=_HALVING_FACTOR)
    return pruners.NopPruner()


def _longest(config: SweepConfig) -> int:
    """Return the last step that a trial can report: its last epoch, or the last tenth of its time."""
    if config.time_limit_s:
        return _TENTHS
    swept = next((each for each in config.fields if each.name == "epochs"), None)
    return max(map(int, swept.examples())) if swept else config.base.epochs


def pruning_step(config: SweepConfig, epoch: float, elapsed_s: float) -> int:
    """Return the step at which a trial is compared with others: its epoch, or a tenth of its time."""
    return int(_TENTHS * elapsed_s / config.time_limit_s) if config.time_limit_s else round(epoch)
