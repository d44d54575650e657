"""Look for a better recipe: start a sweep of many runs, list sweeps, show, stop or resume one."""

import argparse
import contextlib
import json
import sys
import time

from core.cli.actions import add_action
from core.cli.cluster_option import add_cluster_option
from core.cli.datasets import find_dataset
from core.cli.errors import UsageError
from core.cli.sweep_fields import parse_swept, parse_value
from core.cli.sweep_output import facts, labels_in_words, print_view, value_in_words
from core.cluster import check_cluster, cluster_address
from core.config.percent import percent
from core.config.presets import PRESETS, preset
from core.config.train_config import TrainConfig
from core.datasets.store import DatasetStore
from core.runs.store import RunStore
from core.storage.printable import to_printable
from core.sweeps import sweep_trash
from core.sweeps.start import start_owner
from core.sweeps.sweep import Sweep, SweepError, SweepStore
from core.sweeps.sweep_config import Objective, Pruning, SamplerName, SweepConfig
from core.sweeps.view import SweepView

_POLL_INTERVAL_S = 0.5
_LOG_INTERVAL_S = 30.0
_FIELD_HELP = (
    "a field and what it is varied over: learning_rate=0.0001..0.01:log, hidden_units=64..512, dropout=0..0.5:0.1 in "
    "steps, batch_size=16,32,64 or layers=linear,lenet-5; several times"
)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add what is to be done, and with which sweep or recipe."""
    actions = command.add_subparsers(required=True, metavar="ACTION")
    start = add_action(actions, "start", "start a sweep and follow it; Ctrl+C stops it", _start)
    start.add_argument("--field", action="append", default=[], type=parse_swept, metavar="NAME=RANGE", help=_FIELD_HELP)
    start.add_argument(
        "--preset", default="recipe", metavar="NAME", help=f"the recipe around which: {', '.join(PRESETS)}"
    )
    start.add_argument(
        "--set", action="append", default=[], type=parse_value, metavar="NAME=VALUE", help="change a field"
    )
    start.add_argument("--objective", default=Objective.ACCURACY, choices=list(map(str, Objective)))
    start.add_argument("--time-limit-s", type=int, default=0, metavar="S", help="with accuracy_in_time: for each trial")
    start.add_argument("--sampler", default=SamplerName.TPE, choices=list(map(str, SamplerName)))
    start.add_argument("--trials", type=int, default=30, metavar="N", help="how many recipes are tried (default: 30)")
    start.add_argument(
        "--minutes", type=float, metavar="M", help="end after so many minutes of training (default: no end)"
    )
    start.add_argument("--seeds", type=int, default=1, metavar="N", help="seeds of each trial, 1 to 5 (default: 1)")
    start.add_argument(
        "--pruning", default=Pruning.HALVING, choices=list(map(str, Pruning)), help="stop poor trials early"
    )
    start.add_argument("--seed", type=int, default=0, help="which recipes are proposed (default: 0)")
    start.add_argument("--name", default="", help="what the sweep is called")
    add_cluster_option(start)
    start.add_argument("--background", action="store_true", help="return at once; the sweep goes on")
    add_action(actions, "list", "the sweeps that are here", _list)
    for name, what, carry_out in (
        ("show", "show the trials of a sweep and what came of it", _show),
        ("stop", "stop a sweep; its run goes on when it is resumed", _stop),
        ("resume", "go on with a sweep that was stopped or cut off", _resume),
        ("delete", f"move a sweep and its runs to the trash, for {sweep_trash.RETENTION_DAYS} days", _delete),
        ("restore", "take a sweep back from the trash, with its runs", _restore),
    ):
        action = add_action(actions, name, what, carry_out)
        action.add_argument("sweep", metavar="SWEEP", help="its id, as `sweep list` shows it")
        if name == "resume":
            action.add_argument("--background", action="store_true", help="return at once; the sweep goes on")
        if name == "delete":
            action.add_argument("--keep-runs", action="store_true", help="its runs stay among all runs")


def carry_out(options: argparse.Namespace) -> int:
    """Carry out the action; raises `UsageError` where there is no such sweep, or it cannot do that."""
    try:
        return options.action(options, SweepStore(RunStore()))
    except SweepError as error:
        raise UsageError(str(error)) from error


def _start(options: argparse.Namespace, sweeps: SweepStore) -> int:
    config = SweepConfig(
        base=_base(options),
        fields=tuple(options.field),
        objective=options.objective,
        time_limit_s=options.time_limit_s,
        sampler=options.sampler,
        trials=options.trials,
        minutes=options.minutes,
        seeds=options.seeds,
        pruning=options.pruning,
        seed=options.seed,
        name=options.name,
        cluster=cluster_address(options.cluster) or "",
    )
    check_cluster(config.cluster or None)
    return _run(options, sweeps.create(config))


def _base(options: argparse.Namespace) -> TrainConfig:
    """Return the recipe around which others are tried; raises `ConfigError`, and `UsageError` for a wrong set."""
    values = dict(options.set)
    if "dataset" in values:
        values["dataset"] = find_dataset(DatasetStore(RunStore().root), values["dataset"])
    return preset(options.preset).changed(values)


def _resume(options: argparse.Namespace, sweeps: SweepStore) -> int:
    sweep = sweeps.get(options.sweep)
    check_cluster(sweep.config().cluster or None)
    return _run(options, sweep)


def _run(options: argparse.Namespace, sweep: Sweep) -> int:
    """Start the owning process of a sweep, and follow it unless that is not wanted."""
    start_owner(sweep)
    print(f"Sweep {sweep.id}", file=sys.stderr)
    if options.background:
        if options.json:
            print(json.dumps({"sweep": sweep.id}))
        return 0
    try:
        _follow(sweep)
    except KeyboardInterrupt:
        with contextlib.suppress(SweepError):  # it has ended this very moment
            sweep.request_stop()
        _follow(sweep)
    return print_view(options, SweepView.read(sweep))


def _follow(sweep: Sweep) -> None:
    """Show the progress of a sweep until its process has ended."""
    from tqdm import tqdm

    on_screen = sys.stderr.isatty()
    form = "{l_bar}{bar}| {n} of {total} trials{postfix}" + ("" if on_screen else "\n")
    every_s = _POLL_INTERVAL_S if on_screen else _LOG_INTERVAL_S
    with tqdm(total=sweep.config().number_of_trials, bar_format=form, mininterval=every_s, miniters=0) as bar:
        while True:
            view = SweepView.read(sweep)
            if view.best:
                bar.set_postfix_str(f"best {value_in_words(view.best)}", refresh=False)
            bar.update(view.told - bar.n)
            if view.status.is_final:
                return
            time.sleep(_POLL_INTERVAL_S)


def _list(options: argparse.Namespace, sweeps: SweepStore) -> int:
    found = [_read_or_reason(each) for each in sweeps.all()]
    if options.json:
        print(json.dumps({"sweeps": [facts(each) if isinstance(each, SweepView) else each for each in found]}))
        return 0
    for each in found:
        if isinstance(each, SweepView):
            print(f"{each.sweep.id}  {each.state}, {each.told} trials: {to_printable(each.title)}")
        else:
            print(f"{each['sweep']}  {each['error']}")
    return 0


def _read_or_reason(sweep: Sweep) -> SweepView | dict[str, str]:
    try:
        return SweepView.read(sweep)
    except SweepError as error:
        return {"sweep": sweep.id, "error": str(error)}


def _show(options: argparse.Namespace, sweeps: SweepStore) -> int:
    view = SweepView.read(sweeps.get(options.sweep))
    if not options.json:
        for each in view.trials:
            figures = f"{each.number + 1:4}  {value_in_words(each):10}  {each.state:13}"
            print(f"{figures}  {labels_in_words(each)}  {each.error}".rstrip())
        for name, share in view.importances.items():
            print(f"Importance of {name}: {percent(share, 0)}")
    print_view(options, view)
    return 0


def _stop(options: argparse.Namespace, sweeps: SweepStore) -> int:
    sweep = sweeps.get(options.sweep)
    sweep.request_stop()
    print(json.dumps({"sweep": sweep.id}) if options.json else f"Sweep {sweep.id} was asked to stop.")
    return 0


def _delete(options: argparse.Namespace, sweeps: SweepStore) -> int:
    sweep = sweeps.get(options.sweep)
    runs = sweep_trash.delete(sweep, options.keep_runs)
    text = f"Sweep {sweep.id} and {runs} runs are in the trash; `sweep restore {sweep.id}` brings them back."
    print(json.dumps({"sweep": sweep.id, "runs": runs}) if options.json else text)
    return 0


def _restore(options: argparse.Namespace, sweeps: SweepStore) -> int:
    sweep = sweep_trash.restore(RunStore(), options.sweep)
    print(json.dumps({"sweep": sweep.id}) if options.json else f"Sweep {sweep.id} is back.")
    return 0
