"""The texts that a line reader's probabilities stand for, by connectionist temporal classification (CTC).

Each frame of a line has log-probabilities of the ten digits and of the blank, `BLANK`. A path names one of them for
each frame; its text has the digits left when repeated ones are joined and blanks are dropped. A text is as probable as
all its paths together (Graves et al., 2006, "Connectionist Temporal Classification").
"""

from typing import NamedTuple

import numpy as np

from core.config.line_shape import BLANK

_BEAM_WIDTH = 24
_MIN_LOG_PROBABILITY = np.log(1e-5)  # of a digit in a frame, to be considered there


class ScoredText(NamedTuple):
    """A text and the logarithm of its probability."""

    text: str
    log_probability: float


def greedy_text(log_probabilities: np.ndarray) -> str:
    """Return the text of the most probable path; `log_probabilities` (frames, 11) float."""
    labels = log_probabilities.argmax(axis=1)
    is_new = np.append(True, labels[1:] != labels[:-1])
    return "".join(str(label) for label in labels[is_new] if label != BLANK)


def best_texts(log_probabilities: np.ndarray, k: int) -> list[ScoredText]:
    """Return the `k` most probable texts that a prefix beam search finds, the best first, fewer where it finds fewer.

    `log_probabilities` (frames, 11) float. The search may miss a text (Hannun et al., 2014, "First-pass large
    vocabulary continuous speech recognition using bi-directional recurrent DNNs"); the probabilities of those found are
    exact.
    """
    beams = {"": (0.0, -np.inf)}  # each prefix: log-probability of its paths that end in a blank, and in its last digit
    for frame in log_probabilities:
        beams = _extended(beams, frame)
        if len(beams) > _BEAM_WIDTH:
            kept = sorted(beams, key=lambda prefix: np.logaddexp(*beams[prefix]), reverse=True)[:_BEAM_WIDTH]
            beams = {prefix: beams[prefix] for prefix in kept}
    found = [ScoredText(text, text_log_probability(log_probabilities, text)) for text in beams]
    return sorted(found, key=lambda scored: scored.log_probability, reverse=True)[:k]


def _extended(beams: dict[str, tuple[float, float]], frame: np.ndarray) -> dict[str, tuple[float, float]]:
    """Return the prefixes after one more frame, (11,)."""
    digits = [label for label in np.flatnonzero(frame > _MIN_LOG_PROBABILITY).tolist() if label != BLANK]
    after: dict[str, tuple[float, float]] = {}

    def add(prefix: str, in_blank: float, in_digit: float) -> None:
        before = after.get(prefix, (-np.inf, -np.inf))
        after[prefix] = float(np.logaddexp(before[0], in_blank)), float(np.logaddexp(before[1], in_digit))

    for prefix, (in_blank, in_digit) in beams.items():
        both = float(np.logaddexp(in_blank, in_digit))
        add(prefix, both + frame[BLANK], in_digit + frame[int(prefix[-1])] if prefix else -np.inf)
        for label in digits:
            is_repeated = prefix.endswith(str(label))
            add(prefix + str(label), -np.inf, (in_blank if is_repeated else both) + frame[label])
    return after


def text_log_probability(log_probabilities: np.ndarray, text: str) -> float:
    """Return the logarithm of a text's probability, -inf where it has too many digits; (frames, 11) float."""
    states = _states(text)
    may_skip = _may_skip(states)
    scores = np.full(len(states) + 2, -np.inf)  # two more, before the first state
    scores[1] = 0.0
    with np.errstate(invalid="ignore"):
        for number, frame in enumerate(log_probabilities[:, states]):
            stay, step = scores[2:], scores[1:-1].copy()
            jump = np.where(may_skip, scores[:-2], -np.inf)
            if number == 0:
                step[1:2] = 0.0  # a path begins in the first blank or in the first digit
            scores = np.append((-np.inf, -np.inf), np.logaddexp(np.logaddexp(stay, step), jump) + frame)
    return float(np.logaddexp(scores[-1], scores[-2] if text else -np.inf))


def align_text(log_probabilities: np.ndarray, text: str) -> list[tuple[int, int]]:
    """Return for each digit of a text its first frame and the frame after its last, in the text's most probable path.

    `log_probabilities` (frames, 11) float. Raises `ValueError` for a text that has no path with so few frames.
    """
    states = _states(text)
    may_skip = _may_skip(states)
    scores = np.full(len(states), -np.inf)
    scores[:2] = log_probabilities[0, states[:2]]
    steps = np.zeros((len(log_probabilities), len(states)), np.int64)  # how many states further than a frame before
    for number, frame in enumerate(log_probabilities[1:, states], start=1):
        sources = np.stack(
            [scores, np.append(-np.inf, scores[:-1]), np.append((-np.inf, -np.inf), scores)[: len(states)]]
        )
        sources[2, ~may_skip] = -np.inf
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
