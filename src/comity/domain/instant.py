"""Instants and lengths of time.

Inside Comity an instant is a whole number of seconds since 1970-01-01T00:00:00Z (`Instant`), as in
RFC 8392 NumericDate; people and interfaces see RFC 3339 in the legal time of the regions, +08:00.
A day is 24 hours (settled rule 1). No clock is read here: the time is always given.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, TypeAlias

Instant: TypeAlias = int
"""Seconds since the epoch, UTC."""

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

BEIJING: Final = timezone(timedelta(hours=8))
LAST_INSTANT: Final[Instant] = 253_370_736_000
"""9999-01-01T00:00:00+08:00: RFC 3339 writes years of four digits in every offset up to here."""


def instant_of(at: datetime) -> Instant:
    """Turn an aware time into an instant, dropping fractions of a second.

    Raises: ValueError for a time without offset, or before 1970 or after 9998.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("a time without offset names no instant; give one such as +08:00")
    instant = int(at.timestamp() // 1)
    if not 0 <= instant <= LAST_INSTANT:
        raise ValueError("a time outside the years 1970 to 9998")
    return instant


@lru_cache(maxsize=4_096)
def rfc3339(instant: Instant) -> str:
    """Write an instant for people and JSON: `2020-03-19T00:00:00+08:00` (interface section 3).

    An instant after `LAST_INSTANT`, which only an unverified text can hold, is written as plain seconds.
    """
    if instant > LAST_INSTANT:
        return f"{instant} s"
    return datetime.fromtimestamp(instant, BEIJING).isoformat(timespec="seconds")


def plain_time(instant: Instant) -> str:
    """Write an instant to be read aloud: `2020-03-19 00:00`."""
    return datetime.fromtimestamp(instant, BEIJING).strftime("%Y-%m-%d %H:%M")
