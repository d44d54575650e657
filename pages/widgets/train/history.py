"""A network and its answers at a moment of its training, and the slider that goes back to that moment."""

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from core.charts.heatmap import confusion_heatmap
from core.datasets import probe_digits
from core.datasets.class_examples import class_examples
from core.datasets.mnist import DatasetError
from core.networks.builder import first_layer_units
from core.pictures.display import contact_sheet
from core.runs.first_layer import FirstLayerView
from core.runs.metrics_schema import MetricRow
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.snapshots import MAX_BYTES, Snapshot
from core.runs.view import RunView
from pages.widgets.components.chart import chart
from pages.widgets.components.ten_digits import class_images, ten_digits
from pages.widgets.train.state import REPLAY_FROM, REPLAYED_RUN

_NOW = "now"
_WEIGHTS_PX = 360
_CHART_PX = 360


@dataclass(frozen=True)
class Moment:
    """A moment of a run: its metric rows up to then, the snapshot of then and the run's newest, where there are any."""

    rows: tuple[MetricRow, ...]
    snapshot: Snapshot | None
    newest: Snapshot | None


def choose_moment(view: RunView) -> Moment:
    """Show the slider through the run's snapshots, and return the chosen moment."""
    steps = view.snapshots.steps()
    if len(steps) < 2:
        newest = _load(view, steps[-1] if steps else None)
        return Moment(view.rows, newest, newest)
    _advance_replay(steps, view.run)
    slider, play = st.columns([5, 1], vertical_alignment="bottom")
    with slider:
        chosen = st.select_slider(
            "Go back in time",
            [*steps, _NOW],
            value=_NOW,  # where a drawing was cut short, the browser sends the slider's first value with the next press
            key=_slider_key(view.run),
            format_func=_describe_step,
            help="The run as it was after so many steps: curves, digits, weights and confusions. Snapshots are taken "
            f"at 1, 2, 4, 8, … steps and at each epoch's end; at most {MAX_BYTES // 10**6} MB of them are kept."
            + (" The run was long: some early ones were thinned out." if view.snapshots.dropped_early_ones() else ""),
        )
    with play:
        _replay_button(view.run, steps)
    newest = _load(view, steps[-1])
    if not isinstance(chosen, int):
        return Moment(view.rows, newest, newest)
    return Moment(tuple(row for row in view.rows if row.step <= chosen), _load(view, chosen), newest)


def _slider_key(run: Run) -> str:
    return f"moment-{run.id}"


def _replay_key(run: Run) -> str:
    return f"replay-{run.id}"


def _describe_step(step: int | str) -> str:
    return f"step {step:,}" if isinstance(step, int) else step


def _replay_button(run: Run, steps: list[int]) -> None:
    playing = is_replayed(run)
    label, icon = ("Pause replay", ":material/pause:") if playing else ("Replay", ":material/play_arrow:")
    if st.button(label, key=_replay_key(run), icon=icon, width="stretch"):
        REPLAYED_RUN.set(None if playing else run.id)
        if not playing and st.session_state.get(_slider_key(run), _NOW) == _NOW:
            REPLAY_FROM.set(steps[0])
        st.rerun(scope="app")


def is_replayed(run: Run) -> bool:
    """Return whether the run is being replayed, so that the page is drawn several times a second."""
    return REPLAYED_RUN.get() == run.id


def _advance_replay(steps: list[int], run: Run) -> None:
    """Move a replay to the next snapshot: one at each drawing of the page, and at the end to the present.

    Where its button is pressed, it stops at once.
    """
    if not is_replayed(run) or st.session_state.get(_replay_key(run)):
        return
    start = REPLAY_FROM.pop()
    if start is not None:
        st.session_state[_slider_key(run)] = start
        return
    now = st.session_state.get(_slider_key(run), _NOW)  # a page that was left forgets its slider
    later = [step for step in steps if now != _NOW and step > now]
    st.session_state[_slider_key(run)] = later[0] if later else _NOW
    if not later:
        REPLAYED_RUN.set(None)


def _load(view: RunView, step: int | None) -> Snapshot | None:
    try:
        return None if step is None else view.snapshots.load(step)
    except RunError:
        return None


def show_probe_digits(view: RunView, moment: Moment) -> None:
    """Show the ten probe digits with what the network reads in each, at the moment of the newest of the rows.

    The pictures are those that were read: what was drawn since is not put beside answers about something else.
    """
    last = next((row for row in reversed(moment.rows) if row.answers and row.confidences), None)
    seen = moment.snapshot
    if not view.config.dataset.is_digits:
        _show_class_images(view, seen, last)
        return
    if last and last.answers and last.confidences and last.drawn_ns == probe_digits.modified_ns(view.root):
        ten_digits(probe_digits.load(view.root), list(last.answers), list(last.confidences), view.id)
    elif seen is not None:
        ten_digits(probe_digits.from_snapshot(seen.digits), seen.answers(), seen.confidences(), view.id)
        if view.status.is_final and not probe_digits.are_current(view.root, seen.digits):
            st.markdown(":small[As they were when this run trained. The next run reads the ones that you draw now.]")
    else:
        ten_digits(probe_digits.load(view.root), [], [], view.id)


def _show_class_images(view: RunView, seen: Snapshot | None, last: MetricRow | None) -> None:
    """Show an image of each class of the run's data set, or nothing where the set is gone before any was kept."""
    with suppress(DatasetError):
        names = view.config.dataset.class_names
        images = class_examples(view.config.dataset, view.root) if seen is None else seen.digits
        if last and last.answers and last.confidences:
            class_images(images, names, last.answers, last.confidences, view.id)
        elif seen is not None:
            class_images(images, names, seen.answers(), seen.confidences(), view.id)
        else:
            class_images(images, names, [], [], view.id)


def show_network(view: RunView, moment: Moment) -> None:
    """Show the first layer's weights as pictures and the confusions of the validation images, as they were then."""
    seen = moment.snapshot
    weights, confusion = st.columns(2)
    with weights:
        st.markdown("**Weights of the first layer**")
        if seen is None or not len(seen.weights):
            st.markdown(
                ":small[Nothing to show yet.]" if seen is None else ":small[It does not take the picture itself.]"
            )
        else:
            last = moment.newest if view.status.is_final else None
            layer = FirstLayerView.of(seen, last, first_layer_units(view.config))
            columns = 8 if len(layer.pictures) > 8 else len(layer.pictures)
            sheet = contact_sheet(layer.pictures, columns, _WEIGHTS_PX)
            st.image(sheet, width=sheet.shape[1], alt=_weights_alt(layer.pictures.shape, seen))
            st.markdown(f":small[{layer.sentence}]")
    with confusion:
        st.markdown("**Confusions**, validation images")
        if seen is not None and seen.confusion.any():
            alt = f"Heatmap of the confusion matrix after step {seen.step}."
            chart(confusion_heatmap(seen.confusion, view.config.dataset.class_names), f"seen-{view.id}", alt, _CHART_PX)
        elif view.config.kept_back or view.config.fold:
            st.markdown(":small[Nothing to show yet.]")
        else:
            st.markdown(":small[It keeps no validation images back, so there is nothing to measure it on.]")


def _weights_alt(shape: tuple[int, ...], seen: Snapshot) -> str:
    k, height, width = shape
    return f"The weights of {k} units of the first layer as pictures of {height}×{width} pixels, after step {seen.step}"
