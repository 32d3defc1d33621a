"""The table of hostile texts: a title, how the text is made from a good one, and the reason code to meet.

A change that leaves the form right is told apart from one that breaks it: the first is `bad_signature` (V4),
the second `unreadable` (V1), whatever the signature would have said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cbor2

from tests.scenarios.wire import (
    ALG,
    CNF,
    COMITY,
    EXP,
    IAT,
    ISS,
    KID,
    P256_ORDER,
    PRESENTATION_TYP,
    STATUS,
    TYP,
    Message,
    as_text,
    pairs,
    plain,
)

Make = Callable[[Message], bytes]
Rows = list[tuple[str, Make]]


def lengthened(head: int, data: bytes) -> bytes:
    """A byte string, array or map head of one more byte than needed, then the data."""
    return bytes([head]) + data


def swapped(values: dict[Any, Any]) -> bytes:
    first, second, *rest = values.items()
    return pairs([second, first, *rest])


def twice(values: dict[Any, Any]) -> bytes:
    first, *rest = values.items()
    return pairs([first, first, *rest])


def endless(encoded_map: bytes) -> bytes:
    return b"\xbf" + encoded_map[1:] + b"\xff"


def reference(**changes: Any) -> Make:
    """The status reference with places exchanged; None takes one away."""

    def make(m: Message) -> bytes:
        merged = m.claims[STATUS]["status_list"] | changes
        return m.with_claims(status={"status_list": {k: v for k, v in merged.items() if v is not None}})

    return make


def place(number: int, value: Any) -> Make:
    """The Comity claim with one place exchanged."""

    def make(m: Message) -> bytes:
        claim = list(m.claims[COMITY])
        claim[number] = value
        return m.with_claims(comity=claim)

    return make


def nested(depth: int) -> bytes:
    return b"\x81" * depth + b"\x00"


ENVELOPE: Rows = [
    ("no tag", lambda m: m.build(start=b"\x84")),
    ("tag 61 outside", lambda m: m.build(start=b"\xd8\x3d\xd2\x84")),
    ("tag 61 instead", lambda m: m.build(start=b"\xd8\x3d\x84")),
    ("tag 18 twice", lambda m: m.build(start=b"\xd2\xd2\x84")),
    ("tag 18 in two bytes", lambda m: m.build(start=b"\xd8\x12\x84")),
    ("tag 17", lambda m: m.build(start=b"\xd1\x84")),
    ("tag 98", lambda m: m.build(start=b"\xd8\x62\x84")),
    ("self-described CBOR", lambda m: m.build(start=b"\xd9\xd9\xf7\xd2\x84")),
    ("an array head in two bytes", lambda m: m.build(start=b"\xd2\x98\x04")),
    ("an endless array", lambda m: m.build(start=b"\xd2\x9f", end=b"\xff")),
    ("five places", lambda m: m.build(start=b"\xd2\x85", end=b"\x00")),
    ("three places", lambda m: m.build(start=b"\xd2\x83", signature=b"")),
    ("a trailing byte", lambda m: m.build(end=b"\x00")),
    ("a trailing null", lambda m: m.build(end=b"\xf6")),
    ("the message twice", lambda m: m.build() * 2),
    ("the last byte missing", lambda m: m.build()[:-1]),
    ("only the tag", lambda m: b"\xd2"),
    ("no bytes", lambda m: b""),
    ("a header that is a map", lambda m: m.build(header=plain(m.header))),
    ("an empty header", lambda m: m.build(header=b"\x40")),
    ("an empty map as header", lambda m: m.build(header=b"\x41\xa0")),
    ("an endless header", lambda m: m.build(header=b"\x5f" + plain(plain(m.header)) + b"\xff")),
    (
        "a header length in two bytes",
        lambda m: m.build(header=lengthened(0x58, bytes([len(plain(m.header))]) + plain(m.header))),
    ),
    ("an unprotected kid", lambda m: m.build(unprotected=plain({KID: m.header.get(KID, b"abcd")}))),
    ("an unprotected unknown label", lambda m: m.build(unprotected=plain({99: 0}))),
    ("an unprotected head in two bytes", lambda m: m.build(unprotected=b"\xb8\x00")),
    ("an endless unprotected map", lambda m: m.build(unprotected=b"\xbf\xff")),
    ("unprotected null", lambda m: m.build(unprotected=b"\xf6")),
    ("unprotected bytes", lambda m: m.build(unprotected=b"\x40")),
    ("a detached payload", lambda m: m.build(payload=b"\xf6")),
    ("an empty payload", lambda m: m.build(payload=b"\x40")),
    ("a payload that is no byte string", lambda m: m.build(payload=m.payload)),
    ("a payload as text", lambda m: m.build(payload=b"\x65hello")),
    ("an endless payload", lambda m: m.build(payload=b"\x5f" + plain(m.payload) + b"\xff")),
    (
        "a payload length in three bytes",
        lambda m: m.build(payload=b"\x5a" + len(m.payload).to_bytes(4, "big") + m.payload),
    ),
    ("a signature of 63 bytes", lambda m: m.build(signature=plain(m.signature[:63]))),
    ("a signature of 65 bytes", lambda m: m.build(signature=plain(m.signature + b"\x00"))),
    ("no signature", lambda m: m.build(signature=b"\x40")),
    ("a signature that is null", lambda m: m.build(signature=b"\xf6")),
    ("a signature length in three bytes", lambda m: m.build(signature=b"\x59\x00\x40" + m.signature)),
    ("a signature in an array", lambda m: m.build(signature=b"\x81" + plain(m.signature))),
]
HEADERS: Rows = [
    (
        "crit",
        lambda m: m.with_header(
            {ALG: m.header[ALG], 2: [ALG], **{k: m.header[k] for k in m.header if k != ALG}}
        ),
    ),
    ("a content type", lambda m: m.with_header(pairs(sorted([*m.header.items(), (3, 0)])))),
    ("an iv", lambda m: m.with_header(pairs(sorted([*m.header.items(), (5, b"")])))),
    ("an unknown label", lambda m: m.with_header(m.header | {99: 0})),
    ("a text label", lambda m: m.with_header(m.header | {"a": 0})),
    ("labels in another order", lambda m: m.with_header(swapped(m.header))),
    ("a label twice", lambda m: m.with_header(twice(m.header))),
    ("an endless header map", lambda m: m.with_header(endless(plain(m.header)))),
    ("a trailing byte in the header", lambda m: m.with_header(plain(m.header) + b"\x00")),
    ("a label in two bytes", lambda m: m.with_header(plain(m.header).replace(b"\x01", b"\x18\x01", 1))),
    (
        "an alg in two bytes",
        lambda m: m.with_header(
            plain(m.header).replace(
                b"\x01" + plain(m.header[ALG]), b"\x01\x38" + bytes([-1 - m.header[ALG]]), 1
            )
        ),
    ),
    ("a header that is an array", lambda m: m.with_header(plain(list(m.header.items())))),
    ("no alg", lambda m: m.with_header({k: v for k, v in m.header.items() if k != ALG})),
    ("no typ", lambda m: m.with_header({k: v for k, v in m.header.items() if k != TYP})),
    ("a typ as text", lambda m: m.with_header(m.header | {TYP: "application/cwt"})),
    ("an unknown typ", lambda m: m.with_header(m.header | {TYP: 65199})),
    ("a production typ", lambda m: m.with_header(m.header | {TYP: m.header[TYP] - 100})),
    ("a typ as a float", lambda m: m.with_header(m.header | {TYP: float(m.header[TYP])})),
    (
        "a typ in five bytes",
        lambda m: m.with_header(
            plain(m.header).replace(
                b"\x19" + m.header[TYP].to_bytes(2, "big"), b"\x1a" + m.header[TYP].to_bytes(4, "big")
            )
        ),
    ),
]
KIDS: Rows = [
    ("no kid", lambda m: m.with_header({k: v for k, v in m.header.items() if k != KID})),
    ("a kid of 3 bytes", lambda m: m.with_header(m.header | {KID: m.header[KID][:3]})),
    ("a kid of 5 bytes", lambda m: m.with_header(m.header | {KID: m.header[KID] + b"\x00"})),
    ("an empty kid", lambda m: m.with_header(m.header | {KID: b""})),
    ("a kid as text", lambda m: m.with_header(m.header | {KID: "abcd"})),
    ("a kid as a number", lambda m: m.with_header(m.header | {KID: 1})),
    ("the typ of a presentation", lambda m: m.with_header(m.header | {TYP: PRESENTATION_TYP})),
]
CLAIMS: Rows = [
    ("claims in another order", lambda m: m.with_payload(swapped(m.claims))),
    ("a claim twice", lambda m: m.with_payload(twice(m.claims))),
    ("endless claims", lambda m: m.with_payload(endless(m.payload))),
    ("a trailing byte after the claims", lambda m: m.with_payload(m.payload + b"\x00")),
    ("claims cut short", lambda m: m.with_payload(m.payload[:-1])),
    ("claims in tag 61", lambda m: m.with_payload(b"\xd8\x3d" + m.payload)),
    ("claims that are an array", lambda m: m.with_payload(list(m.claims.items()))),
    ("no claims", lambda m: m.with_payload({})),
    ("a claim key in two bytes", lambda m: m.with_payload(m.payload.replace(b"\x01", b"\x18\x01", 1))),
    (
        "exp in nine bytes",
        lambda m: m.with_payload(
            m.payload.replace(
                b"\x04" + plain(m.claims[EXP]), b"\x04\x1b" + m.claims[EXP].to_bytes(8, "big"), 1
            )
        ),
    ),
    (
        "a subject",
        lambda m: m.with_payload(pairs([(ISS, m.claims[ISS]), (2, "x"), *list(m.claims.items())[1:]])),
    ),
    (
        "a not-before",
        lambda m: m.with_payload(pairs(sorted([*m.claims.items(), (5, 0)], key=lambda p: plain(p[0])))),
    ),
    ("an unknown negative claim", lambda m: m.with_payload(m.claims | {-65538: 0})),
    ("a text claim", lambda m: m.with_payload(m.claims | {"colour": "green"})),
    ("a claim nested 7 deep", lambda m: m.build(payload=plain(m.payload[:-1] + nested(7)))),
    ("a claim nested 500 deep", lambda m: m.with_payload(nested(500))),
    ("no issuer", lambda m: m.with_claims(iss=None)),
    ("no exp", lambda m: m.with_claims(exp=None)),
    ("no iat", lambda m: m.with_claims(iat=None)),
    ("no cti", lambda m: m.with_claims(cti=None)),
    ("no Comity claim", lambda m: m.with_claims(comity=None)),
    ("an issuer as a number", lambda m: m.with_claims(iss=440000)),
    ("an issuer as bytes", lambda m: m.with_claims(iss=b"440000")),
    (
        "an issuer that is not UTF-8",
        lambda m: m.with_payload(m.payload.replace(b"\x66440000", b"\x66\xff40000")),
    ),
    ("exp as a float", lambda m: m.with_claims(exp=float(m.claims[EXP]))),
    ("exp as text", lambda m: m.with_claims(exp="2020")),
    ("exp in tag 1", lambda m: m.with_claims(exp=cbor2.CBORTag(1, m.claims[EXP]))),
    ("exp as a bool", lambda m: m.with_claims(exp=True)),
    (
        "exp as a big number",
        lambda m: m.with_payload(
            m.payload.replace(plain(m.claims[EXP]), b"\xc2\x44" + m.claims[EXP].to_bytes(4, "big"), 1)
        ),
    ),
    ("exp = iat", lambda m: m.with_claims(exp=m.claims[IAT])),
    ("exp before iat", lambda m: m.with_claims(exp=m.claims[IAT] - 1)),
    ("iat below zero", lambda m: m.with_claims(iat=-1)),
    ("iat as a bool", lambda m: m.with_claims(iat=False)),
    ("a cti of 7 bytes", lambda m: m.with_claims(cti=b"1234567")),
    ("a cti of 9 bytes", lambda m: m.with_claims(cti=b"123456789")),
    ("a cti as text", lambda m: m.with_claims(cti="12345678")),
    ("a status reference that is a number", lambda m: m.with_claims(status=1)),
    ("an empty status reference", lambda m: m.with_claims(status={})),
    ("a status reference of another kind", lambda m: m.with_claims(status={"identifier_list": {"id": b""}})),
    ("a status reference without idx", reference(idx=None)),
    ("a status reference without uri", reference(uri=None)),
    ("a status reference with more", reference(x=1)),
    ("a negative idx", reference(idx=-1)),
    ("an idx as a bool", reference(idx=True)),
    ("an idx as a float", reference(idx=1.0)),
    ("an idx as text", reference(idx="1")),
    ("a uri as bytes", reference(uri=b"cm")),
    ("a Comity claim that is a map", lambda m: m.with_claims(comity={0: 0})),
    ("an empty Comity claim", lambda m: m.with_claims(comity=[])),
    ("a Comity claim of 3 places", lambda m: m.with_claims(comity=list(m.claims[COMITY])[:3])),
    ("a Comity claim of 11 places", lambda m: m.with_claims(comity=[*m.claims[COMITY], *[0] * 11][:11])),
    ("a trailing empty place", lambda m: m.with_claims(comity=[*m.claims[COMITY], None])),
    ("a colour of no list", place(0, 99)),
    ("a colour that is null", place(0, None)),
    ("a class of no list", place(1, 99)),
    ("a class that is null", place(1, None)),
    ("a name that is a number", place(2, 1)),
    ("a name that is null", place(2, None)),
    ("last four as a number", place(3, 1234)),
    ("last four of five", place(3, "12345")),
    ("last four of three", place(3, "123")),
    (
        "a confirmation that is a number",
        lambda m: m.with_payload(pairs(sorted({**m.claims, CNF: 1}.items(), key=lambda p: plain(p[0])))),
    ),
    (
        "a confirmation without key",
        lambda m: m.with_payload(pairs(sorted({**m.claims, CNF: {}}.items(), key=lambda p: plain(p[0])))),
    ),
]
WELL_FORMED: Rows = [
    ("exp + 1", lambda m: m.with_claims(exp=m.claims[EXP] + 1)),
    ("iat - 1", lambda m: m.with_claims(iat=m.claims[IAT] - 1)),
    ("another cti", lambda m: m.with_claims(cti=b"\x00" * 8)),
    ("another idx", reference(idx=70000)),
    ("another uri", reference(uri="cm:440000/9")),
    ("another name", place(2, "李*")),
    ("other last four", place(3, "0000")),
    ("an exp beyond 2106", lambda m: m.with_claims(exp=2**33)),
    ("r = 0", lambda m: m.with_signature(r=0)),
    ("s = 0", lambda m: m.with_signature(s=0)),
    ("r = s = 0", lambda m: m.with_signature(r=0, s=0)),
    ("r = n", lambda m: m.with_signature(r=P256_ORDER)),
    ("s = n", lambda m: m.with_signature(s=P256_ORDER)),
    ("s = n + 1", lambda m: m.with_signature(s=P256_ORDER + 1)),
    ("r = 2^256 - 1", lambda m: m.with_signature(r=2**256 - 1)),
    ("r and s exchanged", lambda m: m.build(signature=plain(m.signature[32:] + m.signature[:32]))),
]
TEXTS: list[tuple[str, Callable[[str], str], str]] = [
    ("as it is", lambda t: t, "green"),
    ("a line feed after it", lambda t: t + "\n", "green"),
    ("CR LF after it", lambda t: t + "\r\n", "green"),
    ("two line ends after it", lambda t: t + "\r\n\r\n", "green"),
    ("a leading space", lambda t: " " + t, "unreadable"),
    ("a leading line feed", lambda t: "\n" + t, "unreadable"),
    ("a byte order mark", lambda t: "\ufeff" + t, "unreadable"),
    ("a trailing space", lambda t: t + " ", "unreadable"),
    ("a trailing tab", lambda t: t + "\t", "unreadable"),
    ("a space before the line end", lambda t: t + " \n", "unreadable"),
    ("a form feed after it", lambda t: t + "\f", "unreadable"),
    ("a trailing next-line character", lambda t: t + "\x85", "unreadable"),
    ("a trailing NUL", lambda t: t + "\0", "unreadable"),
    ("small letters", lambda t: t.lower(), "unreadable"),
    ("a small prefix", lambda t: "cm1:" + t[4:], "unreadable"),
    ("no prefix", lambda t: t[4:], "unreadable"),
    ("the prefix twice", lambda t: "CM1:" + t, "unreadable"),
    ("another version", lambda t: "CM2:" + t[4:], "unreadable"),
    ("a line break inside", lambda t: t[:50] + "\n" + t[50:], "unreadable"),
    ("the last character missing", lambda t: t[:-1], "unreadable"),
    ("a character more", lambda t: t + "0", "unreadable"),
    ("a character outside the alphabet", lambda t: t[:50] + "_" + t[51:], "unreadable"),
    ("a wide digit", lambda t: t[:50] + "\uff11" + t[51:], "unreadable"),
    ("a group above 65535", lambda t: "CM1::::" + t[7:], "unreadable"),
    ("a pair above 255", lambda t: as_text(b"\xd2\x84") + "::", "unreadable"),
    ("the text twice", lambda t: t + t, "unreadable"),
    ("2,049 characters", lambda t: "CM1:" + "0" * 2045, "unreadable"),
    ("a million characters", lambda t: "CM1:" + "0" * 1_000_000, "unreadable"),
]
