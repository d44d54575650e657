"""Ink from pictures of every kind: light and dark, transparent, deep, shadowed, ruled, faint."""

import cv2
import numpy as np
import pytest
from PIL import Image

from core.preprocessing.background import subtract_background
from core.preprocessing.binarization import Ink, find_inks
from core.preprocessing.mnist_form import SHOWN_PX
from core.preprocessing.working_grey import WORK_PIXELS, to_working_grey


def find_ink(picture, single=True, all_ink=False) -> Ink:
    return find_inks([picture], single, all_ink)[0]


@pytest.fixture
def drawing():
    """A 7 in dark ink on white paper, (120, 100) uint8."""
    picture = np.full((120, 100), 255, np.uint8)
    cv2.polylines(picture, [np.array([[30, 25], [70, 25], [45, 95]])], False, 0, 7, cv2.LINE_AA)
    return picture


def overlap(found, drawing):
    """How much of the drawn ink and of no other place was found: intersection over union."""
    ink, drawn = found.strength > 127, drawing < 128
    return (ink & drawn).sum() / (ink | drawn).sum()


def test_dark_on_light_and_light_on_dark_are_the_same_ink(drawing):
    dark, light = find_ink(drawing), find_ink(255 - drawing)
    assert overlap(dark, drawing) > 0.95
    assert np.array_equal(dark.strength, light.strength)


@pytest.mark.parametrize("inverted", [False, True])
def test_more_ink_than_ground_does_not_turn_the_polarity(inverted):
    picture = np.full((100, 100), 255, np.uint8)
    picture[8:92, 8:92] = 0  # 71 % of the picture
    found = find_ink(255 - picture if inverted else picture)
    assert overlap(found, picture) > 0.95


def in_mode(drawing, mode):
    image = Image.fromarray(drawing)
    if mode == "I;16":
        return Image.fromarray(drawing.astype(np.uint16) * 257)
    if mode == "I":
        return Image.fromarray(drawing.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(drawing.astype(np.float32) / 255)
    return image.convert("RGB").convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "I;16", "I", "F"])
def test_every_mode_of_picture_gives_the_same_ink(drawing, mode):
    assert overlap(find_ink(in_mode(drawing, mode)), drawing) > 0.9


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_arrays_of_every_shape_give_the_same_ink(drawing, channels):
    planes = np.repeat(drawing[:, :, None], channels, axis=2)
    if channels == 4:
        planes[:, :, 3] = 255
    assert overlap(find_ink(planes), drawing) > 0.95


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_ink_on_a_transparent_ground_is_found_whatever_its_colour(drawing, colour):
    planes = np.zeros((*drawing.shape, 4), np.uint8)
    planes[:, :, :3] = colour
    planes[:, :, 3] = 255 - drawing
    assert overlap(find_ink(planes), drawing) > 0.9


def test_paper_with_transparent_corners_is_still_paper(drawing):
    planes = np.dstack([drawing, drawing, drawing, np.full_like(drawing, 255)])
    planes[:12, :12] = 0
    planes[-12:, -12:] = 0
    assert overlap(find_ink(planes), drawing) > 0.95


def test_a_palette_with_a_transparent_colour_is_read(drawing):
    image = Image.fromarray((drawing < 128).astype(np.uint8))
    image.putpalette([0, 0, 0, 0, 0, 0])  # ground and ink are both black, but the ground is not there
    image.info["transparency"] = 0
    assert overlap(find_ink(image), drawing) > 0.9


def test_yellow_on_white_is_ink(drawing):
    planes = np.dstack([np.full_like(drawing, 255), np.full_like(drawing, 255), drawing])
    assert overlap(find_ink(planes), drawing) > 0.9


def test_deep_pictures_that_use_few_of_their_bits_are_read(drawing):
    twelve_bits = Image.fromarray(drawing.astype(np.uint16) * 16)
    assert overlap(find_ink(twelve_bits), drawing) > 0.9


def test_the_picture_is_read_as_it_was_held(drawing):
    turned = Image.fromarray(np.rot90(drawing))
    turned.getexif()[0x0112] = 6
    assert overlap(find_ink(turned), drawing) > 0.95


