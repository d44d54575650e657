"""Small drawings to click: the one that is pressed is put on the canvas, and read like any other drawing."""

from collections.abc import Sequence
from dataclasses import asdict

from core.datasets.example_drawings import ExampleDrawing
from pages.widgets.components._assets import define_component

_examples = define_component("examples", "html", "css", "js")


def examples(drawings: Sequence[ExampleDrawing], canvas: str) -> None:
    """Show the drawings as buttons; a press puts one on the canvas of that name, whose Undo removes its strokes."""
    _examples(key=f"examples-{canvas}", data={"canvas": canvas, "examples": [asdict(each) for each in drawings]})
