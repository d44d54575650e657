"""Written lines: lines of digits set from MNIST's images and pen paths, for training and judging the line reader."""

from core.datasets.written_forms import Form
from core.datasets.written_lines.lines import WrittenLine, draw_line, is_set_from_images

__all__ = ["Form", "WrittenLine", "draw_line", "is_set_from_images"]
