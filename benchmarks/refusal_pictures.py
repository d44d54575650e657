"""Pictures of no digit, to measure refusal with; the reader is trained on outliers of other kinds.

Left out are shapes that a person could take for a digit: the letters B (8), D (0), G (6), I (1), O (0), Q (0 or 9),
S (5) and Z (2), rings and ovals and outlines of five and more corners (0), single bars (1), and short loose lines (any
digit).
"""

import cv2
import numpy as np

SIDE_PX = 200
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
PEN_LETTERS = {  # strokes of points xy on a grid of 4 × 5
    "A": "05 20 45, 13 33",
    "C": "41 20 01 03 15 35 44",
    "E": "40 00 05 45, 02 32",
    "F": "40 00 05, 02 32",
    "H": "00 05, 40 45, 02 42",
    "J": "10 40, 30 34 15 04",
    "K": "00 05, 40 03, 12 45",
    "L": "00 05 45",
    "M": "05 00 23 40 45",
    "N": "05 00 45 40",
    "P": "05 00 30 41 32 03",
    "R": "05 00 30 41 32 03, 13 45",
    "T": "00 40, 20 25",
    "U": "00 04 15 35 44 40",
    "V": "00 25 40",
    "W": "00 15 21 35 40",
    "X": "00 45, 40 05",
    "Y": "00 22, 40 22 25",
}


def pictures(kind: str, n: int, seed: int = 0) -> list[np.ndarray]:
    """Return `n` pictures of one of `KINDS`: (200, 200) or, of photos, (200, 200, 3) uint8; a seed's are the same."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    makers = KINDS[kind]
    return [makers[number % len(makers)](rng) for number in range(n)]


def _drawn(lines, rng, filled=False, rotation=10, pen=None):
    """Return lines, each (m, 2) in a box of ±1, drawn on a random background: slanted, rotated, ink dark or light."""
    angle, slant = np.deg2rad(rng.uniform(-rotation, rotation)), rng.uniform(-0.2, 0.2)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) @ [[1, 0], [slant, 1]]
    matrix = matrix * rng.uniform(40, 78) * np.exp(rng.uniform(-0.15, 0.15, 2))
    fixed = [np.round((line @ matrix + SIDE_PX / 2) * 16).astype(np.int32) for line in lines]
    ink = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    if filled:
        cv2.fillPoly(ink, fixed, 255, cv2.LINE_AA, 4)
    else:
        cv2.polylines(ink, fixed, False, 255, pen or int(rng.integers(3, 17)), cv2.LINE_AA, 4)
    return _on_background(ink, rng)


def _on_background(ink, rng):
    """Return ink (200, 200), 255 where full, as a screen, a scan or paper shows it."""
    paper, pen = rng.uniform(190, 255), rng.uniform(0, 90)
    grey = paper + (pen - paper) * (ink / 255) + rng.normal(0, rng.choice([0, 0, 1, 4]), ink.shape)
    grey = grey if rng.random() < 0.5 else 255 - grey
    return grey.clip(0, 255).astype(np.uint8)


def _rotated_grid(rng):
    """Return the coordinates x and y, (200, 200) in ±1, rotated by a random angle."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, SIDE_PX)] * 2)
    angle = rng.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _grey(values, rng):
    """Return any values, (200, 200), as greys between two random ones that are at least 20 apart."""
    low, high = values.min(), values.max()
    dark, span = rng.uniform(0, 120), rng.uniform(20, 130)
    return (dark + span * (values - low) / max(high - low, 1e-9)).astype(np.uint8)


def _blank(rng):
    noise = rng.normal(0, rng.choice([0, 1, 3, 8]), (SIDE_PX, SIDE_PX))
    return (rng.uniform(0, 255) + noise).clip(0, 255).astype(np.uint8)


def _specks(rng):
    """Return a few specks of dust, too many and too small to be a digit."""
    ink = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    for at in rng.integers(5, 195, (int(rng.integers(3, 15)), 2)):
        cv2.circle(ink, tuple(int(value) for value in at), int(rng.integers(0, 4)), 255, -1, cv2.LINE_AA)
    return _on_background(ink, rng)


