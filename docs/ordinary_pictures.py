"""Draw the contact sheet of ordinary pictures, each with the boxes of its digits and its text as the reader reads it.

Usage: python -m docs.ordinary_pictures
"""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.preprocessing.segmentation import FRAME
from core.recognition import Reading, Recognizer
from docs.contact_sheet import arrange, save
from docs.ordinary_drawings import OrdinaryPicture, draw_all

_SEED = 0
_COLUMNS = 4
_PICTURE_PX, _CAPTION_PX = (252, 152), 50  # (width, height) of the area of a picture; height of what is below it
_GROUND, _RIM, _RIGHT, _WRONG, _KIND = (243, 244, 246), (170, 174, 182), (17, 24, 39), (185, 28, 28), (75, 85, 99)


def main() -> None:
    """Write the sheet, and print how many pictures are read right and which are not."""
    pictures, recognizer = draw_all(_SEED), Recognizer.load()
    readings = [recognizer.read(each.picture, single=len(each.text) == 1) for each in pictures]
    texts, said = [_on_one_line(each.text) for each in pictures], list(map(_said, readings))
    wrong = [k for k in range(len(pictures)) if said[k] != texts[k]]
    for k in wrong:
        print(f"{pictures[k].kind}: {texts[k]} is read as {said[k]}")
    print(f"{len(pictures) - len(wrong)} of {len(pictures)} read right")
    sheet = arrange(list(map(_draw_tile, pictures, readings)), _COLUMNS)
    save(sheet, "ordinary.png", kmeans=1)


def _said(reading: Reading) -> str:
    """Return the text as read on one line, and whether all of it is refused, as only the text of a single digit is."""
    is_refused = all(digit.refused for digit in reading.digits)
    return (_on_one_line(reading.text) + ", refused" * is_refused) if reading.text else "nothing"


def _on_one_line(text: str) -> str:
    return text.replace("\n", " | ")


def _draw_tile(drawn: OrdinaryPicture, reading: Reading) -> np.ndarray:
    """Return a picture with its digits' boxes, below it the text as read, in red where it is wrong, and its kind."""
    width, height = _PICTURE_PX
    tile = Image.new("RGB", (width, height + _CAPTION_PX), "white")
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, width - 1, height - 1), _GROUND)
    _paste_with_boxes(tile, drawn.picture, reading)
    said, text = _said(reading), _on_one_line(drawn.text)
    is_right = said == text
    draw.text((5, height + 3), said, _RIGHT if is_right else _WRONG, ImageFont.load_default(18))
    kind = drawn.kind if is_right else f"{drawn.kind}; written: {text}"
    draw.text((5, height + 26), kind, _KIND, ImageFont.load_default(13))
    return np.asarray(tile)


def _paste_with_boxes(tile: Image.Image, picture: np.ndarray, reading: Reading) -> None:
    """Paste a picture into the middle of a tile's area, reduced to fit and never enlarged, with its digits' boxes."""
    h, w = picture.shape[:2]
    scale = min(1, (_PICTURE_PX[0] - 12) / w, (_PICTURE_PX[1] - 12) / h)
    size = round(w * scale), round(h * scale)
    left, top = (_PICTURE_PX[0] - size[0]) // 2, (_PICTURE_PX[1] - size[1]) // 2
    tile.paste(Image.fromarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)), (left, top))
    draw = ImageDraw.Draw(tile)
    draw.rectangle((left - 1, top - 1, left + size[0], top + size[1]), outline=_RIM)
    for digit in reading.digits:
        if not digit.refused or len(reading.digits) == 1:
            x, y, width, height = (value * scale for value in digit.box)
            corners = left + x - 2, top + y - 2, left + x + width + 1, top + y + height + 1
            draw.rectangle(corners, outline=FRAME, width=2)


if __name__ == "__main__":
    main()
