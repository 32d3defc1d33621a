"""The host's own word on other regions and on its rules: read as written, by its own key only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from comity.codec.cbor import Value
from comity.domain.colour import Colour, ColourReason
from comity.domain.recognition import Release, Suspension
from comity.domain.rulebook import DEFAULT_ROWS, Rulebook, StatusMaxAge
from comity.domain.rulebook_document import words_of, write_rulebook
from comity.errors import PublicationRefused, StatementRefused, UnreadableStatement
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.recognition_statements import (
    read_recognition,
    read_referral,
    read_signed_rulebook,
    write_recognition,
    write_referral,
    write_signed_rulebook,
)
from comity.trust.statements import Kind, write_statement
from tests.builders import AT, HOME, HOST, key, key_list, recognition, referral, rulebook

SIGNER = key(HOST, "statement")
KEYS = key_list(HOST)
RECOGNITION: dict[str, Value | None] = {
    "host": HOST,
    "issuer": HOME,
    "version": 1,
    "published_at": AT,
    "effective_from": AT,
}
REFERRAL: dict[str, Value | None] = {
    "host": HOST,
    "issuer": HOME,
    "version": 1,
    "authority": "x",
    "releases": [],
}


def signed(fields: dict[str, Value | None], kind: Kind, signer: PrivateKey = SIGNER) -> bytes:
    """Any fields, properly signed."""
    return write_statement(fields, kind, signer, is_test=True)


@pytest.mark.parametrize("resumed", [None, Suspension(published_at=AT + 8, effective_from=AT + 9)])
@pytest.mark.parametrize("suspended", [None, Suspension(published_at=AT, effective_from=AT + 90_000)])
def test_c2_1_a_recognition_is_read_as_it_was_written(
    suspended: Suspension | None, resumed: Suspension | None
) -> None:
    given = replace(recognition(), suspension=suspended, resumption=resumed)
    assert (
        read_recognition(write_recognition(given, SIGNER, is_test=True), KEYS, at=AT, is_test=True) == given
    )


def test_c3_3_a_referral_is_read_as_it_was_written() -> None:
    releases = (Release(effective_from=AT, areas_except=("420100",)), Release(effective_from=AT + 9))
    for given in (referral(), replace(referral(), releases=releases)):
        assert read_referral(write_referral(given, SIGNER, is_test=True), KEYS, at=AT, is_test=True) == given


def test_c2_2_a_rulebook_is_read_as_it_was_written_with_words_in_both_languages() -> None:
    row = replace(DEFAULT_ROWS[Colour.RED], reasons=(ColourReason.SYMPTOMS,), days=7)
    given = replace(
        rulebook(), valid_from=AT, valid_to=AT + 9, status_max_age=StatusMaxAge(device=86_400), rows=(row,)
    )
    read = read_signed_rulebook(write_signed_rulebook(given, SIGNER, is_test=True), KEYS, at=AT, is_test=True)
    assert read == replace(given, rows=(replace(row, text=words_of(row)),))


WRONG_RECOGNITIONS: list[tuple[str, dict[str, Value | None]]] = [
    ("no issuer", {"issuer": None}),
    ("an unlisted issuer", {"issuer": "820000"}),
    ("a city as issuer", {"issuer": "440100"}),
    ("no effect", {"effective_from": None}),
    ("no publication", {"published_at": None}),
    ("a publication of true", {"published_at": True}),
    ("a version as text", {"version": "1"}),
    ("a suspension that is no map", {"suspension": AT}),
    ("a suspension without publication", {"suspension": {"effective_from": AT}}),
    ("a suspension with more", {"suspension": {"effective_from": AT, "note": 1, "published_at": AT}}),
    ("a resumption of an array", {"resumption": []}),
    ("a field too many", {"document": "report"}),
]

WRONG_REFERRALS: list[tuple[str, dict[str, Value | None]]] = [
    ("no authority", {"authority": None}),
    ("an authority of bytes", {"authority": b"x"}),
    ("releases that are no array", {"releases": {}}),
    ("a release that is no map", {"releases": [AT]}),
    ("a release without an instant", {"releases": [{"areas_except": []}]}),
    ("a release with a negative instant", {"releases": [{"from": -1}]}),
    ("a release with areas as text", {"releases": [{"from": AT, "areas_except": "420100"}]}),
    ("a release with an area as number", {"releases": [{"from": AT, "areas_except": [420_100]}]}),
    ("a release with more", {"releases": [{"from": AT, "until": AT}]}),
    ("a field too many", {"colour": "green"}),
]


@pytest.mark.parametrize(
    "changed", [row[1] for row in WRONG_RECOGNITIONS], ids=[row[0] for row in WRONG_RECOGNITIONS]
)
def test_a_recognition_of_any_other_form_is_unreadable(changed: dict[str, Value | None]) -> None:
    read_recognition(signed(RECOGNITION, Kind.RECOGNITION), KEYS, at=AT, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_recognition(signed(RECOGNITION | changed, Kind.RECOGNITION), KEYS, at=AT, is_test=True)


@pytest.mark.parametrize("changed", [r[1] for r in WRONG_REFERRALS], ids=[r[0] for r in WRONG_REFERRALS])
def test_a_referral_of_any_other_form_is_unreadable(changed: dict[str, Value | None]) -> None:
    read_referral(signed(REFERRAL, Kind.REFERRAL), KEYS, at=AT, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_referral(signed(REFERRAL | changed, Kind.REFERRAL), KEYS, at=AT, is_test=True)


def document(**changed: object) -> dict[str, Value | None]:
    """The document of a rulebook with one red row, changed."""
    given: dict[str, object] = write_rulebook(replace(rulebook(), rows=(DEFAULT_ROWS[Colour.RED],)))
    return cast("dict[str, Value | None]", given | changed)


def row(**changed: object) -> dict[str, object]:
    """The rows of that document, the one row changed."""
    rows = document()["rows"]
    assert isinstance(rows, list)
    assert isinstance(rows[0], dict)
    return {"rows": [{**rows[0], **changed}]}


BREACHES: list[tuple[str, dict[str, object], str]] = [
    ("names green", row(colour="green"), "C2.3"),
    ("asks for a document", row(document="nucleic acid report"), "C3.2"),
    ("asks for a document by its kind", row(kind="nucleic_acid_report"), "C3.2"),
    ("lasts 22 days", row(days=22), "C2.2"),
    ("expels to nowhere", row(kind="no_entry"), "C2.2"),
    ("leaves out English", row(text={"zh": "隔离"}), "C2.2"),
    ("gives Inner Mongolia's pass 15 days", {"validity_days": 15}, "C2.4"),
]


@pytest.mark.parametrize(
    ("changed", "clause"), [breach[1:] for breach in BREACHES], ids=[breach[0] for breach in BREACHES]
)
def test_c2_3_c3_2_a_signed_rulebook_that_breaks_a_clause_is_refused_with_it(
    changed: dict[str, object], clause: str
) -> None:
    read_signed_rulebook(signed(document(), Kind.RULEBOOK), KEYS, at=AT, is_test=True)
    with pytest.raises(PublicationRefused) as refused:
        read_signed_rulebook(signed(document(**changed), Kind.RULEBOOK), KEYS, at=AT, is_test=True)
    assert refused.value.clause == clause


def host_statements(signer: PrivateKey, *, is_test: bool = True) -> tuple[bytes, bytes, bytes]:
    """A recognition, a referral and a rulebook of the host under any key."""
    return (
        write_recognition(recognition(), signer, is_test=is_test),
        write_referral(referral(), signer, is_test=is_test),
        write_signed_rulebook(rulebook(), signer, is_test=is_test),
    )


READERS: tuple[Callable[..., object], ...] = (read_recognition, read_referral, read_signed_rulebook)

WRONG_SIGNERS = [
    ("another region's statement key", key(HOME, "statement")),
    ("the hub, which can create no recognition", key("hub")),
    ("the host's root", key(HOST, "root")),
    ("the host's pass key", key(HOST, "pass")),
    ("the host's status key", key(HOST, "status")),
    ("the host's bundle key", key(HOST, "bundle")),
]


@pytest.mark.parametrize("signer", [row[1] for row in WRONG_SIGNERS], ids=[row[0] for row in WRONG_SIGNERS])
def test_c2_1_a_statement_not_signed_by_the_hosts_statement_key_is_refused(signer: PrivateKey) -> None:
    for read, data in zip(READERS, host_statements(signer), strict=True):
        with pytest.raises(StatementRefused):
            read(data, KEYS, at=AT, is_test=True)


@pytest.mark.parametrize(("revoked_at", "holds"), [(AT + 1, True), (AT, False), (0, False)])
def test_a_statement_under_a_key_revoked_by_then_is_refused(revoked_at: int, holds: bool) -> None:
    entry = KeyEntry(key=SIGNER.public, usage=Usage.STATEMENT, revoked_at=revoked_at)
    keys = replace(KEYS, entries=(entry,))
    for read, data in zip(READERS, host_statements(SIGNER), strict=True):
        if holds:
            assert read(data, keys, at=AT, is_test=True)
            continue
        with pytest.raises(StatementRefused):
            read(data, keys, at=AT, is_test=True)


@pytest.mark.parametrize("keys", [key_list(HOME)])
def test_c2_1_a_region_cannot_speak_for_another(keys: KeyList) -> None:
    for read, data in zip(READERS, host_statements(key(HOME, "statement")), strict=True):
        with pytest.raises(StatementRefused):
            read(data, keys, at=AT, is_test=True)


def test_a_statement_of_the_other_kind_of_federation_is_unreadable() -> None:
    for is_test in (True, False):
        for read, data in zip(READERS, host_statements(SIGNER, is_test=is_test), strict=True):
            with pytest.raises(UnreadableStatement):
                read(data, KEYS, at=AT, is_test=not is_test)


def test_a_statement_of_one_kind_is_not_read_as_another() -> None:
    statements = host_statements(SIGNER)
    for place, read in enumerate(READERS):
        for other in (each for number, each in enumerate(statements) if number != place):
            with pytest.raises(UnreadableStatement):
                read(other, KEYS, at=AT, is_test=True)


def test_a_rulebook_with_an_integer_key_is_refused() -> None:
    data: dict[str, Value | None] = document()
    data[cast("str", 1)] = 1
    with pytest.raises((PublicationRefused, UnreadableStatement)):
        read_signed_rulebook(signed(data, Kind.RULEBOOK), KEYS, at=AT, is_test=True)


def test_the_default_rows_of_a_rulebook_need_no_rows_in_its_document() -> None:
    read = read_signed_rulebook(
        write_signed_rulebook(rulebook(), SIGNER, is_test=True), KEYS, at=AT, is_test=True
    )
    assert read == Rulebook(region=HOST, version=7)
