"""The released model reads pictures, strokes, lines; damaged and foreign model files are refused in words."""

import dataclasses
import io
import json
import time
import zipfile
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image

from core.datasets.mnist import load_arrays
from core.evaluation.calibration import apply_temperature, expected_calibration_error
from core.networks.builder import import_keras
from core.networks.saved_layers import fold_model
from core.preprocessing.mnist_form import to_mnist_form
from core.recognition import RELEASED_MODEL, ModelCard, ModelError, Recognizer, recognizer


@pytest.fixture(scope="module")
def reader():
    recognizer = Recognizer.load()
    recognizer.read(np.tile(load_arrays()["x_test"][0], (1, 3)))  # loads the networks that look for ink and lines
    return recognizer


@pytest.fixture(scope="module")
def mnist():
    arrays = load_arrays()
    return arrays["x_test"], arrays["y_test"]


@pytest.fixture(scope="module")
def clear(reader, mnist):
    """Of each digit 0 to 9, ten test images that the network is sure of: {label: (10, 28, 28)}."""
    images, labels = mnist
    sure = reader.classify(images)[np.arange(len(labels)), labels] > 0.99
    return {label: images[sure & (labels == label)][:10] for label in range(10)}


def page(clear, rows, size=56, gap=24, margin=50):
    """Digits of MNIST in dark ink on white, a row of the page for each text: (h, w) uint8."""
    width = max(len(row) for row in rows) * (size + gap) + 2 * margin
    paper = np.full((len(rows) * (size + 40) + 2 * margin, width), 255, np.uint8)
    for y, row in enumerate(rows):
        for x, label in enumerate(row):
            digit = cv2.resize(clear[int(label)][(x + y) % 10], (size, size), interpolation=cv2.INTER_CUBIC)
            top, left = margin + y * (size + 40), margin + x * (size + gap)
            paper[top : top + size, left : left + size] = 255 - digit
    return paper


def test_mnist_keeps_its_accuracy_through_preparation(reader, mnist):
    images, labels = mnist
    prepared = np.stack([to_mnist_form(image) for image in images])
    plain, passed = ((reader.classify(each).argmax(axis=1) == labels).mean() for each in (images, prepared))
    assert passed >= plain - 0.001


def test_the_card_says_what_the_released_network_does(reader, mnist):
    images, labels = mnist
    card = json.loads(RELEASED_MODEL.with_suffix(".json").read_text("utf-8"))
    found = reader.predict_with_outlier_score(images)
    probabilities = found.probabilities
    assert card["test_accuracy"] == pytest.approx((probabilities.argmax(axis=1) == labels).mean(), abs=1e-4)
    error = expected_calibration_error(probabilities, labels)
    assert error <= 0.005 and card["calibration_error"] == pytest.approx(error, abs=2e-4)
    kept = (~found.refused).mean()
    assert kept >= 0.99 and card["test_digits_kept"] == pytest.approx(kept, abs=1e-3)


def test_mnist_keeps_its_accuracy_as_pictures(reader, mnist):
    images, labels = (each[:2000] for each in mnist)
    plain = (reader.classify(images).argmax(axis=1) == labels).mean()
    readings = reader.read_many([255 - image for image in images], single=True)
    read = np.mean([reading.text == str(label) for reading, label in zip(readings, labels, strict=True)])
    assert read >= plain - 0.003


def test_probabilities_are_what_the_model_says_at_its_temperature(reader, mnist):
    images = mnist[0][:600]
    ours, theirs = reader.classify(images), reader.model(images / np.float32(255), training=False).numpy()
    assert ours.shape == (600, 10) and ours.dtype == np.float32
    assert ours == pytest.approx(apply_temperature(theirs, reader.temperature), abs=1e-4)
    assert reader.classify(images[:0]).shape == (0, 10)


def test_temperature_softens_and_keeps_the_label(mnist):
    released = Recognizer.load()
    soft = Recognizer(released.model, ModelCard(temperature=2.0))
    plain, softened = released.classify(mnist[0][:200]), soft.classify(mnist[0][:200])
    assert (plain.argmax(axis=1) == softened.argmax(axis=1)).all()
    assert softened.max(axis=1).mean() < plain.max(axis=1).mean()
    assert softened.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-5)


