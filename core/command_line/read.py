"""Read the digits in pictures."""

import json
from pathlib import Path

from core.command_line.models import recognizer

NAME, HELP = "read", "read the digits in pictures"


def add_arguments(command) -> None:
    """Add which pictures, how they are read, and the form of the answers."""
    command.add_argument(
        "pictures", nargs="+", type=Path, metavar="PICTURE", help="PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC"
    )
    command.add_argument("--single", action="store_true", help="take all ink of a picture as one digit")
    command.add_argument("--model", metavar="RUN", help="a run's id or a .keras file (default: the shipped model)")
    command.add_argument("--json", action="store_true", help="print one JSON object a picture")


def carry_out(options) -> int:
    """Print a line for each picture."""
    from core.pictures import PictureError

    reader = recognizer(options.model)
    failed = False
    for path in options.pictures:
        try:
            reading = reader.read(_open(path), single=options.single)
        except PictureError as error:
            failed = True
            print(json.dumps({"file": str(path), "error": str(error)}) if options.json else f"{path}: {error}")
            continue
        print(
            json.dumps({"file": str(path)} | _reading_json(reading)) if options.json else _reading_line(path, reading)
        )
    return 1 if failed else 0


def _open(path):
    from core.pictures import MAX_BYTES, PictureError, open_picture

    try:
        with open(path, "rb") as file:
            return open_picture(file.read(MAX_BYTES + 1), path.name)
    except OSError as error:
        raise PictureError(f"cannot be opened: {error.strerror}.") from error


def _reading_json(reading):
    digits = [
        {"label": each.label, "confidence": each.confidence, "refused": each.refused, "box": list(each.box)}
        for each in reading.digits
    ]
    return {"text": reading.text, "confidence": _confidence(reading), "digits": digits}


def _reading_line(path, reading):
    if not reading.digits:
        return f"{path}: nothing to read: no ink was found"
    return f"{path}: {reading.text.replace(chr(10), ' / ')}  {_confidence(reading):.1%}"


def _confidence(reading):
    """A number is as sure as its least sure digit."""
    return min((digit.confidence for digit in reading.digits), default=0.0)
