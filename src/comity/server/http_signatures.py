"""HTTP Message Signatures (RFC 9421), Content-Digest (RFC 9530): how gates and applications sign.

A narrow, strict profile: one signature, written canonically, over the method, where the request goes and the
digest of its body, with `created`, `nonce`, `keyid` and `tag`. The algorithm is a property of the key, as in
`trust.algorithm`. Whether a nonce was used before is asked by whoever keeps nonces; responses are not signed.
"""

from __future__ import annotations

import hmac
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple, Never

from comity.codec.cose import SIGNATURE_LENGTH
from comity.domain.instant import Instant
from comity.errors import NotSignedIn
from comity.trust.algorithm import PublicKey

HMAC_SHA256: Final = "hmac-sha256"
"""RFC 9421 section 3.3.3: gate devices, whose every request is on the hot route."""
ECDSA_P256_SHA256: Final = "ecdsa-p256-sha256"
"""RFC 9421 section 3.3.4: relying applications, whose private key this region never sees."""

SIGNATURE_WINDOW: Final = 60
"""Seconds by which `created` may stand before or after this region's clock."""
NONCE_LIFETIME: Final = 2 * SIGNATURE_WINDOW
"""Seconds a used nonce is kept: from `created` + 60 s at the earliest to - 60 s at the latest."""
GATE_TAG: Final = "comity-gate"
APPLICATION_TAG: Final = "comity-application"

MAX_FIELD: Final = 1_024
"""Characters of Signature-Input, Signature or Content-Digest at most."""
NONCE_LENGTHS: Final = range(16, 65)
"""Characters of a nonce: 16 of base64url are 96 random bits."""

SIGNATURE_FIELDS: Final = ("signature-input", "signature", "content-digest")
_ALLOWED: Final = frozenset(
    {"@method", "@target-uri", "@authority", "@path", "@query", "content-digest", "content-type"}
)
_NEXT_STEP: Final = "Sign the request as docs/services.md tells, with a fresh nonce and the present time."
_HEAD: Final = re.compile(
    r"([a-z*][a-z0-9_.*-]{0,31})="  # one label
    r"(\((\"[a-z@-]{1,32}\"(?: \"[a-z@-]{1,32}\"){0,7})\))"  # at most eight components, one space between
)
_PARAMETER: Final = re.compile(r"([a-z]{3,7})=(?:(0|[1-9][0-9]{0,11})|\"([!#-:<-\[\]-~]{1,128})\")")
_MAX_PARAMETERS: Final = 6
_SIGNATURE_LENGTHS: Final = range(4, 257)
_NOT_ONE: Final = "Signature-Input and Signature are not one signature in its canonical form"
_BAD_PARAMETER: Final = "the signature has a parameter twice, of another kind or of the wrong type"
_NUMBERS: Final = frozenset({"created", "expires"})
_TEXTS: Final = frozenset({"nonce", "keyid", "tag", "alg"})


class VerificationKey(NamedTuple):
    """What a signature is checked with: a shared secret, or an uncompressed point of P-256."""

    keyid: str
    alg: str
    material: bytes


class SignedMessage(NamedTuple):
    """The request as it came: `origin` is scheme and authority, `path` and `query` as sent (no `?`)."""

    method: str
    origin: str
    path: str
    query: str
    fields: Mapping[str, str]
    body: bytes

    def field(self, name: str) -> str:
        """Give the value of a covered field (RFC 9421 section 2.1). Raises: NotSignedIn."""
        value = self.fields.get(name)
        return value.strip() if value is not None else _refuse(f"a covered field, {name}, is missing")


class UnverifiedSignature(NamedTuple):
    """One signature as it was read: nothing of it is true before `check_signature`."""

    covered: tuple[str, ...]
    parameters: str
    created: Instant
    nonce: str
    keyid: str
    tag: str
    alg: str | None
    expires: Instant | None
    signature: bytes


def read_signature(fields: Mapping[str, str]) -> UnverifiedSignature:
    """Read the two fields of one signature, spelt canonically. Raises: NotSignedIn."""
    given, signed = fields.get("signature-input"), fields.get("signature")
    if given is None or signed is None:
        _refuse("the request is not signed")
    if len(given) > MAX_FIELD or len(signed) > MAX_FIELD:
        _refuse(f"a signature field has more than {MAX_FIELD} characters")
    start, *rest = given.split(";")  # no text has a semicolon
    head = _read_head(start)
    if head is None or not 1 <= len(rest) <= _MAX_PARAMETERS:
        _refuse(_NOT_ONE)
    parameters = _read_parameters(rest)
    try:
        return UnverifiedSignature(
            head.covered,
            given[len(head.label) + 1 :],
            int(parameters["created"]),
            parameters["nonce"],
            parameters["keyid"],
            parameters["tag"],
            parameters.get("alg"),
            int(parameters["expires"]) if "expires" in parameters else None,
            _read_bytes(signed, head.label),
        )
    except KeyError as missing:
        _refuse(f"the signature has no parameter {missing.args[0]}")


class _Head(NamedTuple):
    """The beginning of Signature-Input, which a signer writes the same every time."""

    label: str
    covered: tuple[str, ...]


@lru_cache(maxsize=256)
def _read_head(text: str) -> _Head | None:
    parts = _HEAD.fullmatch(text)
    return None if parts is None else _Head(parts[1], tuple(name[1:-1] for name in parts[3].split(" ")))