@pytest.mark.parametrize("label", range(10))
def test_a_digit_of_either_polarity_is_read_alike(reader, clear, label):
    picture = np.pad(cv2.resize(clear[label][0], (140, 140), interpolation=cv2.INTER_CUBIC), 40)
    light, dark = reader.read(picture, single=True), reader.read(255 - picture, single=True)
    assert light.text == dark.text == str(label)
    assert np.array_equal(light.digits[0].image, dark.digits[0].image)


def test_a_digit_says_all_that_is_known_of_it(reader, clear):
    picture = np.pad(cv2.resize(clear[3][0], (140, 140), interpolation=cv2.INTER_CUBIC), 40)
    reading = reader.read(picture, single=True)
    digit = reading.digits[0]
    assert (digit.label, reading.text, digit.refused) == (3, "3", False)
    assert digit.confidence == pytest.approx(digit.probabilities[3]) and digit.confidence > 0.9
    assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert digit.image.shape == (28, 28) and digit.image.dtype == np.uint8
    left, top, width, height = digit.box
    assert 40 <= left < left + width <= 180 and 40 <= top < top + height <= 180
    assert [step.name for step in reading.steps] == ["grey", "ground removed", "ink", "box", "what the network saw"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        digit.label = 4


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280, 3), 255, np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.where(np.arange(10_000).reshape(100, 100) == 5050, 0, 255).astype(np.uint8),
        np.random.default_rng(0).normal(190, 4, (300, 400)).clip(0, 255).astype(np.uint8),
    ],
    ids=["black", "white", "transparent", "one pixel", "noisy paper"],
)
def test_where_nothing_is_written_nothing_is_read(reader, picture, single):
    reading = reader.read(picture, single=single)
    assert (reading.text, reading.digits) == ("", ())


def test_what_is_no_digit_is_refused_and_the_best_guess_kept(reader):
    strict = Recognizer(reader.model, ModelCard(min_confidence=1.1))
    picture = np.zeros((100, 100), np.uint8)
    picture[20:80, 40:60] = 255
    single, number = strict.read(picture, single=True), strict.read(picture)
    assert single.digits[0].refused and single.text == str(single.digits[0].label)
    assert number.text == ""


@pytest.mark.parametrize("rows", [["407"], ["8"], ["2026", "1105"], ["123", "4567", "89"]])
@pytest.mark.parametrize("inverted", [False, True])
def test_lines_are_read_in_order(reader, clear, rows, inverted):
    paper = page(clear, rows)
    reading = reader.read(255 - paper if inverted else paper)
    assert reading.text == "\n".join(rows)
    assert [digit.line for digit in reading.digits] == [number for number, row in enumerate(rows) for _ in row]


@pytest.mark.parametrize("degrees", [-4, 4])
def test_a_tilted_page_is_read_in_order(reader, clear, degrees):
    paper = page(clear, ["31415", "92653", "58979"], margin=90)
    turn = cv2.getRotationMatrix2D((paper.shape[1] / 2, paper.shape[0] / 2), degrees, 1)
    tilted = cv2.warpAffine(paper, turn, paper.shape[::-1], flags=cv2.INTER_CUBIC, borderValue=255)
    assert reader.read(tilted).text == "31415\n92653\n58979"


def leaning(paper, slant):
    """The page as a hand writes it that leans to the right: (h, w) uint8."""
    width = paper.shape[1] + int(abs(slant) * paper.shape[0])
    shear = np.float32([[1, -slant, max(0, slant) * paper.shape[0]], [0, 1, 0]])
    return cv2.warpAffine(paper, shear, (width, paper.shape[0]), flags=cv2.INTER_CUBIC, borderValue=255)


@pytest.mark.parametrize("slant", [0.3, 0.6])
def test_a_leaning_hand_is_read_and_its_digits_boxed_where_they_lie(reader, clear, slant):
    paper = page(clear, ["27182", "81828"], gap=10)
    reading = reader.read(leaning(paper, slant))
    assert reading.text == "27182\n81828"
    upright = reader.read(paper)
    for there, here in zip(reading.digits, upright.digits, strict=True):
        middle = here.box[0] + here.box[2] / 2, here.box[1] + here.box[3] / 2
        wanted = middle[0] + slant * (paper.shape[0] - middle[1]), middle[1]
        left, top, width, height = there.box
        assert (left + width / 2, top + height / 2) == pytest.approx(wanted, abs=10)


