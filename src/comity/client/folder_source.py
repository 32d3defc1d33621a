"""Files of a folder: a mirror on a disk or a stick."""

from __future__ import annotations

from pathlib import Path

from comity.client.http_source import TOO_LONG
from comity.errors import DownloadFailed


class FolderSource:
    """Reads files below one folder; see `client.ports.Source`. Paths come from names we make ourselves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file. Raises: DownloadFailed."""
        try:
            with (self._folder / path).open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            status = 404 if isinstance(error, FileNotFoundError) else None
            raise DownloadFailed(f"'{path}' cannot be read: {error.strerror}", status=status) from error
        if len(data) > limit:
            raise DownloadFailed(f"'{path}' is longer than {limit} bytes", status=TOO_LONG)
        return data
