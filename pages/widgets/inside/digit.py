"""The digit that is looked into: drawn here, sent from Recognize, or one of MNIST's test images."""

import streamlit as st

from core.config.dataset_spec import DIGITS, DatasetSpec
from core.explanation.digits import EXAMPLES, ExplainedDigit, digits_of
from core.explanation.why import Answer
from core.pictures.display import enlarge
from core.recognition import ReadingView
from core.recognition.edits import EditHistory
from core.recognition.results import read_drawing
from pages.widgets.components import canvas
from pages.widgets.components.answer import large_answer
from pages.widgets.shared import explained_digit, models, workspace
from pages.widgets.shared.explained_digit import Source
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown

_EXAMPLE = SessionKey[int]("inside_example", 7)
_READ_ONCE = "Read once, as it is. Recognize takes the mean of several views."
_THUMBNAIL_PX, _NAMED_PX = 48, 96
_PICTURE_PX = 240


def choose(source: Source, model_id: str) -> ExplainedDigit | None:
    """Show where the digit comes from, and return it; where there is none, a sentence says what to do."""
    return {Source.DRAW: _draw, Source.SENT: _sent, Source.EXAMPLE: _example}[source](model_id)


def show_answer(answer: Answer, digit: ExplainedDigit) -> None:
    """Show what the network says to the digit, and the label where that is known."""
    whose = "MNIST's" if answer.names == DIGITS else "Its"
    truth = _READ_ONCE if digit.label is None else f"{whose} label is {answer.names[digit.label]}."
    large_answer("?" if answer.is_refused else answer.name, answer.confidence_text, "inside", True, truth)


def _draw(model_id: str) -> ExplainedDigit | None:
    drawn = canvas.canvas(models.dataset_of(model_id).class_names)
    if not drawn.strokes:
        what = "a digit from 0 to 9" if models.dataset_of(model_id).is_digits else "one"
        st.info(f"Draw {what}, or choose one of the test images above.", icon=":material/draw:")
        return None
    reader = models.load_model(model_id)
    view = ReadingView.of(read_drawing(reader, drawn, single=True), EditHistory(), "inside")
    found = digits_of(view, reader, drawn)
    if not found:
        st.warning(escape_markdown(view.note) or "There is no digit in this drawing.", icon=":material/warning:")
        return None
    if len(found) == 1:
        return found[0]
    st.markdown("These are several digits. Which one?")
    number = st.radio(
        "Digit",
        range(len(found)),
        format_func=lambda number: f"{number + 1} of {len(found)}",
        horizontal=True,
        key="inside_number",
        label_visibility="collapsed",
    )
    return found[number]


def _sent(model_id: str) -> ExplainedDigit | None:
    digit = explained_digit.sent_digit()
    if digit is None:
        st.info(
            "No digit was sent here yet: on Recognize, press **Why?** at a digit of a picture or a number.",
            icon=":material/image:",
        )
        return None
    _show(digit)
    return digit


def _example(model_id: str) -> ExplainedDigit:
    dataset = models.dataset_of(model_id)
    digit = _example_of(dataset, _chosen_example(dataset))
    _show(digit)
    return digit


def _example_of(dataset: DatasetSpec, number: int) -> ExplainedDigit:
    """Return a test image of the model's own data set."""
    return ExplainedDigit.example(number) if dataset.is_digits else _class_example(dataset, number)


def _class_example(dataset: DatasetSpec, label: int) -> ExplainedDigit:
    return ExplainedDigit.of_class(dataset, workspace.store().root, label)


def _chosen_example(dataset: DatasetSpec) -> int:
    return min(_EXAMPLE.get(), dataset.num_classes - 1)


def offer_examples(model_id: str) -> None:
    """Show the test images that can be chosen: of another data set than digits, one of each class."""
    dataset = models.dataset_of(model_id)
    width_px = _THUMBNAIL_PX if dataset.is_digits else _NAMED_PX
    article, chosen = "a " if dataset.is_digits else "", _chosen_example(dataset)
    with st.container(horizontal=True, gap="xsmall"):
        for number in range(len(EXAMPLES) if dataset.is_digits else dataset.num_classes):
            with st.container(width=width_px, gap="xsmall"):
                each = _example_of(dataset, number)
                name = f"{article}{dataset.class_names[each.label or 0]}"
                st.image(enlarge(each.image, _THUMBNAIL_PX), width=_THUMBNAIL_PX, alt=f"Test image of {name}")
                st.button(
                    escape_markdown(dataset.class_names[each.label or 0]),
                    key=f"example-{number}",
                    on_click=_EXAMPLE.set,
                    args=[number],
                    type="primary" if number == chosen else "secondary",
                    help=f"Look into this test image of {escape_markdown(name)}",
                    width="stretch",
                )


def _show(digit: ExplainedDigit) -> None:
    st.image(digit.backdrop, width=_PICTURE_PX, alt="The digit in MNIST form, 28×28 pixels")