def test_a_number_shows_every_step_from_the_picture_to_its_digits(reader, clear):
    names = ["grey", "handwriting", "ink", "straightened", "box", "what the network saw"]
    assert [step.name for step in reader.read(page(clear, ["407"])).steps] == names


def test_in_a_line_a_digit_may_be_less_sure_than_alone(reader, clear):
    doubting = Recognizer(reader.model, ModelCard(temperature=4.0, min_confidence=0.9))
    alone, in_line = doubting.read(page(clear, ["4"])), doubting.read(page(clear, ["44"]))
    assert alone.digits[0].refused and in_line.text == "44"


def test_what_the_network_saw_of_a_full_page_stays_a_picture_of_reasonable_size(reader, clear):
    saw = reader.read(page(clear, ["8" * 25] * 12, size=28, gap=12)).steps[-1].picture
    assert saw.shape == (17 * 28, 18 * 28)


def test_boxes_stand_around_their_digits_in_the_pixels_of_the_picture(reader, clear):
    paper = page(clear, ["52"], size=400, gap=100, margin=300)
    large = np.pad(paper, ((0, 900), (0, 900)), constant_values=255)
    boxes = [digit.box for digit in reader.read(Image.fromarray(large)).digits]
    assert len(boxes) == 2
    for place, (left, top, width, height) in enumerate(boxes):
        x, y = 300 + place * 500 + 200, 500
        assert left < x < left + width and top < y < top + height
        assert 270 < max(width, height) < 330


def test_a_page_in_uneven_light_is_read_whole(reader, clear):
    paper = page(clear, ["0123456789", "9876543210", "1357924680"], size=100, gap=60)
    light = np.linspace(0.6, 1, paper.shape[1]) * np.linspace(1, 0.8, paper.shape[0])[:, None]
    noise = np.random.default_rng(0).normal(0, 3, paper.shape)
    photo = ((55 + paper * (170 / 255)) * light + noise).clip(0, 255).astype(np.uint8)
    assert reader.read(photo).text == "0123456789\n9876543210\n1357924680"


