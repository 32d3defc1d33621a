"""TUF metadata as bytes: compact JSON, bounded before parsing (TUF specification sections 4.2 to 4.6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TypeVar

from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import Metadata, MetaFile, Root, Signed, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from comity.distribution.keys import sign_payload
from comity.domain.instant import Instant
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.ports import Signer

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)

SHA256: Final = "sha256"
MAX_SIGNATURES: Final = 16
COMPACT: Final = JSONSerializer(compact=True)


def expiry(at: Instant, lifetime: int) -> datetime:
    """Give the time at which metadata signed at `at` expire."""
    return datetime.fromtimestamp(at + lifetime, UTC)


def expires_at(signed: Signed) -> Instant:
    """Give the instant at which metadata expire."""
    return int(signed.expires.timestamp())


def write_metadata(signed: S, signers: Iterable[Signer]) -> bytes:
    """Sign metadata with each of the keys. Raises: KeyStoreError."""
    metadata = Metadata(signed)
    for signer in signers:
        signature = sign_payload(metadata.signed_bytes, signer)
        metadata.signatures[signature.keyid] = signature
    return metadata.to_bytes(COMPACT)


def read_metadata(data: bytes, kind: type[S], *, limit: int) -> Metadata[S]:
    """Read metadata of one kind and of at most `limit` bytes; no signature is checked.

    Raises: UnreadableStatement.
    """
    what = f"{kind.type} metadata"
    if len(data) > limit:
        raise UnreadableStatement(f"{what}: larger than {limit} bytes")
    try:
        metadata: Metadata[S] = Metadata.from_bytes(data)
    except (DeserializationError, RepositoryError, RecursionError) as error:
        raise UnreadableStatement(f"{what}: they cannot be read") from error
    if not isinstance(metadata.signed, kind):
        raise UnreadableStatement(f"{what}: this is '{metadata.signed.type}'")
    if len(metadata.signatures) > MAX_SIGNATURES:
        raise UnreadableStatement(f"{what}: more than {MAX_SIGNATURES} signatures")
    return metadata


def require_signed(metadata: Metadata[S], by: Root | Targets, role: str) -> None:
    """Refuse metadata that the keys of a role have not signed as often as they must.

    Raises: StatementRefused.
    """
    try:
        by.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (UnsignedMetadataError, ValueError) as error:
        raise StatementRefused(
            f"metadata of {role}: not signed by the keys they must be signed by"
        ) from error


def meta_file(version: int, data: bytes) -> MetaFile:
    """Describe metadata in a snapshot or timestamp: version, length and SHA-256."""
    return MetaFile.from_data(version, data, [SHA256])
