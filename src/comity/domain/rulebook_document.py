"""A rulebook as a document: the form that is published, and refused when it breaks a clause.

The document is a map of plain values (from CBOR, JSON or TOML). Reading it is the first publication
check (design section 5): it cannot name green (C2.3), ask for a document (C3.2), exceed 21 days, expel
to nowhere (C2.2) or leave out a language. Dates of publication are checked by `publication`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Never, TypeVar

from comity.domain.colour import Colour, ColourReason
from comity.domain.instant import LAST_INSTANT, Instant
from comity.domain.region import INNER_MONGOLIA, RegionCode, is_region
from comity.domain.rulebook import Appeal, Ends, MeasureKind, MeasureRow, Responsible, Rulebook, StatusMaxAge
from comity.domain.texts import Text, text
from comity.domain.validity import STATUS_MAX_AGE, STATUS_MAX_AGE_RANGE, VALIDITY_DAYS, VALIDITY_DAYS_RANGE
from comity.errors import PublicationRefused

DAYS_RANGE: Final = range(1, 22)
"""Days a measure may last: 1 to 21."""
_VERSIONS: Final = range(1, 2**53)
ANY_REASON: Final = "*"

_RULEBOOK_KEYS: Final = frozenset(
    {"region", "version", "valid_from", "valid_to", "validity_days", "status_max_age", "rows", "emergency"}
)
_ROW_KEYS: Final = frozenset(
    {"colour", "reasons", "kind", "days", "responsible", "ends", "appeal", "onward", "text"}
)

Word = TypeVar("Word", Colour, ColourReason, MeasureKind, Responsible, Ends, Appeal)


def refuse(reason: str, clause: str, **values: str | int) -> Never:
    """Refuse a publication for the reason `publication.<reason>` of the catalogue, citing the clause."""
    words = text(f"publication.{reason}", **values)
    raise PublicationRefused(words.en, reason=reason, clause=clause)


def read_rulebook(document: Mapping[str, object]) -> Rulebook:
    """Read a rulebook document.

    Raises: PublicationRefused with the clause it breaks.
    """
    for key in document:
        if key not in _RULEBOOK_KEYS:
            refuse("unknown_word", "C3.2", word=key)
    region = document.get("region")
    if not isinstance(region, str) or not is_region(region):
        refuse("unknown_word", "C2.2", word=str(region))
    version = document.get("version")
    if type(version) is not int or version not in _VERSIONS:
        refuse("version_not_next", "C2.2")
    valid_from, valid_to = _bound(document.get("valid_from")), _bound(document.get("valid_to"))
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        refuse("period_reversed", "C2.2")
    rows = document.get("rows", [])
    if not isinstance(rows, list | tuple):
        refuse("unknown_word", "C2.2", word="rows")
    return Rulebook(
        region=RegionCode(region),
        version=version,
        valid_from=valid_from,
        valid_to=valid_to,
        validity_days=_validity_days(RegionCode(region), document.get("validity_days", VALIDITY_DAYS)),
        status_max_age=_status_max_age(document.get("status_max_age", {})),
        rows=tuple(_row(row) for row in rows),
        emergency=None if document.get("emergency") is None else _both_languages(document["emergency"]),
    )


def _bound(value: object) -> Instant | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LAST_INSTANT:
        refuse("period_reversed", "C2.2")
    return value


def _validity_days(region: RegionCode, days: object) -> int:
    allowed = (VALIDITY_DAYS,) if region == INNER_MONGOLIA else VALIDITY_DAYS_RANGE
    if type(days) is not int or days not in allowed:
        refuse("validity_out_of_range", "C2.4")
    return days


def _status_max_age(ages: object) -> StatusMaxAge:
    if not isinstance(ages, Mapping) or not set(ages) <= {"device", "paper"}:
        refuse("status_age_out_of_range", "C2.2")
    limits = [ages.get(name, STATUS_MAX_AGE) for name in ("device", "paper")]
    shortest, longest = STATUS_MAX_AGE_RANGE
    if not all(type(limit) is int and shortest <= limit <= longest for limit in limits):
        refuse("status_age_out_of_range", "C2.2")
    return StatusMaxAge(device=limits[0], paper=limits[1])


def _row(row: object) -> MeasureRow:
    if not isinstance(row, Mapping):
        refuse("unknown_word", "C2.2", word="row")
    if row.get("colour") == Colour.GREEN:
        refuse("names_green", "C2.3")
    colour = _word(Colour, row.get("colour"))
    if set(row) - _ROW_KEYS or row.get("kind") not in tuple(MeasureKind):
        refuse("asks_document", "C3.2")
    kind = _word(MeasureKind, row.get("kind"))
    onward = row.get("onward")
    if kind is MeasureKind.NO_ENTRY and not onward:
        refuse("no_entry_without_passage", "C2.2")
    if kind is not MeasureKind.NO_ENTRY and onward is not None:
        refuse("onward_without_no_entry", "C2.2")
    return MeasureRow(
        colour=colour,
        reasons=_reasons(row.get("reasons", [ANY_REASON])),
        kind=kind,
        days=_days(kind, row.get("days")),
        responsible=_word(Responsible, row.get("responsible")),
        ends=_word(Ends, row.get("ends")),
        appeal=_word(Appeal, row.get("appeal")),
        onward=None if onward is None else _both_languages(onward),
        text=_both_languages(row.get("text")),
    )


def _word(words: type[Word], value: object) -> Word:
    if not isinstance(value, str) or value not in tuple(words):
        refuse("unknown_word", "C2.2", word=str(value))
    return words(value)


def _days(kind: MeasureKind, days: object) -> int | None:
    if days is None:
        if kind is not MeasureKind.MEDICAL_REFERRAL:
            refuse("days_missing", "C2.2")
        return None
    if type(days) is not int or days not in DAYS_RANGE:
        refuse("days_out_of_range", "C2.2", days=str(days))
    return days


def _reasons(reasons: object) -> tuple[ColourReason, ...]:
    if not isinstance(reasons, list | tuple) or not reasons or len(set(map(str, reasons))) != len(reasons):
        refuse("reasons_malformed", "C2.2")
    if ANY_REASON in reasons:
        if len(reasons) > 1:
            refuse("reasons_malformed", "C2.2")
        return ()
    return tuple(_word(ColourReason, reason) for reason in reasons)


def _both_languages(words: object) -> Text:
    given = words if isinstance(words, Mapping) else {}
    for language in ("zh", "en"):
        written = given.get(language)
        if not isinstance(written, str) or not written.strip():
            refuse("missing_language", "C2.2", language=language)
    for language in given:
        if language not in ("zh", "en"):
            refuse("unknown_word", "C2.2", word=str(language))
    return Text(zh=given["zh"], en=given["en"])


def write_rulebook(rulebook: Rulebook) -> dict[str, object]:
    """Write a rulebook as the document that `read_rulebook` reads."""
    document: dict[str, object] = {
        "region": rulebook.region,
        "version": rulebook.version,
        "valid_from": rulebook.valid_from,
        "valid_to": rulebook.valid_to,
        "validity_days": rulebook.validity_days,
        "status_max_age": {
            "device": rulebook.status_max_age.device,
            "paper": rulebook.status_max_age.paper,
        },
        "rows": [_write_row(row) for row in rulebook.rows],
        "emergency": _write_text(rulebook.emergency),
    }
    return {key: value for key, value in document.items() if value is not None}


def _write_row(row: MeasureRow) -> dict[str, object]:
    fields: dict[str, object | None] = {
        "colour": str(row.colour),
        "reasons": [str(reason) for reason in row.reasons] or [ANY_REASON],
        "kind": str(row.kind),
        "days": row.days,
        "responsible": str(row.responsible),
        "ends": str(row.ends),
        "appeal": str(row.appeal),
        "onward": _write_text(row.onward),
        "text": _write_text(row.text or words_of(row)),
    }
    return {key: value for key, value in fields.items() if value is not None}


def _write_text(words: Text | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}


ENDS_AT: Final = "{ends_at}"
"""Stands in a row's words for the time the measure ends for the person at the gate."""


def words_of(row: MeasureRow) -> Text:
    """Give a row's own words, or the built-in ones of its kind; `ENDS_AT` stands for the end."""
    if row.text is not None:
        return row.text
    key = f"measure.{row.kind}" + (".open" if row.days is None else "")
    return text(
        key,
        days="" if row.days is None else row.days,
        responsible=text(f"responsible.{row.responsible}"),
        ends=text(f"ends.{row.ends}"),
        ends_at=ENDS_AT,
        onward=row.onward or "",
    )
