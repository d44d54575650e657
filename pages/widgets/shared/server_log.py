"""The log of the server as JSON lines, where that is asked for: that of Streamlit and of uvicorn too."""

import logging

from streamlit import logger as streamlit_logger

from core.config import log_form

_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.asgi")
_SILENT = "uvicorn.access"  # a line for each request, which Streamlit leaves out


def install() -> None:
    """Have every logger of this server write JSON lines, where the environment asks for them; else change nothing."""
    if not log_form.wants_json():
        return
    log_form.log_json()
    streamlit_logger.setup_formatter = _hand_up  # loggers that Streamlit makes from now on
    for each in list(streamlit_logger._loggers.values()):
        _hand_up(each)
    for name in _UVICORN:
        _hand_up(logging.getLogger(name))


def _hand_up(logger: logging.Logger) -> None:
    """Take a logger's own handlers away, so that the root's handler writes what it logs, once."""
    logger.handlers.clear()
    logger.propagate = logger.name != _SILENT
