"""What the suite logs, held against the identities of its people: none may be there (settled rule 15)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from comity.bootstrap.demo_people import demo_people
from tests.people import NAMES

_NAMES: Final = {*NAMES, *(person.name for person in demo_people())}

_NUMBER: Final = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\da-f])")
"""What an identity number looks like (GB 11643): division, birthday, order, check character."""


def identities_in(text: str) -> list[str]:
    """Names of test people and anything that looks like an identity number."""
    return [name for name in sorted(_NAMES) if name in text] + _NUMBER.findall(text)


class _Lines(logging.Handler):
    """Collects what the libraries log."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:  # type: ignore[explicit-override]  # 3.11 has none
        """Keep one line."""
        self._lines.append(record.getMessage())


class _Kept:
    """A logger that keeps its lines."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def msg(self, message: str) -> None:
        """Keep one line."""
        self._lines.append(message)

    log = debug = info = warn = warning = error = critical = fatal = failure = err = exception = msg


@contextmanager
def collected_logs() -> Iterator[list[str]]:
    """Collect what Comity and its libraries log meanwhile, at every level."""
    lines: list[str] = []
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=lambda *_: _Kept(lines),
        cache_logger_on_first_use=False,
    )
    handler = _Lines(lines)
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)
