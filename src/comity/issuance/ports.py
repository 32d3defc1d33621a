"""What issuance needs from outside: a place where a region's keys are kept."""

from __future__ import annotations

from typing import Protocol

from comity.codec.cose import Kid
from comity.trust.keys import Usage
from comity.trust.ports import Signer


class KeyStore(Protocol):
    """A region's private keys.

    Durable: after `add` returns, the key survives a crash. Idempotent: adding the same secret for the same
    use again changes nothing. Every method raises KeyStoreError when the store cannot be used.
    """

    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        """Keep a new key (32 secret bytes) for a usage, or None for the region's root."""
        ...

    def get_signer(self, region: str, usage: Usage | None, kid: Kid) -> Signer:
        """Give the signer for one key. Raises: KeyStoreError when there is none."""
        ...

    def list_signers(self, region: str, usage: Usage | None) -> tuple[Signer, ...]:
        """List the signers for a usage, oldest first."""
        ...
