"""`comity inspect`: show what a code says, vouching for nothing (interface section 6)."""

from __future__ import annotations

import json
from typing import Annotated, Final

from cyclopts import Parameter

from comity.cli.screen import say
from comity.cli.verify import EXIT_CODES, test_banner
from comity.codec.qrtext import UnverifiedPresentation, read_text
from comity.domain.claims import PassClaims
from comity.domain.decision import Outcome
from comity.domain.instant import rfc3339
from comity.domain.texts import text as words
from comity.errors import UnreadableText
from comity.verify.report import Json

NOT_VERIFIED: Final = "NOT VERIFIED: anyone can write such a text; only `comity verify` vouches for it."


def inspect_command(text: str, /, *, as_json_text: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Show the parts of a code without checking any signature.

    Exit code: 0 readable, 13 not.

    Parameters
    ----------
    text
        The text of the QR code, beginning CM1:
    as_json_text
        Write the parts as JSON.
    """
    try:
        parts = read_parts(text)
    except UnreadableText as error:
        print(json.dumps(_unreadable(error), ensure_ascii=False, indent=2) if as_json_text else _told(error))
        return EXIT_CODES[Outcome.REJECT]
    if as_json_text:
        print(json.dumps(parts, ensure_ascii=False, indent=2))
    else:
        if parts["test"]:
            print(test_banner())
        print(NOT_VERIFIED)
        _print(parts, indent="")
    return 0


def read_parts(text: str) -> dict[str, Json]:
    """Read a text of either kind of federation into plain values. Raises: UnreadableText."""
    try:
        is_test = False
        shown = read_text(text, is_test=False)
    except UnreadableText as error:
        if error.found != "test_pass":
            raise
        is_test = True
        shown = read_text(text, is_test=True)
    presented = isinstance(shown, UnverifiedPresentation)
    inner = shown.inner if isinstance(shown, UnverifiedPresentation) else shown
    header = inner.message.header
    return {
        "verified": False,
        "kind": "presentation" if presented else "pass",
        "test": is_test,
        "characters": len(text.rstrip("\r\n")),
        "shown_at": rfc3339(shown.shown_at) if isinstance(shown, UnverifiedPresentation) else None,
        "header": {
            "alg": header.alg,
            "kid": None if header.kid is None else header.kid.hex(),
            "typ": header.typ,
        },
        "claims": _claims(inner.claims),
        "signature": inner.message.signature.hex(),
    }


def _claims(claims: PassClaims) -> dict[str, Json]:
    key, status = claims.device_key, claims.status
    return {
        "issuer": claims.issuer,
        "pass_id": claims.pass_id.hex(),
        "issued_at": rfc3339(claims.issued_at),
        "expires_at": rfc3339(claims.expires_at),
        "colour": str(claims.colour),
        "class": str(claims.pass_class),
        "name": claims.masked_name,
        "id_last4": claims.id_last4,
        "reason": None if claims.reason is None else str(claims.reason),
        "basis": None if claims.basis is None else rfc3339(claims.basis),
        "until": None if claims.until is None else rfc3339(claims.until),
        "origin": claims.origin,
        "area": claims.area,
        "guardian_held": claims.is_guardian_held,
        "device_key": None if key is None else {"x": key.x.hex(), "y_is_odd": key.y_is_odd},
        "status": None if status is None else {"uri": status.uri, "index": status.index},
    }


def _unreadable(error: UnreadableText) -> dict[str, Json]:
    return {"verified": False, "kind": None, "error": str(error), "found": error.found}


def _told(error: UnreadableText) -> str:
    told = words("reason.unreadable" + ("" if error.found is None else f".{error.found}"))
    return f"{told.zh}\n{told.en}\n({error})"


def _print(parts: dict[str, Json], *, indent: str) -> None:
    for name, value in parts.items():
        if isinstance(value, dict):
            say(f"{indent}{name}:")
            _print(value, indent=indent + "  ")
        elif value is not None:
            say(f"{indent}{name}: {value}")
