"""The shape of what the line reader is given and of what it answers."""

LINE_HEIGHT_PX = 40
FRAME_PX = 4
"""Columns of a line's picture for which the line reader gives one row of probabilities, called a frame."""
BLANK = 10
"""Number of the output that stands for no digit; the others are the digits."""
LINE_OUTPUTS = BLANK + 1
