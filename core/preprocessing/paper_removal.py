"""What belongs to the paper and not to the writing: the lines printed on it, and what lies around it."""

import cv2
import numpy as np

TILTS = np.tan(np.radians([-4, -3, -2, -1, 0, 1, 2, 3, 4]))
REACH = 0.9  # a printed line crosses this much of the picture
LONGER = 1.6  # times the ink's height, a single line that is longer is no stroke of a digit
SOLID = 0.08  # of the picture's shorter side: half the thickness from which a mark at the rim is no pen stroke
PHOTO_PX = 100  # a smaller picture is a cut-out, whose strokes may be thick and touch its rim
SHEET = 0.15  # of the picture's shorter side: half the width from which a plain area may be a sheet of paper


def isolate_sheet(grey):
    """(h, w) uint8 photo of a written sheet on a table that shows all around → the table in the paper's grey.

    A picture without such a sheet is returned as it is.
    """
    if min(grey.shape) < PHOTO_PX:
        return grey
    plain = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _near(grey))  # without rules, which look like edges
    sheet = _amid(plain)
    if cv2.distanceTransform(sheet, cv2.DIST_L2, 3).max() < SHEET * min(grey.shape):
        return grey
    outlines, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = cv2.drawContours(np.zeros_like(sheet), [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    written = cv2.countNonZero(filled & (1 - _amid(grey)))
    if cv2.countNonZero(filled) < 0.25 * grey.size or not written or not _has_edge(plain, filled):
        return grey
    inside = cv2.erode(filled, np.ones((5, 5), np.uint8))  # the sheet's own edge is shaded
    return np.where(inside > 0, grey, np.uint8(np.median(grey[(inside & sheet) > 0])))


def _amid(grey):
    """(h, w) uint8: 1 on the side of the threshold, dark or light, that less of the rim has."""
    _, light = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return (light != (rim.mean() > 0.5)).astype(np.uint8)


def _has_edge(grey, area):
    """Whether the grey changes at once at an area's outline, as it does at a sheet's edge and not within a shadow."""
    near = _near(grey)
    inside, outside = area - cv2.erode(area, near, borderValue=1), cv2.dilate(area, near) - area
    values = [np.median(grey[place > 0]) for place in (inside, outside, area, 1 - area) if place.any()]
    return len(values) == 4 and abs(values[0] - values[1]) > 0.5 * abs(values[2] - values[3])


def _near(grey):
    """The neighbourhood of a pixel as a square of ones, wider than a printed line."""
    return np.ones((2 * round(0.01 * min(grey.shape)) + 3,) * 2, np.uint8)


def remove_surroundings(mask):
    """(h, w) bool ink → the same without the table, fingers or binding that reach into the picture from its rim."""
    height, width = mask.shape
    if min(height, width) < PHOTO_PX:
        return mask
    ink = mask.astype(np.uint8)
    deep = cv2.distanceTransform(ink, cv2.DIST_L2, 3) > SOLID * min(height, width)
    if not deep.any():
        return mask
    _, names = cv2.connectedComponents(ink, connectivity=8)
    rim = np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]])
    return mask & ~np.isin(names, np.intersect1d(names[deep], rim[rim > 0]))


def remove_ruled_lines(mask, faint):
    """(h, w) bool ink → the same without ruled or squared paper's lines; strokes that cross them stay whole.

    faint: (h, w) bool, the ink and what is nearly ink, for a printed line is often paler than the pen.
    One upright line may be a 1, so upright lines are rules only where there are several.
    """
    level = _without_level_rules(mask, faint, enough=1)
    return _without_level_rules(level.T, faint.T, enough=3).T


def _without_level_rules(mask, faint, enough):
    rim = max(1, round((1 - REACH) * mask.shape[1]))
    if not (mask.any() and faint[:, :rim].any() and faint[:, -rim:].any()):
        return mask
    rules = _level_rules(faint, enough)
    if not rules.any():
        return mask
    rules = cv2.dilate(rules, np.ones((3, 1), np.uint8))
    thickness = int(np.percentile(rules.sum(axis=0), 90))
    rest = (mask & (rules == 0)).astype(np.uint8)
    reach = min(2 * thickness, 31) | 1
    framed = cv2.copyMakeBorder(rest, reach, reach, 0, 0, cv2.BORDER_CONSTANT)  # else rules at the rim stay
    bridged = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((reach, 1), np.uint8))[reach:-reach]
    return (rest > 0) | mask & (bridged > 0)


def _level_rules(mask, enough):
    """(h, w) uint8: 1 on thin straight lines from rim to rim, slightly tilted ones too."""
    height, width = mask.shape
    found = np.zeros(mask.shape, np.uint8)
    run = max(8, int(0.3 * width))
    ink = mask.astype(np.uint8)
    for tilt in TILTS:
        level = np.float32([[1, 0, 0], [tilt, 1, -tilt * width / 2]])
        sheared = cv2.warpAffine(ink, level, (width, height), flags=cv2.INTER_NEAREST)
        opened = cv2.morphologyEx(sheared, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
        if opened.any():
            lines = _crossing(opened, mask, enough)
            found |= cv2.warpAffine(lines, level, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return found


def _crossing(opened, mask, enough):
    """Of level runs of ink those that reach from rim to rim and are thin, if they are too many or long for a digit."""
    height, width = opened.shape
    _, names, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    long = (stats[:, cv2.CC_STAT_WIDTH] >= REACH * width) & (stats[:, cv2.CC_STAT_HEIGHT] <= max(3, 0.12 * height))
    long[0] = False
    rows = np.flatnonzero(mask.any(axis=1))
    if long.sum() < enough or long.sum() < 3 and width < LONGER * (rows[-1] - rows[0] + 1):
        return np.zeros_like(opened)
    return long[names].astype(np.uint8)
