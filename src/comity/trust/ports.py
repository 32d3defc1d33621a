"""What trust needs from outside: something that signs with a key it may not see."""

from __future__ import annotations

from typing import Protocol

from comity.codec.cose import Kid
from comity.trust.algorithm import PublicKey


class Signer(Protocol):
    """One private key, wherever it is kept; signing twice gives two valid signatures and no other effect."""

    @property
    def alg(self) -> int:
        """COSE algorithm number of the key."""
        ...

    @property
    def kid(self) -> Kid:
        """Key id: first 4 bytes of the public key's thumbprint."""
        ...

    @property
    def public(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign `message`: r || s, 64 bytes. Raises: KeyStoreError when the key cannot be reached."""
        ...
