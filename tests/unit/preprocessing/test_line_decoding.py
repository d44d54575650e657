"""Which parts of a line make digits, given what the network says of each candidate."""

import numpy as np
import pytest

from core.preprocessing.line_decoding import LineLattice, count_components, stroke_width
from core.preprocessing.segmentation import Piece
from tests.support.pieces import block, ring


def test_the_stroke_width_is_measured():
    assert stroke_width([block(0, 0, 6, 200)]) == pytest.approx(6, abs=1.2)
    assert stroke_width([Piece(0, 0, np.pad(ring(40, 8), 2))]) == pytest.approx(8, abs=1.2)


def test_components_are_counted_without_specks():
    ink = np.zeros((40, 40), np.uint8)
    ink[2:12, 2:30] = 255
    ink[20:30, 2:30] = 255
    ink[36:38, 5:8] = 255
    assert count_components(ink) == 2


def certain(line, choices):
    """Probabilities in which the network is sure of the candidates (first, last) and of no other."""
    rows = np.full((len(line.candidates), 10), 0.1, np.float32)
    for number, candidate in enumerate(line.candidates):
        if (candidate.first, candidate.last) in choices:
            rows[number] = np.eye(10)[8]
    return rows


def test_the_chain_follows_what_the_network_is_sure_of():
    line = LineLattice([block(0, 0, 14, 40), block(16, 0, 14, 40), block(60, 0, 28, 40)], cut=False)
    apart = line.best_chain(certain(line, {(0, 0), (1, 1), (2, 2)}))
    together = line.best_chain(certain(line, {(0, 1), (2, 2)}))
    assert [(line.candidates[k].first, line.candidates[k].last) for k in apart] == [(0, 0), (1, 1), (2, 2)]
    assert [(line.candidates[k].first, line.candidates[k].last) for k in together] == [(0, 1), (2, 2)]


def test_a_small_piece_is_skipped_at_little_cost():
    line = LineLattice([block(0, 0, 28, 40), block(32, 34, 5, 5), block(50, 0, 28, 40)], cut=False)
    chain = line.best_chain(certain(line, {(0, 0), (2, 2)}))
    assert [(line.candidates[k].first, line.candidates[k].last) for k in chain] == [(0, 0), (2, 2)]
