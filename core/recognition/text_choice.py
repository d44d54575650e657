"""The text of a line, chosen by what the line reader and the chain of digits say together."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np

from core.preprocessing.line_decoding import LineLattice
from core.recognition.ctc_decoding import align_text, best_texts, texts_log_probabilities

LINE_WEIGHT = 3.0
"""Of the line reader's log-probability of a text, beside the score of its chain of digits.

Drawn lines in forms that no training had are read about as well with 2 to 4.
"""

MAX_OBJECTION = 4.0
"""How much lower than the best chain's a text's chain may score, at most: where it is lower still, the ink was cut
wrongly, and the digits are cut out where the line reader saw them. Fitted on the same lines."""

MAX_DISAGREED = 0.6
"""Probability of a digit in which the two ways of reading do not agree, at most: it is shown as unsure."""

MIN_MARGINAL = 0.8
"""Probability of a digit over all texts that the line reader considers, from which it may be sure: hardly any line is
sure and wrong then (`benchmarks.number_reading`)."""

_LEAD = 0.02  # of a digit that the text has over one that its probabilities alone would prefer
_TEXTS = 6  # of the line reader that are considered


class ChosenText(NamedTuple):
    """The text of a line, and how it was found."""

    chain: list[int] | None  # numbers of the lattice's candidates, one for each digit; None where no good chain has it
    view: int  # the number of the view that shows the text best
    spans: list[tuple[int, int]]  # of each digit: its first frame of that view, and the one after its last
    digits: np.ndarray  # (k, 10) float64: the line reader's probabilities of each digit
    labels: list[int]
    is_agreed: list[bool]  # for each digit, whether both ways of reading found it, and hardly anything else


def choose_text(
    lattice: LineLattice,
    probabilities: np.ndarray,
    chain: list[int],
    views: Sequence[np.ndarray],
    variants: Sequence[np.ndarray] = (),
) -> ChosenText | None:
    """Return the text that both ways of reading together find likeliest; None where neither has any or the line reader
    finds it impossible.

    probabilities: (candidates, 10); chain: the likeliest chain, empty where the classifier alone finds no number;
    views: the line reader's log-probabilities for each picture of the line, (frames, 11); variants: the same for
    pictures that show it changed.
    """
    of_chain = "".join(str(label) for label in probabilities[chain].argmax(axis=1))
    pictures = [*views, *variants]
    seen = [best_texts(frames, _TEXTS) for frames in pictures]
    texts = [text for text in dict.fromkeys([of_chain, *(each.text for found in seen for each in found)]) if text]
    if not texts:
        return None
    by_picture = np.array([texts_log_probabilities(frames, texts) for frames in pictures])
    by_view = by_picture[: len(views)]
    of_line = _mean(by_picture, np.isfinite(by_view.max(axis=0)))
    chains = lattice.chains_of_texts(probabilities, texts)
    of_chains = np.array([scored.score for scored in chains])
    best_chain = of_chains.max()  # -inf where no text has as few digits as the ink has parts
    lowest = best_chain - MAX_OBJECTION if np.isfinite(best_chain) else 0.0
    scores = np.maximum(of_chains, lowest) + LINE_WEIGHT * of_line
    best = int(np.argmax(scores))
    if not np.isfinite(of_line[best]):
        return None
    text, by_line = texts[best], texts[int(of_line.argmax())]
    agreed = _agreement(text, of_chain) & _agreement(text, by_line) & (_marginals(text, texts, of_line) >= MIN_MARGINAL)
    clearest = int(by_view[:, best].argmax())
    spans = align_text(views[clearest], text)
    return ChosenText(
        chains[best].chain if of_chains[best] >= lowest else None,
        clearest,
        spans,
        _digit_probabilities(views[clearest], spans),
        [int(digit) for digit in text],
        agreed.tolist(),
    )


def _mean(log_probabilities: np.ndarray, is_possible: np.ndarray) -> np.ndarray:
    """Return the logarithm of each text's mean probability, for (pictures, texts): -inf where it is impossible."""
    summed = np.logaddexp.reduce(log_probabilities, axis=0, where=is_possible, initial=-np.inf)
    return summed - np.log(len(log_probabilities))


def sure_text(
    text: str, frames: np.ndarray, lattice: LineLattice, probabilities: np.ndarray, chain: list[int]
) -> ChosenText:
    """Return a text of which the line reader is sure, with the chain of candidates that explains the line as it.

    frames: (frames, 11); probabilities: (candidates, 10); chain: the likeliest.
    """
    spans = align_text(frames, text)
    digits, labels = _digit_probabilities(frames, spans), [int(digit) for digit in text]
    of_chain = "".join(str(label) for label in probabilities[chain].argmax(axis=1))
    if of_chain == text:
        return ChosenText(chain, 0, spans, digits, labels, [True] * len(text))
    scored, best = lattice.chains_of_texts(probabilities, [text, of_chain])
    own = scored.chain if scored.score >= best.score - MAX_OBJECTION else None
    return ChosenText(own, 0, spans, digits, labels, _agreement(text, of_chain).tolist())


def _digit_probabilities(frames: np.ndarray, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return (k, 10): for each digit the probabilities of digits in its frames, where they are highest."""
    rows = []
    for first, end in spans:
        digits = np.exp(frames[first:end, :10].astype(float))
        row = digits[digits.sum(axis=1).argmax()]
        rows.append(row / row.sum())
    return np.array(rows)


def _marginals(text: str, texts: Sequence[str], log_probabilities: np.ndarray) -> np.ndarray:
    """Return (len(text),): for each digit of a text the probability of all texts in which it stands too."""
    shares = np.exp(log_probabilities - np.logaddexp.reduce(log_probabilities))
    agreed = [_agreement(text, other) * share for other, share in zip(texts, shares, strict=True)]
    return np.sum(agreed, axis=0)


def _agreement(text: str, other: str) -> np.ndarray:
    """Return (len(text),) bool: which digits of a text stand in another one too.

    Where the other has a digit more, those beside it do not count as found.
    """
    agreed = np.zeros(len(text), bool)
    inserted = []
    for kind, first, end, _, _ in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        agreed[first:end] = kind == "equal"
        if kind == "insert":
            inserted.append(first)
    for place in inserted:
        agreed[max(0, place - 1) : place + 1] = False
    return agreed


def weigh(of_chain: np.ndarray, of_line: np.ndarray, label: int, is_agreed: bool) -> np.ndarray:
    """Return the probabilities (10,) float32 of a digit by both ways of reading, `label` the likeliest.

    Where they do not agree, its probability is too low for a sure one.
    """
    weighed = (of_chain.astype(float) + of_line) / 2
    missing = float(np.delete(weighed, label).max() - weighed[label])
    if missing >= 0:
        weighed = _blend(weighed, np.eye(10)[label], (missing + _LEAD) / (1 + missing))
    weighed = weighed / weighed.sum()
    return weighed.astype(np.float32) if is_agreed else unsure(weighed)


def unsure(probabilities: np.ndarray) -> np.ndarray:
    """Return probabilities (10,) of a digit, float32, with the highest at most `MAX_DISAGREED`."""
    highest = float(probabilities.max())
    if highest > MAX_DISAGREED:
        probabilities = _blend(probabilities, np.full(10, 0.1), (highest - MAX_DISAGREED) / (highest - 0.1))
    return probabilities.astype(np.float32)


def _blend(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    return (1 - share) * one + share * other
