"""The benchmark of a disturbed sweep ends, whatever can be killed."""

import contextlib
import sys
from types import SimpleNamespace

import pytest

from benchmarks import cluster


def run_with_kills(asked, of_each_sweep, monkeypatch):
    """Run the benchmark without processes; the sweeps, in this order, have so many kills."""
    found = iter(of_each_sweep)
    stubs = {
        "Cluster": lambda *_: contextlib.nullcontext(SimpleNamespace(address="tcp://127.0.0.1:8786")),
        "wait_for_workers": lambda *_: None,
        "start_owner": lambda _: None,
        "_wait_until": lambda _: None,
        "_restart_owner_until_end": lambda _: None,
        "_compare": lambda *_: {"snapshots": 1, "runs lost": 0},
        "_disturb": lambda *_: next(found),
    }
    for name, stub in stubs.items():
        monkeypatch.setattr(cluster, name, stub)
    monkeypatch.setattr(sys, "argv", ["cluster", "--kills", str(asked)])
    cluster.main()


def test_it_disturbs_sweeps_until_there_were_enough_kills(monkeypatch, capsys):
    run_with_kills(5, [2, 2, 1], monkeypatch)
    assert "within the limit: kills 5, at least 5" in capsys.readouterr().out


def test_it_fails_after_a_sweep_in_which_nothing_was_killed(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run_with_kills(5, [2, 0], monkeypatch)
    assert "beyond the limit: kills 2, at least 5" in capsys.readouterr().out
