"""A copy to be carried by hand, on a stick, to where no network is (settled rule 13).

One deterministic CBOR file {format, files}: the repository's files as verified here, and a gate's bundle and
lists if it has any. It is a small mirror and trusted no more than one: whoever takes it over verifies it all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tuf.api.metadata import Snapshot, Targets, Timestamp

from comity.client.cache import ClientCache
from comity.client.http_source import TOO_LONG
from comity.client.kept_state import KeptState
from comity.codec import cbor
from comity.codec.cbor import Value
from comity.distribution.metadata import read_metadata
from comity.distribution.names import (
    HUB_PATH,
    MAX_REGION_METADATA,
    MAX_SNAPSHOT,
    MAX_TARGETS,
    MAX_TIMESTAMP,
    METADATA_FOLDER,
    SNAPSHOT,
    TARGETS,
    TARGETS_FOLDER,
    TIMESTAMP,
    role_of,
    target_path,
)
from comity.errors import DownloadFailed, FormatError, StoreUnavailable, UnreadableStatement, UsageError
from comity.trust.statements import Fields

FORMAT: Final = "comity-carried-1"
MAX_CARRIED: Final = 2**26
"""Bytes of a copy: 56 lists of 25 million places take a quarter of it."""
_PATH: Final = re.compile(r"(metadata|targets|gate)(/[A-Za-z0-9][A-Za-z0-9._-]{0,120}){1,4}")


class CarriedSource:
    """Reads the files of a carried copy; see `client.ports.Source`."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files: Final = files

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file. Raises: DownloadFailed."""
        data = self.files.get(path)
        if data is None:
            raise DownloadFailed(f"the copy holds no '{path}'", status=404)
        if len(data) > limit:
            raise DownloadFailed(f"'{path}' is longer than {limit} bytes", status=TOO_LONG)
        return data


def write_carried(files: Mapping[str, bytes]) -> bytes:
    """Write a copy of these files, by path."""
    content: dict[int | str, Value] = {}
    content.update(files)
    return cbor.write({"format": FORMAT, "files": content})


def read_carried(data: bytes) -> CarriedSource:
    """Read a copy; nothing in it is believed. Raises: UnreadableStatement, FormatError."""
    if len(data) > MAX_CARRIED:
        raise UnreadableStatement(f"the copy is larger than {MAX_CARRIED} bytes")
    fields = Fields(cbor.read_map(data), of="carried copy")
    if fields.text("format") != FORMAT:
        raise UnreadableStatement("this is no copy made by `comity client export` of this version")
    part = fields.part("files")
    fields.finish()
    files: dict[str, bytes] = {}
    for path, content in part.rest().items():
        if not _PATH.fullmatch(path) or type(content) is not bytes:
            raise UnreadableStatement("the copy holds a file whose name is none of ours")
        files[path] = content
    return CarriedSource(files)


def repository_files(cache: ClientCache, state: KeptState) -> dict[str, bytes]:
    """Give the repository's files as they were verified, by path. Raises: UsageError, StoreUnavailable."""
    try:
        return _metadata_files(cache, state) | _target_files(cache, state)
    except (OSError, FormatError) as error:
        raise StoreUnavailable("what was verified cannot be read; run `comity client sync` again") from error


def _metadata_files(cache: ClientCache, state: KeptState) -> dict[str, bytes]:
    folder = cache.metadata
    files = {
        f"{METADATA_FOLDER}/{path.name}": path.read_bytes()
        for path in (folder / "root_history").glob("*.root.json")
    }

    def kept(role: str) -> bytes:
        return (folder / f"{role}.json").read_bytes()

    timestamp, snapshot, targets = kept(TIMESTAMP), kept(SNAPSHOT), kept(TARGETS)
    version = read_metadata(timestamp, Timestamp, limit=MAX_TIMESTAMP).signed.snapshot_meta.version
    if version != state.snapshot_version:
        raise UsageError("the last fetch did not finish", next_step="Run `comity client sync` first.")
    files[f"{METADATA_FOLDER}/{TIMESTAMP}.json"] = timestamp
    read_metadata(snapshot, Snapshot, limit=MAX_SNAPSHOT)
    files[f"{METADATA_FOLDER}/{version}.{SNAPSHOT}.json"] = snapshot
    number = read_metadata(targets, Targets, limit=MAX_TARGETS).signed.version
    files[f"{METADATA_FOLDER}/{number}.{TARGETS}.json"] = targets
    for region in state.regions:
        data = kept(role_of(region))
        number = read_metadata(data, Targets, limit=MAX_REGION_METADATA).signed.version
        files[f"{METADATA_FOLDER}/{number}.{role_of(region)}.json"] = data
    return files


def _target_files(cache: ClientCache, state: KeptState) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    named = {HUB_PATH: state.hub} | {target_path(region): file for region, file in state.regions.items()}
    for path, file in named.items():
        data = cache.find_file(file.digest)
        if data is None:
            raise StoreUnavailable("a file that was verified is missing; run `comity client sync` again")
        folder, _, name = path.rpartition("/")
        files[f"{TARGETS_FOLDER}/{folder}/{file.digest}.{name}"] = data
    return files
