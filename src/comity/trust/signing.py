"""Sign and verify one COSE_Sign1 message: the only place where header, payload and key meet."""

from __future__ import annotations

from comity.codec.cose import Header, Sign1, signature_input, write_header, write_sign1
from comity.trust.algorithm import PublicKey, signature_holds
from comity.trust.ports import Signer


def sign_message(payload: bytes, signer: Signer, *, typ: int | str, with_kid: bool = True) -> bytes:
    """Sign a payload as a tagged COSE_Sign1; a phone signs without kid.

    Raises: KeyStoreError when the key cannot be reached.
    """
    protected = write_header(Header(signer.alg, signer.kid if with_kid else None, typ))
    return write_sign1(protected, payload, signer.sign(signature_input(protected, payload)))


def message_holds(message: Sign1, key: PublicKey) -> bool:
    """Say whether a message has the key's algorithm and its signature."""
    return message.header.alg == key.alg and signature_holds(key.native, message.signature, message.signed)
