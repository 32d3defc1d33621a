"""python-tuf's updater over our own sources, judged at a given time (TUF section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Final, NamedTuple

from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError
from tuf.api.metadata import Timestamp
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from comity.client.http_source import NOT_THERE, TOO_LONG
from comity.client.ports import Source
from comity.distribution.metadata import expires_at, read_metadata
from comity.distribution.names import (
    MAX_ROOT,
    MAX_SNAPSHOT,
    MAX_TARGETS,
    MAX_TIMESTAMP,
    METADATA_FOLDER,
    TIMESTAMP_LIFETIME,
    find_region,
)
from comity.domain.instant import HOUR, Instant
from comity.domain.region import RegionCode
from comity.errors import DownloadFailed, RepositoryRefused

_CLOCKS: Final = HOUR
"""Seconds by which the hub's clock may be ahead of ours before its timestamp seems to hold too long."""


class Reached(NamedTuple):
    """The versions a refresh led to, and the instant at which the hub signed the timestamp."""

    root_version: int
    timestamp_version: int
    snapshot_version: int
    as_of: Instant


class SourceFetcher(FetcherInterface):
    """Gives the updater files of a source; the addresses it asks for are paths below that source."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def _fetch(self, url: str) -> Iterator[bytes]:  # type: ignore[explicit-override]
        return iter([self._read(url, MAX_TARGETS)])

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:  # type: ignore[explicit-override]
        """Give a file of at most `max_length` bytes. Raises: DownloadError."""
        yield BytesIO(self._read(url, max_length))

    def _read(self, path: str, limit: int) -> bytes:
        try:
            return self._source.read(path, limit=limit)
        except DownloadFailed as error:
            if error.status in NOT_THERE:
                raise DownloadHTTPError(str(error), error.status) from error
            if error.status == TOO_LONG:
                raise DownloadLengthMismatchError(str(error)) from error
            raise DownloadError(str(error)) from error


class DatedUpdater(Updater):
    """Fetches and verifies metadata as of a given time instead of the machine's clock."""

    def __init__(self, folder: Path, source: Source, *, root: bytes, at: Instant) -> None:
        super().__init__(
            str(folder),
            METADATA_FOLDER,
            fetcher=SourceFetcher(source),
            config=UpdaterConfig(
                root_max_length=MAX_ROOT,
                timestamp_max_length=MAX_TIMESTAMP,
                snapshot_max_length=MAX_SNAPSHOT,
                targets_max_length=MAX_TARGETS,
            ),
            bootstrap=root,
        )
        self._trusted_set.reference_time = datetime.fromtimestamp(at, UTC)

    def reached(self, *, at: Instant) -> Reached:
        """Give what was reached by a refresh.

        Raises: RepositoryRefused for a timestamp that claims to hold longer than one may.
        """
        trusted = self._trusted_set
        expires = expires_at(trusted.timestamp)
        if expires > at + TIMESTAMP_LIFETIME + _CLOCKS:
            raise RepositoryRefused("the timestamp claims to hold longer than a day")
        return Reached(
            root_version=trusted.root.version,
            timestamp_version=trusted.timestamp.version,
            snapshot_version=trusted.snapshot.version,
            as_of=min(at, expires - TIMESTAMP_LIFETIME),
        )

    def regions(self) -> dict[RegionCode, int]:
        """Give the regions that have published, with the versions of their metadata."""
        meta, delegations = self._trusted_set.snapshot.meta, self._trusted_set.targets.delegations
        roles = {} if delegations is None else (delegations.roles or {})
        found = {
            region: meta.get(f"{role}.json") for role in roles if (region := find_region(role)) is not None
        }
        return {region: file.version for region, file in found.items() if file is not None}


def peek_as_of(timestamp: bytes) -> Instant:
    """Give the instant at which a timestamp says it was signed, before any signature is checked.

    Raises: UnreadableStatement.
    """
    signed = read_metadata(timestamp, Timestamp, limit=MAX_TIMESTAMP).signed
    return max(0, expires_at(signed) - TIMESTAMP_LIFETIME)
