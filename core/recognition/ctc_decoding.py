"""The texts that a line reader's probabilities stand for, by connectionist temporal classification (CTC).

Each frame of a line has log-probabilities of the ten digits and of the blank, `BLANK`. A path names one of them for
each frame; its text has the digits left when repeated ones are joined and blanks are dropped. A text is as probable as
all its paths together (Graves et al., 2006, "Connectionist Temporal Classification").
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.config.line_shape import BLANK

_MIN_BLANK = 0.9999  # probability of the blank in a frame in which no digit is considered


class ScoredText(NamedTuple):
    """A text and the logarithm of its probability."""

    text: str
    log_probability: float


def greedy_text(log_probabilities: np.ndarray) -> str:
    """Return the text of the most probable path; `log_probabilities` (frames, 11) float."""
    labels = log_probabilities.argmax(axis=1)
    is_new = np.append(True, labels[1:] != labels[:-1])
    return "".join(str(label) for label in labels[is_new] if label != BLANK)


def best_texts(
    log_probabilities: np.ndarray, k: int, beam_width: int = 12, min_probability: float = 1e-3
) -> list[ScoredText]:
    """Return the `k` most probable texts that a prefix beam search finds, the best first, fewer where it finds fewer.

    `log_probabilities` (frames, 11) float. `beam_width`: prefixes that are followed; `min_probability`: of a digit that
    is considered in a frame. The search may miss a text (Hannun et al., 2014, "First-pass large
    vocabulary continuous speech recognition using bi-directional recurrent DNNs"); the probabilities of those found are
    exact.
    """
    beams = {"": (1.0, 0.0)}  # each prefix: the probability of its paths that end in a blank, and in its last digit
    for frame in np.exp(log_probabilities.astype(float)).tolist():
        if frame[BLANK] > _MIN_BLANK:  # no text becomes longer
            beams = {prefix: (sum(each) * frame[BLANK], 0.0) for prefix, each in beams.items()}
            continue
        beams = _extended(beams, frame, min_probability)
        kept = sorted(beams.items(), key=lambda each: sum(each[1]), reverse=True)[:beam_width]
        total = sum(sum(each) for _, each in kept)  # numbers of long lines would become too small
        beams = {prefix: (in_blank / total, in_digit / total) for prefix, (in_blank, in_digit) in kept}
    texts = list(beams)
    found = [ScoredText(*each) for each in zip(texts, texts_log_probabilities(log_probabilities, texts), strict=True)]
    return sorted(found, key=lambda scored: scored.log_probability, reverse=True)[:k]


def _extended(
    beams: dict[str, tuple[float, float]], frame: list[float], min_probability: float
) -> dict[str, tuple[float, float]]:
    """Return the prefixes after one more frame, of 11 probabilities."""
    blank = frame[BLANK]
    digits = [(str(label), p) for label, p in enumerate(frame[:BLANK]) if p > min_probability]
    after: dict[str, tuple[float, float]] = {}
    for prefix, (in_blank, in_digit) in beams.items():
        both = in_blank + in_digit
        last = prefix[-1:]
        same = after.get(prefix, (0.0, 0.0))
        repeated = in_digit * frame[int(last)] if last else 0.0
        after[prefix] = same[0] + both * blank, same[1] + repeated
        for label, p in digits:
            longer = prefix + label
            before = after.get(longer, (0.0, 0.0))
            after[longer] = before[0], before[1] + (in_blank if label == last else both) * p
    return after


def text_log_probability(log_probabilities: np.ndarray, text: str) -> float:
    """Return the logarithm of a text's probability, -inf where it has too many digits; (frames, 11) float."""
    return texts_log_probabilities(log_probabilities, [text])[0]


def texts_log_probabilities(log_probabilities: np.ndarray, texts: Sequence[str]) -> list[float]:
    """Return the logarithm of each text's probability, -inf where it has too many digits; (frames, 11) float.

    By the forward algorithm, for all texts at once and in probabilities, which are scaled in each frame.
    """
    longest = max(map(len, texts), default=0)
    states = np.full((len(texts), 2 * longest + 1), BLANK)  # as `_states` has them
    for row, text in zip(states, texts, strict=True):
        row[1 : 2 * len(text) : 2] = [int(digit) for digit in text]
    may_skip = np.zeros(states.shape)
    may_skip[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    ends = np.array([2 * len(text) for text in texts], int)
    frames = np.exp(log_probabilities.astype(float))[:, states]  # (frames, texts, states)
    frames *= np.arange(states.shape[1]) <= ends[:, None]
    paths = np.zeros(states.shape)  # the probability of the paths that end in each state, scaled
    paths[:, :2] = frames[0, :, :2]
    logs = np.zeros(len(texts))
    for seen in frames[1:]:
        reached = paths.copy()
        reached[:, 1:] += paths[:, :-1]
        reached[:, 2:] += paths[:, :-2] * may_skip[:, 2:]
        paths = reached * seen
        scale = np.maximum(paths.max(axis=1, keepdims=True), 1e-300)
        paths /= scale
        logs += np.log(scale[:, 0])
    rows = np.arange(len(texts))
    last = paths[rows, ends] + np.where(ends > 0, paths[rows, ends - 1], 0.0)
    with np.errstate(divide="ignore"):
        return (logs + np.log(last)).tolist()


def align_text(log_probabilities: np.ndarray, text: str) -> list[tuple[int, int]]:
    """Return for each digit of a text its first frame and the frame after its last, in the text's most probable path.

    `log_probabilities` (frames, 11) float. Raises `ValueError` for a text that has no path with so few frames.
    """
    states = _states(text)
    may_skip = _may_skip(states)
    scores = np.full(len(states), -np.inf)
    scores[:2] = log_probabilities[0, states[:2]]
    steps = np.zeros((len(log_probabilities), len(states)), np.int64)  # how many states further than a frame before
    sources = np.full((3, len(states)), -np.inf)  # by steps: the score of coming from that many states before
    for number, frame in enumerate(log_probabilities[1:, states], start=1):
        sources[0] = scores
        sources[1, 1:] = scores[:-1]
        sources[2, may_skip] = scores[:-2][may_skip[2:]]
        steps[number] = sources.argmax(axis=0)
        scores = sources.max(axis=0) + frame
    state = int(len(states) - 1 if len(states) == 1 or scores[-1] > scores[-2] else len(states) - 2)
    if scores[state] == -np.inf:
        raise ValueError(f"The text {text} has {len(text)} digits: too many for {len(log_probabilities)} frames.")
    path = np.zeros(len(log_probabilities), np.int64)
    for number in range(len(path) - 1, -1, -1):
        path[number] = state
        state -= int(steps[number, state])
    frames = [np.flatnonzero(path == 2 * k + 1) for k in range(len(text))]
    return [(int(each[0]), int(each[-1]) + 1) for each in frames]


def _states(text: str) -> np.ndarray:
    """Return (2 n + 1,): the digits of a text with a blank before, between and after them."""
    states = np.full(2 * len(text) + 1, BLANK)
    states[1::2] = [int(digit) for digit in text]
    return states


def _may_skip(states: np.ndarray) -> np.ndarray:
    """Return (2 n + 1,) bool: whether a path may come to a state from the last but one, past a blank."""
    may_skip = np.zeros(len(states), bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    return may_skip