def _smudge(rng):
    """Return a blank sheet with a faint, soft stain."""
    x, y = _rotated_grid(rng)
    stain = np.exp(-((x - rng.uniform(-0.5, 0.5)) ** 2 + (y * rng.uniform(0.7, 2)) ** 2) / rng.uniform(0.02, 0.3))
    return (rng.uniform(200, 250) - rng.uniform(3, 25) * stain + rng.normal(0, 1, x.shape)).astype(np.uint8)


def _back_and_forth(rng):
    n = int(rng.integers(9, 26))
    across = np.where(np.arange(n) % 2, 1, -1) * rng.uniform(0.6, 1, n)
    return _drawn([np.stack([across, np.linspace(-1, 1, n) + rng.normal(0, 0.06, n)], axis=1)], rng, rotation=180)


def _spiral(rng):
    turns = rng.uniform(2.5, 5) * rng.choice([-1, 1])
    t = np.linspace(0, 1, 150)
    angles = 2 * np.pi * (turns * t + rng.random()) + 0.3 * np.sin(9 * t)
    return _drawn([np.stack([t * np.cos(angles), t * np.sin(angles)], axis=1)], rng, pen=int(rng.integers(3, 9)))


def _loops(rng):
    """Return one line of three to seven loops, as when trying a pen."""
    loops, t = int(rng.integers(3, 8)), np.linspace(0, 1, 200)
    angles = 2 * np.pi * loops * t + rng.uniform(0, 6)
    x = 2 * t - 1 + rng.uniform(0.25, 0.5) * np.cos(angles)
    y = rng.uniform(0.4, 0.8) * np.sin(angles) + 0.1 * np.sin(5 * t)
    return _drawn([np.stack([x, y], axis=1)], rng, rotation=40, pen=int(rng.integers(3, 10)))


def _tangle(rng):
    """Return a long loose line that crosses itself many times."""
    knots = np.cumsum(rng.normal(0, 1, (int(rng.integers(20, 45)), 2)), axis=0)
    knots = 2 * (knots - knots.min(axis=0)) / np.ptp(knots, axis=0) - 1
    return _drawn([_smooth(knots)], rng)


def _crossings(rng):
    """Return six to fifteen random strokes, over one another."""
    ends = rng.uniform(-1, 1, (int(rng.integers(6, 16)), 3, 2))
    return _drawn([_smooth(stroke) for stroke in ends], rng, pen=int(rng.integers(3, 12)))


def _smooth(knots):
    line = cv2.resize(knots.astype(np.float32), (2, 6 * len(knots)), interpolation=cv2.INTER_CUBIC)
    return line.astype(float)


def _corners(n: int, first: float = 0.0, radius: float | np.ndarray = 1.0) -> np.ndarray:
    """Return the corners of a closed polygon, (n + 1, 2)."""
    angles = first + 2 * np.pi * np.arange(n + 1) / n
    return np.stack([np.sin(angles), -np.cos(angles)], axis=1) * np.broadcast_to(radius, n + 1)[:, None]


def _outline_or_filled(line, rng, **how):
    return _drawn([line], rng, filled=bool(rng.random() < 0.5), **how)


def _triangle(rng):
    return _outline_or_filled(_corners(3) + rng.normal(0, 0.12, 2), rng, rotation=180)


def _square(rng):
    return _outline_or_filled(_corners(4, np.pi / 4), rng, rotation=45)


def _star(rng):
    points = int(rng.integers(4, 8))
    return _outline_or_filled(_corners(2 * points, 0, np.resize([1, rng.uniform(0.35, 0.6)], 2 * points + 1)), rng)


def _heart(rng):
    t = np.linspace(0, 2 * np.pi, 60)
    x, y = 16 * np.sin(t) ** 3, 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return _outline_or_filled(np.stack([x, -y], axis=1) / 16, rng)


