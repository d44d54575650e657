"""The Data page lists all sets, adds one from files after it was shown, and loses no drawing."""

import errno
import os

import numpy as np
import pytest

from core.config.dataset_spec import ImageForm
from core.datasets.drawing_board import BoardFile
from core.datasets.store import DatasetStore
from pages.widgets.data.state import View
from tests.support.dataset_files import idx_files, large_picture, letter_images, png_bytes, zip_bytes
from tests.support.session import session as _session  # noqa: F401
from tests.support.app import failing, plain, words
