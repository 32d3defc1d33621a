"""Heads of the audit noted elsewhere, and the audit held against them.

No chain shows by itself that its end was cut off together with its head, or that a whole lane was written
anew. So the heads are written down every hour: a line of JSON each time, in a file beside the data and in the
log, to be taken where nobody who can write the database can write.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.domain.instant import HOUR, Instant, rfc3339
from comity.errors import FormatError, StoreUnavailable
from comity.records.audit import AUDIT_LANES, AuditFault
from comity.records.audit_records import AuditHead, AuditRow
from comity.records.ports import Transaction

HEADS_EVERY: Final = HOUR
MAX_LINE: Final = 4_096
"""Bytes of one line of noted heads at most."""
_CHAIN_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedHead:
    """The head of one lane as it was noted: number of the last row, its chain value, and when."""

    lane: int
    number: int
    chained: bytes
    noted_at: Instant


def heads_line(transaction: Transaction, *, at: Instant) -> str:
    """Write the heads of all lanes as one line of JSON, without its end."""
    heads = sorted(transaction.of(AuditHead).select(), key=lambda head: head.lane)
    rows = [[head.lane, head.number, head.chained.hex()] for head in heads]
    return json.dumps({"at": at, "heads": rows}, separators=(",", ":"))


def note_heads(transaction: Transaction, file: Path, *, at: Instant) -> str:
    """Append the heads to a file, and give the line. Raises: StoreUnavailable."""
    line = heads_line(transaction, at=at)
    try:
        with file.open("a", encoding="utf-8") as noted:
            noted.write(line + "\n")
    except OSError as error:
        raise StoreUnavailable(f"{file.name} cannot be written: {error.strerror}") from error
    return line


def read_heads(lines: Iterable[str]) -> Iterator[NotedHead]:
    """Read noted heads line by line; a last line that was cut off is passed over. Raises: FormatError."""
    for number, line in enumerate(lines, 1):
        if not line.endswith("\n") or not line.strip():
            continue
        try:
            noted = json.loads(line if len(line) <= MAX_LINE else "")
            at, rows = int(noted["at"]), noted["heads"]
            for lane, last, chained in rows:
                head = NotedHead(
                    lane=int(lane), number=int(last), chained=bytes.fromhex(chained), noted_at=at
                )
                if head.lane not in range(AUDIT_LANES) or len(head.chained) != _CHAIN_LENGTH:
                    raise ValueError("no head of a lane")
                yield head
        except (ValueError, KeyError, TypeError) as error:
            raise FormatError(f"line {number} is no line of noted heads") from error


def compare_heads(transaction: Transaction, noted: Iterable[NotedHead]) -> list[AuditFault]:
    """Hold the audit against heads that were noted: the first fault of each lane, in the order noted."""
    faults: dict[int, AuditFault] = {}
    rows, last = transaction.of(AuditRow), dict[int, NotedHead]()
    for head in noted:
        known = last.get(head.lane)
        last[head.lane] = head
        if head.lane in faults or (known is not None and known.number == head.number):
            continue
        place = head.number * AUDIT_LANES + head.lane
        row = rows.find(place)
        when = rfc3339(head.noted_at)
        if row is None:
            faults[head.lane] = AuditFault(
                lane=head.lane, place=place, what=f"a row that was there at {when} is missing"
            )
        elif row.chained != head.chained:
            faults[head.lane] = AuditFault(
                lane=head.lane, place=place, what=f"up to here the lane was written anew since {when}"
            )
    return [faults[lane] for lane in sorted(faults)]
