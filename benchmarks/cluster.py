"""A sweep on a cluster on this machine: two workers against one, and one that ends as it would have without any kill.

Workers have one thread each and, where the system allows it, one core each, so that one worker is half of this machine;
a run that is trained without a cluster may use both cores for what its one thread of TensorFlow does not do. The same
random trials are trained by one worker and then by two, and the time is taken from the sweep's start to its last trial.
The ratio is that of whole sweeps, with the seconds in which each run loads TensorFlow. A machine that does other things
meanwhile makes it smaller.

With --kills sweeps on two workers are disturbed so many times: a worker, the scheduler, the process that follows a run
or the one that owns the sweep is killed at random and started again. Each must end with the trials, values and weights
of the same sweep trained without a cluster and left in peace, and with all of its snapshots, bit by bit.

Usage: python -m benchmarks.cluster [--trials N] [--epochs N] [--kills N]
"""

import argparse
import contextlib
import os
import random
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from benchmarks.limits import at_least, at_most, end
from core.config.train_config import TrainConfig
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.sweep_config import SamplerName, SweepConfig
from core.sweeps.sweep_runs import runs_of_sweep
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView
from tests.support.cluster import Cluster, wait_for_workers

_MIN_RATIO = 1.8
_INTERVAL_S = 0.5  # each look reads the whole sweep, on a core that a worker wants
_PATIENCE_S = 3600
_BETWEEN_KILLS_S = (1.0, 8.0)
_RATES = SweptField("learning_rate", 0.0003, 0.01, log=True)
_GRID = (SweptField("learning_rate", options=(0.001, 0.01)), SweptField("hidden_units", options=(16, 32, 64)))


def main():
    """Print the times and their ratio, or what came of the kills, and a line for each limit."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        if options.kills:
            _measure_kills(Path(folder), options.kills)
        else:
            _measure_ratio(Path(folder), options)


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--kills", type=int, default=0)
    return parser.parse_args()


def _measure_ratio(folder, options):
    times = {workers: _sweep_s(folder / str(workers), workers, options) for workers in (1, 2)}
    rest = os.getloadavg()[0]
    print(f"load of the machine at the end, {rest:.1f} processes on {os.cpu_count()} cores")
    end(at_least("two workers, times as fast as one", times[1] / times[2], _MIN_RATIO))


def _sweep_s(folder, workers, options):
    """Return the seconds from the start of a sweep to the end of its last trial."""
    folder.mkdir()
    base = TrainConfig(epochs=options.epochs)
    with _cluster(folder, workers) as cluster:
        config = SweepConfig(
            base, (_RATES,), sampler=SamplerName.RANDOM, trials=options.trials, cluster=cluster.address
        )
        sweep = SweepStore(RunStore(folder / "runs")).create(config)
        began = time.perf_counter()
        start_owner(sweep)
        _wait_until(lambda: SweepView.read(sweep).told == options.trials)
        seconds = time.perf_counter() - began
        with contextlib.suppress(SweepError):  # it has ended already where the recipe is the best of them
            sweep.request_stop()
        _wait_until(lambda: sweep.status().is_final)
    trained_s = sum(each.seconds for each in SweepView.read(sweep).trials)
    print(f"{workers} of one core: {options.trials} trials in {seconds:.1f} s; runs took {trained_s:.1f} s", flush=True)
    return seconds


@contextlib.contextmanager
def _cluster(folder, workers):
    """A cluster whose workers have joined, each with a core of its own where the system allows that."""
    with Cluster(folder, workers) as cluster:
        for place, process in enumerate(cluster.workers.values()):
            _pin(process.pid, place)
        wait_for_workers(cluster.address, workers)
        yield cluster


def _pin(pid, place):
    with contextlib.suppress(AttributeError, psutil.Error):
        process = psutil.Process(pid)
        cores = process.cpu_affinity()
        process.cpu_affinity([cores[place % len(cores)]])


def _measure_kills(folder, kills):
    """Disturb sweeps until so many processes, or none in a sweep, were killed; compare each with one left in peace."""
    base = TrainConfig(hidden_units=16, epochs=10, training_share=0.4, batch_size=64)
    store, chance = RunStore(folder / "runs"), random.Random(0)
    quiet = SweepStore(store).create(SweepConfig(base, _GRID, sampler=SamplerName.GRID, trials=6))
    start_owner(quiet)
    _wait_until(lambda: quiet.status().is_final)
    disturbed, done, killed = [], 0, True
    with Cluster(folder, 2) as cluster:
        wait_for_workers(cluster.address, 2)
        config = SweepConfig(base, _GRID, sampler=SamplerName.GRID, trials=6, cluster=cluster.address)
        while done < kills and killed:
            disturbed.append(SweepStore(store).create(config))
            start_owner(disturbed[-1])
            done += (killed := _disturb(disturbed[-1], cluster, kills - done, chance))
            _restart_owner_until_end(disturbed[-1])
    found = [_compare(store, quiet, each) for each in disturbed]
    print(f"{done} kills in {len(found)} sweeps; {sum(each['snapshots'] for each in found)} snapshots are the same")
    end(
        at_least("kills", done, kills, "{:.0f}"),
        *(at_most(what, sum(each[what] for each in found), 0, "{:.0f}") for what in found[0] if what != "snapshots"),
    )


def _compare(store, quiet, disturbed):
    """Return how many snapshots of two sweeps' runs are the same, and how many runs and snapshots are not."""
    first, second = (_results(store, each) for each in (quiet, disturbed))
    print(f"{len(second)} runs, {sum(map(_is_trained, second.values()))} of them with a model")
    same, changed = _compare_snapshots([(first[key], second[key]) for key in first.keys() & second.keys()])
    return {
        "snapshots": same,
        "runs lost": len(first.keys() - second.keys()),
        "runs doubled": len(runs_of_sweep(store, disturbed.id)) - len(second),
        "runs with other weights": sum(not _is_same(first[key], second.get(key)) for key in first),
        "snapshots that miss, differ or are too many": changed,
    }


