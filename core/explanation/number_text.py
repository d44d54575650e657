"""Numbers as formulas show them."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SMALLEST, _LARGEST = 0.005, 100_000  # what is beyond is written with a power of ten


def number(value: float, decimals: int = 2) -> str:
    """Return a number in so many decimals; one that is too small or too large, with a power of ten: 1.2·10⁻⁵."""
    size = abs(float(value))
    if size == 0 or _SMALLEST <= size < _LARGEST or not size < float("inf"):
        text = f"{float(value):.{decimals}f}"
    else:
        mantissa, exponent = f"{float(value):.1e}".split("e")
        text = f"{mantissa}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    return text.replace("-", "−")


def added(value: float, decimals: int = 2) -> str:
    """Return a number as it is added to what stands before it: '+ 0.31', '− 0.31'."""
    return f"{'−' if value < 0 else '+'} {number(abs(value), decimals)}"


def factor(value: float) -> str:
    """Return a number as it stands in a product: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def subscript(value: int) -> str:
    """Return a whole number in subscript: '₁₇'."""
    return str(value).translate(_SUBSCRIPTS)


def size_text(shape: tuple[int, ...]) -> str:
    """Return a shape in words: '26×26×32'."""
    return "×".join(map(str, shape))
