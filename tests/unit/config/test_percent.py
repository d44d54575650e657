"""How shares are written in percent, and that they are written so everywhere."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.config.percent import percent, percent_number, probability_percent

PROJECT = Path(__file__).resolve().parents[3]
SCRIPT_OF_A_BUNDLE = PROJECT / "core/export/bundle.py"  # which runs without the app


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.9766, 2, "97.66 %"),
        (0.101, 1, "10.1 %"),
        (0.2, 0, "20 %"),
        (0.0, 1, "0.0 %"),
        (0.99949, 1, "99.9 %"),
        (0.9996, 1, "over 99.9 %"),
        (np.float32(0.99999994), 1, "over 99.9 %"),
        (0.99996, 2, "over 99.99 %"),
        (0.996, 0, "over 99 %"),
        (1.0, 2, "100.00 %"),
    ],
)
def test_a_share_in_percent(share, decimals, text):
    assert percent(share, decimals) == text


def test_no_probability_of_a_network_is_a_hundred_percent():
    assert probability_percent(np.float32(1)) == "over 99.9 %"
    assert probability_percent(1.0, 0) == "over 99 %"
    assert probability_percent(0.62) == "62.0 %"


def test_a_number_of_percent_is_a_hundred_for_all_only():
    assert [percent_number(share, 2) for share in (0.5, 0.99999, 1.0)] == [50.0, 99.99, 100.0]


def test_percents_are_written_in_one_place():
    files = [path for folder in ("core", "pages") for path in (PROJECT / folder).rglob("*.py")]
    formatted = [
        f"{path.relative_to(PROJECT)}: {line.strip()}"
        for path in files
        if path != SCRIPT_OF_A_BUNDLE
        for line in path.read_text("utf-8").splitlines()
        # Plotly numbers the ticks of an axis anew when it is zoomed.
        if re.search(r"\.\d%|decimals\}?%|=\"percent\"", line) and "tickformat" not in line
    ]
    assert not formatted, "format a share by core.config.percent"
