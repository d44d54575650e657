"""Draw the contact sheets of the documents: scenes that the ink finder, and lines that the line reader, learn from.

Usage: python -m docs.drawn_examples
"""

import cv2
import numpy as np

from core.datasets.scenes import SCENE_KINDS, Scene, draw_scene
from core.datasets.written_lines import draw_line
from docs.contact_sheet import arrange, save

_INK_COLOUR = (214, 40, 57)
_SEED = 1
_COLUMNS, _SCENE_PX = 7, 128
_SCENES_OF_A_KIND, _MIN_INK = 2, 0.02
_LINE_COLUMNS, _LINE_ROWS, _LINE_PX = 4, 11, (250, 56)


def main() -> None:
    """Write both sheets and print their sizes."""
    save(draw_scene_sheet(), "scenes.png")
    save(draw_line_sheet(), "lines.png")


def draw_scene_sheet() -> np.ndarray:
    """Return two scenes of each kind, (h, w, 3) uint8, and below each, in red, the ink that is to be found in it."""
    places = enumerate(kind for _ in range(_SCENES_OF_A_KIND) for kind in SCENE_KINDS)
    return arrange([_draw_tile(_first_with_ink(100 * place, kind)) for place, kind in places], _COLUMNS)


def _first_with_ink(number: int, kind: str) -> Scene:
    """Return the first scene from this number on that shows some ink; the first one of a kind that has none."""
    scene = draw_scene(_SEED, number, kind)
    return scene if kind == "blank" or scene.mask.mean() > _MIN_INK else _first_with_ink(number + 1, kind)


def _draw_tile(scene: Scene) -> np.ndarray:
    grey = np.repeat(scene.image[..., None], 3, axis=2)
    covered = scene.coverage[..., None] / 255
    marked = ((grey // 2 + 127) * (1 - covered) + np.array(_INK_COLOUR) * covered).astype(np.uint8)
    size = _SCENE_PX, _SCENE_PX
    return np.concatenate([cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (grey, marked)])


def draw_line_sheet() -> np.ndarray:
    """Return the first lines of the seed, (h, w, 3) uint8, each fitted into a tile."""
    tiles = []
    for number in range(_LINE_COLUMNS * _LINE_ROWS):
        picture = draw_line(_SEED, number).picture
        scale = min(_LINE_PX[0] / picture.shape[1], _LINE_PX[1] / picture.shape[0])
        size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
        tile = np.full((_LINE_PX[1], _LINE_PX[0], 3), 255, np.uint8)
        tile[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[..., None]
        tiles.append(tile)
    return arrange(tiles, _LINE_COLUMNS)


if __name__ == "__main__":
    main()
