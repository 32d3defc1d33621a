"""One row of an evidence file: checked field by field, and turned into a record or a reason (C1.2).

A row has the columns of its kind and no others. The reference of a record is a hash of source and content, in
which the person is the keyed hash already: the same row twice is one piece of evidence. No reason repeats
what stood in a field (settled rule 15).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeAlias, TypeVar

from comity.domain.colour import ColourReason
from comity.domain.evidence import EvidenceKind, EvidenceSource, PresenceRecord, RiskLevel
from comity.domain.identity import DocumentKind, read_identity
from comity.domain.instant import BEIJING, DAY, Instant, instant_of
from comity.domain.region import is_area
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import InvalidInput
from comity.issuance.evidence import EvidenceRow, RiskAreaRow
from comity.issuance.import_records import ImportKind
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of
from comity.issuance.records import HolderKey

OLDEST: Final = 366 * DAY
"""Seconds that evidence may go back."""
RISK_AHEAD: Final = 14 * DAY
"""Seconds that a risk area may be listed ahead of its beginning."""
_REF_LENGTH: Final = 16
_DATE_LENGTH: Final = 10

_PERSON: Final = ("document_kind", "document_number")
COLUMNS: Final[Mapping[ImportKind, tuple[str, ...]]] = {
    ImportKind.CASES: (*_PERSON, "status", "reported_at"),
    ImportKind.CONTACTS: (*_PERSON, "last_contact_at"),
    ImportKind.STAYS: (*_PERSON, "area", "record", "began_at", "ended_at"),
    ImportKind.ARRIVALS: (*_PERSON, "area", "arrived_at"),
    ImportKind.CLEARANCES: (*_PERSON, "reason", "cleared_at"),
    ImportKind.RISK_AREAS: ("area", "level", "began_at", "ended_at"),
}
"""The columns of each kind of file, all of them, in any order; `ended_at` of a risk area may be empty."""


def columns_of(kind: ImportKind) -> tuple[str, ...]:
    """Give the columns of a kind of file. Raises: InvalidInput for findings, which no file brings."""
    if kind is ImportKind.FINDINGS:
        raise _no_file()
    return COLUMNS[kind]


def _no_file() -> InvalidInput:
    return InvalidInput(
        "findings come from an assessment run, not from a file",
        field="kind",
        next_step="comity region import-assessment RUN --officer ID",
    )


Fields: TypeAlias = Mapping[str, str]
Row: TypeAlias = EvidenceRow | RiskAreaRow
Word = TypeVar("Word", bound=StrEnum)


class CaseStatus(StrEnum):
    """How a case is listed."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


