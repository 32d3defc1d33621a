"""The ports in memory: for scenarios, demos and tests. Nothing survives the process."""

from __future__ import annotations

from comity.codec.cose import Kid
from comity.errors import KeyStoreError
from comity.trust.algorithm import PrivateKey, private_key
from comity.trust.keys import Usage
from comity.trust.ports import Signer


class MemoryKeyStore:
    """A key store that forgets: see `issuance.ports.KeyStore`."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, Usage | None], dict[Kid, PrivateKey]] = {}

    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        """Keep a new key."""
        key = private_key(secret)
        return self._keys.setdefault((region, usage), {}).setdefault(key.kid, key)

    def get_signer(self, region: str, usage: Usage | None, kid: Kid) -> Signer:
        """Give the signer for one key. Raises: KeyStoreError when there is none."""
        try:
            return self._keys[region, usage][kid]
        except KeyError:
            raise KeyStoreError(f"{region} has no such key for {usage or 'root'}") from None

    def list_signers(self, region: str, usage: Usage | None) -> tuple[Signer, ...]:
        """List the signers for a usage, oldest first."""
        return tuple(self._keys.get((region, usage), {}).values())
