"""Shares in percent, as pages, charts and the command line write them: the one place where that is decided."""

_NEARLY_ONE = 1 - 1e-12


def percent(share: float, decimals: int = 1) -> str:
    """Return a measured share, 0 to 1, in percent with so many decimals: '97.7 %'.

    Only all of it is '100.0 %': what is less, but would be rounded to that, is 'over 99.9 %'.
    """
    over = "over " if share < 1 and round(100 * float(share), decimals) >= 100 else ""
    return f"{over}{percent_number(share, decimals):.{decimals}f} %"


def probability_percent(probability: float, decimals: int = 1) -> str:
    """Return a network's probability in percent as `percent` does, never as '100.0 %': no network is certain."""
    return percent(min(float(probability), _NEARLY_ONE), decimals)


def percent_number(share: float, decimals: int = 1) -> float:
    """Return a share, 0 to 1, as a number of percent for a table that sorts it: at most 99.9 for less than all."""
    return min(round(100 * float(share), decimals), 100 - 10**-decimals) if share < 1 else 100.0
