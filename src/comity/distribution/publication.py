"""What a region publishes: the next version of its own metadata with the files they name (TUF section 4.5).

A region makes and signs it, the hub checks and orders it. Nothing here reads a statement: whether it may be
published is for the hub, whether it holds for whoever fetches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from tuf.api.metadata import DelegatedRole, Delegations, Key, Metadata, TargetFile, Targets

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.distribution.keys import metadata_key
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
from comity.domain.region import RegionCode, is_region
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer

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
    """Read a publication as sent; nothing in it is believed yet. Raises: UnreadableStatement, FormatError.

    Anybody may send one: it is read by its one grammar, and costs no more than its few items.
    """
    if len(data) > MAX_PUBLICATION:
        raise UnreadableStatement(f"the publication is larger than {MAX_PUBLICATION} bytes")
    place = _read_map_of(data, 0, at_least=3, at_most=3)[1]
    place = _read_name(data, place, "files")
    count, place = _read_map_of(data, place, at_least=0, at_most=len(REGION_FILES))
    files: dict[str, bytes] = {}
    for _ in range(count):
        name, place = cbor.read_text_string(data, place)
        files[name], place = cbor.read_byte_string(data, place)
    region, place = cbor.read_text_string(data, _read_name(data, place, "region"))
    metadata, place = cbor.read_byte_string(data, _read_name(data, place, "metadata"))
    if place != len(data) or list(files) != [name for name in REGION_FILES if name in files]:
        raise UnreadableStatement("publication: something else is in it")
    if not is_region(region):
        raise UnreadableStatement("publication: field 'region' is not what it should be")
    if len(metadata) > MAX_REGION_METADATA or any(len(files[name]) > max_length(name) for name in files):
        raise UnreadableStatement("publication: a file in it is larger than it may be")
    return Publication(region=RegionCode(region), metadata=metadata, files=files)


def require_signed_by(publication: Publication, keys: Iterable[PublicKey]) -> None:
    """Refuse metadata that none of these keys has signed; nothing else of them is judged.

    Raises: UnreadableStatement, StatementRefused.
    """
    role = role_of(publication.region)
    metadata = read_metadata(publication.metadata, Targets, limit=MAX_REGION_METADATA)
    known: dict[str, Key] = {key.keyid: key for key in map(metadata_key, keys)}
    delegated = DelegatedRole(role, sorted(known), 1, terminating=True, paths=[])
    delegator = Targets(delegations=Delegations(known, {role: delegated}))
    require_signed(metadata, delegator, role)


def _read_map_of(data: bytes, place: int, *, at_least: int, at_most: int) -> tuple[int, int]:
    major, count, end = cbor.read_head(data, place)
    if major != cbor.MAP or not at_least <= count <= at_most:
        raise UnreadableStatement("publication: a map of other size than it should have")
    return count, end


def _read_name(data: bytes, place: int, name: str) -> int:
    found, end = cbor.read_text_string(data, place)
    if found != name:
        raise UnreadableStatement(f"publication: field '{name}' is missing or not where it should be")
    return end


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
