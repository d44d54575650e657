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


def test_the_chain_of_the_likeliest_text_is_the_best_chain():
    rng = np.random.default_rng(0)
    for _ in range(20):
        lattice = LineLattice([Piece(int(40 * k), 0, np.full((60, 22), 255, np.uint8)) for k in range(6)], cut=False)
        probabilities = rng.dirichlet(np.full(10, 0.2), len(lattice.candidates))
        best = lattice.best_chain(probabilities)
        text = "".join(map(str, probabilities[best].argmax(axis=1)))
        other = text[:-1] + str((int(text[-1]) + 1) % 10)
        of_text, of_other = lattice.chains_of_texts(probabilities, [text, other])
        assert of_text.chain == best and len(of_other.chain) == len(other)
        assert of_text.score > of_other.score


def test_a_text_of_more_digits_than_parts_has_no_chain():
    lattice = LineLattice([Piece(40 * k, 0, np.full((60, 22), 255, np.uint8)) for k in range(3)], cut=False)
    probabilities = np.full((len(lattice.candidates), 10), 0.1)
    long, short = lattice.chains_of_texts(probabilities, ["1234", "12"])
    assert (long.score, long.chain) == (-np.inf, []) and np.isfinite(short.score) and len(short.chain) == 2
