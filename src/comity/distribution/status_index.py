"""Which status lists a region has and how new they are, so that a gate asks only for what changed.

It is not signed: one that lies leaves a gate with older lists, whose age every decision looks at (V8). For
each list there is the newest edition, and the newest of an hour, for those who follow the whole country.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.codec import cbor
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import UnreadableStatement
from comity.trust.statements import Fields

INDEX_FILE: Final = "status.cbor"
LISTS_FOLDER: Final = "status"
DELTAS_FOLDER: Final = "status-deltas"
HOURLY_FOLDER: Final = "status-hourly"
HOURLY_DELTAS_FOLDER: Final = "status-hourly-deltas"
MAX_INDEX: Final = 2**16
MAX_LISTS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedList:
    """One list: its number, when its newest edition was issued, and when the newest of an hour was."""

    number: int
    issued_at: Instant
    hourly_at: Instant


def list_file(region: str, number: int) -> str:
    """Give the name of the file of the list `cm:REGION/NUMBER`."""
    return f"{region}-{number}.cbor"


def delta_file(region: str, number: int, from_iat: Instant) -> str:
    """Give the name of the delta that leads on from the edition issued at `from_iat`."""
    return f"{region}-{number}-{from_iat}.cbor"


def write_index(region: str, lists: tuple[IndexedList, ...]) -> bytes:
    """Write an index."""
    rows: list[cbor.Value] = [
        {"number": each.number, "issued_at": each.issued_at, "hourly_at": each.hourly_at} for each in lists
    ]
    return cbor.write({"region": region, "lists": rows})


def read_index(data: bytes, *, region: RegionCode) -> tuple[IndexedList, ...]:
    """Read the index of this region. Raises: UnreadableStatement, FormatError."""
    if len(data) > MAX_INDEX:
        raise UnreadableStatement(f"an index of status lists of more than {MAX_INDEX} bytes")
    fields = Fields(cbor.read_map(data), of="index of status lists")
    if fields.region("region") != region:
        raise UnreadableStatement("the index is of another region")
    parts = fields.parts("lists")
    fields.finish()
    if len(parts) > MAX_LISTS:
        raise UnreadableStatement(f"more than {MAX_LISTS} status lists of one region")
    return tuple(_read_row(part) for part in parts)


def _read_row(fields: Fields) -> IndexedList:
    row = IndexedList(
        number=fields.integer("number"),
        issued_at=fields.instant("issued_at"),
        hourly_at=fields.instant("hourly_at"),
    )
    fields.finish()
    return row