def touching(clear, text, overlap):
    """Digits of MNIST pushed together until their ink meets: (h, w) uint8, dark on light."""
    inks = [np.pad(clear[int(label)][k][4:24], ((4, 4), (0, 0))) for k, label in enumerate(text)]
    inks = [
        cv2.resize(ink[:, np.flatnonzero(ink.any(axis=0))], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
        for ink in inks
    ]
    paper = np.zeros((inks[0].shape[0], sum(ink.shape[1] for ink in inks)), np.uint8)
    left = 0
    for ink in inks:
        place = paper[:, left : left + ink.shape[1]]
        np.maximum(place, ink, out=place)
        left += ink.shape[1] - overlap
    return 255 - np.pad(paper[:, : left + overlap], 40)


@pytest.mark.parametrize("overlap", [0, 3, 5])
def test_most_touching_digits_are_parted(reader, clear, overlap):
    texts = ["00", "23", "35", "52", "60", "78", "84", "303", "256", "800"]
    read = [reader.read(touching(clear, text, overlap)).text for text in texts]
    assert sum(a == b for a, b in zip(read, texts, strict=True)) >= 8, read


@pytest.mark.parametrize("wall", [180, 190])
def test_light_digits_in_cells_with_light_walls_are_read(reader, wall):
    picture = np.full((76, 508), 15, np.uint8)
    for left, digit in zip(range(2, 506, 72), "2068350", strict=True):
        cv2.rectangle(picture, (left, 2), (left + 72, 73), wall, 5)
        cv2.putText(picture, digit, (left + 16, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 225, 6, cv2.LINE_AA)
    found = reader.read(picture)
    assert found.text == "2068350"
    left, top, width, height = found.digits[2].box
    assert 146 <= left < left + width <= 218 and 5 <= top < top + height <= 71


@pytest.mark.parametrize(
    ("size", "share", "margin", "paper", "deviation"),
    [((300, 400), 0.2, 0, 185, 18), ((200, 300), 0.12, 20, 214, 12)],
    ids=["black margin", "dark margin"],
)
def test_grain_of_a_blank_paper_on_a_dark_margin_is_not_read(reader, size, share, margin, paper, deviation):
    picture = np.full(size, margin, np.float32)
    height, width = size
    top, left = int(share * height), int(share * width)
    inner = picture[top : height - top, left : width - left]
    inner[:] = np.random.default_rng(deviation // 6 - 1).normal(paper, deviation, inner.shape)
    assert reader.read(np.clip(picture, 0, 255).astype(np.uint8)).digits == ()


def test_pieces_that_are_no_digits_are_left_out(reader, clear):
    paper = page(clear, ["407", "56"])
    paper[96:104, 118:125] = 0  # a point between two digits
    paper[75:80, 300:350] = 0  # a dash after them
    assert reader.read(paper).text == "407\n56"


def hairline(text, tall, pen):
    """A text of 5s and 7s, `tall` pixels high, drawn with so thin a pen: dark on light."""
    turns = np.linspace(-0.65 * np.pi, 0.75 * np.pi, 40)
    bow = np.stack([0.38 + 0.4 * np.cos(turns), 0.68 + 0.32 * np.sin(turns)], axis=1)
    strokes = {"5": np.vstack([[(0.75, 0), (0.2, 0), (0.15, 0.42)], bow]), "7": np.array([(0, 0), (0.6, 0), (0.2, 1)])}
    pixels = np.full((int(tall * 1.5), int(tall * (0.4 + 0.95 * len(text)))), 255, np.uint8)
    for place, label in enumerate(text):
        path = np.round((strokes[label] + (0.3 + 0.95 * place, 0.22)) * tall * 8).astype(np.int32)
        cv2.polylines(pixels, [path], False, 0, pen, cv2.LINE_AA, 3)
    return pixels


@pytest.mark.parametrize(("tall", "pen"), [(400, 1), (600, 1), (600, 2), (1000, 1), (1000, 2), (1000, 3)])
def test_a_hairline_is_read_however_large_the_paper(reader, tall, pen):
    [digit] = reader.read(hairline("5", tall, pen), single=True).digits
    assert digit.label == 5 and digit.confidence > 0.9 and not digit.refused
    assert digit.image.max() >= 128, "what the network saw"
    assert reader.read(hairline("57", tall, pen)).text == "57"


@pytest.mark.parametrize("grey", [160, 170])
def test_a_pale_line_beside_a_dark_one_is_read(reader, grey):
    pixels = np.full((300, 600), 255, np.uint8)
    for text, foot, shade in (("123456", 100, 0), ("789", 240, grey)):
        for place, label in enumerate(text):
            corner = (30 + 80 * place, foot)
            cv2.putText(pixels, label, corner, cv2.FONT_HERSHEY_SIMPLEX, 2.5, shade, 6, cv2.LINE_AA)
    assert reader.read(pixels).text == "123456\n789"


def crosses(count, side=400):
    """Large X side by side: dark on light."""
    if side != 400:
        return cv2.resize(crosses(count), (side * count, side), interpolation=cv2.INTER_AREA)
    pixels = np.full((400, 400 * count), 255, np.uint8)
    for left in range(0, 400 * count, 400):
        for top, bottom in ((60, 340), (340, 60)):
            cv2.line(pixels, (left + 60, top), (left + 340, bottom), 0, 30)
    return pixels


def test_the_only_piece_of_a_number_that_is_no_digit_is_refused_with_its_bars(reader):
    scrawl = np.random.default_rng(0).uniform(30, 170, (12, 2))
    drawn = reader.read_strokes([scrawl], single=False)
    sent = reader.read(crosses(1))
    for reading in (drawn, sent):
        [digit] = reading.digits
        assert reading.text == "" and digit.refused
        assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert reading.steps[-1].name == "what the network saw"
    assert sent.digits[0].box == pytest.approx((49, 49, 303, 303), abs=8)


def test_of_several_pieces_that_are_no_digits_none_stands_for_all(reader):
    assert reader.read(crosses(2)).digits == ()
    assert [reader.read(crosses(count, 60)).digits for count in (2, 3, 4)] == [()] * 3


def test_many_pictures_are_read_as_one_by_one(reader, clear):
    pictures = [page(clear, [str(label)]) for label in range(10)] + [np.zeros((50, 50), np.uint8)]
    for single in (True, False):
        together = reader.read_many(pictures, single=single)
        assert [each.text for each in together] == [reader.read(p, single=single).text for p in pictures]
    assert reader.read_many([]) == []


SEVEN = [np.array([[60, 60], [200, 60], [120, 230]], float)]
FOUR = [np.array([[150, 40], [60, 160], [210, 160]], float), np.array([[160, 100], [160, 240]], float)]


def along(strokes, dx=0.0, scale=1.0):
    """Strokes as a pen gives them: many points, moved and scaled."""
    steps = np.linspace(0, 1, 12)[:, None]
    strokes = [np.array(stroke, float) for stroke in strokes]
    return [np.concatenate([a + (b - a) * steps for a, b in pairwise(stroke)]) * scale + (dx, 0) for stroke in strokes]


@pytest.mark.parametrize("scale", [0.15, 1, 6])
def test_strokes_are_read_at_any_size(reader, scale):
    assert reader.read_strokes(along(SEVEN, scale=scale)).text == "7"
    assert reader.read_strokes(along(FOUR, scale=scale)).text == "4"


def test_strokes_of_a_number_are_read_in_order(reader):
    strokes = [*along(FOUR, dx=600), *along(SEVEN), *along(FOUR, dx=300)]
    reading = reader.read_strokes(strokes, single=False)
    assert reading.text == "744"
    assert [digit.box[0] for digit in reading.digits] == pytest.approx([50, 350, 650], abs=15)


CROSSED_SEVEN = [[(0, 12), (132, 12), (48, 240)], [(24, 120), (126, 115)]]
OPEN_FOUR = [[(12, 0), (4, 132), (144, 132)], [(108, 24), (100, 240)]]
FIVE_WITH_ITS_BAR_APART = [
    [(20, 20), (12, 100), (70, 92), (124, 128), (132, 172), (108, 216), (60, 236), (4, 212)],
    [(44, 0), (144, -6)],
]
EIGHT_OF_TWO_LOOPS = [
    [(60 + 50 * np.sin(turn), 54 - 54 * np.cos(turn)) for turn in np.linspace(0, 2 * np.pi, 20)],
    [(60 + 60 * np.sin(turn), 172 - 66 * np.cos(turn)) for turn in np.linspace(0, 2 * np.pi, 20)],
]


@pytest.mark.parametrize("gap", [40, 110])
def test_digits_of_crossing_strokes_are_read_in_a_number(reader, gap):
    digits = [OPEN_FOUR, CROSSED_SEVEN, FIVE_WITH_ITS_BAR_APART, EIGHT_OF_TWO_LOOPS, [[(60, 0), (50, 240)]]]
    strokes = [stroke for place, digit in enumerate(digits) for stroke in along(digit, dx=place * (145 + gap))]
    assert reader.read_strokes(strokes, single=False).text == "47581"


def test_a_cross_is_not_two_digits(reader):
    cross = along([[(0, 0), (150, 240)], [(150, 0), (0, 240)]])
    assert len(reader.read_strokes(cross, single=False).digits) < 2
    assert len(reader.read_strokes([*cross, *along(CROSSED_SEVEN, dx=220)], single=False).digits) < 3


def test_no_strokes_are_no_digit(reader):
    for strokes in ([], [np.zeros((0, 2))]):
        assert reader.read_strokes(strokes).text == ""
        assert reader.read_strokes(strokes, single=False).digits == ()


def hostile():
    rng = np.random.default_rng(0)
    specks = np.full((1000, 1000), 255, np.uint8)
    specks[rng.integers(0, 1000, 10_000), rng.integers(0, 1000, 10_000)] = 0
    marks = np.full((1600, 2000), 255, np.uint8)
    for k in range(2000):
        y, x = k // 50 * 40 + 8, k % 50 * 40 + 8
        marks[y : y + rng.integers(4, 24), x : x + rng.integers(4, 24)] = 0
    cursive = np.full((1250, 1600), 255, np.uint8)
    along = np.arange(1500)
    for middle in np.arange(12, 1250, 22):  # lines of joined-up writing that might be cut at a thousand places
        wave = np.stack([along + 50, middle + 7 * np.sin(along / 4)], axis=1)
        cv2.polylines(cursive, np.array_split(np.int32(wave), 5), False, 0, 2)
    return {
        "cursive": cursive,
        "specks": specks,
        "marks": marks,
        "one high": rng.integers(0, 256, (1, 3000), dtype=np.uint8),
        "wide": rng.integers(0, 256, (60, 20_000), dtype=np.uint8),
        "noise": rng.integers(0, 256, (1400, 1400), dtype=np.uint8),
        "checks": (np.indices((1400, 1400)).sum(axis=0) // 6 % 2 * 255).astype(np.uint8),
    }


@pytest.mark.parametrize("name", ["cursive", "specks", "marks", "one high", "wide", "noise", "checks"])
@pytest.mark.parametrize("single", [True, False])
def test_any_picture_is_answered_in_time(reader, name, single):
    picture = hostile()[name]
    start = time.process_time()  # of all threads, whatever else the machine does
    reader.read(picture, single=single)
    assert time.process_time() - start < 5


def saved(tmp_path, layers, name="model.keras"):
    keras = import_keras()
    keras.Sequential(layers).save(tmp_path / name)
    return tmp_path / name


def changed(path, change, method=zipfile.ZIP_DEFLATED):
    """The model file with its config changed by a function of the dict."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    change(config)
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def small(tmp_path):
    keras = import_keras()
    layers = keras.layers
    return saved(tmp_path, [keras.Input((28, 28)), layers.Flatten(), layers.Dense(10, "softmax")])


def test_a_model_file_and_a_run_folder_are_loaded(small, mnist):
    from_file, from_folder = Recognizer.load(small), Recognizer.load(small.parent)
    assert from_file.classify(mnist[0][:5]) == pytest.approx(from_folder.classify(mnist[0][:5]))


@pytest.mark.parametrize("wrong", ["answer", "shape", "error"])
def test_a_model_that_is_folded_wrongly_is_computed_by_keras(small, mnist, wrong, monkeypatch):
    def fold(model):
        *steps, last = fold_model(model)
        kernel, bias = last.weights
        weights = {"answer": (kernel[:, ::-1], bias), "shape": (kernel[:, :1], bias[:1]), "error": (kernel[1:], bias)}
        return [*steps, dataclasses.replace(last, weights=weights[wrong])]

    monkeypatch.setattr(recognizer, "fold_model", fold)
    reader = Recognizer.load(small)
    expected = import_keras().ops.convert_to_numpy(reader.model(mnist[0][:5] / np.float32(255)))
    found = reader.predict_with_outlier_score(mnist[0][:5]).probabilities
    assert found == pytest.approx(apply_temperature(expected, reader.temperature), abs=1e-5)


def test_a_missing_model_is_refused_in_words(tmp_path):
    with pytest.raises(ModelError, match="There is no model file at .*nothing.keras"):
        Recognizer.load(tmp_path / "nothing.keras")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_a_cut_off_model_is_refused_in_words(tmp_path, share):
    data = RELEASED_MODEL.read_bytes()
    (tmp_path / "half.keras").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match="half.keras is damaged"):
        Recognizer.load(tmp_path / "half.keras")


def test_a_zip_of_something_else_is_refused_in_words(tmp_path):
    with zipfile.ZipFile(tmp_path / "letters.keras", "w") as archive:
        archive.writestr("letter.txt", "dear")
    with pytest.raises(ModelError, match=r"lacks config.json, metadata.json, model.weights.h5"):
        Recognizer.load(tmp_path / "letters.keras")


def test_a_bomb_is_refused_before_it_is_unpacked(small, monkeypatch):
    with zipfile.ZipFile(small, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/zeros", bytes(300 * 1024**2))
    with pytest.raises(ModelError, match="would unpack to 300 MB; at most 256 MB"):
        Recognizer.load(small)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_model_packed_by_a_method_that_is_not_bounded_is_refused_unread(small, method, monkeypatch):
    changed(small, lambda config: None, method)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(
        ModelError, match="model.keras is encrypted, or compressed by a method other than Stored and Deflate"
    ):
        Recognizer.load(small)


def test_a_model_with_damaged_bytes_is_refused_in_words(small):
    changed(small, lambda config: None)
    data = bytearray(small.read_bytes())
    with zipfile.ZipFile(small) as archive:
        start = archive.getinfo("config.json").header_offset + 60
    data[start : start + 40] = bytes(40)
    small.write_bytes(data)
    with pytest.raises(ModelError, match="model.keras is damaged"):
        Recognizer.load(small)


def test_weights_that_do_not_fit_are_refused_in_words(small):
    def widen(config):
        config["config"]["layers"][-1]["config"]["units"] = 10
        config["config"]["layers"][-1]["config"]["use_bias"] = False

    with pytest.raises(ModelError, match="^model.keras is damaged: its weights do not fit its layers.$"):
        Recognizer.load(changed(small, widen))


def test_layers_that_make_no_network_are_refused_in_words(small):
    def break_layer(config):
        config["config"]["layers"][-1]["config"]["units"] = "ten"

    with pytest.raises(ModelError, match="^model.keras is damaged: its layers cannot be put together.$"):
        Recognizer.load(changed(small, break_layer))


def test_a_giant_network_is_refused_before_memory_is_taken(tmp_path):
    keras = import_keras()
    layers = keras.layers
    path = saved(tmp_path, [keras.Input((28, 28)), layers.Flatten(), layers.Dense(8), layers.Dense(10, "softmax")])

    def grow(config):
        config["config"]["layers"][2]["config"]["units"] = 10**8
        config["config"]["layers"][3].pop("build_config")

    with pytest.raises(ModelError, match=r"has [\d,]+ weights; at most 20,000,000"):
        Recognizer.load(changed(path, grow))


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32)])
def test_a_model_for_other_pictures_is_refused_in_words(tmp_path, shape):
    keras = import_keras()
    layers = keras.layers
    path = saved(tmp_path, [keras.Input(shape), layers.Flatten(), layers.Dense(10, "softmax")])
    with pytest.raises(ModelError, match="a model that reads digits has"):
        Recognizer.load(path)


@pytest.mark.parametrize(("activation", "bias"), [(None, 0.0), ("relu", 0.0), ("sigmoid", 0.0), ("softmax", np.nan)])
def test_a_model_whose_answers_are_no_probabilities_is_refused_in_words(tmp_path, activation, bias):
    keras = import_keras()
    layers = keras.layers
    last = layers.Dense(10, activation, bias_initializer=keras.initializers.Constant(bias))
    words = "are NaN or infinite" if np.isnan(bias) else r"are not probabilities but logits .* their sum is [-\d.e+]+\."
    with pytest.raises(ModelError, match=f"The outputs of model.keras .*{words}"):
        Recognizer.load(saved(tmp_path, [keras.Input((28, 28)), layers.Flatten(), last]))


def test_a_layer_that_carries_code_is_refused_and_not_run(small):
    def smuggle(config):
        config["config"]["layers"][1]["class_name"] = "Lambda"

    with pytest.raises(ModelError, match="needs “Lambda”, which is not one of Keras's own layers"):
        Recognizer.load(changed(small, smuggle))


def test_a_layer_of_a_foreign_module_is_refused_and_not_imported(small):
    def smuggle(config):
        config["config"]["layers"][1].update(module="os", class_name="system")

    with pytest.raises(ModelError, match="needs “system”"):
        Recognizer.load(changed(small, smuggle))


def test_a_damaged_card_does_not_keep_the_model_from_reading(small):
    for card in ("{not json", "[]", '{"temperature": "warm", "refusal": null}', '{"temperature": -1}'):
        small.with_suffix(".json").write_text(card)
        assert ModelCard.beside(small) == ModelCard()
        assert Recognizer.load(small).temperature == 1


def test_a_picture_from_memory_is_read_like_its_array(reader, clear):
    paper = page(clear, ["19"])
    file = io.BytesIO()
    Image.fromarray(paper).save(file, "PNG")
    assert reader.read(Image.open(file)).text == reader.read(paper).text == "19"


def test_a_loaded_model_reads_as_keras_computes_it(reader, mnist):
    by_keras = Recognizer(reader.model, ModelCard.beside(RELEASED_MODEL))
    assert reader.classify(mnist[0][:200]) == pytest.approx(by_keras.classify(mnist[0][:200]), abs=1e-5)


def test_a_model_that_keras_alone_computes_is_read_all_the_same(tmp_path, mnist):
    keras = import_keras()
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(20, "tanh")]
    model = keras.Sequential([*layers, keras.layers.Dense(10, "softmax")])
    model.save(tmp_path / "model.keras")
    expected = keras.ops.convert_to_numpy(model(mnist[0][:5] / np.float32(255)))
    assert Recognizer.load(tmp_path / "model.keras").classify(mnist[0][:5]) == pytest.approx(expected, abs=1e-5)


def test_pictures_of_several_batches_are_read_in_their_order(reader, clear):
    pictures = [cv2.resize(clear[number % 10][number % 7], (56, 56)) for number in range(70)]
    readings = reader.read_many(pictures, single=True)
    assert [reading.text for reading in readings] == [str(number % 10) for number in range(70)]
    with pytest.raises(ValueError, match="float64"):
        reader.read_many([*pictures, np.zeros((28, 28))], single=True)
