"""A file sent as it was opened: facts and bytes are of one edition, whatever is put in its place meanwhile.

Published files are replaced whole by a rename. Looking at a name first and opening it after would give the
ETag and length of one edition with the bytes of the next. One range is answered (RFC 9110 section 14), so
that a client goes on with a list that was cut off, as long as it is the same edition (`If-Range`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

CHUNK: Final = 2**18
"""Bytes sent at once."""
_RANGE: Final = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


class OpenFile:
    """An open file and its facts. Raises: OSError when it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        facts = os.fstat(self.handle)
        self.size = facts.st_size
        self.tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'

    def close(self) -> None:
        """Let go of it."""
        os.close(self.handle)


class OpenFileAnswer(Response):
    """Sends an open file, or the one range that is asked for, and closes it."""

    def __init__(
        self, file: OpenFile, request: Request, *, media_type: str, headers: Mapping[str, str]
    ) -> None:
        self._file = file
        self._begin, self._end, status = _range_of(request, file)
        super().__init__(None, status, media_type=media_type, headers=dict(headers))
        self.headers["content-length"] = str(self._end - self._begin)
        self.headers["accept-ranges"] = "bytes"
        if status == 206:
            self.headers["content-range"] = f"bytes {self._begin}-{self._end - 1}/{file.size}"
        elif status == 416:
            self.headers["content-range"] = f"bytes */{file.size}"

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            at, has_body = self._begin, scope["method"] != "HEAD"
            while has_body and at < self._end:
                wanted = min(CHUNK, self._end - at)
                part = await run_in_threadpool(os.pread, self._file.handle, wanted, at)
                if not part:  # cut off under our hands: the client sees too few bytes
                    break
                at += len(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._file.close()


def _range_of(request: Request, file: OpenFile) -> tuple[int, int, int]:
    """Give begin and end of what is sent, and the status: whole unless one range of this edition is asked."""
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or request.headers.get("if-range", file.tag) != file.tag:
        return 0, file.size, 200
    begin = int(asked[1])
    end = min(int(asked[2]) + 1, file.size) if asked[2] else file.size
    if begin >= file.size or end <= begin:
        return 0, 0, 416
    return begin, end, 206
