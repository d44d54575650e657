"""Charts of a sweep's trials: what is where."""

import json

from core.charts import sweeps
from core.charts.sweeps import FieldAxis, TrialPoint, ValueAxis

ACCURACY = ValueAxis("Validation accuracy", ".1%", is_larger_better=True)
LOSS = ValueAxis("Validation loss", ".4f", is_larger_better=False)
RATE = FieldAxis("learning_rate", "Learning rate", is_log=True)
OPTIMIZER = FieldAxis("optimizer", "Optimizer", options={"adam": "Adam", "sgd": "SGD"})
TRIALS = [
    TrialPoint(1, 0.90, "90.00 %", False, {"learning_rate": 0.001, "optimizer": "adam"}),
    TrialPoint(2, 0.80, "80.00 %", True, {"learning_rate": 0.1, "optimizer": "sgd"}),
    TrialPoint(3, 0.95, "95.00 %", False, {"learning_rate": 0.01, "optimizer": "adam"}),
]


def traces(text):
    return json.loads(text)["data"]


def test_the_best_so_far_is_a_line_over_all_trials():
    line, stopped, ended = traces(sweeps.best_so_far(TRIALS, [(1, 0.9), (3, 0.95)], ACCURACY))
    assert (line["x"], line["y"]) == ([1, 3], [0.9, 0.95])
    assert (stopped["x"], ended["x"]) == ([2], [1, 3]) and stopped["marker"]["symbol"] == "circle-open"
    assert ended["customdata"] == ["Trial 1: 90.00 %", "Trial 3: 95.00 %"]


def test_a_field_is_a_log_axis_or_its_options_in_order():
    rate = json.loads(sweeps.field_plot(TRIALS, RATE, ACCURACY))
    assert rate["layout"]["xaxis"]["type"] == "log" and rate["data"][1]["x"] == [0.001, 0.01]
    optimizer = json.loads(sweeps.field_plot(TRIALS, OPTIMIZER, ACCURACY))
    assert optimizer["layout"]["xaxis"]["categoryarray"] == ["Adam", "SGD"] and optimizer["data"][0]["x"] == ["SGD"]


def test_parallel_lines_lie_between_0_and_1_and_the_best_comes_last():
    for axis, best in ((ACCURACY, 3), (LOSS, 2)):
        *others, last = traces(sweeps.parallel_coordinates(TRIALS, [RATE, OPTIMIZER], axis))
        assert set(last["customdata"]) == {f"Trial {best}: {TRIALS[best - 1].words}", None}
        heights = [y for trace in [*others, last] for y in trace["y"] if y is not None]
        assert min(heights) == 0 and max(heights) == 1
        assert sum(len(trace["x"]) for trace in others) == 3 * 4, "three points and a break a trial"
    words = [
        each["text"]
        for each in json.loads(sweeps.parallel_coordinates(TRIALS, [RATE], ACCURACY))["layout"]["annotations"]
    ]
    assert words == ["<b>Learning rate</b>", "0.1", "0.001", "<b>Validation ac…</b>", "95.00 %", "80.00 %"]


def test_the_field_that_matters_most_is_at_the_top():
    (bars,) = traces(sweeps.importance_bars({"Learning rate": 0.7, "Dropout": 0.3}))
    assert bars["y"] == ["Dropout", "Learning rate"] and bars["text"] == ["30 %", "70 %"]
