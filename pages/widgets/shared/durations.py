"""Durations and times as people say them."""

import time


def describe_duration(seconds: float) -> str:
    """Return a duration in words: 8 s, 2 min 10 s."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60} s"


def describe_range(low_s: float, high_s: float) -> str:
    """Return a range of durations in words: 8 to 20 s, 80 s to 2 min 10 s, or about 8 s where both read alike."""
    low, high = describe_duration(low_s), describe_duration(high_s)
    if low == high:
        return f"about {low}"
    return f"{low.removesuffix(' s')} to {high}" if "min" not in high else f"{low} to {high}"


def describe_time(seconds: float) -> str:
    """Return a time, seconds since 1970, in words: 22 Nov 14:05, with the year where it is another one; '' for 0."""
    if not seconds:
        return ""
    then = time.localtime(seconds)
    return time.strftime("%d %b %H:%M" if then.tm_year == time.localtime().tm_year else "%d %b %Y", then)
