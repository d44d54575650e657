"""A sweep of 30 trials around the seed recipe: what it gains in the time of 60 plain runs, and what pruning saves.

Runs of the recipe are trained by the queue first, each with a seed of its own. Then a sweep with pruning and the same
sweep without it try 30 recipes each, one after the other, by their real processes. The gain is measured on the
validation images twice: that of the best trial, which owes a part to chance, and that of the winner with three seeds
that no trial had, against the recipe with the same seeds. The limits are for the second one: two sweeps whose trials
differ do not have the same best of 30. Whether pruning costs anything is measured on the test images, as the end of
each sweep does: 10,000 images say more of a tenth of a point than 5,000. Ratios of times suffer on a machine that does
other things meanwhile.

Usage: python -m benchmarks.sweep [--trials N] [--plain N]
"""

import argparse
import tempfile
import time
from statistics import mean, median

from benchmarks.limits import at_least, at_most, end
from core.config.train_config import TrainConfig
from core.jobs import scheduler
from core.runs.run import Run
from core.runs.store import RunStore
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepStore
from core.sweeps.sweep_config import Pruning, SweepConfig
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView

_MIN_GAIN_POINTS = 0.4
_PLAIN_RUNS = 60
_MIN_SAVED = 0.4
_EQUAL_POINTS = 0.1
_INTERVAL_S = 0.2
_FIELDS = (
    SweptField("learning_rate", 0.0003, 0.01, log=True),
    SweptField("hidden_units", 64, 1024, log=True),
    SweptField("dropout", 0.0, 0.5),
    SweptField("batch_size", 32, 256, log=True),
    SweptField("schedule", options=("constant", "one_cycle", "cosine")),
)


def main():
    """Print the gain, the times, the steps, and a line for each limit."""
    options = _options()
    with tempfile.TemporaryDirectory() as root:
        store = RunStore(root)
        plain_s = _plain_run_s(store, options.plain)
        pruned, pruned_s = _sweep(store, options.trials, Pruning.HALVING)
        whole, whole_s = _sweep(store, options.trials, Pruning.NONE)
        won, base = _confirmed(pruned)
        whole_won, _ = _confirmed(whole)
    for name, view, seconds in (("with pruning", pruned, pruned_s), ("without", whole, whole_s)):
        ahead = 100 * (_best(view) - (view.trials[0].value or 0.0))
        print(f"{name}: best {_best(view):.2%}, {ahead:+.2f} points above the recipe's trial;", end=" ")
        print(f"{_steps(view):,} steps in {seconds:.0f} s,", end=" ")
        print(f"{view.stopped_early} of {len(view.trials)} trials stopped early")
        print(f"  best trial: {dict(view.best.labels) if view.best else None}")
        print(f"  {view.sentence()}")
    saved = 1 - _steps(pruned) / _steps(whole)
    print(f"validation accuracy with new seeds: winner {won:.2%}, without pruning {whole_won:.2%}, recipe {base:.2%}")
    behind = 100 * (_tested(whole) - _tested(pruned))
    end(
        at_least("the winner with new seeds above the recipe, points", 100 * (won - base), _MIN_GAIN_POINTS),
        at_most("the sweep, in plain runs", pruned_s / plain_s, _PLAIN_RUNS, "{:.1f}"),
        at_least("steps saved by pruning", saved, _MIN_SAVED, "{:.0%}"),
        at_most("the winner with pruning behind that without, points of test accuracy", behind, _EQUAL_POINTS),
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--plain", type=int, default=3, help="runs of the recipe whose median time is taken")
    return parser.parse_args()


def _plain_run_s(store, count):
    """Return the median of the seconds from the filing of a run of the recipe to its end."""
    times = []
    for seed in range(count):
        began = time.perf_counter()
        run = store.create(TrainConfig(seed=seed))
        while not run.status().is_final:
            scheduler.start_next(store)
            time.sleep(_INTERVAL_S)
        times.append(time.perf_counter() - began)
        print(f"plain run, seed {seed}: {times[-1]:.1f} s, {run.status().state}", flush=True)
    return median(times)


def _sweep(store, trials, pruning):
    """Return the view of a finished sweep, and the seconds until all its trials were over."""
    sweep = SweepStore(store).create(SweepConfig(TrainConfig(), _FIELDS, trials=trials, pruning=pruning))
    began = time.perf_counter()
    start_owner(sweep)
    seconds, shown = 0.0, 0
    while True:
        view = SweepView.read(sweep)
        if view.told > shown:
            shown = view.told
            print(f"{pruning}: {shown} of {trials} after {time.perf_counter() - began:.0f} s", flush=True)
        if view.told == trials and not seconds:
            seconds = time.perf_counter() - began
        if view.status.is_final:
            if view.state != "finished":
                raise SystemExit(view.sentence())
            return view, seconds
        time.sleep(_INTERVAL_S)


def _confirmed(view):
    """Return the mean validation accuracy of the winner, and of the recipe, with the seeds that no trial had."""
    accuracies = {True: [], False: []}
    for run_id in view.confirmation.run_ids:
        run = Run(view.sweep.store.root / run_id)
        rows = [row.val_accuracy for row in run.metrics().rows if row.val_accuracy is not None]
        is_recipe = run.config().changed({"seed": 0}) == view.config.base
        accuracies[is_recipe].append(rows[-1])
    return mean(accuracies[False]), mean(accuracies[True])


def _tested(view):
    """Return the mean test accuracy of the winner with new seeds."""
    return mean(view.confirmation.winner)


def _best(view):
    return view.best.value if view.best and view.best.value is not None else 0.0


def _steps(view):
    return sum(each.steps for each in view.trials)


if __name__ == "__main__":
    main()
