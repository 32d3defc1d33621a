"""Keys of TUF metadata over the keys of trust: P-256, `ecdsa-sha2-nistp256` (TUF specification section 4.2).

A region signs its metadata with its usage-`statement` key. Metadata are canonical JSON and begin with `{`;
what is signed of a COSE message begins with a CBOR array: neither can be taken for the other (ADR 0014).
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.signer import Key, Signature, SSlibKey

from comity.errors import FormatError
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer


def metadata_key(public: PublicKey) -> SSlibKey:
    """Give a public key as TUF metadata name it."""
    return SSlibKey.from_crypto(public.native)


def public_key_of(key: Key) -> PublicKey:
    """Give the public key that metadata name. Raises: FormatError when it is none of P-256."""
    try:
        native = load_pem_public_key(str(key.keyval["public"]).encode())
    except (KeyError, ValueError, UnsupportedAlgorithm) as error:
        raise FormatError("metadata name a key that cannot be read") from error
    if not isinstance(native, ec.EllipticCurvePublicKey) or key.scheme != "ecdsa-sha2-nistp256":
        raise FormatError("metadata name a key that is none of P-256")
    return PublicKey.of_point(native.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def sign_payload(payload: bytes, signer: Signer) -> Signature:
    """Sign canonical JSON: an ECDSA-Sig-Value in DER, as metadata carry it. Raises: KeyStoreError."""
    raw = signer.sign(payload)
    half = len(raw) // 2
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    return Signature(metadata_key(signer.public).keyid, encode_dss_signature(r, s).hex())
