"""Preparation of pictures and pen strokes: ink, lines and digits in MNIST form, the shape that a network is given."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.preprocessing.binarization import Ink, find_inks
    from core.preprocessing.canvas_drawing import Drawing
    from core.preprocessing.deskew import DeskewedLines, deskew_lines
    from core.preprocessing.line_decoding import LineLattice
    from core.preprocessing.line_form import to_line_form
    from core.preprocessing.mnist_form import Step, shrink_for_display, to_mnist_form, to_reading_form, tta_views
    from core.preprocessing.naive_resize import resize_naively
    from core.preprocessing.pen_strokes import redraw, redraw_with_other_pens
    from core.preprocessing.segmentation import Piece, find_pieces, group_lines, merge_pieces, typical_height

__all__ = [
    "DeskewedLines",
    "Drawing",
    "Ink",
    "LineLattice",
    "Piece",
    "Step",
    "deskew_lines",
    "find_inks",
    "find_pieces",
    "group_lines",
    "merge_pieces",
    "redraw",
    "redraw_with_other_pens",
    "resize_naively",
    "shrink_for_display",
    "to_line_form",
    "to_mnist_form",
    "to_reading_form",
    "tta_views",
    "typical_height",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
