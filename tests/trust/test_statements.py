"""Statements: a typ per kind, one signer each, and fields that are all read or refused."""

from __future__ import annotations

import cbor2
import pytest

from comity.codec.cbor import Value
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.signing import sign_message
from comity.trust.statements import Fields, Kind, read_statement, write_statement
from tests.builders import HOST, key

SIGNER = key(HOST, "statement")
GOOD = write_statement({"host": HOST}, Kind.RECOGNITION, SIGNER, is_test=True)


def of_payload(payload: bytes, *, typ: int | str = 65_113, with_kid: bool = True) -> bytes:
    """A properly signed message with any payload."""
    return sign_message(payload, SIGNER, typ=typ, with_kid=with_kid)


UNREADABLE = [
    ("no bytes", b""),
    ("cut off", GOOD[:-1]),
    ("a byte after it", GOOD + b"\x00"),
    ("tag 18 missing", GOOD[1:]),
    ("tag 61 in front", b"\xd8\x3d" + GOOD),
    ("another kind", write_statement({"host": HOST}, Kind.REFERRAL, SIGNER, is_test=True)),
    (
        "the other kind of federation",
        write_statement({"host": HOST}, Kind.RECOGNITION, SIGNER, is_test=False),
    ),
    ("the typ of a pass", of_payload(cbor2.dumps({"host": HOST}), typ=65_101)),
    ("typ as text", of_payload(cbor2.dumps({"host": HOST}), typ="65113")),
    ("no kid", of_payload(cbor2.dumps({"host": HOST}), with_kid=False)),
]

UNREADABLE_PAYLOADS = [
    ("an array", cbor2.dumps([HOST])),
    ("nothing", b""),
    ("a byte after the map", cbor2.dumps({"host": HOST}) + b"\x00"),
    ("a duplicate field", b"\xa2" + 2 * (cbor2.dumps("host") + cbor2.dumps(HOST))),
    ("fields out of order", cbor2.dumps({"b": 1, "a": 1})),
    ("an indefinite map", b"\xbf" + cbor2.dumps("host") + cbor2.dumps(HOST) + b"\xff"),
    ("a float", cbor2.dumps({"host": 1.5})),
    ("a tag", cbor2.dumps({"host": cbor2.CBORTag(1, 0)})),
]


@pytest.mark.parametrize("data", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_anything_but_one_statement_of_the_kind_asked_for_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableStatement):
        read_statement(data, Kind.RECOGNITION, is_test=True)


@pytest.mark.parametrize(
    "payload", [row[1] for row in UNREADABLE_PAYLOADS], ids=[row[0] for row in UNREADABLE_PAYLOADS]
)
def test_a_signed_payload_that_is_no_deterministic_map_is_unreadable(payload: bytes) -> None:
    statement = read_statement(of_payload(payload), Kind.RECOGNITION, is_test=True)
    with pytest.raises(UnreadableStatement):
        statement.signed_by(SIGNER.public)
    with pytest.raises(UnreadableStatement):
        statement.peek()


def test_the_fields_are_had_only_with_the_key_that_signed() -> None:
    statement = read_statement(GOOD, Kind.RECOGNITION, is_test=True)
    assert statement.signed_by(SIGNER.public).region("host") == HOST
    for other in (None, key("other").public):
        with pytest.raises(StatementRefused):
            statement.signed_by(other)


@pytest.mark.parametrize("place", range(0, len(GOOD), 7))
def test_a_statement_with_any_byte_altered_is_refused(place: int) -> None:
    altered = GOOD[:place] + bytes((GOOD[place] ^ 1,)) + GOOD[place + 1 :]
    with pytest.raises((UnreadableStatement, StatementRefused)):
        read_statement(altered, Kind.RECOGNITION, is_test=True).signed_by(SIGNER.public)


def test_kinds_have_the_numbers_65011_to_65024_and_real_and_test_never_meet() -> None:
    assert [int(kind) for kind in Kind] == list(range(65_011, 65_025))


def test_a_field_that_is_none_is_left_out() -> None:
    data = write_statement({"host": HOST, "to": None}, Kind.RECOGNITION, SIGNER, is_test=True)
    assert data == GOOD


WRONG_FIELDS: list[tuple[str, str, Value]] = [
    ("an integer of true", "integer", True),
    ("a negative integer", "integer", -1),
    ("an integer as text", "integer", "1"),
    ("an integer null", "integer", None),
    ("an instant beyond 9998", "instant", 253_370_736_001),
    ("an optional instant null", "optional_instant", None),
    ("a text as bytes", "text", b"x"),
    ("a region of lower rank", "region", "150100"),
    ("a region in full-width digits", "region", "\uff11\uff150000"),
    ("a flag of 1", "flag", 1),
    ("bytes as text", "octets", "x"),
    ("a key of 64 bytes", "key", bytes(64)),
    ("a key off the curve", "key", b"\x04" + bytes(64)),
    ("an array as map", "items", {}),
    ("an array null", "items", None),
    ("an array of texts for bytes", "all_octets", ["x"]),
    ("an array of bytes for texts", "all_texts", [b"x"]),
    ("an array of integers for maps", "parts", [1]),
    ("a part that is no map", "optional_part", []),
]


@pytest.mark.parametrize(
    ("getter", "value"), [row[1:] for row in WRONG_FIELDS], ids=[row[0] for row in WRONG_FIELDS]
)
def test_a_field_of_another_type_is_unreadable(getter: str, value: Value) -> None:
    with pytest.raises(UnreadableStatement):
        getattr(Fields({"name": value}, of="statement"), getter)("name")


@pytest.mark.parametrize("getter", ["integer", "instant", "text", "region", "flag", "octets", "key"])
def test_a_field_that_is_missing_is_unreadable(getter: str) -> None:
    with pytest.raises(UnreadableStatement):
        getattr(Fields({}, of="statement"), getter)("name")


@pytest.mark.parametrize("name", ["x", 1])
def test_a_field_that_nobody_took_is_unreadable(name: int | str) -> None:
    fields = Fields({"host": HOST, name: 0}, of="statement")
    fields.region("host")
    with pytest.raises(UnreadableStatement):
        fields.finish()
