"""Evidence on networks whose log-odds are a known sum over pixels."""

import cv2
import numpy as np
import pytest

from core.explanation.evidence import BLUR_PX, integrated_gradients, occlusion
from core.explanation.network import ExplainedNetwork
from core.recognition import Recognizer
from tests.support.readers import linear_reader
from tests.support.runs import tiny_model


def test_integrated_gradients_of_a_linear_network_are_its_weights_times_the_ink(upper_or_lower, bar):
    evidence = integrated_gradients(upper_or_lower, bar, 3, 8)
    assert (evidence[8:11, 6:22] > 0).all(), "ink in the upper half speaks for 3"
    assert evidence[12, 14] < 0, "so ground beside it, which could have been ink, speaks against"
    assert evidence == pytest.approx(-integrated_gradients(upper_or_lower, bar, 8, 3), abs=1e-5)


def test_integrated_gradients_sum_to_the_difference_of_the_log_odds():
    """Their completeness: of each baseline, so of the mean of both (Sundararajan et al., 2017, proposition 1)."""
    network = ExplainedNetwork(Recognizer(tiny_model()))
    image = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    pixels = image.astype(np.float32) / 255
    baselines = np.zeros_like(pixels), cv2.GaussianBlur(pixels, (0, 0), BLUR_PX)
    log_odds = network.log_probabilities(np.stack([pixels, *baselines])) @ np.eye(10)[[3, 8]].T @ [1, -1]
    total = integrated_gradients(network, image, 3, 8).sum()
    assert total == pytest.approx(log_odds[0] - log_odds[1:].mean(), abs=0.02)


def test_occlusion_shares_a_fall_among_the_pixels_that_were_changed(upper_or_lower, bar):
    evidence = occlusion(upper_or_lower, bar, 3, 8)
    assert evidence[9, 14] > 0 and evidence[22, 14] > 0, "ink above, and open ground below, speak for 3"
    assert evidence[3, 14] < 0, "open ground above speaks against it"


def test_an_image_without_ink_has_no_evidence_of_ink(upper_or_lower):
    assert not integrated_gradients(upper_or_lower, np.zeros((28, 28), np.uint8), 3, 8).any()


def test_log_probabilities_are_finite_where_probabilities_are_zero(bar):
    network = ExplainedNetwork(linear_reader(np.zeros((28, 28, 10)), np.array([300.0] + [0.0] * 9)))
    found = network.log_probabilities(bar[None].astype(np.float32) / 255)
    assert network.reader.classify(bar[None])[0, 1] == 0
    assert found[0, 1] == pytest.approx(-300, abs=1e-3)


def test_log_probabilities_are_those_of_the_reader(bar):
    reader = Recognizer(tiny_model())
    found = ExplainedNetwork(reader).log_probabilities(bar[None].astype(np.float32) / 255)
    assert np.exp(found) == pytest.approx(reader.classify(bar[None]), abs=1e-5)
