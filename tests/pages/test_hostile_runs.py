"""Pages are drawn whatever stands in the files of a run: without a traceback, for every visitor."""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from core.recognition.shipped_reader import load_shipped
from tests.support.app import words
from tests.support.hostile_files import LINES, OBJECTS, hostile_line, hostile_object, sound_files

EXAMPLES = 6  # of each page, every one with all files changed: a drawing takes most of a second


@pytest.mark.parametrize("name", ["recognize", "train", "runs"])
def test_a_page_is_drawn_whatever_stands_in_a_runs_files(name, app, finished_run):
    sound_files(finished_run)
    sound = {path: path.read_bytes() for path in finished_run.folder.iterdir() if path.is_file()}
    at = app(name, shown_run=finished_run.id)
    load_shipped()  # else a thread that loads it draws random numbers meanwhile, which Hypothesis takes for the test's
    if name == "runs":
        at.query_params["run"] = finished_run.id

    @seed(0)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def draw(data):
        for path, content in sound.items():
            path.write_bytes(content)
        changed = data.draw(st.sets(st.sampled_from([*OBJECTS, *LINES]), min_size=1, max_size=3))
        for file in sorted(changed):
            if file in OBJECTS:
                content = data.draw(hostile_object(file))
            else:
                content = b"\n".join(data.draw(st.lists(hostile_line(file), min_size=1, max_size=3))) + b"\n"
            (finished_run.folder / file).write_bytes(content)
        at.run()
        assert not at.exception, (changed, at.exception)
        words(at).encode()

    draw()


def test_recognize_offers_the_run_with_a_surrogate_in_its_name(app, finished_run):
    (finished_run.folder / "notes.json").write_text(r'{"name": "a\ud800b"}')
    at = app("recognize")
    assert not at.exception
    assert any("a\ufffdb" in option for box in at.selectbox for option in box.options)


def test_metrics_that_are_too_long_are_said_to_be_cut(app, finished_run, monkeypatch):
    monkeypatch.setattr("core.runs.run.MAX_METRICS_BYTES", 1000)
    at = app("train")
    assert not at.exception and "the curves are those of its newest" in words(at)