def _read_parameters(parts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts:
        name, value = _read_nonce(part) if part.startswith("nonce=") else _read_parameter(part)
        if name in found:
            _refuse(_BAD_PARAMETER)
        found[name] = value
    return found


def _read_nonce(part: str) -> tuple[str, str]:
    """Read a parameter: its name, and what stands behind the equals sign without quotes."""
    read = _PARAMETER.fullmatch(part)
    if read is None:
        _refuse(_NOT_ONE)
    name, number, text = read.groups()
    if name not in (_TEXTS if number is None else _NUMBERS):
        _refuse(_BAD_PARAMETER)
    return name, text if number is None else number


_read_parameter = lru_cache(maxsize=4_096)(_read_nonce)
"""The others come again and again: key id and tag with each request of a device, a time within a second."""


def _read_bytes(signed: str, label: str) -> bytes:
    start = len(label) + 2
    if (
        signed[:start] != f"{label}=:"
        or signed[-1:] != ":"
        or len(signed) - start - 1 not in _SIGNATURE_LENGTHS
    ):
        _refuse(_NOT_ONE)
    try:
        return a2b_base64(signed[start:-1], strict_mode=True)
    except ValueError:
        _refuse("the signature is not base64")


def check_signature(
    unverified: UnverifiedSignature, message: SignedMessage, key: VerificationKey, *, tag: str, at: Instant
) -> None:
    """Check that the holder of `key` signed exactly this request, now.

    1. It covers the method, where the request goes, and the body where there is one; nothing twice.
    2. It was made for this purpose (`tag`), with the key's algorithm and a nonce of the right length.
    3. It was made within 60 s of `at`, and has not ended.
    4. The digest is that of the body.
    5. The signature holds.

    Raises: NotSignedIn. The nonce is still to be used up.
    """
    _check_covered(unverified.covered, has_body=bool(message.body))  # 1
    if unverified.tag != tag or unverified.keyid != key.keyid:  # 2
        _refuse("the signature is for another purpose or key")
    if unverified.alg not in (None, key.alg) or len(unverified.nonce) not in NONCE_LENGTHS:
        _refuse("the signature names another algorithm than its key's, or its nonce is too short or long")
    if abs(at - unverified.created) > SIGNATURE_WINDOW:  # 3
        _refuse(f"the signature was not made within {SIGNATURE_WINDOW} seconds of now")
    if unverified.expires is not None and at >= unverified.expires:
        _refuse("the signature has ended")
    if "content-digest" in unverified.covered:  # 4
        _check_digest(message)
    base = signature_base(unverified, message)  # 5
    if not ALGORITHMS[key.alg](key.material, unverified.signature, base):
        _refuse("the signature does not hold")


@lru_cache(maxsize=64)
def _check_covered(covered: tuple[str, ...], *, has_body: bool) -> None:
    names = frozenset(covered)
    if len(names) != len(covered) or not names <= _ALLOWED or "@method" not in names:
        _refuse("the signature covers something twice, something unknown, or not the method")
    if "@target-uri" not in names and not {"@authority", "@path", "@query"} <= names:
        _refuse("the signature does not cover @target-uri, nor @authority, @path and @query")
    if has_body and "content-digest" not in names:
        _refuse("the signature does not cover the body by content-digest")


def _check_digest(message: SignedMessage) -> None:
    """Compare spellings: a digest has one in canonical base64."""
    digest = b2a_base64(sha256(message.body).digest(), newline=False).decode()
    if message.fields.get("content-digest") != f"sha-256=:{digest}:":
        _refuse("Content-Digest is not one sha-256 digest (RFC 9530), that of the body")


def signature_base(unverified: UnverifiedSignature, message: SignedMessage) -> bytes:
    """Give the bytes that are signed (RFC 9421 section 2.5). Raises: NotSignedIn."""
    frame = _base_frame(unverified.covered, message.method, message.origin, message.path, message.query)
    values = [message.field(name) for name in frame.fields]
    try:
        return (frame.text % (*values, unverified.parameters)).encode("ascii")
    except UnicodeEncodeError:
        _refuse("a covered component is not ASCII")


class _BaseFrame(NamedTuple):
    """A signature base but for what differs between requests to one route: fields and parameters."""

    text: str
    fields: tuple[str, ...]


@lru_cache(maxsize=64)
def _base_frame(covered: tuple[str, ...], method: str, origin: str, path: str, query: str) -> _BaseFrame:
    derived = {
        "@method": method,
        "@authority": origin.partition("://")[2],
        "@path": path,
        "@query": f"?{query}",
        "@target-uri": f"{origin}{path}{'?' if query else ''}{query}",
    }
    lines = [
        f'"{name}": {derived[name].replace("%", "%%")}' if name in derived else f'"{name}": %s'
        for name in covered
    ]
    text = "\n".join([*lines, '"@signature-params": %s'])
    return _BaseFrame(text, tuple(name for name in covered if name not in derived))


def _hmac_holds(secret: bytes, signature: bytes, base: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret, base, "sha256"), signature)


def _ecdsa_holds(point: bytes, signature: bytes, base: bytes) -> bool:
    return len(signature) == SIGNATURE_LENGTH and _public_key(point).verifies(signature, base)


@lru_cache(maxsize=256)
def _public_key(point: bytes) -> PublicKey:
    return PublicKey.of_point(point)


ALGORITHMS: Final[dict[str, Callable[[bytes, bytes, bytes], bool]]] = {
    HMAC_SHA256: _hmac_holds,
    ECDSA_P256_SHA256: _ecdsa_holds,
}
"""How a signature is checked, by the algorithm of its key: material, signature, base."""


def _refuse(message: str) -> Never:
    raise NotSignedIn(message, next_step=_NEXT_STEP)
