"""Hostile encodings for V1, one for every sentence of section 2 of the interface, each properly signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import cbor2

from tools.vectors_hands import ALG, KID, TYP, Hands, as_text, pairs, plain

Row = tuple[str, str, Callable[[Hands, str], str]]


def lengthened(data: bytes, head: bytes) -> bytes:
    """Exchange the one-byte head of an item for a longer one."""
    return head + data[1:]


def once(data: bytes, old: bytes, new: bytes) -> bytes:
    """Exchange one piece of bytes that must be there."""
    if old not in data:
        raise ValueError("the piece to exchange is not in the message")
    return data.replace(old, new, 1)


def status(**changes: Any) -> Callable[[Hands, str], str]:
    """Exchange parts of the status reference, or take them away by None."""

    def make(h: Hands, text: str) -> str:
        del text
        merged = {**h.claims[65_535]["status_list"], **changes}
        return h.with_claims({65_535: {"status_list": {k: v for k, v in merged.items() if v is not None}}})

    return make


def place(number: int, value: Any) -> Callable[[Hands, str], str]:
    """Exchange one place of the Comity claim."""
    return lambda h, t: h.with_place(number, value)


def confirmed(changes: dict[int, Any]) -> Callable[[Hands, str], str]:
    """Exchange parts of the phone's key, or take them away by None."""

    def make(h: Hands, text: str) -> str:
        del text
        merged = {**h.claims[8][1], **changes}
        return h.with_claims({8: {1: {k: v for k, v in merged.items() if v is not None}}})

    return make


