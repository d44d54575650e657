"""Copies of a picture that are not equal to the last pixel are noticed; other pictures of one class are no copies."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from core.datasets.duplicates import find_duplicates
from core.datasets.mnist import load_arrays
from core.datasets.near_copies import find_near_copies
from core.datasets.packed_images import PackedImages
from core.preprocessing.naive_resize import resize_naively

DIGITS = load_arrays()["x_test"][:600]


def large(image):
    return Image.fromarray(cv2.resize(255 - image, (160, 160), interpolation=cv2.INTER_CUBIC))


def saved_again(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=60)
    return Image.open(file)


COPIES = {
    "saved again": saved_again,
    "smaller": lambda picture: picture.resize((100, 100)),
    "paler": lambda picture: picture.point(lambda grey: 40 + grey * 0.75),
}


@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES)
def test_copies_are_found_among_others(change):
    pictures = [large(image) for image in DIGITS[:60]]
    copies = [resize_naively(change(picture)) for picture in pictures]
    images = np.concatenate(
        [255 - DIGITS[60:], np.stack([resize_naively(each) for each in pictures]), np.stack(copies)]
    )
    pairs = find_near_copies(images, np.arange(len(images)))
    assert {tuple(pair) for pair in pairs.tolist()} == {(540 + number, 600 + number) for number in range(60)}


@pytest.mark.parametrize("count", [0, 1, 2, 600])
def test_different_digits_and_empty_pictures_are_no_copies(count):
    packed = PackedImages()
    packed.append(DIGITS)
    assert len(find_near_copies(DIGITS, np.arange(count))) == len(find_near_copies(packed, np.arange(count))) == 0
    assert len(find_near_copies(np.zeros((9, 28, 28), np.uint8), np.arange(9))) == 0


def test_near_copies_in_the_other_part_or_class_are_said_and_kept():
    image, again = (resize_naively(each) for each in (large(DIGITS[0]), saved_again(large(DIGITS[0]))))
    images = np.concatenate([255 - DIGITS[1:50], image[None], again[None]])
    is_test = np.arange(len(images)) == len(images) - 1
    labels = np.zeros(len(images), int)
    found = find_duplicates(images, labels, is_test)
    assert not found.has_equal and not found.repeated.any()
    (sentence,) = found.sentences()
    assert sentence.startswith("1 picture is in the test part and nearly the same as one to learn from")
    labels[-1] = 1
    (sentence,) = find_duplicates(images, labels, is_test & False).sentences()
    assert sentence.startswith("2 pictures are nearly the same as one of another class.")
