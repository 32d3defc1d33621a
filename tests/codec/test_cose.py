"""COSE_Sign1 (RFC 9052 4.2, interface section 2): one tag, three labels, 64 bytes, and nothing else."""

from __future__ import annotations

import cbor2
import pytest

from comity.codec.cose import (
    Header,
    Kid,
    read_header,
    read_sign1,
    signature_input,
    write_header,
    write_sign1,
)
from comity.errors import FormatError

KID = Kid(b"\x01\x02\x03\x04")
PROTECTED = bytes.fromhex("a3012604440102030410") + bytes.fromhex("19fde9")
PAYLOAD = b"payload"
SIGNATURE = bytes(range(64))


def item(data: bytes) -> bytes:
    """The bytes as a CBOR byte string."""
    return cbor2.dumps(data)


def message(
    *,
    tag: str = "d2",
    array: str = "84",
    protected: bytes | None = None,
    unprotected: str = "a0",
    payload: bytes | None = None,
    signature: bytes | None = None,
    after: str = "",
) -> bytes:
    """A good message but for what is given, spelt byte by byte."""
    return b"".join(
        (
            bytes.fromhex(tag + array),
            item(PROTECTED) if protected is None else protected,
            bytes.fromhex(unprotected),
            item(PAYLOAD) if payload is None else payload,
            item(SIGNATURE) if signature is None else signature,
            bytes.fromhex(after),
        )
    )


HOSTILE_MESSAGES = [
    ("no tag", message(tag="")),
    ("tag 61 around tag 18, a CWT", message(tag="d83dd2")),
    ("tag 61 alone", message(tag="d83d")),
    ("tag 17, COSE_Mac0", message(tag="d1")),
    ("tag 98, COSE_Sign", message(tag="d862")),
    ("tag 18 twice", message(tag="d2d2")),
    ("tag 18 in two bytes", message(tag="d812")),
    ("tag 55799 in front", message(tag="d9d9f7d2")),
    ("an array of three", message(array="83")),
    ("an array of five", message(array="85", after="00")),
    ("an array length in two bytes", message(array="9804")),
    ("an indefinite array", message(array="9f", after="ff")),
    ("a protected header that is a map, not bytes", message(protected=PROTECTED)),
    ("an empty protected header", message(protected=item(b""))),
    ("a protected header of an empty map", message(protected=item(b"\xa0"))),
    ("a protected header with a long length", message(protected=b"\x59\x00\x0d" + PROTECTED)),
    ("an indefinite protected header", message(protected=b"\x5f" + item(PROTECTED) + b"\xff")),
    ("a protected header of null", message(protected=b"\xf6")),
    ("kid in the unprotected map", message(unprotected="a1044401020304")),
    ("a counter signature in the unprotected map", message(unprotected="a10740")),
    ("an unprotected map with a text key", message(unprotected="a1616100")),
    ("an unprotected header of null", message(unprotected="f6")),
    ("an unprotected header of an array", message(unprotected="80")),
    ("an unprotected map with a long length", message(unprotected="b800")),
    ("an indefinite unprotected map", message(unprotected="bfff")),
    ("a payload of null, detached", message(payload=b"\xf6")),
    ("a payload of text", message(payload=b"\x67payload")),
    ("a payload that is a map", message(payload=b"\xa0")),
    ("a payload with a long length", message(payload=b"\x58\x07payload")),
    ("an indefinite payload", message(payload=b"\x5f\x47payload\xff")),
    ("a tagged payload", message(payload=b"\xd8\x18\x47payload")),
    ("a signature of 63 bytes", message(signature=item(SIGNATURE[:63]))),
    ("a signature of 65 bytes", message(signature=item(SIGNATURE + b"\x00"))),
    ("an empty signature", message(signature=b"\x40")),
    ("a signature of null", message(signature=b"\xf6")),
    ("a signature of text", message(signature=cbor2.dumps("a" * 64))),
    ("a signature with a long length", message(signature=b"\x59\x00\x40" + SIGNATURE)),
    ("an indefinite signature", message(signature=b"\x5f" + item(SIGNATURE) + b"\xff")),
    ("an array of signatures", message(signature=b"\x81" + item(SIGNATURE))),
    ("a byte after the message", message(after="00")),
    ("a second message after it", message() + message()),
    ("nothing", b""),
    ("the tag alone", b"\xd2"),
    ("tag and array head alone", b"\xd2\x84"),
]


def header(fields: object) -> bytes:
    """A protected header in the order given."""
    return cbor2.dumps(fields)


