"""Values of runs that several threads ask for at once."""

from core.runs import stamped_cache
from core.runs.run import Run
from core.runs.stamped_cache import StampedCache


def test_a_run_that_another_thread_forgets_meanwhile_is_no_error(tmp_path, monkeypatch):
    """The other one has listed the folder when the run was not in it."""
    monkeypatch.setattr(stamped_cache, "_MAX_SEEN", 1)
    monkeypatch.setattr(stamped_cache, "SEEN_EACH_S", -1.0)
    runs = [Run(tmp_path / f"run-{number}") for number in range(4)]
    meanwhile = []

    def stamp(run: Run) -> int:
        if run is runs[-1] and meanwhile:
            cache.values(tmp_path, meanwhile.pop())
        return 0

    cache = StampedCache[str](stamp, lambda run: run.id, keep=lambda value: True, has_ended=lambda value: True)
    cache.values(tmp_path, runs)
    meanwhile.append([run for run in runs if run is not runs[2]])
    assert cache.values(tmp_path, runs) == [run.id for run in runs]
    assert not meanwhile
