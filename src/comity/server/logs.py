"""Logs as JSON lines on stderr, without personal data: a closed set of fields, never a path, body or header.

What failed is told by the kind of error and where it happened; the words of an error are left out, since they
may quote what somebody sent.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Final

import structlog

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_FRAMES: Final = 6
_SILENCE: Final = logging.NullHandler()


def configure_logs(level: str = "info") -> None:
    """Write JSON lines of this level and above; what packages log by themselves is nobody's to see."""
    logging.getLogger().addHandler(_SILENCE)  # they quote what they work on, such as a name on a sheet
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log() -> structlog.typing.FilteringBoundLogger:
    """Give the log."""
    found: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return found


def where(error: BaseException) -> list[str]:
    """Say where an error happened: the innermost places, as file:line function."""
    frames = extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
