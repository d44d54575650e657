"""What a network saw at some moment of its training, and the way back to that moment."""

import streamlit as st

from core.charts.heatmap import confusion_heatmap
from core.datasets import probe_digits
from core.pictures.display import contact_sheet
from core.runs.run import Run, RunError
from core.runs.snapshots import MAX_BYTES, Snapshot
from pages.widgets.components.chart import chart
from pages.widgets.components.ten_digits import ten_digits

_NOW = "now"
_WEIGHTS_PX = 360
_CHART_PX = 360


def moment(run: Run, rows: tuple[dict, ...]) -> tuple[tuple[dict, ...], Snapshot | None]:
    """Show the slider through the run's snapshots, and return the rows up to the chosen one and what was seen then."""
    steps = run.snapshots.steps()
    if len(steps) < 2:
        return rows, _snapshot(run, steps)
    _advance(steps, run)
    slider, play = st.columns([5, 1], vertical_alignment="bottom")
    with slider:
        chosen = st.select_slider(
            "Go back in time",
            [*steps, _NOW],
            _NOW,
            key=_key(run),
            format_func=lambda step: _in_words(step),
            help="The run as it was after so many steps: curves, digits, weights and confusions. Snapshots are taken "
            f"at 1, 2, 4, 8, … steps and at each epoch's end; at most {MAX_BYTES // 10**6} MB of them are kept."
            + (" The run was long: some early ones were thinned out." if run.snapshots.dropped_early_ones() else ""),
        )
    with play:
        _play_button(run, steps)
    if chosen == _NOW:
        return rows, _snapshot(run, steps)
    return tuple(row for row in rows if row["step"] <= chosen), _snapshot(run, [chosen])


def _key(run):
    return f"moment-{run.id}"


def _replay_key(run):
    return f"replay-{run.id}"


def _in_words(step):
    return step if step == _NOW else f"step {step:,}"


def _play_button(run, steps):
    playing = is_playing(run)
    label, icon = ("Pause replay", ":material/pause:") if playing else ("Replay", ":material/play_arrow:")
    if st.button(label, key=_replay_key(run), icon=icon, width="stretch"):
        st.session_state["replayed"] = None if playing else run.id
        if not playing and st.session_state[_key(run)] == _NOW:
            st.session_state["replay_from"] = steps[0]
        st.rerun(scope="app")


def is_playing(run: Run) -> bool:
    """Return whether the run is being replayed, so that the page draws it anew several times a second."""
    return st.session_state.get("replayed") == run.id


def _advance(steps, run):
    """A replay goes from snapshot to snapshot, at each drawing of the page one, and ends with what is now.

    Where its button is pressed, it rests at once.
    """
    if not is_playing(run) or st.session_state.get(_replay_key(run)):
        return
    start = st.session_state.pop("replay_from", None)
    if start is not None:
        st.session_state[_key(run)] = start
        return
    now = st.session_state.get(_key(run), _NOW)  # a page that was left forgets its slider
    later = [step for step in steps if now != _NOW and step > now]
    st.session_state[_key(run)] = later[0] if later else _NOW
    if not later:
        st.session_state["replayed"] = None


def _snapshot(run, steps):
    try:
        return run.snapshots.load(steps[-1]) if steps else None
    except RunError:
        return None


def handwriting(run: Run, rows: tuple[dict, ...], seen: Snapshot | None) -> None:
    """Show the ten digits with what the network reads in each, at the moment of the newest of the rows.

    The pictures are those that were read: what was drawn since is not put beside answers about something else.
    """
    root = run.folder.parent
    last = next((row for row in reversed(rows) if "answers" in row), None)
    if last and last.get("drawn_ns") == probe_digits.modified_ns(root):
        ten_digits(probe_digits.load(root), last["answers"], last["confidences"], run.id)
    elif seen is not None:
        ten_digits(probe_digits.from_snapshot(seen.digits), seen.answers(), seen.confidences(), run.id)
        if run.status().is_final and not probe_digits.are_current(root, seen.digits):
            st.markdown(":small[As they were when this run learned. The next run reads the ones that you draw now.]")
    else:
        ten_digits(probe_digits.load(root), [], [], run.id)


def sees(run: Run, seen: Snapshot | None) -> None:
    """Show the first layer's weights as pictures and the confusions of the validation images, as they were then."""
    weights, confusion = st.columns(2)
    with weights:
        st.markdown("**What its first layer looks for**")
        if seen is None or not len(seen.weights):
            st.markdown(":small[Nothing to show yet.]" if seen is None else ":small[It does not look at the picture.]")
        else:
            columns = 8 if len(seen.weights) > 8 else len(seen.weights)
            st.image(contact_sheet(seen.weights, columns, _WEIGHTS_PX), width=_WEIGHTS_PX, alt=_weights_alt(seen))
            st.markdown(":small[Light: ink here speaks for the unit. Dark: against it.]")
    with confusion:
        st.markdown("**What it takes for what**, validation images")
        if seen is not None and seen.confusion.any():
            alt = f"Heatmap of the confusion matrix after step {seen.step}."
            chart(confusion_heatmap(seen.confusion), f"seen-{run.id}", alt, _CHART_PX)
        elif run.config().validation_images:
            st.markdown(":small[Nothing to show yet.]")
        else:
            st.markdown(":small[Its recipe keeps no validation images back, so there is nothing to ask it about.]")


def _weights_alt(seen):
    k, height, width = seen.weights.shape
    return f"The weights of {k} units of the first layer as pictures of {height}×{width} pixels, after step {seen.step}"
