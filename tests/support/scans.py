"""Pictures of digits as the bytes of files, and files as the lines of a listing."""

import io

from PIL import Image

from core.bulk.asked import absolute
from core.bulk.listing import list_items
from core.datasets.mnist import load_arrays


def picture(index):
    return Image.fromarray(255 - load_arrays()["x_test"][index]).resize((112, 112))


def encoded(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def lines_of(folder):
    return [item.to_line() for item in list_items(absolute([str(folder)]))]
