"""The stages of a text between the scan and the Decision, as JSON: what a second implementation compares."""

from __future__ import annotations

from typing import Any

import cbor2

from comity.codec import base45, cose
from comity.codec.cose import Sign1
from comity.codec.qrtext import PREFIX, UnverifiedPresentation, read_text
from comity.errors import ComityError


def stages(text: str, *, is_test: bool) -> dict[str, Any]:
    """Give every stage that is reached; null where it is not."""
    reached: dict[str, Any] = {"bytes": _bytes(text), "presentation": None, "pass": None}
    try:
        shown = read_text(text, is_test=is_test)
    except ComityError:
        return reached
    if isinstance(shown, UnverifiedPresentation):
        reached["presentation"] = {**_message(shown.message), "shown_at": shown.shown_at}
        shown = shown.inner
    message = shown.message
    kid = message.header.kid
    reached["pass"] = {
        **_message(message),
        "kid": None if kid is None else kid.hex(),
        "payload": message.payload.hex(),
        "claims": plain_json(cbor2.loads(message.payload)),
    }
    return reached


def _bytes(text: str) -> str | None:
    stripped = text.rstrip("\r\n")
    if not stripped.startswith(PREFIX):
        return None
    try:
        return base45.decode(stripped.removeprefix(PREFIX).encode("ascii")).hex()
    except (ComityError, UnicodeEncodeError):
        return None


def _message(message: Sign1) -> dict[str, Any]:
    return {
        "protected": message.protected.hex(),
        "alg": message.header.alg,
        "typ": message.header.typ,
        "signature_input": cose.signature_input(message.protected, message.payload).hex(),
        "signature": message.signature.hex(),
    }


def plain_json(value: Any) -> Any:
    """Write a CBOR value as JSON: bytes in hex, integer keys as decimal text, places kept."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain_json(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(held) for held in value]
    return value
