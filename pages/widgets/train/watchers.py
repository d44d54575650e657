"""The refresh interval of live parts: the more sessions watch, the longer it is for each."""

import math
import uuid

from pages.widgets.train.state import VISITOR

_LIVE_INTERVAL_S = 0.3
_UNTHROTTLED = 1.5  # sessions: the interval doubles with each doubling of their number beyond this
_EXPIRED_S = 8.0  # a session that has not been drawn for at least so long is gone
_drawn: dict[str, float] = {}  # when each session of this server was last drawn, seconds on a monotonic clock


def live_interval_s(now: float) -> float:
    """Return the interval at which this session is drawn while something trains, in seconds.

    now: seconds on a monotonic clock. Sessions that are drawn while nothing trains count too, so that all know how
    many they are when a run begins.
    """
    if not VISITOR.get():
        VISITOR.set(uuid.uuid4().hex)
    _drawn[VISITOR.get()] = now
    expired_s = max(_EXPIRED_S, 2 * _interval_s(len(_drawn)))
    for session in [session for session, drawn in list(_drawn.items()) if now - drawn > expired_s]:
        _drawn.pop(session, None)
    return _interval_s(len(_drawn))


def _interval_s(sessions: int) -> float:
    return _LIVE_INTERVAL_S * 2 ** max(0, math.ceil(math.log2(sessions / _UNTHROTTLED)))
