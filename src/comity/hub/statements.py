"""The statements the hub has accepted: who takes part, who recognises whom, by which rules, verbatim.

Kept as signed, byte for byte, with the instant they were accepted; nothing is ever replaced or removed, so
that the history of every pair can be told (C2.1). What each kind must pass before it stands here is in the
modules beside this one. No HTTP and no TUF: bytes come in, and what is in force goes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from comity.codec.cose import read_sign1
from comity.domain.instant import Instant
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind

HUB_SIGNED: Final = "hub"
"""Stands as `region` of what the hub's root signed."""
AUTHORITY_SIGNED: Final = "authority"
"""Stands as `region` of what the national authority signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedStatement:
    """One statement as signed; `region` is who signed it, `about` the region it speaks of, if any.

    `effective_from` is the instant it names for its effect, or the one of its acceptance.
    """

    statement_id: str
    kind: StatementKind
    region: str
    about: str | None
    version: int
    data: bytes
    accepted_at: Instant
    effective_from: Instant

    TABLE: ClassVar[str] = "accepted_statement"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("kind", "region", "about", "version"),
        ("accepted_at",),
    )


def statement_id(kind: StatementKind, region: str, about: str | None, version: int) -> str:
    """Give the id of a statement: kind, who signed, about whom, version."""
    return "-".join([kind, region, *([] if about is None else [about]), str(version)])


def content_of(data: bytes) -> tuple[str, bytes]:
    """Give kind and content of a signed statement: signed again by another key it says the same.

    Raises: FormatError.
    """
    signed = read_sign1(data)
    return str(signed.header.typ), signed.payload


def accepted_row(
    kind: StatementKind,
    region: str,
    version: int,
    data: bytes,
    *,
    at: Instant,
    about: str | None = None,
    effective_from: Instant | None = None,
) -> AcceptedStatement:
    """Make the row of a statement; kind, signer, whom it is about and version are its key."""
    return AcceptedStatement(
        statement_id=statement_id(kind, region, about, version),
        kind=kind,
        region=region,
        about=about,
        version=version,
        data=data,
        accepted_at=at,
        effective_from=at if effective_from is None else effective_from,
    )


def accepted(
    transaction: Transaction,
    kind: StatementKind,
    *,
    region: str | None = None,
    about: str | None = None,
) -> list[AcceptedStatement]:
    """List what was accepted of a kind, oldest version first; of one signer or about one region if given."""
    where = [equal("kind", kind)]
    where += [] if region is None else [equal("region", region)]
    where += [] if about is None else [equal("about", about)]
    return transaction.of(AcceptedStatement).select(*where, order=("version",))


def find_newest(
    transaction: Transaction, kind: StatementKind, region: str, about: str | None = None
) -> AcceptedStatement | None:
    """Find the newest statement of a kind by a signer about a region."""
    found = transaction.of(AcceptedStatement).select(
        equal("kind", kind),
        equal("region", region),
        equal("about", about),
        order=("version",),
        newest_first=True,
        limit=1,
    )
    return found[0] if found else None
