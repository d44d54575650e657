"""The guess: asked before anything runs, kept, and shown beside what came out."""

from collections.abc import Sequence

import streamlit as st

from core.config.glossary import link_terms
from core.lessons.lesson import ChoiceGuess, Guess, Lesson, NumberGuess
from pages.widgets.learn import state

_PERCENT = "\N{NO-BREAK SPACE}%"  # which no line begins with
_WANTED = "Make a guess first: a wrong one does no harm."


def introduce(lesson: Lesson) -> None:
    """Show the lesson's question."""
    st.markdown(link_terms(lesson.question))


def ask(lesson: Lesson, help_text: str = "") -> Guess | None:
    """Ask for the guess, and return it when the lesson's button was pressed with one; else None."""
    with st.form(f"guess-{lesson.name}", border=False):
        value = _field(lesson.guess, f"value-{lesson.name}")
        pressed = st.form_submit_button(
            lesson.action,
            key=f"run-{lesson.name}",
            type="primary",
            icon=":material/play_arrow:",
            help=help_text or None,
        )
    if pressed and value is None:
        st.warning(_WANTED, icon=":material/psychology_alt:")
    return value if pressed else None


def _field(guess: NumberGuess | ChoiceGuess, key: str) -> Guess | None:
    if isinstance(guess, ChoiceGuess):
        return st.radio(guess.label, list(guess.options), index=None, format_func=guess.options.__getitem__, key=key)
    placeholder = f"{guess.low:g} to {guess.high:g}"
    kind = int if guess.is_count else float
    return st.number_input(
        guess.label,
        kind(guess.low),
        kind(guess.high),
        value=None,
        step=kind(1),
        format="%d" if guess.is_count else "%g",
        key=key,
        placeholder=placeholder,
        width=320,
    )


def ask_and_begin(lesson: Lesson) -> None:
    """Ask for the guess of a lesson that trains nothing; once it is made, draw the page with what comes out."""
    made = ask(lesson)
    if made is not None:
        state.begin(lesson.name, made)
        st.rerun(scope="app")


def show(lesson: Lesson, guess: Guess) -> None:
    """Show the guess that was made, with a button that takes the lesson from its beginning."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="guess-made"):
        st.markdown(f"Your guess: **{lesson.guess.text(guess)}**", width="content")
        st.button(
            "Start over",
            key=f"again-{lesson.name}",
            icon=":material/restart_alt:",
            on_click=state.start_over,
            args=[lesson.name],
            help="Make another guess, and run it anew. Runs that there are stay on the Runs page.",
        )


def explain(lesson: Lesson, sentences: Sequence[str]) -> None:
    """Show what came out, the first sentence on the guess, and keep that the lesson is done."""
    first, *others = (each.replace(" %", _PERCENT) for each in sentences)
    st.markdown(f"**{first}**")
    st.markdown(link_terms("\n\n".join(others)))
    if not state.progress_in(lesson.name).is_done:
        state.finish(lesson.name)
        st.rerun(scope="app")  # for the tick in the row of lessons
