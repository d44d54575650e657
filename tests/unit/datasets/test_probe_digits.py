"""The ten digits are MNIST's until a person draws their own, and are never lost to a damaged file."""

import numpy as np

from core.datasets import probe_digits
from core.datasets.mnist import load_arrays
from core.recognition.recognizer import Recognizer


def drawing(value):
    return np.full((28, 28), value, np.uint8)


def test_before_any_is_drawn_they_are_ten_test_images_of_the_right_labels(tmp_path):
    digits = probe_digits.load(tmp_path / "none yet")
    arrays = load_arrays()
    for label, image in enumerate(digits.images):
        same = (arrays["x_test"] == image).all(axis=(1, 2))
        assert arrays["y_test"][same].tolist() == [label]
    assert not digits.own.any()


def test_a_drawn_digit_is_kept_and_the_others_stay(tmp_path):
    before = probe_digits.load(tmp_path)
    probe_digits.save_digit(tmp_path, 3, drawing(7))
    digits = probe_digits.load(tmp_path)
    assert digits.own.tolist() == [label == 3 for label in range(10)]
    assert (digits.images[3] == 7).all()
    np.testing.assert_array_equal(np.delete(digits.images, 3, axis=0), np.delete(before.images, 3, axis=0))


def test_a_second_drawing_takes_the_first_ones_place(tmp_path):
    probe_digits.save_digit(tmp_path, 3, drawing(7))
    probe_digits.save_digit(tmp_path, 3, drawing(9))
    assert (probe_digits.load(tmp_path).images[3] == 9).all()


def test_the_time_of_the_last_change_moves_and_a_reset_goes_back(tmp_path):
    assert probe_digits.modified_ns(tmp_path) == 0
    probe_digits.save_digit(tmp_path, 0, drawing(1))
    assert probe_digits.modified_ns(tmp_path) > 0
    probe_digits.reset(tmp_path)
    assert probe_digits.modified_ns(tmp_path) == 0
    assert not probe_digits.load(tmp_path).own.any()
    probe_digits.reset(tmp_path)


def test_a_damaged_or_foreign_file_gives_mnists_digits(tmp_path):
    probe_digits.save_digit(tmp_path, 0, drawing(1))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert not probe_digits.load(tmp_path).own.any()
    with open(path, "wb") as file:
        np.savez(file, images=np.zeros((10, 5, 5), np.uint8), own=np.ones(10, bool))
    assert not probe_digits.load(tmp_path).own.any()
    probe_digits.save_digit(tmp_path, 0, drawing(1))
    assert probe_digits.load(tmp_path).own[0], "a damaged file can be drawn over"


def test_a_drawing_is_what_the_reader_would_see_of_it():
    seven = [[(80, 70), (200, 70), (130, 230)], [(100, 150), (180, 150)]]
    (read,) = Recognizer.load().read_strokes(seven).digits
    np.testing.assert_array_equal(probe_digits.digit_image(seven), read.image)


def test_a_dot_is_a_drawing_too():
    assert probe_digits.digit_image([[(140, 140)]]).any()


def test_digits_that_were_reset_are_restored(tmp_path):
    probe_digits.save_digit(tmp_path, 3, drawing(7))
    before = probe_digits.load(tmp_path)
    probe_digits.reset(tmp_path)
    probe_digits.restore(tmp_path, before)
    after = probe_digits.load(tmp_path)
    np.testing.assert_array_equal(after.images, before.images)
    np.testing.assert_array_equal(after.own, before.own)
