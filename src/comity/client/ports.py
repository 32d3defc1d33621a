"""Where files come from: a hub or mirror over HTTP, a folder, or an archive carried by hand."""

from __future__ import annotations

from typing import Protocol


class Source(Protocol):
    """Files by path, such as `metadata/timestamp.json`; nothing that comes from it is trusted."""

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file of at most `limit` bytes.

        Raises: DownloadFailed; its `status` is 404 where there is no such file, 413 where it is longer.
        """
        ...
