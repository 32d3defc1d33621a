"""The vault: names and identity numbers sealed at rest, and found by keyed hash only (settled rule 15).

Envelope encryption: a data key for each record, wrapped by a vault key; both with AES-256-GCM (NIST SP
800-38D). Rotation adds a vault key and wraps the data keys again; nothing is decrypted for it. A process
that started before reads the new key from the store when it first meets it, so that nobody has to stop. The
finding key is never rotated: it is what people are found by.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from comity.codec import cbor
from comity.errors import FormatError, KeyStoreError
from comity.issuance.records import HolderKey
from comity.records.ports import SecretStore, SecretUse

KEY_LENGTH: Final = 32
NONCE_LENGTH: Final = 12
_HOLDER_LENGTH: Final = 16
_WRAPPED_LENGTH: Final = NONCE_LENGTH + KEY_LENGTH + 16
_ID_LENGTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """The keys that seal people's data: `keys` by id, `current` seals, `finding` finds.

    `draw(n)` gives n random bytes.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    current: str
    finding: bytes = field(repr=False)
    draw: Callable[[int], bytes]

    def holder_key(self, kind: str, number: str) -> HolderKey:
        """Give the keyed hash by which the holder of an identity document is found."""
        digest = hmac.new(self.finding, f"{kind}\0{number}".encode(), sha256).digest()
        return HolderKey(digest[:_HOLDER_LENGTH].hex())

    def seal(self, values: Mapping[str, str], *, of: str) -> bytes:
        """Seal texts by name under the current key: wrapped data key, nonce, ciphertext.

        `of` is table and key of the record: what is sealed opens nowhere else.
        """
        data_key, nonce = self.draw(KEY_LENGTH), self.draw(NONCE_LENGTH)
        fields: dict[int | str, cbor.Value] = dict(values.items())
        plain = cbor.write(fields)
        return self._wrap(data_key) + nonce + AESGCM(data_key).encrypt(nonce, plain, of.encode())

    def open(self, sealed: bytes, *, vault_key: str, of: str) -> dict[str, str]:
        """Open what was sealed of a record. Raises: KeyStoreError for an unknown key or altered data."""
        data_key = self._unwrap(sealed, vault_key)
        nonce = sealed[_WRAPPED_LENGTH : _WRAPPED_LENGTH + NONCE_LENGTH]
        try:
            plain = AESGCM(data_key).decrypt(nonce, sealed[_WRAPPED_LENGTH + NONCE_LENGTH :], of.encode())
            return {str(name): str(value) for name, value in cbor.read_map(plain).items()}
        except (InvalidTag, FormatError) as error:
            raise KeyStoreError("a sealed record was altered, cut off, or is another's") from error

    def rewrap(self, sealed: bytes, *, vault_key: str) -> bytes:
        """Wrap the data key of a sealed record under the current key. Raises: KeyStoreError."""
        return self._wrap(self._unwrap(sealed, vault_key)) + sealed[_WRAPPED_LENGTH:]

    def _wrap(self, data_key: bytes) -> bytes:
        nonce = self.draw(NONCE_LENGTH)
        return nonce + AESGCM(self.keys[self.current]).encrypt(nonce, data_key, self.current.encode())

    def _unwrap(self, sealed: bytes, vault_key: str) -> bytes:
        try:
            key = self.keys[vault_key]
        except KeyError:
            raise KeyStoreError(f"the vault has no key '{vault_key}'") from None
        wrapped = sealed[:_WRAPPED_LENGTH]
        try:
            return AESGCM(key).decrypt(wrapped[:NONCE_LENGTH], wrapped[NONCE_LENGTH:], vault_key.encode())
        except (InvalidTag, ValueError) as error:
            raise KeyStoreError("a sealed record was altered or cut off") from error


class StoredVaultKeys(dict[str, bytes]):
    """The vault keys of a region by id, oldest first; one not known yet is looked for in the store again."""

    def __init__(self, secrets: SecretStore, region: str) -> None:
        super().__init__(secrets.list_secrets(region, SecretUse.VAULT))
        self._secrets = secrets
        self._region = region

    def __missing__(self, key: str) -> bytes:
        """Ask the store once, since that takes as long as its passphrase is hard to guess."""
        found = self._secrets.list_secrets(self._region, SecretUse.VAULT)[key]
        self[key] = found
        return found


def open_vault(secrets: SecretStore, region: str, *, draw: Callable[[int], bytes]) -> Vault:
    """Open a region's vault: the newest key seals. Raises: KeyStoreError when its secrets are not there."""
    keys = StoredVaultKeys(secrets, region)
    finding = tuple(secrets.list_secrets(region, SecretUse.FINDING).values())
    if not keys or not finding:
        raise KeyStoreError(f"the key store has no vault of {region}")
    return Vault(keys=keys, current=tuple(keys)[-1], finding=finding[0], draw=draw)


def make_vault(secrets: SecretStore, region: str, *, draw: Callable[[int], bytes]) -> Vault:
    """Make a region's vault where there is none yet, and open it. Raises: KeyStoreError."""
    if not secrets.list_secrets(region, SecretUse.FINDING):
        secrets.add_secret(region, SecretUse.FINDING, draw(KEY_LENGTH))
    if not secrets.list_secrets(region, SecretUse.VAULT):
        secrets.add_secret(region, SecretUse.VAULT, draw(KEY_LENGTH))
    return open_vault(secrets, region, draw=draw)


def secret_id(secret: bytes) -> str:
    """Give the id of a secret: 16 hexadecimal digits that tell nothing of it."""
    return sha256(b"comity-secret-id\0" + secret).hexdigest()[: 2 * _ID_LENGTH]
