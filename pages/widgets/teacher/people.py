"""Everybody in the class in a table, and one person's runs with what can be done to them."""

import time
from collections.abc import Callable

import streamlit as st

from core.config.percent import percent_number
from core.lessons.catalogue import LESSONS
from core.people import Mode, People, PeopleError, Person
from core.people.clearing import clear_run, remove_person, stop_run, stop_runs
from core.people.names import tell_apart
from core.people.overview import PersonRow, read_class
from core.runs.index import RunSummary, run_summaries
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from pages.widgets.shared import messages, workspace
from pages.widgets.shared.durations import describe_time
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.teacher.state import CHOSEN, NEW_NUMBER

MAX_RUNS = 30
"""How many runs of one person are listed, each with a button; those that train or wait come first."""

_INTERVAL_S = 3.0
_HERE_S = 120.0
_NAME_PX = 160
_PERCENT = st.column_config.NumberColumn(format="%.2f %%")


def show_table(store: RunStore) -> None:
    """Show everybody's work in a table that is kept up to date."""
    st.fragment(_table, run_every=_INTERVAL_S)(store)


def _table(store: RunStore) -> None:
    rows = read_class(store.root)
    messages.show()
    if not rows:
        st.info("Nobody has signed in yet. Show the code of the class.", icon=":material/info:")
        return
    trains, waits = (sum(each.doing.startswith(word) for each in rows) for word in ("trains", "waits"))
    here = sum(time.time() - each.seen < _HERE_S for each in rows)
    st.markdown(
        f"**{len(rows)} {'person' if len(rows) == 1 else 'people'}**, {here} here now · {trains} train, {waits} wait"
    )
    st.dataframe(
        [_cells(each) for each in rows],
        hide_index=True,
        column_config={"name": st.column_config.Column(width=_NAME_PX), "best accuracy": _PERCENT},
        placeholder="–",
        alt="Everybody in the class, with lessons, runs and the best accuracy",
    )


def _cells(row: PersonRow) -> dict[str, object]:
    return {
        "name": row.name,
        "lessons": f"{row.lessons_done} of {len(LESSONS)}",
        "runs": row.runs,
        "best accuracy": None if row.best is None else percent_number(row.best, 2),
        "now": row.doing,
        "last here": _describe_seen(row.seen),
        "MB": round(row.disk_mb, 1),
    }


def _describe_seen(seen: float) -> str:
    if time.time() - seen < _HERE_S:
        return "now"
    return describe_time(seen) if seen else ""


def show_person(store: RunStore) -> None:
    """Show the choice of a person, and that person's runs."""
    people = People(store.root)
    everybody = {each.id: each for each in people.all()}
    if CHOSEN.get() not in everybody:
        CHOSEN.set(None)
    if not everybody:
        return
    names = tell_apart({each.id: each.name for each in everybody.values()})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "One person",
            list(names),
            index=None,
            format_func=lambda person_id: names.get(person_id, str(person_id)),
            key=CHOSEN.name,
            placeholder="Whose runs?",
            width=260,
        )
        if chosen not in everybody:
            return
        person = everybody[chosen]
        _tools(people, person)
    if (made := NEW_NUMBER.get()) and made[0] == person.id:
        number = f"{made[1][:3]} {made[1][3:]}"
        st.info(f"The new number of {escape_markdown(person.name)}: **{number}**", icon=":material/key:")
    _run_lines(person)


def _tools(people: People, person: Person) -> None:
    stop = _act(person, _stop_all, person)
    st.button("Stop all", icon=":material/stop:", key=f"stop-all-{person.id}", on_click=stop)
    if workspace.mode() is Mode.CODE:
        st.button(
            "New number",
            icon=":material/key:",
            key=f"new-number-{person.id}",
            on_click=_act(person, _renew, people, person),
            help="With it and the name, this person comes back in another browser. The old one is no longer good.",
        )
    with st.popover("Remove", icon=":material/person_remove:"):
        st.markdown(f"Removes **{escape_markdown(person.name)}** with all runs, drawings and data sets, for good.")
        act = _act(person, _remove, people, person)
        label = f"Remove {escape_markdown(person.name)} for good"
        st.button(label, icon=":material/delete_forever:", key=f"remove-{person.id}", on_click=act)


def _act(person: Person, act: Callable[..., None], *values: object) -> Callable[..., None]:
    """Return a callback that acts once a drawing, and only while that person is the one who is chosen.

    A press may arrive together with another choice, before the buttons are drawn for it.
    """

    def act_if_chosen() -> None:
        if CHOSEN.get() == person.id:
            act(*values)

    return once(act_if_chosen)


def _run_lines(person: Person) -> None:
    runs = sorted(run_summaries(RunStore(person.root)), key=lambda run: run.state.is_final)
    for summary in runs[:MAX_RUNS]:
        _run_line(person, summary)
    if (left := len(runs) - MAX_RUNS) > 0:
        st.markdown(f":small[and {left} older run{'s' * (left != 1)}]")


def _run_line(person: Person, summary: RunSummary) -> None:
    accuracy = f" · {summary.accuracy_text}" if summary.accuracy_text else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"run-{summary.id}"):
        run = Run(person.root / summary.id)
        if summary.state.is_live or summary.state == "queued":
            st.button("Stop", icon=":material/stop:", key=f"stop-{summary.id}", on_click=_act(person, _stop, run))
        else:
            act = _act(person, _clear, person, summary.id)
            st.button("Clear", icon=":material/delete:", key=f"clear-{summary.id}", on_click=act, help=_CLEAR)
        st.markdown(f":small[{escape_markdown(summary.title)} · {summary.state}{accuracy}]", width="content")


_CLEAR = "Moves the run to this person's trash, from where it can be brought back for 30 days."


def _stop(run: Run) -> None:
    try:
        stop_run(run)
    except OSError as error:
        messages.add_problem(escape_markdown(error_text(error)))


def _stop_all(person: Person) -> None:
    try:
        messages.add(f"Stopped {stop_runs(person)} of the runs of {escape_markdown(person.name)}.")
    except OSError as error:
        messages.add_problem(escape_markdown(error_text(error)))


def _clear(person: Person, run_id: str) -> None:
    try:
        clear_run(person, run_id)
    except (RunError, OSError) as error:
        messages.add_problem(escape_markdown(error_text(error)))


def _renew(people: People, person: Person) -> None:
    try:
        NEW_NUMBER.set((person.id, people.renew_number(person)))
    except (PeopleError, OSError) as error:
        messages.add_problem(escape_markdown(error_text(error)))


def _remove(people: People, person: Person) -> None:
    try:
        remove_person(people, person)
        messages.add(f"Removed {escape_markdown(person.name)} with all data.")
    except (PeopleError, OSError) as error:
        messages.add_problem(escape_markdown(error_text(error)))
