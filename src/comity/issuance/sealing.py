"""Sealing to another region: what only its exchange key opens (JWE, RFC 7516; ECDH-ES and A256GCM, RFC 7518).

The sealed text says nothing but to whom; who sent it is known once it is opened and its signature holds.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from comity.errors import UnreadableStatement
from comity.trust.algorithm import PublicKey

ALGORITHMS: Final = ["ECDH-ES+A256KW", "A256GCM"]
MAX_SEALED: Final = 65_536
"""Characters of a sealed message at most."""
_TYPE: Final = "comity-exchange"


def exchange_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Give the exchange key that a secret of 32 bytes of the key store stands for."""
    order = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
    return ec.derive_private_key(1 + int.from_bytes(secret, "big") % (order - 1), ec.SECP256R1())


def public_point(key: ec.EllipticCurvePrivateKey) -> PublicKey:
    """Give the public half, as a region publishes it."""
    numbers = key.public_key().public_numbers()
    return PublicKey.of_point(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


def seal(data: bytes, receiver: PublicKey) -> str:
    """Seal a signed message to the receiver's exchange key, in the compact form."""
    header = {"alg": ALGORITHMS[0], "enc": ALGORITHMS[1], "typ": _TYPE}
    point = receiver.point
    public = ECKey.import_key(
        {"kty": "EC", "crv": "P-256", "x": _base64url(point[1:33]), "y": _base64url(point[33:])}
    )
    return jwe.encrypt_compact(header, data, public, algorithms=ALGORITHMS)


def open_sealed(text: str, keys: Sequence[ec.EllipticCurvePrivateKey]) -> bytes:
    """Open what was sealed to one of these keys, newest last.

    Raises: UnreadableStatement for what is none, was altered, or is for somebody else.
    """
    if len(text) > MAX_SEALED:
        raise UnreadableStatement(f"a sealed message is longer than {MAX_SEALED} characters")
    for key in reversed(keys):
        try:
            opened = jwe.decrypt_compact(text, ECKey.import_key(_private(key)), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if opened.plaintext is not None:
            return opened.plaintext
    raise UnreadableStatement("this is no sealed message, was altered, or was sealed to another key")


def _private(key: ec.EllipticCurvePrivateKey) -> dict[str, str | list[str]]:
    numbers = key.private_numbers()
    public = numbers.public_numbers
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _base64url(public.x.to_bytes(32, "big")),
        "y": _base64url(public.y.to_bytes(32, "big")),
        "d": _base64url(numbers.private_value.to_bytes(32, "big")),
    }


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
