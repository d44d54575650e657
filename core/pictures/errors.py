"""The error of a picture file that is not read."""


class PictureError(ValueError):
    """A picture file cannot be read; the message is a sentence for the person who sent it."""
