"""What a region publishes: the next version of its own metadata with the files they name (TUF section 4.5).

A region makes and signs it, the hub checks and orders it. Nothing here reads a statement: whether it may be
published is for the hub, whether it holds for whoever fetches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from tuf.api.metadata import Metadata, TargetFile, Targets

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.distribution.metadata import (
    SHA256,
    expires_at,
    expiry,
    read_metadata,
    require_signed,
    write_metadata,
)
from comity.distribution.names import (
    MAX_REGION_METADATA,
    REGION_FILES,
    REGION_LIFETIME,
    max_length,
    role_of,
    target_path,
)
from comity.domain.instant import HOUR, Instant
from comity.domain.region import RegionCode
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.ports import Signer
from comity.trust.statements import Fields

MAX_PUBLICATION: Final = MAX_REGION_METADATA + sum(max_length(name) for name in REGION_FILES) + 2**10
"""Bytes of a publication as sent."""
_CLOCKS: Final = HOUR
"""Seconds by which a region's metadata may seem to hold longer than they may: clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A region's metadata, signed, and the files they name that the hub may not have yet, by name."""

    region: RegionCode
    metadata: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)


def sign_publication(
    region: RegionCode, version: int, files: Mapping[str, bytes], signer: Signer, *, at: Instant
) -> Publication:
    """Sign a version of a region's metadata that name these files, by name such as `current.cbor`.

    Raises: KeyStoreError.
    """
    targets = {
        target_path(region, name): TargetFile.from_data(target_path(region, name), data, [SHA256])
        for name, data in sorted(files.items())
    }
    signed = Targets(version=version, expires=expiry(at, REGION_LIFETIME), targets=targets)
    return Publication(region=region, metadata=write_metadata(signed, [signer]), files=dict(files))


def write_publication(publication: Publication) -> bytes:
    """Write a publication to be sent: {region, metadata, files}."""
    files: dict[int | str, Value] = {}
    files.update(publication.files)
    return cbor.write({"region": publication.region, "metadata": publication.metadata, "files": files})


def read_publication(data: bytes) -> Publication:
    """Read a publication as sent; nothing in it is believed yet. Raises: UnreadableStatement, FormatError."""
    if len(data) > MAX_PUBLICATION:
        raise UnreadableStatement(f"the publication is larger than {MAX_PUBLICATION} bytes")
    fields = Fields(cbor.read_map(data), of="publication")
    part = fields.part("files")
    files = {name: part.octets(name) for name in REGION_FILES if part.has(name)}
    part.finish()
    publication = Publication(region=fields.region("region"), metadata=fields.octets("metadata"), files=files)
    fields.finish()
    return publication


def check_publication(
    publication: Publication, delegator: Targets, *, version: int, at: Instant
) -> Metadata[Targets]:
    """Check a publication as far as TUF goes; `version` is the one it must have.

    1. It is readable metadata of targets, signed by a key the region's role is delegated to.
    2. Its version is the next one, and it does not expire already, nor hold too long.
    3. It names files of its own region only, its present statements among them, and delegates nothing.
    4. Every file sent is named, and has the length and hash it is named with.

    Raises: UnreadableStatement, StatementRefused.
    """
    role = role_of(publication.region)
    metadata = read_metadata(publication.metadata, Targets, limit=MAX_REGION_METADATA)  # 1
    require_signed(metadata, delegator, role)
    signed = metadata.signed
    if signed.version != version:  # 2
        raise StatementRefused(f"metadata of {role}: version {signed.version}, expected {version}")
    if not at < expires_at(signed) <= at + REGION_LIFETIME + _CLOCKS:
        raise StatementRefused(f"metadata of {role}: they must expire within {REGION_LIFETIME} s from now")
    named = {target_path(publication.region, name): name for name in REGION_FILES}  # 3
    if signed.delegations is not None or not set(signed.targets) <= set(named):
        raise StatementRefused(f"metadata of {role}: they name what is not the region's own")
    if target_path(publication.region) not in signed.targets:
        raise StatementRefused(f"metadata of {role}: they do not name the region's present statements")
    for path, target in signed.targets.items():  # 4
        if target.length > max_length(named[path]) or set(target.hashes) != {SHA256}:
            raise StatementRefused(
                f"metadata of {role}: '{path}' is too large, or has other hashes than SHA-256"
            )
    for name, data in publication.files.items():
        sent = signed.targets.get(target_path(publication.region, name))
        if sent is None or sent.length != len(data) or sent.hashes[SHA256] != sha256(data).hexdigest():
            raise StatementRefused(f"metadata of {role}: '{name}' is not the file they name")
    return metadata
