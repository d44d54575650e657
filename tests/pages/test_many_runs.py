"""A folder with 200 runs: a page that is drawn again reads the few runs that it shows, and not each of them."""

import shutil
from collections import Counter

import pytest

from core.runs.run import Run

READS = ("config", "status", "last_status", "notes", "report", "metrics", "newest_rows", "marks", "commands_from")


@pytest.fixture
def many_runs(store, finished_run):
    """200 finished runs; the newest is `finished_run`."""
    for number in range(199):
        shutil.copytree(finished_run.folder, store.root / f"20200101-000000-{number:03}-mlp-0000")
    return store.all()


@pytest.fixture
def read(monkeypatch):
    """How many different runs' files are read, by what is read of them."""
    asked = set()
    for name in READS:
        real = getattr(Run, name)

        def reading(run, *values, name=name, real=real):
            asked.add((name, run.id))
            return real(run, *values)

        monkeypatch.setattr(Run, name, reading)

    def counted():
        counts = Counter(name for name, _ in asked)
        asked.clear()
        return counts

    return counted


@pytest.mark.parametrize("page", ["train", "learn", "runs"])
def test_a_page_that_is_drawn_again_reads_few_of_them(app, many_runs, read, page):
    at = app(page)
    read()
    at.run()
    assert not at.exception
    assert {name: count for name, count in read().items() if count > 3} == {}


@pytest.mark.parametrize("opened", [False, True])
def test_the_table_of_all_runs_is_made_when_its_fold_is_opened(app, many_runs, opened):
    at = app("train", **{"all-runs": opened})
    assert [len(each.value) for each in at.dataframe if "state" in each.value] == [200] * opened
    assert "All runs (200)" in [each.label for each in at.expander]