def _disturb(sweep, cluster, kills, chance):
    """Kill something at random so many times, while the sweep goes on; return how many times that was."""
    done = 0
    while done < kills and not _has_finished(sweep):
        time.sleep(chance.uniform(*_BETWEEN_KILLS_S))
        what = chance.choice(("worker", "worker", "scheduler", "follower", "owner"))
        if _kill(what, sweep, cluster, chance):
            done += 1
            print(f"kill: {what}", flush=True)
        if sweep.status().is_final and not _has_finished(sweep):
            start_owner(sweep)
    return done


def _kill(what, sweep, cluster, chance):
    """Kill one process and start what must be started by hand again; return whether there was one."""
    if what == "worker":
        cluster.kill_worker(chance.choice(sorted(cluster.workers)))
        cluster.add_worker()
    elif what == "scheduler":
        cluster.restart()
    elif what == "owner":
        return _end(sweep.status().pid)
    else:
        live = [run for run in sweep.store.all() if _is_live(run)]
        return bool(live) and _end(chance.choice(live).status().pid)
    return True


def _end(pid):
    with contextlib.suppress(psutil.Error):
        (process := psutil.Process(pid)).kill()
        return bool(psutil.wait_procs([process], 10)[0])
    return False


def _is_live(run):
    with contextlib.suppress(RunError):
        return run.status().is_live
    return False


def _has_finished(sweep):
    return sweep.status().state == "finished"


def _restart_owner_until_end(sweep):
    def is_over():
        if sweep.status().is_final and not _has_finished(sweep):
            with contextlib.suppress(SweepError):
                start_owner(sweep)
        return _has_finished(sweep)

    _wait_until(is_over)


def _results(store, sweep):
    """Return the runs of a sweep by what they are of."""
    runs = runs_of_sweep(store, sweep.id)
    return {(each.config.to_json(), each.trial == -1): store.get(each.id) for each in runs if each.config}


def _is_trained(run):
    return run.has_model and run.report() is not None


def _is_same(run, other):
    if other is None or run.report() != other.report():
        return False
    one, two = run.checkpoint(), other.checkpoint()
    return one.keys() == two.keys() and all(np.array_equal(one[name], two[name]) for name in one)


def _compare_snapshots(pairs):
    """Return how many snapshots of the same runs are the same, and how many miss, differ or are too many."""
    same, others = 0, 0
    for run, other in pairs:
        quiet, disturbed = (_snapshots(each) for each in (run, other))
        alike = sum(quiet.get(step) == disturbed.get(step) for step in quiet.keys() | disturbed.keys())
        same += alike
        others += len(quiet.keys() | disturbed.keys()) - alike
    return same, others


def _snapshots(run):
    """Return the arrays of each snapshot of a run by its step, with the weights that belong to it, as bytes."""
    found = {step: run.snapshots.load(step).arrays() for step in run.snapshots.steps()}
    for step in run.snapshots.weight_steps():
        weights = {f"weights {place}": each for place, each in enumerate(run.snapshots.load_weights(step))}
        found[step] = found.get(step, {}) | weights
    return {step: {name: each.tobytes() for name, each in arrays.items()} for step, arrays in found.items()}


def _wait_until(true):
    ends = time.monotonic() + _PATIENCE_S
    while not true():
        if time.monotonic() > ends:
            raise SystemExit("waited in vain for an hour")
        time.sleep(_INTERVAL_S)


if __name__ == "__main__":
    main()
