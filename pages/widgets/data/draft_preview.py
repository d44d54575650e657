"""A draft, made of files, as it is shown before it is kept, with what a person may change of it."""

import streamlit as st

from core.config.dataset_spec import ImageForm
from core.datasets.class_rows import rows_of_draft
from core.datasets.draft import Choices, Draft
from pages.widgets.components.class_table import class_table
from pages.widgets.data.state import ADD_REQUEST, AddRequest
from pages.widgets.shared.text import escape_markdown

_FORMS = {ImageForm.MNIST: "Strokes in MNIST form", ImageForm.PLAIN: "Plain pictures"}
_FORMS_HELP = (
    "Strokes: writing and drawings. The ink of every picture is found, fitted into 20 × 20 pixels and centred, and so "
    "will be what you draw later. Plain: photographs and things. Every picture is shrunk to 28 × 28 as it is."
)


def show(draft: Draft, name: str) -> Choices | None:
    """Show a draft and return the choices as they are entered; None where the names of classes do not fit it.

    name: identity of the draft on its page.
    """
    found, choices = st.columns([2, 1], gap="large")
    with choices:
        made = _choices(draft, name)
    with found:
        _show_found(draft, made or draft.suggested, name)
    return made


def _choices(draft: Draft, name: str) -> Choices | None:
    suggested = draft.suggested
    title = _text("Name", suggested.name, f"draft-name-{name}", 200)
    form = st.radio(
        "Form of the images",
        list(_FORMS),
        index=list(_FORMS).index(suggested.form),
        format_func=lambda each: f"{_FORMS[each]}{' (suggested)' if each is suggested.form else ''}",
        key=f"draft-form-{name}",
        help=_FORMS_HELP,
        persist_state="session",
    )
    is_swapped = st.toggle(
        "Swap rows and columns",
        suggested.is_swapped,
        key=f"draft-swap-{name}",
        help="The files of EMNIST have them swapped: letters then lie on their side, mirrored.",
        persist_state="session",
    )
    without = draft.duplicates.has_equal and st.toggle(
        "Leave duplicates out",
        False,
        key=f"draft-duplicates-{name}",
        help="Pictures that are equal to the last pixel at 28 × 28. Of those in one class the first one stays; those "
        "in two classes go. What is only nearly the same stays.",
        persist_state="session",
    )
    names = _class_names(draft, name)
    with st.expander("Source and licence"):
        source = _text("Source", suggested.source, f"draft-source-{name}", 500)
        licence = _text("Licence", suggested.licence, f"draft-licence-{name}", 500)
    count = len(draft.raw.class_names)
    if len(names) != count:
        st.error(f"There are {count} classes, and {len(names)} names.", icon=":material/error:")
        return None
    st.button("Add this data set", type="primary", icon=":material/add:", on_click=_request, disabled=not title.strip())
    return Choices(title, names, form, is_swapped, without, source, licence)


def _text(label: str, value: str, key: str, max_chars: int) -> str:
    return st.text_input(label, value, key=key, max_chars=max_chars, persist_state="session")


def _request() -> None:
    if ADD_REQUEST.get() is None:
        ADD_REQUEST.set(AddRequest())


def _class_names(draft: Draft, name: str) -> tuple[str, ...]:
    with st.expander("Names of the classes"):
        text = st.text_area(
            "One a line, in the order of the table",
            "\n".join(draft.suggested.class_names),
            height=220,
            key=f"draft-classes-{name}",
            persist_state="session",
        )
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _show_found(draft: Draft, choices: Choices, name: str) -> None:
    counts = draft.counts
    train, test = (sum(each[place] for each in counts) for place in (0, 1))
    st.markdown(
        f"**{draft.format_name}** · {len(counts)} classes · {train:,} images to learn from · {test:,} for the test"
    )
    for sentence in draft.duplicates.sentences():
        st.warning(escape_markdown(sentence), icon=":material/content_copy:")
    if draft.remarks:
        st.markdown("  \n".join(f":small[{escape_markdown(each)}]" for each in draft.remarks))
    class_table(
        rows_of_draft(draft, choices.class_names, choices.is_swapped),
        ("Strokes in MNIST form", "Plain"),
        f"draft-{name}",
        "The classes that were found: how many images each has, and some of them in both forms",
    )
