"""Texts of a line reader's probabilities: compared with every path, and with TensorFlow."""

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
import tensorflow as tf

from core.config.line_shape import BLANK, LINE_OUTPUTS
from core.recognition.ctc_decoding import align_text, best_texts, greedy_text, text_log_probability


def random_frames(frames, seed, sharpness=1.0, labels=LINE_OUTPUTS):
    """Log-probabilities (frames, 11); all but the blank and the first digits have next to none."""
    logits = np.random.default_rng(seed).normal(0, sharpness, (frames, LINE_OUTPUTS))
    logits[:, labels - 1 : BLANK] = -50
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def text_of(path):
    kept = [label for k, label in enumerate(path) if label != BLANK and (k == 0 or path[k - 1] != label)]
    return "".join(map(str, kept))


def all_paths(log_probabilities, labels):
    """Every path of the first digits and the blank, with its log-probability."""
    for path in product((*range(labels - 1), BLANK), repeat=len(log_probabilities)):
        yield path, log_probabilities[np.arange(len(path)), path].sum()


@pytest.mark.parametrize("seed", range(6))
def test_texts_have_the_probability_of_all_their_paths(seed):
    frames = random_frames(6, seed, labels=4)
    exact = defaultdict(float)
    for path, score in all_paths(frames, 4):
        exact[text_of(path)] += np.exp(score)
    ranked = sorted(exact, key=exact.get, reverse=True)
    found = best_texts(frames, 5, beam_width=24, min_probability=0)
    assert [scored.text for scored in found] == ranked[:5]
    for text in (*ranked[:20], ""):
        assert text_log_probability(frames, text) == pytest.approx(np.log(exact[text]))
    assert found[0].log_probability == pytest.approx(np.log(exact[ranked[0]]))


@pytest.mark.parametrize("seed", range(6))
def test_the_alignment_is_the_best_path_of_the_text(seed):
    frames = random_frames(6, seed, labels=4)
    best = {}
    for path, score in all_paths(frames, 4):
        best[text_of(path)] = max(best.get(text_of(path), (-np.inf, ())), (score, path))
    for text in ("0", "01", "121", "11", "012", "0012"):
        path = np.full(len(frames), BLANK)
        for digit, (first, end) in zip(text, align_text(frames, text), strict=True):
            assert first < end
            path[first:end] = int(digit)
        assert tuple(path) == best[text][1]


@pytest.mark.parametrize("text", ["", "7", "77", "1234567890", "90000"])
def test_probabilities_agree_with_tensorflows_loss(text):
    frames = random_frames(24, seed=len(text))
    labels = tf.constant([[int(digit) for digit in text] or [0]], tf.int32)
    loss = tf.nn.ctc_loss(
        labels, tf.constant(frames[None], tf.float32), [len(text)], [24], logits_time_major=False, blank_index=BLANK
    )
    assert text_log_probability(frames, text) == pytest.approx(-float(loss[0]), abs=1e-3)


def test_the_best_text_agrees_with_tensorflows_beam_search():
    for seed in range(5):
        frames = random_frames(20, seed, sharpness=3.0)
        decoded, _ = tf.nn.ctc_beam_search_decoder(tf.constant(frames[:, None], tf.float32), [20], beam_width=200)
        assert best_texts(frames, 1, beam_width=24, min_probability=0)[0].text == "".join(
            map(str, decoded[0].values.numpy())
        )


def test_the_greedy_text_is_that_of_the_best_path():
    for seed in range(5):
        frames = random_frames(12, seed)
        assert greedy_text(frames) == text_of(tuple(frames.argmax(axis=1).tolist()))


def test_a_text_that_does_not_fit_has_no_probability_and_no_alignment():
    frames = random_frames(3, seed=0)
    assert text_log_probability(frames, "11") > -np.inf
    assert text_log_probability(frames, "112") == -np.inf
    with pytest.raises(ValueError, match="The text 112 has 3 digits: too many for 3 frames"):
        align_text(frames, "112")


def test_a_line_without_digits_is_the_empty_text():
    frames = np.full((5, LINE_OUTPUTS), -20.0)
    frames[:, BLANK] = 0
    assert greedy_text(frames) == "" == best_texts(frames, 1)[0].text
    assert align_text(frames, "") == []
