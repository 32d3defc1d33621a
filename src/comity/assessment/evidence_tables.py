"""The tables of evidence of a region: their columns, types, units and words (docs/evidence-data.md).

Each is a Parquet file or a folder of them. A subject is a keyed hash, never a name or a number of a document
(settled rule 15). Instants are whole seconds since 1970 (UTC). What a row means to a rule is in `rules_sql`,
which rows are refused in `evidence_checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.domain.colour import COLOUR_REASONS, ColourReason
from comity.domain.evidence import PresenceRecord, RiskLevel

LONGEST_NAME: Final = 64
"""Characters a subject, a reference, a rule id or the name of a source may have."""


class ColumnKind(StrEnum):
    """What a column holds, and with it how it is checked."""

    NAME = "name"
    AREA = "area"
    DIVISION = "division"
    WORD = "word"
    PAST = "past"
    INSTANT = "instant"

    @property
    def sql_type(self) -> str:
        """The type it has in the Parquet file, as SQL names it."""
        return "BIGINT" if self in (ColumnKind.PAST, ColumnKind.INSTANT) else "VARCHAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceColumn:
    """One column; `words` is the closed list of a word, and an optional one may be null."""

    name: str
    kind: ColumnKind
    words: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """One table: its name and exactly its columns, in any order in the file."""

    name: str
    columns: tuple[EvidenceColumn, ...]

    @property
    def has_window(self) -> bool:
        """Say whether its rows hold for `began_at <= t < ended_at`."""
        return any(column.name == "ended_at" for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)


class CaseStatus(StrEnum):
    """How a case is listed."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


class TravelMode(StrEnum):
    """How somebody left an area; each is a record of a carrier or a checkpoint, or the person's own word."""

    TRAIN = "train"
    FLIGHT = "flight"
    COACH = "coach"
    SHIP = "ship"
    CAR = "car"
    DECLARED = "declared"


class ClearanceResult(StrEnum):
    """What a test or a physician found; a negative one clears its reason."""

    NEGATIVE = "negative"
    POSITIVE = "positive"


def _name(name: str) -> EvidenceColumn:
    return EvidenceColumn(name=name, kind=ColumnKind.NAME)


def _word(name: str, words: tuple[str, ...]) -> EvidenceColumn:
    return EvidenceColumn(name=name, kind=ColumnKind.WORD, words=words)


def _past(name: str) -> EvidenceColumn:
    return EvidenceColumn(name=name, kind=ColumnKind.PAST)


_AREA: Final = EvidenceColumn(name="area", kind=ColumnKind.AREA)
_RECORD: Final = (_name("ref"), _name("subject"), _name("source"))

PEOPLE: Final = EvidenceTable(
    name="people",
    columns=(_name("subject"), EvidenceColumn(name="division", kind=ColumnKind.DIVISION)),
)
DECLARATIONS: Final = EvidenceTable(
    name="declarations",
    columns=(
        *_RECORD,
        _word("reason", (ColourReason.SYMPTOMS.value, ColourReason.CLOSE_CONTACT.value)),
        _past("happened_at"),
    ),
)
CASES: Final = EvidenceTable(
    name="cases",
    columns=(*_RECORD, _word("status", tuple(each.value for each in CaseStatus)), _past("reported_at")),
)
CONTACTS: Final = EvidenceTable(name="contacts", columns=(*_RECORD, _past("last_contact_at")))
AREAS: Final = EvidenceTable(
    name="areas",
    columns=(
        _AREA,
        _word("level", tuple(each.value for each in RiskLevel)),
        EvidenceColumn(name="began_at", kind=ColumnKind.INSTANT),
        EvidenceColumn(name="ended_at", kind=ColumnKind.INSTANT, is_optional=True),
    ),
)
TRAVEL: Final = EvidenceTable(
    name="travel",
    columns=(
        *_RECORD,
        _AREA,
        _past("began_at"),
        _past("ended_at"),
        _word("mode", tuple(each.value for each in TravelMode)),
    ),
)
VISITS: Final = EvidenceTable(
    name="visits",
    columns=(
        *_RECORD,
        _AREA,
        _past("began_at"),
        _past("ended_at"),
        _word("record", tuple(each.value for each in PresenceRecord)),
    ),
)
TESTS: Final = EvidenceTable(
    name="tests",
    columns=(
        *_RECORD,
        _word("reason", tuple(each.value for each in COLOUR_REASONS)),
        _word("result", tuple(each.value for each in ClearanceResult)),
        _past("reported_at"),
    ),
)
ASSIGNMENTS: Final = EvidenceTable(
    name="assignments",
    columns=(
        *_RECORD,
        _name("rule_id"),
        _past("began_at"),
        EvidenceColumn(name="ended_at", kind=ColumnKind.INSTANT),
    ),
)

EVIDENCE_TABLES: Final = (
    PEOPLE,
    DECLARATIONS,
    CASES,
    CONTACTS,
    AREAS,
    TRAVEL,
    VISITS,
    TESTS,
    ASSIGNMENTS,
)
"""Every table of an evidence folder; each must be there, if only empty: what is missing colours nobody."""

MEETING_TABLES: Final = (DECLARATIONS, CASES, CONTACTS, TRAVEL, VISITS, ASSIGNMENTS)
"""The tables whose rows a rule may be met by."""
