"""The ceremony of the root: files that go from hand to hand between keyholders, none of whom needs a network.

A keyholder's key lies in an encrypted file of their own and never leaves it. What travels is public: their
public key, the request for a root, their signature over it, the root.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from comity.bootstrap import read_file
from comity.distribution.keys import metadata_key
from comity.distribution.repository import OnlineKeys
from comity.distribution.root import RootKeys, sign_root
from comity.errors import FormatError, KeyStoreError, UsageError
from comity.storage.keyfile import KeyFile
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer

ORDERING: Final = ("targets", "snapshot", "timestamp")
"""The roles whose keys are the hub's own."""
_HOLDER: Final = "hub-root-keyholder"
_SECRET_LENGTH: Final = 40


def make_keyholder(path: Path, *, passphrase: str) -> PublicKey:
    """Make a keyholder's key in an encrypted file of its own. Raises: UsageError, KeyStoreError."""
    if path.exists():
        raise UsageError(f"'{path}' is there already, and is not touched", next_step="Name another file.")
    signer = KeyFile(path, passphrase=passphrase).add(_HOLDER, None, secrets.token_bytes(_SECRET_LENGTH))
    return signer.public


def open_keyholder(path: Path, *, passphrase: str) -> Signer:
    """Open a keyholder's key. Raises: KeyStoreError."""
    if not path.exists():
        raise KeyStoreError(f"there is no key file '{path}'", next_step="Make one: comity hub root key FILE.")
    found = KeyFile(path, passphrase=passphrase).list_signers(_HOLDER, None)
    if len(found) != 1:
        raise KeyStoreError(f"'{path}' is not the key file of a keyholder")
    return found[0]


def sign_request(request: bytes, key_file: Path, *, passphrase: str) -> bytes:
    """Sign a request with a keyholder's key. Raises: UnreadableStatement, KeyStoreError."""
    return sign_root(request, open_keyholder(key_file, passphrase=passphrase))


def write_public_keys(keys: Mapping[str, PublicKey]) -> bytes:
    """Write public keys by name as JSON."""
    return (json.dumps({name: key.point.hex() for name, key in keys.items()}, indent=2) + "\n").encode()


def ordering_keys(online: OnlineKeys) -> bytes:
    """Write the hub's ordering keys, for the request of a root."""
    signers = (online.targets, online.snapshot, online.timestamp)
    return write_public_keys({role: signer.public for role, signer in zip(ORDERING, signers, strict=True)})


def read_public_keys(path: Path) -> dict[str, PublicKey]:
    """Read public keys by name. Raises: UsageError."""
    try:
        found = json.loads(read_file(path, what="file of public keys"))
        return {str(name): PublicKey.of_point(bytes.fromhex(point)) for name, point in found.items()}
    except (ValueError, TypeError, AttributeError, FormatError) as error:
        raise UsageError(f"'{path}' holds no public keys") from error


def read_keyholder(path: Path) -> PublicKey:
    """Read one keyholder's public key. Raises: UsageError."""
    keys = read_public_keys(path)
    if list(keys) != ["keyholder"]:
        raise UsageError(f"'{path}' is not the public key of a keyholder")
    return keys["keyholder"]


def read_ordering(path: Path) -> dict[str, PublicKey]:
    """Read the hub's ordering keys. Raises: UsageError."""
    keys = read_public_keys(path)
    if set(keys) != set(ORDERING):
        raise UsageError(f"'{path}' does not hold the hub's ordering keys")
    return keys


def replace_keyholder(keys: RootKeys, lost: str, new: PublicKey) -> RootKeys:
    """Give whom the next root names: `new` for the key whose id begins with `lost`. Raises: UsageError."""
    found = [key for key in keys.keyholders if metadata_key(key).keyid.startswith(lost)]
    if len(found) != 1 or len(lost) < 8:
        raise UsageError(
            f"'{lost}' names {len(found)} of the keyholders",
            next_step="Give the first 8 or more digits of the key id that `comity hub root show` lists.",
        )
    kept = tuple(key for key in keys.keyholders if key != found[0])
    return with_keyholders(keys, (*kept, new))


def with_keyholders(keys: RootKeys, keyholders: tuple[PublicKey, ...]) -> RootKeys:
    """Give the same keys with other keyholders."""
    return RootKeys(
        keyholders=keyholders,
        threshold=keys.threshold,
        targets=keys.targets,
        snapshot=keys.snapshot,
        timestamp=keys.timestamp,
    )