TEXTS: Final[list[Row]] = [
    ("line-ends", "trailing CR and LF are stripped", lambda h, t: t + "\r\n\r\n"),
    ("leading-space", "nothing else is stripped", lambda h, t: " " + t),
    ("trailing-space", "a space is a base45 character, not padding", lambda h, t: t + " "),
    ("lower-case", "the alphabet has capital letters only", lambda h, t: t.lower()),
    ("no-prefix", "the text begins with CM1:", lambda h, t: t[4:]),
    ("other-version", "CM2: is not CM1:", lambda h, t: "CM2:" + t[4:]),
    ("empty", "no text at all", lambda h, t: ""),
    ("web-address", "another QR code", lambda h, t: "https://example.org/health"),
    ("eu-certificate", "an EU certificate is not read", lambda h, t: "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH"),
    ("wide-digit", "a full-width digit is no base45", lambda h, t: t[:40] + "\uff11" + t[41:]),
    ("foreign-character", "a character outside the alphabet", lambda h, t: t[:40] + "_" + t[41:]),
    ("group-too-large", "three characters above 65535", lambda h, t: t[:4] + ":::" + t[7:]),
    ("pair-too-large", "a last pair above 255", lambda h, t: as_text(b"\xd2\x84") + "::"),
    ("length-3k-1", "a length no bytes can have", lambda h, t: as_text(b"\xd2\x84") + "0"),
    ("too-long", "more than 2,048 characters in all", lambda h, t: "CM1:" + "0" * 2_045),
]
ENVELOPE: Final[list[Row]] = [
    ("no-tag", "COSE_Sign1 has tag 18", lambda h, t: h.text(h.message(start=b"\x84"))),
    ("tag-61", "never tag 61", lambda h, t: h.text(h.message(start=b"\xd8\x3d\xd2\x84"))),
    ("tag-17", "another tag", lambda h, t: h.text(h.message(start=b"\xd1\x84"))),
    ("tag-longer", "tag 18 in two bytes", lambda h, t: h.text(h.message(start=b"\xd8\x12\x84"))),
    (
        "endless-array",
        "lengths are definite",
        lambda h, t: h.text(h.message(start=b"\xd2\x9f", end=b"\xff")),
    ),
    ("trailing-byte", "no trailing bytes", lambda h, t: h.text(h.message(end=b"\x00"))),
    ("two-messages", "one COSE_Sign1", lambda h, t: h.text(h.message() * 2)),
    (
        "unprotected-kid",
        "the unprotected map is empty",
        lambda h, t: h.text(h.message(unprotected=plain({KID: h.header[KID]}))),
    ),
    (
        "unprotected-longer",
        "an empty map in two bytes",
        lambda h, t: h.text(h.message(unprotected=b"\xb8\x00")),
    ),
    ("payload-detached", "the payload is a byte string", lambda h, t: h.text(h.message(content=b"\xf6"))),
    ("payload-bare", "claims not in a byte string", lambda h, t: h.text(h.message(content=h.payload))),
    (
        "payload-in-pieces",
        "an endless byte string",
        lambda h, t: h.text(h.message(content=b"\x5f" + plain(h.payload) + b"\xff")),
    ),
    (
        "payload-head-longer",
        "a length longer than needed",
        lambda h, t: h.text(h.message(content=b"\x5a" + len(h.payload).to_bytes(4, "big") + h.payload)),
    ),
    ("signature-63", "a signature of 63 bytes", lambda h, t: h.text(h.message(signature=plain(bytes(63))))),
    ("signature-65", "a signature of 65 bytes", lambda h, t: h.text(h.message(signature=plain(bytes(65))))),
]
HEADERS: Final[list[Row]] = [
    (
        "crit",
        "crit is unreadable",
        lambda h, t: h.with_header({ALG: -7, 2: [16], KID: h.header[KID], TYP: 65_101}),
    ),
    ("label-unknown", "no other label", lambda h, t: h.with_header({**h.header, 99: 0})),
    ("label-text", "no text label", lambda h, t: h.with_header({**h.header, "x": 0})),
    ("no-alg", "alg is there", lambda h, t: h.with_header({KID: h.header[KID], TYP: 65_101})),
    ("no-kid", "kid is there", lambda h, t: h.with_header({ALG: -7, TYP: 65_101})),
    ("no-typ", "typ is there", lambda h, t: h.with_header({ALG: -7, KID: h.header[KID]})),
    ("kid-3", "kid is 4 bytes", lambda h, t: h.with_header({**h.header, KID: h.header[KID][:3]})),
    ("kid-text", "kid is bytes", lambda h, t: h.with_header({**h.header, KID: "abcd"})),
    ("typ-text", "typ is an integer", lambda h, t: h.with_header({**h.header, TYP: "application/cwt"})),
    ("typ-unknown", "typ is that of a pass", lambda h, t: h.with_header({**h.header, TYP: 65_111})),
    ("typ-presentation", "a presentation has no kid", lambda h, t: h.with_header({**h.header, TYP: 65_102})),
    ("typ-production", "a real pass at a test gate", lambda h, t: h.with_header({**h.header, TYP: 65_001})),
    (
        "labels-out-of-order",
        "keys in bytewise order",
        lambda h, t: h.with_header(pairs([(KID, h.header[KID]), (ALG, -7), (TYP, 65_101)])),
    ),
    (
        "label-twice",
        "no duplicate keys",
        lambda h, t: h.with_header(pairs([(ALG, -7), (ALG, -7), *list(h.header.items())[1:]])),
    ),
    (
        "typ-longer",
        "a number longer than needed",
        lambda h, t: h.with_header(once(h.protected, b"\x19\xfe\x4d", b"\x1a\x00\x00\xfe\x4d")),
    ),
    ("header-trailing-byte", "one item in the header", lambda h, t: h.with_header(h.protected + b"\x00")),
    ("header-empty", "an empty header", lambda h, t: h.with_header(b"")),
]
CLAIMS: Final[list[Row]] = [
    (
        "claims-out-of-order",
        "claims in bytewise order",
        lambda h, t: h.with_payload(pairs(sorted(h.claims.items(), reverse=True))),
    ),
    (
        "claim-twice",
        "no duplicate claims",
        lambda h, t: h.with_payload(pairs([(1, h.claims[1]), *h.claims.items()])),
    ),
    (
        "claims-endless",
        "an endless map",
        lambda h, t: h.with_payload(lengthened(h.payload, b"\xbf") + b"\xff"),
    ),
    ("claims-trailing-byte", "one item in the payload", lambda h, t: h.with_payload(h.payload + b"\x00")),
    ("claims-tag-61", "tag 61 around the claims", lambda h, t: h.with_payload(b"\xd8\x3d" + h.payload)),
    ("claims-array", "claims are a map", lambda h, t: h.with_payload(list(h.claims.values()))),
    ("depth-9", "no more than 8 deep", lambda h, t: h.with_payload(b"\x81" * 9 + b"\x00")),
    ("claim-unknown", "an unknown claim", lambda h, t: h.with_claims({2: "subject"})),
    ("claim-not-before", "nbf is not a claim here", lambda h, t: h.with_claims({5: 0})),
    ("claim-text-key", "a claim with a text key", lambda h, t: h.with_payload({**h.claims, "x": 0})),
    ("iss-missing", "iss is there", lambda h, t: h.with_claims({1: None})),
    ("iss-number", "iss is text", lambda h, t: h.with_claims({1: 440_000})),
    (
        "iss-not-utf8",
        "text is UTF-8",
        lambda h, t: h.with_payload(once(h.payload, b"\x66440000", b"\x66\xff40000")),
    ),
    ("exp-missing", "exp is there", lambda h, t: h.with_claims({4: None})),
    ("exp-float", "no floats", lambda h, t: h.with_claims({4: float(h.claims[4])})),
    ("exp-tagged", "no tags", lambda h, t: h.with_claims({4: cbor2.CBORTag(1, h.claims[4])})),
    (
        "exp-longer",
        "a number longer than needed",
        lambda h, t: h.with_payload(
            once(h.payload, plain(h.claims[4]), b"\x1b" + h.claims[4].to_bytes(8, "big"))
        ),
    ),
    ("exp-equals-iat", "iat < exp", lambda h, t: h.with_claims({4: h.claims[6]})),
    ("iat-negative", "0 <= iat", lambda h, t: h.with_claims({6: -1})),
    ("iat-true", "a boolean is no integer", lambda h, t: h.with_claims({6: True})),
    ("cti-missing", "cti is there", lambda h, t: h.with_claims({7: None})),
    ("cti-7", "cti is 8 bytes", lambda h, t: h.with_claims({7: bytes(7)})),
    ("status-number", "a status reference is a map", lambda h, t: h.with_claims({65_535: 1})),
    ("status-more", "nothing beside idx and uri", status(x=1)),
    ("status-no-idx", "idx is there", status(idx=None)),
    ("idx-negative", "idx is 0 or more", status(idx=-1)),
    ("idx-true", "idx is an integer", status(idx=True)),
    ("uri-bytes", "uri is text", status(uri=b"cm:440000/1")),
    ("comity-missing", "the Comity claim is there", lambda h, t: h.with_claims({-65_537: None})),
    ("comity-map", "the Comity claim is an array", lambda h, t: h.with_claims({-65_537: {0: 0}})),
    ("comity-3", "four places at least", lambda h, t: h.with_claims({-65_537: h.places[:3]})),
    ("comity-11", "ten places at most", lambda h, t: h.with_claims({-65_537: [*h.places, *[None] * 6, 0]})),
    (
        "comity-empty-end",
        "trailing empty places are left out",
        lambda h, t: h.with_claims({-65_537: [*h.places, None]}),
    ),
    ("colour-unknown", "a colour of no list", place(0, 3)),
    ("class-unknown", "a class of no list", place(1, 3)),
    ("name-number", "the name is text", place(2, 1)),
    ("last-four-5", "the last four are four", place(3, "00007")),
    ("green-with-reason", "green has no reason", place(4, 0)),
    ("green-with-basis", "green has no basis", place(5, 1_584_600_000)),
    ("green-with-until", "green has no until", place(6, 1_600_000_000)),
    ("green-with-origin", "green has no origin", place(7, "440000")),
    ("area-of-another", "the area is of the issuer", place(8, "420100")),
    ("area-short", "an area has six digits", place(8, "4401")),
    ("flags-unknown", "an unknown flag", place(9, 2)),
    ("flags-zero", "no flag is an empty place", place(9, 0)),
]
GROUNDS: Final[list[Row]] = [
    ("yellow-no-reason", "yellow has a reason", place(4, None)),
    ("yellow-no-basis", "yellow has a basis", place(5, None)),
    ("yellow-no-until", "yellow has an until", place(6, None)),
    ("reason-unknown", "a reason of no list", place(4, 6)),
    ("origin-number", "the origin is text", place(7, 440_000)),
]
PHONES: Final[list[Row]] = [
    ("cnf-number", "cnf is a map", lambda h, t: h.with_claims({8: 1})),
    ("cnf-more", "one COSE_Key and nothing more", lambda h, t: h.with_claims({8: {**h.claims[8], 3: b""}})),
    ("cnf-okp", "the key type is EC2", confirmed({1: 1})),
    ("cnf-p384", "the curve is P-256", confirmed({-1: 2})),
    ("cnf-x-31", "x is 32 bytes", confirmed({-2: bytes(31)})),
    ("cnf-y-bytes", "y is a boolean", confirmed({-3: bytes(32)})),
    ("cnf-alg", "no parameter but kty, crv, x and y", confirmed({3: -7})),
    (
        "shown-kid",
        "a presentation has exactly alg and typ",
        lambda h, t: as_text(
            h.carried(plain([h.shown_at, h.message()]), {ALG: -7, KID: h.header[KID], TYP: 65_102})
        ),
    ),
    (
        "shown-typ-production",
        "a real presentation at a test gate",
        lambda h, t: as_text(h.carried(plain([h.shown_at, h.message()]), {ALG: -7, TYP: 65_002})),
    ),
    (
        "shown-three",
        "a presentation is [t, pass]",
        lambda h, t: as_text(h.carried(plain([h.shown_at, h.message(), 0]))),
    ),
    ("shown-time-text", "t is an integer", lambda h, t: as_text(h.carried(plain(["now", h.message()])))),
    ("shown-time-negative", "t is 0 or more", lambda h, t: as_text(h.carried(plain([-1, h.message()])))),
    (
        "shown-twice",
        "a presentation carries a pass, not a presentation",
        lambda h, t: h.text(h.carried(plain([h.shown_at, h.message()]))),
    ),
    (
        "shown-trailing-byte",
        "no trailing bytes",
        lambda h, t: as_text(h.carried(plain([h.shown_at, h.message()]) + b"\x00")),
    ),
]
