"""The interim note: a region's signed word that somebody goes on while a case is undecided (settled rule 16).

A statement (`Kind.INTERIM_NOTE`) as a QR text. It names the case and the county, and nothing of the person:
no name, no number, no colour, and no measure can follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.codec import base45
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.errors import UnreadableStatement
from comity.trust.keys import KeyList, Usage
from comity.trust.ports import Signer
from comity.trust.statements import Kind, UnverifiedStatement, read_statement, write_statement

NOTE_PREFIX: Final = "CMN1:"
NOTE_LIFETIME: Final = DAY
"""Seconds an interim note is good for: as long as an issuer has to answer (settled rule 11)."""
MAX_NOTE: Final = 1_024
"""Characters of the text of a note at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimNote:
    """What a note says: the region and county, the case, and from when until when it is good."""

    region: str
    division: str
    case: str
    issued_at: Instant
    expires_at: Instant


def write_interim_note(note: InterimNote, signer: Signer, *, is_test: bool) -> str:
    """Sign a note with a usage-`statement` key and give its text. Raises: KeyStoreError."""
    data = write_statement(
        {
            "region": note.region,
            "division": note.division,
            "case": note.case,
            "issued_at": note.issued_at,
            "expires_at": note.expires_at,
        },
        Kind.INTERIM_NOTE,
        signer,
        is_test=is_test,
    )
    return NOTE_PREFIX + base45.encode(data).decode()


def claimed_region(text: str, *, is_test: bool) -> RegionCode:
    """Give the region that the text of a note claims to be of, before any signature is checked.

    Raises: UnreadableStatement.
    """
    return _read(text, is_test=is_test).peek().region("region")


def read_interim_note(text: str, key_list: KeyList, *, at: Instant, is_test: bool) -> InterimNote:
    """Read the text of a note of the key list's region.

    Raises: UnreadableStatement, StatementRefused.
    """
    statement = _read(text, is_test=is_test)
    fields = statement.signed_by(key_list.find_unrevoked(statement.kid, Usage.STATEMENT, at))
    note = InterimNote(
        region=fields.region("region"),
        division=fields.text("division"),
        case=fields.text("case"),
        issued_at=fields.instant("issued_at"),
        expires_at=fields.instant("expires_at"),
    )
    fields.finish()
    if note.region != key_list.region:
        raise UnreadableStatement("the note names another region than the one that signed it")
    return note


def _read(text: str, *, is_test: bool) -> UnverifiedStatement:
    if not text.startswith(NOTE_PREFIX) or not text.isascii() or len(text) > MAX_NOTE:
        raise UnreadableStatement("this is not the text of an interim note")
    data = base45.decode(text[len(NOTE_PREFIX) :].encode())
    return read_statement(data, Kind.INTERIM_NOTE, is_test=is_test)
