"""The first visit while something trains: a training that ends too soon ends the benchmark."""

from types import SimpleNamespace

import pytest

from benchmarks import first_visit


def test_a_training_that_ends_before_its_first_metrics_ends_the_benchmark(store):
    ended = SimpleNamespace(poll=lambda: 3)
    with pytest.raises(SystemExit, match="ended with code 3 before its first metrics"):
        first_visit._await_metrics(ended, store)
