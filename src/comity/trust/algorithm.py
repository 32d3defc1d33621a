"""Signature algorithms as a table; the algorithm is a property of the key (RFC 8725 3.1).

Only ES256 (RFC 9053 section 2.1) today: ECDSA on P-256 with SHA-256, signatures r || s of 64 bytes.
Signing is deterministic (RFC 6979), so that it needs no randomness and vectors are reproducible.
High-s signatures are accepted, since nothing is ever keyed by a signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from comity.codec import cbor
from comity.codec.cose import KID_LENGTH, SIGNATURE_LENGTH, Kid
from comity.codec.cwt import COORDINATE_LENGTH, CRV, EC2, KTY, P256, X, Y
from comity.domain.claims import DeviceKey
from comity.errors import FormatError

ES256: Final = -7

_HALF: Final = SIGNATURE_LENGTH // 2
_UNCOMPRESSED: Final = b"\x04"
_CURVE: Final = ec.SECP256R1()
_VERIFYING: Final = ec.ECDSA(SHA256())
_SIGNING: Final = ec.ECDSA(SHA256(), deterministic_signing=True)
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class PublicKey:
    """An ES256 public key: uncompressed coordinates of 32 bytes each, and the loaded key."""

    x: bytes
    y: bytes

    alg = ES256

    @cached_property
    def native(self) -> ec.EllipticCurvePublicKey:
        """The key as `cryptography` has it.

        Raises: FormatError for a point off the curve.
        """
        return _load(self.point)

    @cached_property
    def thumbprint(self) -> bytes:
        """The COSE Key Thumbprint with SHA-256, 32 bytes (RFC 9679 section 3)."""
        digest = Hash(SHA256())
        digest.update(cbor.write({KTY: EC2, CRV: P256, X: self.x, Y: self.y}))
        return digest.finalize()

    @property
    def kid(self) -> Kid:
        """First 4 bytes of the thumbprint."""
        return Kid(self.thumbprint[:KID_LENGTH])

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Say whether `signature` (64 bytes) is this key's over `message`."""
        return signature_holds(self.native, signature, message)

    @property
    def point(self) -> bytes:
        """The uncompressed point, 65 bytes (SEC 1 section 2.3.3)."""
        return _UNCOMPRESSED + self.x + self.y

    @classmethod
    def of_point(cls, point: bytes) -> PublicKey:
        """Read an uncompressed point of 65 bytes.

        Raises: FormatError for another length or a point off the curve.
        """
        if len(point) != 1 + 2 * COORDINATE_LENGTH or point[:1] != _UNCOMPRESSED:
            raise FormatError("a public key that is not an uncompressed point of 65 bytes")
        _load(point)
        return cls(point[1 : 1 + COORDINATE_LENGTH], point[1 + COORDINATE_LENGTH :])


def _load(point: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError as error:
        raise FormatError("a public key that is no point of P-256") from error


def signature_holds(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Say whether a raw ES256 signature of 64 bytes holds."""
    try:
        key.verify(_as_der(signature), message, _VERIFYING)
    except InvalidSignature:
        return False
    return True


def _as_der(signature: bytes) -> bytes:
    """Write r || s as the ECDSA-Sig-Value that OpenSSL takes (RFC 3279 section 2.2.3), in DER.

    By hand, since this runs for every signature and costs a third of the library's general encoder.
    """
    r, s = signature[:_HALF].lstrip(b"\0"), signature[_HALF:].lstrip(b"\0")
    if not r or r[0] & 0x80:
        r = b"\0" + r
    if not s or s[0] & 0x80:
        s = b"\0" + s
    size_r, size_s = len(r), len(s)
    return bytes((0x30, size_r + size_s + 4, 0x02, size_r)) + r + bytes((0x02, size_s)) + s


def device_signature_holds(key: DeviceKey, signature: bytes, message: bytes) -> bool:
    """Say whether a phone's signature holds; False for a point off the curve."""
    try:
        native = _load((b"\x03" if key.y_is_odd else b"\x02") + key.x)
    except FormatError:
        return False
    return signature_holds(native, signature, message)


@dataclass(frozen=True)
class PrivateKey:
    """An ES256 private key: signs deterministically (RFC 6979)."""

    native: ec.EllipticCurvePrivateKey

    alg = ES256

    @cached_property
    def public(self) -> PublicKey:
        """The public half."""
        numbers = self.native.public_key().public_numbers()
        return PublicKey(
            numbers.x.to_bytes(COORDINATE_LENGTH, "big"), numbers.y.to_bytes(COORDINATE_LENGTH, "big")
        )

    @property
    def kid(self) -> Kid:
        """Key id of the public half."""
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """Sign `message`: r || s, 64 bytes."""
        r, s = decode_dss_signature(self.native.sign(message, _SIGNING))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    def as_device_key(self) -> DeviceKey:
        """Give the public half as the confirmation claim of a device pass."""
        return DeviceKey(x=self.public.x, y_is_odd=bool(self.public.y[-1] & 1))


def private_key(secret: bytes) -> PrivateKey:
    """Make a private key from 32 or more secret bytes, reduced to 1 <= d < n.

    Raises: ValueError for fewer bytes.
    """
    if len(secret) < COORDINATE_LENGTH:
        raise ValueError(f"a private key needs at least {COORDINATE_LENGTH} secret bytes")
    return PrivateKey(ec.derive_private_key(1 + int.from_bytes(secret, "big") % (_ORDER - 1), _CURVE))
