"""The root of the repository: a threshold of keyholders say which keys order it (TUF section 4.3, 6.1).

A root is made as a request, signed by each keyholder on a machine of their own, and assembled from their
signatures. The next one is signed by enough keyholders of the old and of the new, so that clients any number
of versions behind can follow. Nothing here reads a disk or asks for a passphrase.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata, Role, Root

from comity.distribution.keys import metadata_key, public_key_of, sign_payload
from comity.distribution.metadata import COMPACT, expiry, read_metadata, require_signed
from comity.distribution.names import (
    MAX_ROOT,
    ROOT_LIFETIME,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
)
from comity.domain.instant import Instant
from comity.errors import KeyStoreError, StatementRefused, UnreadableStatement, UsageError
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer

KEYHOLDERS: Final = 5
THRESHOLD: Final = 3
"""Three of five keyholders make a root."""
MAX_SIGNATURE: Final = 1_024
"""Bytes of the file with one keyholder's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootKeys:
    """Whom a root names: the keyholders and how many of them must sign, and the hub's ordering keys."""

    keyholders: tuple[PublicKey, ...]
    threshold: int = THRESHOLD
    targets: PublicKey
    snapshot: PublicKey
    timestamp: PublicKey


def make_root(keys: RootKeys, *, version: int, at: Instant) -> bytes:
    """Make the request for a root: its metadata without a signature. Raises: UsageError."""
    points = {key.point for key in keys.keyholders}
    if len(points) != len(keys.keyholders):
        raise UsageError("one keyholder is named twice", next_step="Name each public key once.")
    if not 1 <= keys.threshold <= len(points):
        raise UsageError(f"a threshold of {keys.threshold} with {len(points)} keyholders cannot be met")
    if points & {key.point for key in (keys.targets, keys.snapshot, keys.timestamp)}:
        raise UsageError("a keyholder's key orders nothing: the ordering keys are the hub's own")
    roles = {
        Root.type: (keys.keyholders, keys.threshold),
        TARGETS: ((keys.targets,), 1),
        SNAPSHOT: ((keys.snapshot,), 1),
        TIMESTAMP: ((keys.timestamp,), 1),
    }
    named = {
        role: [metadata_key(public) for public in sorted(publics, key=lambda key: key.point)]
        for role, (publics, _) in roles.items()
    }
    root = Root(
        version=version,
        expires=expiry(at, ROOT_LIFETIME),
        keys={key.keyid: key for each in named.values() for key in each},
        roles={role: Role([key.keyid for key in named[role]], limit) for role, (_, limit) in roles.items()},
        consistent_snapshot=True,
    )
    return Metadata(root).to_bytes(COMPACT)


def root_keys(root: Root) -> RootKeys:
    """Give whom a root names. Raises: FormatError for other keys than Comity's."""

    def of(role: str) -> tuple[PublicKey, ...]:
        return tuple(public_key_of(root.keys[keyid]) for keyid in root.roles[role].keyids)

    return RootKeys(
        keyholders=of(Root.type),
        threshold=root.roles[Root.type].threshold,
        targets=of(TARGETS)[0],
        snapshot=of(SNAPSHOT)[0],
        timestamp=of(TIMESTAMP)[0],
    )


def read_root(data: bytes) -> Metadata[Root]:
    """Read a root that enough of its own keyholders signed. Raises: UnreadableStatement, StatementRefused."""
    metadata = read_metadata(data, Root, limit=MAX_ROOT)
    require_signed(metadata, metadata.signed, Root.type)
    return metadata


def read_request(data: bytes) -> Root:
    """Read the request for a root, whoever has signed it. Raises: UnreadableStatement."""
    return read_metadata(data, Root, limit=MAX_ROOT).signed


def sign_root(request: bytes, signer: Signer) -> bytes:
    """Give one keyholder's signature over a request, as a file.

    The old root's keyholders sign too, so that a key which the request itself does not name may sign.

    Raises: UnreadableStatement, KeyStoreError.
    """
    metadata = read_metadata(request, Root, limit=MAX_ROOT)
    signature = sign_payload(metadata.signed_bytes, signer)
    return json.dumps({"keyid": signature.keyid, "sig": signature.signature}).encode() + b"\n"


def assemble_root(request: bytes, signatures: Sequence[bytes], *, before: bytes | None = None) -> bytes:
    """Put a request and its signatures together to a root; `before` is the one it follows.

    Raises: UnreadableStatement, StatementRefused when fewer have signed than must.
    """
    metadata = read_metadata(request, Root, limit=MAX_ROOT)
    for data in signatures:
        signature = _read_signature(data)
        metadata.signatures[signature.keyid] = signature
    data = metadata.to_bytes(COMPACT)
    if before is None:
        if metadata.signed.version != 1:
            raise StatementRefused("this root follows another one; give the one it follows")
        read_root(data)
    else:
        check_next_root(data, read_root(before).signed)
    return data


def check_next_root(data: bytes, before: Root) -> Root:
    """Check that a root follows another one: version +1, signed by enough of both.

    Raises: UnreadableStatement, StatementRefused.
    """
    metadata = read_root(data)
    if metadata.signed.version != before.version + 1:
        raise StatementRefused(
            f"the root has version {metadata.signed.version}, expected {before.version + 1}"
        )
    if not metadata.signed.consistent_snapshot:
        raise StatementRefused("the root does not ask for consistent snapshots")
    require_signed(metadata, before, Root.type)
    return metadata.signed


def require_online_keys(root: Root, targets: Signer, snapshot: Signer, timestamp: Signer) -> None:
    """Refuse a root that names other ordering keys than the hub has. Raises: KeyStoreError."""
    for role, signer in ((TARGETS, targets), (SNAPSHOT, snapshot), (TIMESTAMP, timestamp)):
        if metadata_key(signer.public).keyid not in root.roles[role].keyids:
            raise KeyStoreError(
                f"the root names another key for {role} than the one at hand",
                next_step="Make the root for the keys of this hub, or restore the hub's key file.",
            )


def _read_signature(data: bytes) -> Signature:
    if len(data) > MAX_SIGNATURE:
        raise UnreadableStatement(f"a signature file is larger than {MAX_SIGNATURE} bytes")
    try:
        fields = json.loads(data)
        return Signature(str(fields["keyid"]), bytes.fromhex(fields["sig"]).hex())
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableStatement("a signature file cannot be read") from error
