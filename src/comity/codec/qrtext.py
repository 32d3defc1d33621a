"""The text of a QR code: `CM1:` and base45 of one pass or presentation (interface section 2).

A presentation is the phone's own signature over [t, pass bytes]. Real and test federations differ in
typ, so that neither can be mistaken for the other. What is read here is unverified: the types say so.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Never

from comity.codec import base45, cbor, cose
from comity.codec.cose import Sign1
from comity.codec.cwt import read_claims
from comity.domain.claims import PassClaims
from comity.domain.instant import Instant
from comity.errors import FormatError, UnreadableText

PREFIX: Final = "CM1:"
MAX_CHARACTERS: Final = 2_048

PASS_TYP: Final = 65_001
PRESENTATION_TYP: Final = 65_002
TEST_OFFSET: Final = 100
"""Added to every typ in a test federation."""

_TYPS: Final = (
    (PASS_TYP, PRESENTATION_TYP),
    (PASS_TYP + TEST_OFFSET, PRESENTATION_TYP + TEST_OFFSET),
)
"""typ of pass and presentation in a real and in a test federation."""


class UnverifiedPass(NamedTuple):
    """A pass as read: its signed message and its claims, neither vouched for."""

    message: Sign1
    claims: PassClaims


class UnverifiedPresentation(NamedTuple):
    """What a phone signed: the instant it gives and the pass it carries, neither vouched for."""

    message: Sign1
    shown_at: Instant
    inner: UnverifiedPass


def read_text(text: str, *, is_test: bool) -> UnverifiedPass | UnverifiedPresentation:
    """Read one strict pass or presentation from the text of a QR code.

    Raises: UnreadableText; `found` says what the text is where that can be told.
    """
    text = text.rstrip("\r\n")
    if not text.startswith(PREFIX):
        raise UnreadableText("the text does not start with CM1:", found=_foreign(text))
    if len(text) > MAX_CHARACTERS:
        raise UnreadableText(f"more than {MAX_CHARACTERS} characters", found="too_long")
    try:
        return read_message(base45.decode(text[len(PREFIX) :].encode("ascii")), is_test=is_test)
    except UnicodeEncodeError as error:
        raise UnreadableText("a character outside base45") from error
    except FormatError as error:
        raise UnreadableText(str(error), found=getattr(error, "found", None)) from error


def read_message(data: bytes, *, is_test: bool) -> UnverifiedPass | UnverifiedPresentation:
    """Read one pass or presentation from its bytes.

    Raises: FormatError.
    """
    message = cose.read_sign1(data)
    pass_typ, presentation_typ = _TYPS[is_test]
    typ, kid = message.header.typ, message.header.kid
    if typ == pass_typ:
        return _read_pass(message)
    if typ != presentation_typ or kid is not None:
        _refuse_typ(typ, is_test=is_test)
    shown_at, inner = _read_shown(message.payload)
    carried = cose.read_sign1(inner)
    if carried.header.typ != pass_typ:
        _refuse_typ(carried.header.typ, is_test=is_test)
    return UnverifiedPresentation(message, shown_at, _read_pass(carried))


def _refuse_typ(typ: int | str, *, is_test: bool) -> Never:
    """Refuse another kind of message, naming the other kind of federation where it is one."""
    if typ in _TYPS[not is_test]:
        if is_test:
            raise UnreadableText("a real pass at a test checkpoint", found="production_pass")
        raise UnreadableText("a test pass at a real checkpoint", found="test_pass")
    raise FormatError("COSE: not a pass, nor a presentation of one")


def _read_pass(message: Sign1) -> UnverifiedPass:
    if message.header.kid is None:
        raise FormatError("COSE: a pass without kid")
    return UnverifiedPass(message, read_claims(message.payload))


def _read_shown(payload: bytes) -> tuple[Instant, bytes]:
    """Read [t, pass bytes]."""
    if payload[:1] != b"\x82":
        raise FormatError("a presentation is not an array of time and pass")
    shown_at, start = cbor.read_unsigned(payload, 1)
    inner, end = cbor.read_byte_string(payload, start)
    if end != len(payload):
        raise FormatError("a presentation is not exactly its time and pass")
    return shown_at, inner


def write_text(message: bytes) -> str:
    """Write the QR text of a signed pass or presentation.

    Raises: FormatError when it is too long to be read again.
    """
    text = PREFIX + base45.encode(message).decode("ascii")
    if len(text) > MAX_CHARACTERS:
        raise FormatError("too long for a QR text")
    return text


def write_shown(shown_at: Instant, signed_pass: bytes) -> bytes:
    """Write the payload of a presentation: [t, pass bytes]."""
    return b"\x82" + cbor.write_head(cbor.UNSIGNED, shown_at) + cbor.write_byte_string(signed_pass)


_WEB: Final = ("http://", "https://", "www.")
_EU_CERTIFICATE: Final = "HC1:"


def _foreign(text: str) -> str:
    """Tell what kind of other text this is."""
    if not text.strip():
        return "empty"
    if text.lower().startswith(_WEB):
        return "web_address"
    return "eu_certificate" if text.startswith(_EU_CERTIFICATE) else "other_code"
