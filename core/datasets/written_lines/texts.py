"""Texts of lines of digits: numbers, amounts with separators, dates, chains of zeros."""

import numpy as np

MAX_DIGITS = 10

_LENGTHS = np.cumsum([0.06, 0.11, 0.16, 0.18, 0.17, 0.12, 0.08, 0.06, 0.03, 0.03])
_AMOUNTS_SHARE, _MIN_AMOUNT = 0.5, 3  # of numbers of so many digits or more that are amounts
_FIRST_DIGITS = np.log10(np.arange(2, 11))
"""How often amounts begin with a digit of at most 1 to 9: with 1 three times in ten (Benford, 1938)."""
_ZEROS_SHARE = 0.35  # of numbers that end in a chain of zeros
_REPEATS_SHARE = 0.12  # of numbers in which digits are repeated
_GROUPED_SHARE, _DECIMALS_SHARE, _DATE_SHARE = 0.3, 0.15, 0.06
_BEFORE_SHARE, _AFTER_SHARE = 0.14, 0.2
_BEFORE = ("$", "$", "#", "-", "=", "€", "£", "*")
_AFTER = ("-", "=", "~", "~", "-", "#", "*", ".", "'", ".-", ",-", ".~", " -", " =", ".=", ":", "--", " #")


def random_text(rng: np.random.Generator) -> str:
    """Return the characters of a line: 1 to 10 digits, with marks of `marks.MARKS` between and around them."""
    digits = _digits(1 + int(np.searchsorted(_LENGTHS, rng.random())), rng)
    kind = rng.random()
    if kind < _GROUPED_SHARE:
        digits = _grouped(digits, rng)
    elif kind < _GROUPED_SHARE + _DATE_SHARE and 4 <= len(digits) <= 8:
        digits = _joined([digits[:2], digits[2:4], digits[4:]], str(rng.choice(list("/-.:"))))
    if rng.random() < _BEFORE_SHARE:
        digits = str(rng.choice(_BEFORE)) + digits
    if rng.random() < _AFTER_SHARE:
        digits += str(rng.choice(_AFTER))
    return digits


def _digits(n: int, rng: np.random.Generator) -> str:
    values = rng.integers(0, 10, n)
    if n >= _MIN_AMOUNT and rng.random() < _AMOUNTS_SHARE:
        values[0] = 1 + int(np.searchsorted(_FIRST_DIGITS, rng.random()))
    if rng.random() < _REPEATS_SHARE:
        again = np.flatnonzero(rng.random(n) < 0.6)
        values[again] = values[np.maximum(again - 1, 0)]
    if n > 1 and rng.random() < _ZEROS_SHARE:
        values[-int(rng.integers(1, min(6, n - 1) + 1)) :] = 0
        values[0] = values[0] or 1
    return "".join(map(str, values))


def _grouped(digits: str, rng: np.random.Generator) -> str:
    """Return the digits in groups of three from the right, behind them at times two decimals."""
    mark, decimals = str(rng.choice(list("..,,' "))), ""
    if len(digits) > 3 and rng.random() < _DECIMALS_SHARE / _GROUPED_SHARE:
        digits, decimals = digits[:-2], "., "[int(rng.integers(3))] + digits[-2:]
    first = len(digits) % 3
    groups = [digits[:first], *(digits[k : k + 3] for k in range(first, len(digits), 3))]
    return _joined(groups, mark) + decimals


def _joined(groups: list[str], mark: str) -> str:
    return mark.join(group for group in groups if group)
