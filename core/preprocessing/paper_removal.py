"""Removal of the paper from the ink: the lines printed on it, and the objects around it."""

import cv2
import numpy as np

TILTS = np.tan(np.radians([-4, -3, -2, -1, 0, 1, 2, 3, 4]))
MIN_RULE_LENGTH = 0.9  # of the picture's width: a printed line is at least as long
MIN_RULE_RUN = 0.3  # of the picture's width: shorter horizontal runs of ink are no part of a printed line
MAX_RULE_HEIGHT = 0.12  # of the picture's height: a printed line, tilted, is not higher
MIN_RULE_FACTOR = 1.6  # times the ink's height: a single line that is longer is no stroke of a digit
MIN_RULED_PX = 8
MIN_SOLID = 0.08  # of the picture's shorter side: half the thickness from which ink at the border is no pen stroke
PHOTO_PX = 100  # a smaller picture is a cut-out, whose strokes may be thick and touch its border
MIN_SHEET = 0.15  # of the picture's shorter side: half the width from which a uniform area may be a sheet of paper
MIN_SHEET_AREA = 0.25  # of the picture


def isolate_sheet(grey: np.ndarray) -> np.ndarray:
    """Return a photo (h, w) uint8 of a written sheet with the table around it replaced by the paper's grey.

    The table must be visible on all sides; a picture without such a sheet is returned as it is.
    """
    if min(grey.shape) < PHOTO_PX:
        return grey
    # Closing removes printed lines, which would look like edges.
    smooth = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _neighbourhood(grey))
    sheet = _inner_class(smooth)
    if cv2.distanceTransform(sheet, cv2.DIST_L2, 3).max() < MIN_SHEET * min(grey.shape):
        return grey
    outlines, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    area = cv2.drawContours(np.zeros_like(sheet), [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    written = np.any(area & (1 - _inner_class(grey)))
    if cv2.countNonZero(area) < MIN_SHEET_AREA * grey.size or not written or not _has_sharp_edge(smooth, area):
        return grey
    inside = cv2.erode(area, np.ones((5, 5), np.uint8))  # the sheet's own edge is shaded
    return np.where(inside > 0, grey, np.uint8(np.median(grey[(inside & sheet) > 0])))


def _inner_class(grey: np.ndarray) -> np.ndarray:
    """Return (h, w) uint8, 1 on that side of Otsu's threshold, dark or light, that has less of the border."""
    _, light = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return (light != (border.mean() > 0.5)).astype(np.uint8)


def _has_sharp_edge(grey: np.ndarray, area: np.ndarray) -> bool:
    """Return whether the grey changes abruptly at an area's outline, as at a sheet's edge and not at a shadow's."""
    kernel = _neighbourhood(grey)
    inside, outside = area - cv2.erode(area, kernel, borderValue=(1,)), cv2.dilate(area, kernel) - area
    values = [np.median(grey[region > 0]) for region in (inside, outside, area, 1 - area) if region.any()]
    return bool(len(values) == 4 and abs(values[0] - values[1]) > 0.5 * abs(values[2] - values[3]))


def _neighbourhood(grey: np.ndarray) -> np.ndarray:
    """Return a square of ones, wider than a printed line."""
    return np.ones((2 * round(0.01 * min(grey.shape)) + 3,) * 2, np.uint8)


def remove_surroundings(mask: np.ndarray) -> np.ndarray:
    """Return ink (h, w) bool without the table, fingers or binding that reach into the picture from its border."""
    height, width = mask.shape
    if min(height, width) < PHOTO_PX:
        return mask
    ink = mask.astype(np.uint8)
    solid = cv2.distanceTransform(ink, cv2.DIST_L2, 3) > MIN_SOLID * min(height, width)
    if not solid.any():
        return mask
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return mask & ~np.isin(labels, np.intersect1d(labels[solid], border[border > 0]))


def remove_ruled_lines(mask: np.ndarray, faint: np.ndarray) -> np.ndarray:
    """Return ink (h, w) bool without the lines of ruled or squared paper; strokes that cross them stay whole.

    faint: (h, w) bool, the ink and what is nearly as strong: a printed line is often paler than the pen.
    One vertical line may be a 1, so vertical lines count as printed only where there are several. A picture of fewer
    than `MIN_RULED_PX` pixels a side has no lines: it may be millions of pixels long, and each row one line.
    """
    if min(mask.shape) < MIN_RULED_PX:
        return mask
    without_horizontal = _remove_horizontal_rules(mask, faint, min_count=1)
    return _remove_horizontal_rules(without_horizontal.T, faint.T, min_count=3).T


def _remove_horizontal_rules(mask: np.ndarray, faint: np.ndarray, min_count: int) -> np.ndarray:
    border = max(1, round((1 - MIN_RULE_LENGTH) * mask.shape[1]))
    if not (mask.any() and faint[:, :border].any() and faint[:, -border:].any()):
        return mask
    rules = _horizontal_rules(faint, min_count)
    if not rules.any():
        return mask
    rules = cv2.dilate(rules, np.ones((3, 1), np.uint8))
    thickness = int(np.percentile(rules.sum(axis=0), 90))
    rest = (mask & (rules == 0)).astype(np.uint8)
    gap = min(2 * thickness, 31) | 1
    padded = cv2.copyMakeBorder(rest, gap, gap, 0, 0, cv2.BORDER_CONSTANT)  # else rules at the border stay
    bridged = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((gap, 1), np.uint8))[gap:-gap]
    return (rest > 0) | mask & (bridged > 0)


def _horizontal_rules(mask: np.ndarray, min_count: int) -> np.ndarray:
    """Return (h, w) uint8, 1 on thin straight lines from border to border, slightly tilted ones too."""
    height, width = mask.shape
    found = np.zeros(mask.shape, np.uint8)
    min_run = max(8, int(MIN_RULE_RUN * width))
    ink = mask.astype(np.uint8)
    for tilt in TILTS:
        shear = np.array([[1, 0, 0], [tilt, 1, -tilt * width / 2]], np.float32)
        level = cv2.warpAffine(ink, shear, (width, height), flags=cv2.INTER_NEAREST)
        runs = _open_rows(level, min_run)
        if runs.any():
            lines = _printed_lines(runs, mask, min_count)
            tilted = cv2.warpAffine(lines, shear, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
            found = cv2.bitwise_or(found, tilted)
    return found


def _open_rows(mask: np.ndarray, length: int) -> np.ndarray:
    """Return the morphological opening of (h, w) uint8, 0 or 1, by a row of `length` pixels, as OpenCV defines it.

    It is computed by moving sums: OpenCV's own takes a time for each pixel that grows with the length.
    """
    eroded = (_count_along(1 - mask, length) == 0).astype(np.uint8)
    return (_count_along(eroded, length) > 0).astype(np.uint8)


def _count_along(mask: np.ndarray, length: int) -> np.ndarray:
    """Return how many ones of (h, w) uint8 the row of `length` pixels about each pixel covers: (h, w) int32."""
    return cv2.boxFilter(mask, cv2.CV_32S, (length, 1), normalize=False, borderType=cv2.BORDER_CONSTANT)


def _printed_lines(runs: np.ndarray, mask: np.ndarray, min_count: int) -> np.ndarray:
    """Return (h, w) uint8, 1 on the thin horizontal runs of ink that cross the picture; all 0 if they may be a digit's.

    They may be where they are fewer than `min_count`, or fewer than 3 and no longer than a digit is wide.
    """
    height, width = runs.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    is_long = stats[:, cv2.CC_STAT_WIDTH] >= MIN_RULE_LENGTH * width
    is_line = is_long & (stats[:, cv2.CC_STAT_HEIGHT] <= max(3, MAX_RULE_HEIGHT * height))
    is_line[0] = False
    rows = np.flatnonzero(mask.any(axis=1))
    if is_line.sum() < min_count or is_line.sum() < 3 and width < MIN_RULE_FACTOR * (rows[-1] - rows[0] + 1):
        return np.zeros_like(runs)
    return is_line[labels].astype(np.uint8)