def _cross(rng):
    arms = int(rng.choice([2, 2, 3, 4]))
    spokes = [_corners(2, np.pi * k / arms)[:2] for k in range(arms)]
    return _drawn(spokes, rng, rotation=45)


def _arrow(rng):
    head = rng.uniform(0.35, 0.6)
    lines = [np.array([[-1, 0], [1, 0]]), np.array([[1 - head, -head], [1, 0], [1 - head, head]])]
    return _drawn(lines if rng.random() < 0.7 else [*lines, -lines[1]], rng, rotation=180, pen=int(rng.integers(3, 13)))


def _disc(rng):
    return _drawn([_corners(48)], rng, filled=True)


def _many_corners(rng):
    return _drawn([_corners(int(rng.integers(5, 9)))], rng, filled=True, rotation=45)


def _bars(rng):
    """Return three to six parallel bars, or a grid of them."""
    n = int(rng.integers(3, 7))
    lines = [np.array([[-1, y], [1, y]]) for y in np.linspace(-1, 1, n)]
    across = [line[:, ::-1] for line in lines] if rng.random() < 0.4 else []
    return _drawn([*lines, *across], rng, rotation=90, pen=int(rng.integers(3, 12)))


def _target(rng):
    return _drawn([_corners(48, 0, radius) for radius in np.linspace(0.35, 1, int(rng.integers(2, 5)))], rng, pen=5)


def _house(rng):
    roof = np.array([[-1, -0.1], [0, -1], [1, -0.1]])
    return _drawn([roof, np.array([[-0.8, -0.1], [-0.8, 1], [0.8, 1], [0.8, -0.1], [-0.8, -0.1]])], rng)


def _crescent(rng):
    t = np.linspace(0, np.pi, 30)
    outer, inner = np.stack([np.cos(t), -np.sin(t)], axis=1), np.stack([-np.cos(t), -0.5 * np.sin(t)], axis=1)
    return _drawn([np.concatenate([outer, inner]) + [0, 0.5]], rng, filled=True, rotation=180)


def _printed_letter(rng):
    letter = rng.choice(list(PEN_LETTERS))
    ink = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    font, size = int(rng.choice(_FONTS)), rng.uniform(2.5, 5)
    cv2.putText(ink, str(letter), (50, 155), font, size, 255, int(rng.integers(1, 12)), cv2.LINE_AA)
    slant = rng.uniform(-0.25, 0.25)
    matrix = cv2.getRotationMatrix2D((100, 100), rng.uniform(-12, 12), 1) + [[0, slant, -100 * slant], [0, 0, 0]]
    return _on_background(cv2.warpAffine(ink, matrix, (SIDE_PX, SIDE_PX)), rng)


def _pen_letter(rng):
    strokes = PEN_LETTERS[str(rng.choice(list(PEN_LETTERS)))].split(",")
    knots = [np.array([list(map(int, point)) for point in stroke.split()], float) for stroke in strokes]
    return _drawn([(line - [2, 2.5]) / [2.6, 2.5] + rng.normal(0, 0.05, line.shape) for line in knots], rng, rotation=8)


def _noise(rng):
    return _grey(cv2.GaussianBlur(rng.normal(0, 1, (SIDE_PX, SIDE_PX)), (0, 0), rng.choice([0.3, 1, 2, 4])), rng)


def _stripes(rng):
    wave = np.sin(_rotated_grid(rng)[0] * np.pi * rng.uniform(4, 40))
    return _grey(np.sign(wave) if rng.random() < 0.5 else wave, rng)


def _checks(rng):
    x, y = _rotated_grid(rng)
    cells = rng.uniform(3, 20)
    return _grey(np.sign(np.sin(x * np.pi * cells)) * np.sign(np.sin(y * np.pi * cells)), rng)


def _gradient(rng):
    return _grey(_rotated_grid(rng)[0] + rng.normal(0, rng.choice([0, 0.01, 0.05]), (SIDE_PX, SIDE_PX)), rng)