@pytest.mark.parametrize("inverted", [False, True])
def test_shadow_and_uneven_light_are_removed(drawing, inverted):
    light = np.linspace(0.3, 1.0, 100)[None, :] * np.linspace(0.8, 1.0, 120)[:, None]
    noise = np.random.default_rng(0).normal(0, 2, drawing.shape)
    reflected = np.where(drawing < 128, 60, 230) if not inverted else np.where(drawing < 128, 230, 60)
    photo = np.clip(reflected * light + noise, 0, 255).astype(np.uint8)
    assert overlap(find_ink(photo), drawing) > 0.7


def test_a_sharp_shadow_is_not_ink(drawing):
    large = cv2.resize(drawing, (400, 480), interpolation=cv2.INTER_AREA)
    light = np.where(np.arange(400) < 60, 0.55, 1.0)[None, :]
    photo = (np.where(large < 128, 50.0, 220.0) * light).astype(np.uint8)
    assert overlap(find_ink(photo), large) > 0.8


def test_faint_pencil_is_found(drawing):
    noise = np.random.default_rng(0).normal(0, 3, drawing.shape)
    photo = np.clip(np.where(drawing < 128, 175, 215) + noise, 0, 255).astype(np.uint8)
    assert overlap(find_ink(photo), drawing) > 0.7


def ruled(drawing, upright):
    page = cv2.copyMakeBorder(drawing, 60, 60, 150, 150, cv2.BORDER_CONSTANT, value=255)
    paper = np.full(page.shape, 250, np.uint8)
    for at in range(20, page.shape[0], 40):
        paper[at : at + 2] = 130
    if upright:
        for at in range(25, page.shape[1], 40):
            paper[:, at : at + 2] = 130
    return page, np.minimum(page, paper)


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("tilt", [0, 2])
def test_printed_lines_are_not_ink(drawing, upright, tilt):
    page, picture = ruled(drawing, upright)
    if tilt:
        turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), tilt, 1.25)
        page, picture = (cv2.warpAffine(each, turn, each.shape[::-1], borderValue=250) for each in (page, picture))
    assert overlap(find_ink(picture), page) > 0.75


@pytest.mark.parametrize("turned", [False, True])
def test_a_printed_line_at_the_rim_ends_with_the_digit_beside_it(drawing, turned):
    picture = cv2.copyMakeBorder(drawing[17:], 0, 0, 150, 150, cv2.BORDER_CONSTANT, value=255)  # its bar starts at 5
    wanted = picture.copy()
    picture[1:4] = 60
    if turned:
        picture, wanted = np.flipud(picture), np.flipud(wanted)
    found = find_ink(picture)
    assert overlap(found, wanted) > 0.85
    digit, ink = (np.flatnonzero(each.any(axis=0)) for each in (wanted < 128, found.strength > 0))
    assert ink[0] >= digit[0] - 8 and ink[-1] <= digit[-1] + 8


def test_a_bar_across_the_whole_picture_stays_with_its_digit():
    picture = np.zeros((32, 28), np.uint8)
    picture[2:6] = 255
    picture[2:30, 22:27] = 255
    found = find_ink(np.pad(picture, ((3, 3), (0, 0))))
    assert (found.strength > 127)[5:9].sum() > 100


def test_a_1_from_top_to_bottom_is_no_printed_line():
    picture = np.full((100, 60), 255, np.uint8)
    picture[:, 28:33] = 0
    assert overlap(find_ink(picture), picture) > 0.9


def test_the_table_around_a_sheet_is_not_ink(drawing):
    sheet = cv2.resize(drawing, (400, 480), interpolation=cv2.INTER_AREA)
    paper = np.where(sheet < 128, 40, 225).astype(np.uint8)
    photo = cv2.copyMakeBorder(paper, 80, 80, 90, 0, cv2.BORDER_CONSTANT, value=70)
    wanted = cv2.copyMakeBorder(sheet, 80, 80, 90, 0, cv2.BORDER_CONSTANT, value=255)
    assert overlap(find_ink(photo), wanted) > 0.7