HOSTILE_HEADERS = [
    ("no alg", header({4: KID, 16: 65_001})),
    ("no typ", header({1: -7, 4: KID})),
    ("crit", header({1: -7, 2: [4], 4: KID, 16: 65_001})),
    ("an empty crit", header({1: -7, 2: [], 4: KID, 16: 65_001})),
    ("crit instead of kid", header({1: -7, 2: [16], 16: 65_001})),
    ("content type instead of typ", header({1: -7, 3: 65_001, 4: KID})),
    ("content type beside typ", header({1: -7, 3: 61, 4: KID, 16: 65_001})),
    ("IV", header({1: -7, 4: KID, 5: b"", 16: 65_001})),
    ("x5chain", header({1: -7, 4: KID, 16: 65_001, 33: b"x"})),
    ("CWT claims", header({1: -7, 4: KID, 15: {1: "440000"}, 16: 65_001})),
    ("a private label", header({1: -7, 4: KID, 16: 65_001, -70_000: 0})),
    ("a text label", header({1: -7, 4: KID, 16: 65_001, "alg": "none"})),
    ("labels out of order", header({4: KID, 1: -7, 16: 65_001})),
    ("alg twice", bytes.fromhex("a4012601260444010203041019fde9")),
    ("alg as text", header({1: "ES256", 4: KID, 16: 65_001})),
    ("alg null", header({1: None, 4: KID, 16: 65_001})),
    ("alg true", header({1: True, 4: KID, 16: 65_001})),
    ("alg a float", header({1: -7.0, 4: KID, 16: 65_001})),
    ("alg an array", header({1: [-7], 4: KID, 16: 65_001})),
    ("the label true for alg", header({True: -7, 4: KID, 16: 65_001})),
    ("the label 4.0 for kid", header({1: -7, 4.0: KID, 16: 65_001})),
    ("the label 16.0 for typ", header({1: -7, 4: KID, 16.0: 65_001})),
    ("kid of 3 bytes", header({1: -7, 4: KID[:3], 16: 65_001})),
    ("kid of 5 bytes", header({1: -7, 4: KID + b"\x05", 16: 65_001})),
    ("an empty kid", header({1: -7, 4: b"", 16: 65_001})),
    ("kid as text", header({1: -7, 4: "abcd", 16: 65_001})),
    ("kid as an integer", header({1: -7, 4: 0x01020304, 16: 65_001})),
    ("kid null", header({1: -7, 4: None, 16: 65_001})),
    ("typ true", header({1: -7, 4: KID, 16: True})),
    ("typ null", header({1: -7, 4: KID, 16: None})),
    ("typ a float", header({1: -7, 4: KID, 16: 65_001.0})),
    ("typ bytes", header({1: -7, 4: KID, 16: b"\xfd\xe9"})),
    ("typ longer than needed", bytes.fromhex("a30126044401020304101a0000fde9")),
    ("an array instead of a map", header([1, -7])),
    ("an indefinite map", bytes.fromhex("bf0126044401020304" + "1019fde9ff")),
    ("a byte after the map", PROTECTED + b"\x00"),
    ("cut off", PROTECTED[:-1]),
    ("a tagged map", b"\xd2" + PROTECTED),
]


def test_a_good_message_is_read_into_its_parts() -> None:
    read = read_sign1(message())
    assert read.header == Header(-7, KID, 65_001)
    assert (read.protected, read.payload, read.signature) == (PROTECTED, PAYLOAD, SIGNATURE)


def test_what_is_written_is_what_is_read() -> None:
    protected = write_header(Header(-7, KID, 65_001))
    assert protected == PROTECTED
    assert write_sign1(protected, PAYLOAD, SIGNATURE) == message()


def test_a_header_without_kid_is_read_as_a_phones() -> None:
    written = write_header(Header(-7, None, 65_002))
    assert written.hex() == "a201261019fdea"
    assert read_header(written) == Header(-7, None, 65_002)


def test_another_algorithm_is_readable_and_left_to_the_key() -> None:
    assert read_header(header({1: -8, 4: KID, 16: 65_001})).alg == -8


@pytest.mark.parametrize("data", [r[1] for r in HOSTILE_MESSAGES], ids=[r[0] for r in HOSTILE_MESSAGES])
def test_a_message_of_any_other_shape_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_sign1(data)


@pytest.mark.parametrize("data", [r[1] for r in HOSTILE_HEADERS], ids=[r[0] for r in HOSTILE_HEADERS])
def test_a_protected_header_with_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_header(data)
    with pytest.raises(FormatError):
        read_sign1(message(protected=item(data)))


def test_a_message_cut_anywhere_is_refused() -> None:
    whole = message()
    for length in range(len(whole)):
        with pytest.raises(FormatError):
            read_sign1(whole[:length])


def test_the_signature_input_is_the_sig_structure_with_empty_external_aad() -> None:
    expected = cbor2.dumps(["Signature1", PROTECTED, b"", PAYLOAD])
    assert signature_input(PROTECTED, PAYLOAD) == expected
    assert read_sign1(message()).signed == expected


@pytest.mark.parametrize("length", [0, 23, 24, 255, 256, 1_000])
def test_the_signature_input_of_any_payload_length_is_deterministic_cbor(length: int) -> None:
    payload = bytes(length)
    assert signature_input(PROTECTED, payload) == cbor2.dumps(["Signature1", PROTECTED, b"", payload])
