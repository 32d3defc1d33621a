"""The claims of a pass (interface section 2): every rule with a claim set that breaks only that rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import cbor2
import pytest

from comity.codec.cwt import read_claims, write_claims
from comity.domain.claims import PassClaims, StatusReference
from comity.domain.colour import COLOUR_REASONS, COLOURS, PASS_CLASSES, Colour, PassClass
from comity.errors import FormatError
from tests.builders import AT, altered, claims

RawClaims: TypeAlias = dict[object, object]
Change: TypeAlias = Callable[[RawClaims], object]
Rows: TypeAlias = list[tuple[str, Change]]

COMITY: Final = -65_537
STATUS: Final = 65_535


def raw(*, green: bool = False) -> RawClaims:
    """A good claim set with every claim, as an outsider would spell it."""
    grounds = [None] * 4 if green else [2, AT, AT + 60, "440000"]
    return {
        1: "440000",
        4: AT + 60,
        6: AT,
        7: bytes(8),
        8: {1: {1: 2, -1: 1, -2: bytes(31) + b"\x05", -3: True}},
        STATUS: {"status_list": {"idx": 3, "uri": "cm:440000/1"}},
        COMITY: [0 if green else 1, 0, "张*", "000X", *grounds, "440100", 1],
    }


def places(given: RawClaims) -> list[object]:
    """The array of the Comity claim."""
    found = given[COMITY]
    assert isinstance(found, list)
    return found


def put(place: int, value: object) -> Change:
    """Put a value into one place of the Comity claim."""
    return lambda given: places(given).__setitem__(place, value)


def claim(number: int, value: object) -> Change:
    """Give one claim another value, in its place."""
    return lambda given: given.__setitem__(number, value)


def rekey(old: int, new: object) -> Change:
    """Spell one claim key otherwise, in its place."""

    def change(given: RawClaims) -> None:
        pairs = [(new if k == old else k, v) for k, v in given.items()]
        given.clear()
        given.update(pairs)

    return change


def without(number: int) -> Change:
    """Leave one claim out."""
    return lambda given: given.pop(number)


def reordered(given: RawClaims) -> None:
    """Put iss last."""
    given[1] = given.pop(1)


def key_with(**changed: object) -> Change:
    """Another confirmation key: kty, crv, x or y replaced."""
    names = {"kty": 1, "crv": -1, "x": -2, "y": -3}
    good: RawClaims = {1: 2, -1: 1, -2: bytes(32), -3: True}
    return claim(8, {1: good | {names[name]: value for name, value in changed.items()}})


def status_with(**changed: object) -> Change:
    """Another status reference: idx or uri replaced."""
    return claim(STATUS, {"status_list": {"idx": 3, "uri": "cm:440000/1"} | changed})


HOSTILE: Rows = [
    # the set of claims
    ("no iss", without(1)),
    ("no exp", without(4)),
    ("no iat", without(6)),
    ("no cti", without(7)),
    ("no Comity claim", without(COMITY)),
    ("an unknown claim, sub", lambda g: g.update({2: "x"})),
    ("an unknown claim, aud", lambda g: g.update({3: "x"})),
    ("an unknown claim, nbf", lambda g: g.update({5: 0})),
    ("an unknown private claim", lambda g: g.update({-65_538: 0})),
    ("an unknown text claim", lambda g: g.update({"document": "report"})),
    ("claims out of order", reordered),
    ("the key true for iss", rekey(1, True)),
    ("the key 4.0 for exp", rekey(4, 4.0)),
    ("the key 65535.0 for the status", rekey(STATUS, 65_535.0)),
    ("the text key 1 for iss", rekey(1, "1")),
    # iss, exp, iat, cti
    ("iss an integer", claim(1, 440_000)),
    ("iss bytes", claim(1, b"440000")),
    ("iss null", claim(1, None)),
    ("exp equal to iat", claim(4, AT)),
    ("exp before iat", claim(4, AT - 1)),
    ("exp a float", claim(4, float(AT + 60))),
    ("exp text", claim(4, "2020-04-01")),
    ("exp true", claim(4, True)),
    ("exp null", claim(4, None)),
    ("exp a tagged time", claim(4, cbor2.CBORTag(1, AT))),
    ("iat negative", claim(6, -1)),
    ("iat a float", claim(6, float(AT))),
    ("iat false", claim(6, False)),
    ("iat text", claim(6, "0")),
    ("cti of 7 bytes", claim(7, bytes(7))),
    ("cti of 9 bytes", claim(7, bytes(9))),
    ("cti empty", claim(7, b"")),
    ("cti text", claim(7, "12345678")),
    ("cti an integer", claim(7, 1)),
    # cnf
    ("cnf empty", claim(8, {})),
    ("cnf null", claim(8, None)),
    ("cnf by kid", claim(8, {3: b"abcd"})),
    ("cnf with a kid beside the key", claim(8, {1: {1: 2, -1: 1, -2: bytes(32), -3: True}, 3: b"abcd"})),
    ("cnf with the key true", claim(8, {True: {1: 2, -1: 1, -2: bytes(32), -3: True}})),
    ("cnf key an array", claim(8, {1: [2, 1]})),
    ("cnf key without y", claim(8, {1: {1: 2, -1: 1, -2: bytes(32)}})),
    ("cnf key with kid", claim(8, {1: {1: 2, 2: b"abcd", -1: 1, -2: bytes(32), -3: True}})),
    ("cnf key with alg", claim(8, {1: {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: True}})),
    ("cnf key with its private part", claim(8, {1: {1: 2, -1: 1, -2: bytes(32), -3: True, -4: bytes(32)}})),
    ("cnf key out of order", claim(8, {1: {1: 2, -2: bytes(32), -1: 1, -3: True}})),
    ("cnf key with the key true", claim(8, {1: {True: 2, -1: 1, -2: bytes(32), -3: True}})),
    ("cnf key type OKP", key_with(kty=1)),
    ("cnf key type 2.0", key_with(kty=2.0)),
    ("cnf key type text", key_with(kty="EC2")),
    ("cnf curve P-384", key_with(crv=2)),
    ("cnf curve true", key_with(crv=True)),
    ("cnf curve 1.0", key_with(crv=1.0)),
    ("cnf x of 31 bytes", key_with(x=bytes(31))),
    ("cnf x of 33 bytes", key_with(x=bytes(33))),
    ("cnf x text", key_with(x="a" * 32)),
    ("cnf y as coordinate", key_with(y=bytes(32))),
    ("cnf y as 1", key_with(y=1)),
    ("cnf y null", key_with(y=None)),
    # status
    ("status empty", claim(STATUS, {})),
    ("status null", claim(STATUS, None)),
    ("status text", claim(STATUS, "cm:440000/1")),
    ("status of another mechanism", claim(STATUS, {"identifier_list": {"id": b"1", "uri": "u"}})),
    (
        "status of two mechanisms",
        lambda g: g.update({STATUS: {"x": 1, "status_list": {"idx": 1, "uri": "u"}}}),
    ),
    ("status list null", claim(STATUS, {"status_list": None})),
    ("status list without idx", claim(STATUS, {"status_list": {"uri": "u"}})),
    ("status list without uri", claim(STATUS, {"status_list": {"idx": 1}})),
    ("status list with more", claim(STATUS, {"status_list": {"idx": 1, "ttl": 1, "uri": "u"}})),
    ("status list out of order", claim(STATUS, {"status_list": {"uri": "u", "idx": 1}})),
    ("idx negative", status_with(idx=-1)),
    ("idx a float", status_with(idx=3.0)),
    ("idx true", status_with(idx=True)),
    ("idx text", status_with(idx="3")),
    ("idx beyond 64 bits", status_with(idx=2**64)),
    ("uri bytes", status_with(uri=b"cm:440000/1")),
    ("uri null", status_with(uri=None)),
    # the Comity claim as a whole
    ("the Comity claim a map", claim(COMITY, {0: 0})),
    ("the Comity claim empty", claim(COMITY, [])),
    ("three places", lambda g: places(g).__delitem__(slice(3, None))),
    ("eleven places", lambda g: places(g).append(1)),
    ("eleven places, the last empty", lambda g: places(g).append(None)),
    ("a trailing empty place", put(9, None)),
    # each place
    ("an unknown colour", put(0, 3)),
    ("a colour below the first", put(0, -1)),
    ("the colour true, which equals yellow", put(0, True)),
    ("the colour 1.0", put(0, 1.0)),
    ("a colour by name", put(0, "yellow")),
    ("no colour", put(0, None)),
    ("an unknown class", put(1, 3)),
    ("a class below the first", put(1, -1)),
    ("the class false, which equals device", put(1, False)),
    ("a class by name", put(1, "device")),
    ("no class", put(1, None)),
    ("no name", put(2, None)),
    ("an empty name", put(2, "")),
    ("a name in bytes", put(2, b"Z")),
    ("no last four", put(3, None)),
    ("three last digits", put(3, "007")),
    ("five last digits", put(3, "00070")),
    ("last digits as a number", put(3, 1234)),
    ("yellow without reason", put(4, None)),
    ("an unknown reason", put(4, 6)),
    ("a reason below the first", put(4, -1)),
    ("the reason true", put(4, True)),
    ("a reason by name", put(4, "symptoms")),
    ("yellow without basis", put(5, None)),
    ("a negative basis", put(5, -1)),
    ("a basis of a float", put(5, float(AT))),
    ("a basis of true", put(5, True)),
    ("yellow without until", put(6, None)),
    ("a negative until", put(6, -1)),
    ("an until of text", put(6, "tomorrow")),
    ("an origin of two digits", put(7, "44")),
    ("an origin of letters", put(7, "440x00")),
    ("an origin in full-width digits", put(7, "\uff14\uff14\uff10\uff10\uff10\uff10")),
    ("an origin as a number", put(7, 440_000)),
    ("an area of another region", put(8, "420100")),
    ("an area of five digits", put(8, "44010")),
    ("an area of seven digits", put(8, "4401000")),
    ("an area of letters", put(8, "44ab00")),
    ("an area in full-width digits", put(8, "44\uff10\uff11\uff10\uff10")),
    ("an area as a number", put(8, 440_100)),
    ("an empty area", put(8, "")),
    ("flags of an unknown bit", put(9, 2)),
    ("flags of two bits", put(9, 3)),
    ("flags of no bit", put(9, 0)),
    ("flags true", put(9, True)),
    ("flags of a float", put(9, 1.0)),
    ("flags as text", put(9, "guardian")),
]

GREEN_WITH_GROUNDS: Rows = [
    ("reason", put(4, 2)),
    ("the first reason", put(4, 0)),
    ("basis", put(5, AT)),
    ("until", put(6, AT + 60)),
    ("origin", put(7, "440000")),
    ("false as reason", put(4, False)),
    ("an empty origin", put(7, "")),
]


def test_the_set_that_every_hostile_row_changes_is_readable() -> None:
    read = read_claims(cbor2.dumps(raw()))
    assert (read.issuer, read.issued_at, read.expires_at, read.pass_id) == ("440000", AT, AT + 60, bytes(8))
    assert (read.colour, read.pass_class, read.masked_name) == (Colour.YELLOW, PassClass.DEVICE, "张*")
    assert (read.id_last4, read.reason, read.basis) == ("000X", "close_contact", AT)
    assert (read.until, read.origin, read.area) == (AT + 60, "440000", "440100")
    assert read.is_guardian_held
    assert read.status == StatusReference(uri="cm:440000/1", index=3)
    assert read.device_key is not None
    assert read.device_key.y_is_odd
    assert read_claims(cbor2.dumps(raw(green=True))).colour is Colour.GREEN


@pytest.mark.parametrize("change", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_claims_that_break_one_rule_are_unreadable(change: Change) -> None:
    given = raw()
    change(given)
    with pytest.raises(FormatError):
        read_claims(cbor2.dumps(given))


@pytest.mark.parametrize(
    "change", [row[1] for row in GREEN_WITH_GROUNDS], ids=[row[0] for row in GREEN_WITH_GROUNDS]
)
def test_c2_3_green_with_the_grounds_of_another_colour_is_unreadable(change: Change) -> None:
    given = raw(green=True)
    change(given)
    with pytest.raises(FormatError):
        read_claims(cbor2.dumps(given))


@pytest.mark.parametrize("missing", [4, 5, 6], ids=["reason", "basis", "until"])
@pytest.mark.parametrize("colour", [1, 2], ids=["yellow", "red"])
def test_c2_2_yellow_and_red_travel_with_reason_basis_and_until(colour: int, missing: int) -> None:
    given = raw()
    places(given)[0] = colour
    read_claims(cbor2.dumps(given))
    places(given)[missing] = None
    with pytest.raises(FormatError):
        read_claims(cbor2.dumps(given))


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_a_duplicate_claim_is_unreadable(first: int) -> None:
    pairs = [cbor2.dumps(k) + cbor2.dumps(v) for k, v in raw().items()]
    pairs.insert(first, pairs[first])
    with pytest.raises(FormatError):
        read_claims(bytes((0xA0 + len(pairs),)) + b"".join(pairs))


def test_claims_with_a_byte_after_them_or_cut_off_are_unreadable() -> None:
    payload = cbor2.dumps(raw())
    for data in (payload + b"\x00", *(payload[:length] for length in range(len(payload)))):
        with pytest.raises(FormatError):
            read_claims(data)


@pytest.mark.parametrize("tag", ["d83d", "d9d9f7", "c6"], ids=["61", "55799", "6"])
def test_tagged_claims_are_unreadable(tag: str) -> None:
    with pytest.raises(FormatError):
        read_claims(bytes.fromhex(tag) + cbor2.dumps(raw()))


@pytest.mark.parametrize(
    "data", [b"\x80", b"\x00", b"\xf6", b"\xa0"], ids=["array", "0", "null", "empty map"]
)
def test_a_payload_that_is_no_map_of_claims_is_unreadable(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_claims(data)


@pytest.mark.parametrize("pass_class", PASS_CLASSES)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_class_and_colour_is_read_as_it_was_written(pass_class: PassClass, colour: Colour) -> None:
    given = claims(pass_class, colour)
    assert read_claims(write_claims(given)) == given


@pytest.mark.parametrize("place", range(len(COLOUR_REASONS)), ids=COLOUR_REASONS)
def test_every_reason_has_its_number(place: int) -> None:
    given = raw()
    places(given)[4] = place
    assert read_claims(cbor2.dumps(given)).reason is COLOUR_REASONS[place]


def test_optional_places_and_claims_may_be_left_out_together() -> None:
    given = raw(green=True)
    del places(given)[4:], given[8], given[STATUS]
    read = read_claims(cbor2.dumps(given))
    assert (read.device_key, read.status, read.area, read.origin) == (None, None, None, None)
    assert not read.is_guardian_held


def test_yellow_may_leave_out_its_origin() -> None:
    given = raw()
    places(given)[7] = None
    assert read_claims(cbor2.dumps(given)).origin is None


def test_an_issue_in_1970_is_readable() -> None:
    given = raw()
    given[6], given[4] = 0, 1
    assert read_claims(cbor2.dumps(given)).issued_at == 0


@pytest.mark.parametrize("name", ["张", "x" * 9, "*" * 300])
def test_a_name_of_any_length_is_readable(name: str) -> None:
    given = raw()
    places(given)[2] = name
    assert read_claims(cbor2.dumps(given)).masked_name == name


def test_the_area_of_the_whole_region_is_readable() -> None:
    given = raw()
    places(given)[8] = "440000"
    assert read_claims(cbor2.dumps(given)).area == "440000"


@pytest.mark.parametrize(("idx", "length"), [(0, 11), (2**64 - 1, 11), (0, 0), (0, 65), (0, 300)])
def test_any_index_and_a_uri_of_any_length_are_readable(idx: int, length: int) -> None:
    given = raw()
    given[STATUS] = {"status_list": {"idx": idx, "uri": "u" * length}}
    assert read_claims(cbor2.dumps(given)).status == StatusReference(uri="u" * length, index=idx)


UNWRITABLE: list[tuple[str, PassClaims]] = [
    ("an exp at iat", altered(claims(), expires_at=claims().issued_at)),
    ("an area elsewhere", altered(claims(), area="110000")),
    ("yellow without its grounds", altered(claims(), colour=Colour.YELLOW)),
    ("green with an origin", altered(claims(), origin="440000")),
    ("no name", altered(claims(), masked_name="")),
]


@pytest.mark.parametrize("given", [row[1] for row in UNWRITABLE], ids=[row[0] for row in UNWRITABLE])
def test_claims_that_could_not_be_read_are_not_written(given: PassClaims) -> None:
    with pytest.raises(FormatError):
        write_claims(given)
