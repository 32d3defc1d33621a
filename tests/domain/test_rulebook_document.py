"""A rulebook as a document: what breaks a clause is refused with that clause (design section 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.catalogue import CATALOGUE
from comity.domain.colour import Colour, ColourReason
from comity.domain.rulebook import DEFAULT_ROWS, MeasureKind, MeasureRow, Rulebook, StatusMaxAge
from comity.domain.rulebook_document import ENDS_AT, read_rulebook, words_of, write_rulebook
from comity.domain.texts import Text
from comity.errors import PublicationRefused
from tests.builders import AT, HOME, HOST

WORDS = {"zh": "集中隔离", "en": "central isolation"}
ROW: dict[str, object] = {
    "colour": "red",
    "reasons": ["symptoms"],
    "kind": "central_isolation",
    "days": 14,
    "responsible": "county_command",
    "ends": "after_days",
    "appeal": "home",
    "text": WORDS,
}
DOCUMENT: dict[str, object] = {"region": HOST, "version": 1, "rows": [ROW]}


def row(**changed: object) -> dict[str, object]:
    """A document whose one row is changed."""
    return {"rows": [{**ROW, **changed}]}


def row_without(name: str) -> dict[str, object]:
    """A document whose one row lacks a field."""
    return {"rows": [{key: value for key, value in ROW.items() if key != name}]}


NO_ENTRY = {"kind": "no_entry", "onward": WORDS}

REFUSED: list[tuple[str, dict[str, object], str, str]] = [
    # C2.3: green cannot be named
    ("green", row(colour="green"), "names_green", "C2.3"),
    ("green with everything else wrong", row(colour="green", kind="x", document=1), "names_green", "C2.3"),
    # C3.2: no document can be asked for
    ("a document field", row(document="nucleic acid report"), "asks_document", "C3.2"),
    ("a document as measure", row(kind="show_report"), "asks_document", "C3.2"),
    ("a temperature field", row(temperature=37.3), "asks_document", "C3.2"),
    ("no measure", row_without("kind"), "asks_document", "C3.2"),
    ("a measure as list", row(kind=["no_entry"]), "asks_document", "C3.2"),
    ("a document field of the rulebook", {"documents": ["report"]}, "unknown_word", "C3.2"),
    ("rules for green beside the rows", {"green": [ROW]}, "unknown_word", "C3.2"),
    # days
    ("22 days", row(days=22), "days_out_of_range", "C2.2"),
    ("no day", row(days=0), "days_out_of_range", "C2.2"),
    ("minus one day", row(days=-1), "days_out_of_range", "C2.2"),
    ("days as text", row(days="14"), "days_out_of_range", "C2.2"),
    ("days true", row(days=True), "days_out_of_range", "C2.2"),
    ("14.0 days", row(days=14.0), "days_out_of_range", "C2.2"),
    ("no days", row_without("days"), "days_missing", "C2.2"),
    ("a referral of 22 days", row(kind="medical_referral", days=22), "days_out_of_range", "C2.2"),
    # no entry
    ("no entry to nowhere", row(kind="no_entry"), "no_entry_without_passage", "C2.2"),
    ("no entry with an empty passage", row(kind="no_entry", onward={}), "no_entry_without_passage", "C2.2"),
    ("a passage in one language", row(kind="no_entry", onward={"zh": "列车"}), "missing_language", "C2.2"),
    ("a passage of blanks", row(kind="no_entry", onward={"zh": " ", "en": " "}), "missing_language", "C2.2"),
    ("a passage as plain text", row(kind="no_entry", onward="home"), "missing_language", "C2.2"),
    ("no entry without days", {"rows": [{**ROW, **NO_ENTRY, "days": None}]}, "days_missing", "C2.2"),
    ("a passage without no entry", row(onward=WORDS), "onward_without_no_entry", "C2.2"),
    # languages
    ("no words", row_without("text"), "missing_language", "C2.2"),
    ("no English", row(text={"zh": "隔离"}), "missing_language", "C2.2"),
    ("no Chinese", row(text={"en": "isolation"}), "missing_language", "C2.2"),
    ("blank English", row(text={"zh": "隔离", "en": " \n"}), "missing_language", "C2.2"),
    ("words as plain text", row(text="isolation"), "missing_language", "C2.2"),
    ("a word as number", row(text={"zh": 1, "en": "x"}), "missing_language", "C2.2"),
    # closed lists
    ("another colour", row(colour="orange"), "unknown_word", "C2.2"),
    ("a colour in capitals", row(colour="GREEN"), "unknown_word", "C2.2"),
    ("no colour", row_without("colour"), "unknown_word", "C2.2"),
    ("an unknown reason", row(reasons=["officer"]), "unknown_word", "C2.2"),
    ("a reason as number", row(reasons=[1]), "unknown_word", "C2.2"),
    ("an unknown body", row(responsible="landlord"), "unknown_word", "C2.2"),
    ("no body", row_without("responsible"), "unknown_word", "C2.2"),
    ("an unknown end", row(ends="never"), "unknown_word", "C2.2"),
    ("an unknown appeal", row(appeal="nobody"), "unknown_word", "C2.2"),
    ("no appeal", row_without("appeal"), "unknown_word", "C2.2"),
    ("a row that is no map", {"rows": ["red"]}, "unknown_word", "C2.2"),
    ("rows that are no list", {"rows": ROW}, "unknown_word", "C2.2"),
    # reasons
    ("no reasons in the list", row(reasons=[]), "reasons_malformed", "C2.2"),
    ("a reason twice", row(reasons=["symptoms", "symptoms"]), "reasons_malformed", "C2.2"),
    ("any reason beside one", row(reasons=["*", "symptoms"]), "reasons_malformed", "C2.2"),
    ("any reason twice", row(reasons=["*", "*"]), "reasons_malformed", "C2.2"),
    ("reasons as text", row(reasons="*"), "reasons_malformed", "C2.2"),
    # the rulebook as a whole
    ("an unlisted region", {"region": "990000"}, "unknown_word", "C2.2"),
    ("C3.2: a city instead of a region", {"region": "150100"}, "unknown_word", "C2.2"),
    ("a region as number", {"region": 150_000}, "unknown_word", "C2.2"),
    ("version 0", {"version": 0}, "version_not_next", "C2.2"),
    ("version true", {"version": True}, "version_not_next", "C2.2"),
    ("version as text", {"version": "1"}, "version_not_next", "C2.2"),
    ("an end before the start", {"valid_from": AT, "valid_to": AT - 1}, "period_reversed", "C2.2"),
    ("an end at the start", {"valid_from": AT, "valid_to": AT}, "period_reversed", "C2.2"),
    ("a negative start", {"valid_from": -1}, "period_reversed", "C2.2"),
    ("a start as text", {"valid_from": "2020-03-19"}, "period_reversed", "C2.2"),
    ("an end beyond any year", {"valid_to": 2**60}, "period_reversed", "C2.2"),
    ("13 days of validity here", {"validity_days": 13}, "validity_out_of_range", "C2.4"),
    ("15 days of validity here", {"validity_days": 15}, "validity_out_of_range", "C2.4"),
    ("14.0 days of validity", {"validity_days": 14.0}, "validity_out_of_range", "C2.4"),
    ("no day elsewhere", {"region": HOME, "validity_days": 0}, "validity_out_of_range", "C2.4"),
    ("31 days elsewhere", {"region": HOME, "validity_days": 31}, "validity_out_of_range", "C2.4"),
    ("a day of true", {"region": HOME, "validity_days": True}, "validity_out_of_range", "C2.4"),
    ("lists below 24 h", {"status_max_age": {"device": 86_399}}, "status_age_out_of_range", "C2.2"),
    ("lists above 7 d", {"status_max_age": {"paper": 604_801}}, "status_age_out_of_range", "C2.2"),
    ("an age for online", {"status_max_age": {"online": 86_400}}, "status_age_out_of_range", "C2.2"),
    ("an age as text", {"status_max_age": {"paper": "48 h"}}, "status_age_out_of_range", "C2.2"),
    ("ages as a number", {"status_max_age": 86_400}, "status_age_out_of_range", "C2.2"),
]


@pytest.mark.parametrize(
    ("changed", "reason", "clause"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_c2_3_c3_2_a_document_that_breaks_a_clause_is_refused_with_it(
    changed: dict[str, object], reason: str, clause: str
) -> None:
    read_rulebook(DOCUMENT)
    with pytest.raises(PublicationRefused) as refused:
        read_rulebook({**DOCUMENT, **changed})
    assert (refused.value.reason, refused.value.clause) == (reason, clause)
    assert f"publication.{reason}" in CATALOGUE


ALLOWED: list[tuple[str, dict[str, object]]] = [
    ("one day", row(days=1)),
    ("21 days", row(days=21)),
    ("a referral without days", {"rows": [{**ROW, "kind": "medical_referral", "days": None}]}),
    ("a referral of 21 days", row(kind="medical_referral", days=21)),
    ("no entry with a passage", {"rows": [{**ROW, **NO_ENTRY}]}),
    ("any reason", row(reasons=["*"])),
    ("reasons left out", row_without("reasons")),
    ("no rows", {"rows": []}),
    ("one day of validity elsewhere", {"region": HOME, "validity_days": 1}),
    ("30 days of validity elsewhere", {"region": HOME, "validity_days": 30}),
    ("lists of 24 h and 7 d", {"status_max_age": {"device": 86_400, "paper": 604_800}}),
]


@pytest.mark.parametrize("changed", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_a_document_at_the_limits_is_read(changed: dict[str, object]) -> None:
    assert read_rulebook({**DOCUMENT, **changed}).version == 1


def every_row() -> list[MeasureRow]:
    """A row of each kind, with its own words or the built-in ones."""
    words = Text(zh="自己的话", en="own words")
    rows = [
        replace(DEFAULT_ROWS[Colour.RED], kind=kind, onward=words if kind == "no_entry" else None)
        for kind in MeasureKind
    ]
    rows.append(replace(rows[0], reasons=(ColourReason.SYMPTOMS,), text=words))
    rows.append(replace(rows[0], kind=MeasureKind.MEDICAL_REFERRAL, days=None))
    return rows


def test_a_rulebook_is_read_as_it_was_written() -> None:
    rows = tuple(replace(row, text=words_of(row)) for row in every_row())
    given = Rulebook(
        region=HOST,
        version=3,
        valid_from=AT,
        valid_to=AT + 1,
        status_max_age=StatusMaxAge(device=86_400, paper=604_800),
        rows=rows,
    )
    assert read_rulebook(write_rulebook(given)) == given


def test_every_row_has_words_in_both_languages_that_name_its_end() -> None:
    for row_of_a_kind in every_row():
        words = words_of(row_of_a_kind)
        assert words.zh.strip()
        assert words.en.strip()
        if row_of_a_kind.text is None:
            assert ENDS_AT in words.zh
            assert ENDS_AT in words.en