_CASES: Final = {
    CaseStatus.CONFIRMED: EvidenceKind.CONFIRMED_CASE,
    CaseStatus.SUSPECTED: EvidenceKind.SUSPECTED_CASE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReading:
    """What rows are read with: the region, the kind and source of the file, its import and the instant."""

    issuer: Issuer
    kind: ImportKind
    source_name: str
    import_id: str
    at: Instant

    def read(self, fields: Fields) -> Row:
        """Turn one row into a record. Raises: InvalidInput with the field that is wrong."""
        if self.kind is ImportKind.RISK_AREAS:
            return self._risk_area(fields)
        document = read_identity(
            fields["document_kind"] or DocumentKind.RESIDENT_ID,
            fields["document_number"],
            at=self.at,
            allow_test=self.issuer.is_test,
        )
        holder = holder_of(self.issuer, document)
        match self.kind:
            case ImportKind.CASES:
                kind = _CASES[_word(CaseStatus, fields, "status")]
                return self._evidence(holder, kind, self._past(fields, "reported_at"))
            case ImportKind.CONTACTS:
                began_at = self._past(fields, "last_contact_at")
                return self._evidence(holder, EvidenceKind.CLOSE_CONTACT, began_at)
            case ImportKind.STAYS:
                return self._stay(holder, fields)
            case ImportKind.ARRIVALS:
                began_at = self._past(fields, "arrived_at")
                return self._evidence(holder, EvidenceKind.ARRIVAL, began_at, area=_area(fields))
            case ImportKind.CLEARANCES:
                reason = _word(ColourReason, fields, "reason")
                began_at = self._past(fields, "cleared_at")
                return self._evidence(holder, EvidenceKind.CLEARANCE, began_at, reason=reason)
            case ImportKind.FINDINGS:
                raise _no_file()

    def _stay(self, holder: HolderKey, fields: Fields) -> EvidenceRow:
        began_at, ended_at = self._past(fields, "began_at"), self._past(fields, "ended_at")
        if began_at >= ended_at:
            raise InvalidInput("ended_at is not after began_at", field="ended_at")
        record = _word(PresenceRecord, fields, "record")
        return self._evidence(
            holder, EvidenceKind.STAY, began_at, ended_at=ended_at, area=_area(fields), record=record
        )

    def _evidence(
        self,
        holder: HolderKey,
        kind: EvidenceKind,
        began_at: Instant,
        *,
        ended_at: Instant | None = None,
        area: str | None = None,
        record: PresenceRecord | None = None,
        reason: ColourReason | None = None,
    ) -> EvidenceRow:
        return EvidenceRow(
            ref=self._ref((holder, kind, began_at, ended_at, area, record, reason)),
            holder=holder,
            kind=kind,
            source=EvidenceSource.IMPORT,
            source_name=self.source_name,
            began_at=began_at,
            ended_at=ended_at,
            area=area,
            record=record,
            reason=reason,
            import_id=self.import_id,
            added_at=self.at,
        )

    def _risk_area(self, fields: Fields) -> RiskAreaRow:
        area, level = _area(fields), _word(RiskLevel, fields, "level")
        began_at = _time(fields, "began_at")
        ended_at = _time(fields, "ended_at") if fields["ended_at"] else None
        if began_at > self.at + RISK_AHEAD:
            raise InvalidInput("began_at is more than 14 days ahead", field="began_at")
        if ended_at is not None and began_at >= ended_at:
            raise InvalidInput("ended_at is not after began_at", field="ended_at")
        return RiskAreaRow(
            ref=self._ref((area, level, began_at, ended_at)),
            area=area,
            level=level,
            began_at=began_at,
            ended_at=ended_at,
            source_name=self.source_name,
            import_id=self.import_id,
            added_at=self.at,
        )

    def _past(self, fields: Fields, name: str) -> Instant:
        told = _time(fields, name)
        if told > self.at + CLOCK_LEEWAY:
            raise InvalidInput(f"{name} lies ahead", field=name)
        if told < self.at - OLDEST:
            raise InvalidInput(f"{name} is more than a year ago", field=name)
        return told

    def _ref(self, content: Sequence[object]) -> str:
        text = "\0".join([self.source_name, *(str(each) for each in content)])
        return sha256(text.encode()).digest()[:_REF_LENGTH].hex()


def _word(words: type[Word], fields: Fields, name: str) -> Word:
    try:
        return words(fields[name])
    except ValueError:
        raise InvalidInput(f"{name} is none of {', '.join(words)}", field=name) from None


def _area(fields: Fields) -> str:
    if not is_area(fields["area"]):
        raise InvalidInput(
            "area is not a code of six digits in one of the provinces (GB/T 2260)", field="area"
        )
    return fields["area"]


def _time(fields: Fields, name: str) -> Instant:
    found = _instant(fields[name])
    if found is None:
        raise InvalidInput(
            f"{name} is no date such as 2020-03-20, and no time with offset such as "
            "2020-03-20T08:00:00+08:00",
            field=name,
        )
    return found


@lru_cache(maxsize=65_536)
def _instant(text: str) -> Instant | None:
    """Read a time with offset, or a date as its beginning in the legal time of the regions."""
    try:
        if len(text) == _DATE_LENGTH:
            return instant_of(datetime.combine(date.fromisoformat(text), time(), BEIJING))
        return instant_of(datetime.fromisoformat(text))
    except ValueError:
        return None