@pytest.mark.parametrize("value", [0, 17, 128, 255])
def test_a_blank_picture_has_no_ink(value):
    assert not find_ink(np.full((80, 90), value, np.uint8)).strength.any()


def test_blank_noisy_paper_has_no_ink():
    paper = np.random.default_rng(0).normal(200, 4, (200, 300)).clip(0, 255).astype(np.uint8)
    assert (find_ink(paper).strength > 0).mean() < 1e-3


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 20_000), (3, 5)])
def test_narrow_pictures_are_taken(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert find_ink(picture).strength.shape == shape


def test_large_pictures_are_shrunk_and_boxes_stay_in_their_pixels():
    picture = np.full((3000, 4000), 255, np.uint8)
    picture[1000:2000, 500:700] = 0
    for given in (picture, Image.fromarray(picture), Image.fromarray(picture).convert("P")):
        grey, scale = to_working_grey(given)
        assert grey.size <= 1.01 * WORK_PIXELS
        rows = np.flatnonzero((grey < 128).any(axis=1)) * scale
        assert (rows[0], rows[-1]) == pytest.approx((1000, 2000), abs=6)


@pytest.mark.parametrize("bad", [np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8), np.zeros(9, np.uint8)])
def test_what_is_no_picture_is_refused_with_a_sentence(bad):
    with pytest.raises(ValueError, match="A picture is a uint8 array"):
        find_ink(bad)


def test_an_empty_array_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="at least one pixel"):
        find_ink(np.zeros((0, 5), np.uint8))


def test_every_step_is_kept_with_its_reason(drawing):
    steps = find_ink(drawing, single=False).steps
    assert [step.name for step in steps] == ["grey", "handwriting", "ink"]
    assert all(step.picture.dtype == np.uint8 for step in steps)
    assert steps[0].picture.shape == steps[2].picture.shape == drawing.shape
    assert all(step.why.endswith(".") for step in steps)


@pytest.mark.parametrize("shape", [(3000, 4000), (60, 20_000), (1, 5000)])
def test_the_pictures_of_steps_are_of_reasonable_size(shape):
    steps = find_ink(np.full(shape, 255, np.uint8)).steps
    assert all(max(step.picture.shape) <= SHOWN_PX for step in steps)


def framed(drawing):
    """The drawing in a frame of three pixels, (160, 140) uint8."""
    picture = cv2.copyMakeBorder(drawing, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=255)
    cv2.rectangle(picture, (6, 6), (133, 153), 60, 3)
    return picture


def test_what_is_no_handwriting_is_named_and_read_on_wish(drawing):
    found, everything = find_ink(framed(drawing)), find_ink(framed(drawing), all_ink=True)
    assert not (found.strength[:12] > 127).any() and (everything.strength[:12] > 127).any()
    assert found.left_out.sentence == "Left out as no handwriting: straight lines or frames."
    assert found.doubt("") == found.left_out.sentence and found.doubt("7") == "", "a frame is no digit"
    assert everything.doubt("") == "", "nothing was left out"


def test_a_drawing_without_anything_else_has_nothing_left_out(drawing):
    assert find_ink(drawing, single=False).left_out.sentence == ""
    assert find_ink(drawing).left_out is None, "of a plain drawing of one digit all ink is read"


@pytest.mark.parametrize("inverted", [False, True])
def test_thick_ink_with_soft_edges_on_even_paper_is_measured_to_its_middle(inverted):
    """Its edges have all greys, which were taken for uneven light: all ink was then a frame around the digit."""
    picture = np.full((150, 122), 235, np.uint8)
    cv2.polylines(picture, [np.array([[30, 26], [26, 74], [94, 78]])], False, 50, 46, cv2.LINE_AA)
    cv2.polylines(picture, [np.array([[96, 24], [74, 124]])], False, 50, 44, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 3)
    contrast = subtract_background(255 - picture if inverted else picture)
    assert contrast[picture < 60].min() > 160 and contrast[picture > 230].max() < 10