def _paper_grain(rng):
    fibres = cv2.GaussianBlur(
        rng.normal(0, 1, (SIDE_PX, SIDE_PX)), (0, 0), rng.uniform(0.5, 2), sigmaY=rng.uniform(2, 9)
    )
    return (rng.uniform(170, 235) + rng.uniform(2, 9) * fibres / fibres.std()).clip(0, 255).astype(np.uint8)


def _halftone(rng):
    x, y = _rotated_grid(rng)
    dots = rng.uniform(8, 25)
    return _grey(((np.cos(x * np.pi * dots) + np.cos(y * np.pi * dots)) > rng.uniform(0.2, 1.4)) * 1.0, rng)


def _photo(light, rng):
    """Return light, (200, 200), about 1 at most, as a photo of a coloured surface, (200, 200, 3) uint8."""
    colour = rng.uniform(70, 235) * np.array([1, rng.uniform(0.7, 1), rng.uniform(0.5, 1)])
    grain = rng.normal(0, rng.uniform(0.5, 4), (SIDE_PX, SIDE_PX, 3))
    return (light[:, :, None] * colour + grain).clip(0, 255).astype(np.uint8)


def _uneven_light(rng):
    x, y = _rotated_grid(rng)
    return _photo(1 - rng.uniform(0.1, 0.5) * (0.6 + 0.4 * x) ** rng.uniform(1, 3) - 0.05 * np.sin(3 * y), rng)


def _vignette(rng):
    x, y = _rotated_grid(rng)
    return _photo(1 - rng.uniform(0.2, 0.7) * ((x - rng.uniform(-0.3, 0.3)) ** 2 + y * y) / 2, rng)


def _blurred_edge(rng):
    """Return the edge of a table, a sheet or a wall, out of focus."""
    x, y = _rotated_grid(rng)
    edge = np.tanh((x + 0.1 * y * y - rng.uniform(-0.6, 0.6)) * rng.uniform(3, 25))
    return _photo(0.75 + 0.25 * rng.uniform(0.2, 1) * edge, rng)


def _hand(rng):
    """Return a few fingers before the lens, out of focus."""
    x, y = _rotated_grid(rng)
    light = np.ones_like(x)
    for finger in range(int(rng.integers(2, 5))):
        across = (x + 0.9 - 0.45 * finger - 0.15 * y) / rng.uniform(0.15, 0.25)
        reach = 1 / (1 + np.exp((y - rng.uniform(-0.2, 0.7)) * rng.uniform(6, 20)))
        light -= rng.uniform(0.25, 0.5) * np.exp(-(across**4)) * reach
    return _photo(light.clip(0.1), rng)


def _table(rng):
    """Return wood: bent bands of grain under a lamp."""
    x, y = _rotated_grid(rng)
    bands = np.sin(rng.uniform(15, 45) * (x + 0.08 * np.sin(3 * y + rng.uniform(0, 6)))) * rng.uniform(0.02, 0.1)
    return _photo(0.85 + bands - rng.uniform(0, 0.3) * (x * x + y * y) / 2, rng)


def _soft_shadows(rng):
    cells = rng.normal(0, 1, (int(rng.integers(2, 6)), int(rng.integers(2, 6)))).astype(np.float32)
    shade = cv2.resize(cells, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    return _photo(0.8 + rng.uniform(0.03, 0.12) * shade, rng)


KINDS = {
    "blank": (_blank, _specks, _smudge),
    "scribbles": (_back_and_forth, _spiral, _loops, _tangle, _crossings),
    "shapes": (
        *(_triangle, _square, _star, _heart, _cross, _arrow),
        *(_disc, _many_corners, _bars, _target, _house, _crescent),
    ),
    "letters": (_printed_letter, _pen_letter),
    "textures": (_noise, _stripes, _checks, _gradient, _paper_grain, _halftone),
    "photos": (_uneven_light, _vignette, _blurred_edge, _hand, _table, _soft_shadows),
}
"""The functions that make the pictures of each kind, used in rotation."""
