"""An edition an hour of every status list, with the delta from hour to hour, and the index of all lists.

A list changes every minute; whoever follows the whole country once an hour takes the editions of the hours
and fetches one small delta a list instead of sixty (docs/adr/0005).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from comity.distribution.status_index import (
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    INDEX_FILE,
    LISTS_FOLDER,
    IndexedList,
    delta_file,
    list_file,
    write_index,
)
from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import ComityError
from comity.issuance.issuer import Issuer
from comity.records.published_files import put_file
from comity.trust.delta import write_delta
from comity.trust.status import StatusList, issue_instant, read_status_list

HOURLY_DELTAS_KEPT: Final = 2 * DAY
"""Seconds for which a delta from hour to hour stays; who is further behind fetches the whole list."""


def publish_hourly(issuer: Issuer, folder: Path, number: int, token: bytes) -> None:
    """Make an edition the one of its hour, where the last such is an hour old. Raises: StoreUnavailable."""
    name = list_file(issuer.region, number)
    last = _issued_at(folder / HOURLY_FOLDER / name)
    if last is not None and issue_instant(token) < last + HOUR:
        return
    before = None if last is None else find_list(issuer, folder / HOURLY_FOLDER / name)
    edition = read_status_list(token, (issuer.keys.key_list,))
    if before is not None and before.array.size == edition.array.size:
        delta = write_delta(before, edition, issuer.keys.status, is_test=issuer.is_test)
        put_file(folder / HOURLY_DELTAS_FOLDER, delta_file(issuer.region, number, before.issued_at), delta)
    put_file(folder / HOURLY_FOLDER, name, token)


def publish_index(issuer: Issuer, folder: Path, numbers: Iterable[int]) -> None:
    """Write which lists there are and how new they are, where that changed. Raises: StoreUnavailable."""
    rows: list[IndexedList] = []
    for number in sorted(numbers):
        name = list_file(issuer.region, number)
        newest = _issued_at(folder / LISTS_FOLDER / name)
        hourly = _issued_at(folder / HOURLY_FOLDER / name)
        if newest is not None and hourly is not None:
            rows.append(IndexedList(number=number, issued_at=newest, hourly_at=hourly))
    data = write_index(issuer.region, tuple(rows))
    path = folder / INDEX_FILE
    if not path.exists() or path.read_bytes() != data:
        put_file(folder, INDEX_FILE, data)


def find_list(issuer: Issuer, path: Path) -> StatusList | None:
    """Read the list that lies there; None where there is none that holds."""
    try:
        return read_status_list(path.read_bytes(), (issuer.keys.key_list,))
    except (OSError, ComityError):
        return None


def _issued_at(path: Path) -> Instant | None:
    """Read when a list of our own was issued, without looking at what it says."""
    try:
        return issue_instant(path.read_bytes())
    except (OSError, ComityError):
        return None
