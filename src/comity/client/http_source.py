"""Files over HTTP/1.1, bounded in length, silence and slowness (TUF section 1.5.2).

One connection is kept. Redirects are not followed, and nothing is decompressed: the bytes are those that were
signed. Addresses are of hubs, mirrors and nodes and name nobody.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Timer
from typing import Final, NamedTuple, NoReturn
from urllib.parse import urlsplit

from comity.errors import DownloadFailed, UsageError

TOO_LONG: Final = 413
NOT_THERE: Final = (403, 404, 410)
_CHUNK: Final = 2**14
_AGENT: Final = "comity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long is waited: `silent` seconds for the next byte, and no slower than `rate` bytes a second.

    `patience` seconds pass before the rate counts.
    """

    silent: float = 15.0
    patience: float = 30.0
    rate: float = 2_000.0

    def deadline(self, length: int) -> float:
        """Seconds after which `length` bytes must be there."""
        return self.patience + length / self.rate


class Fetched(NamedTuple):
    """A file as fetched, and the tag by which to ask whether it changed."""

    data: bytes
    tag: str | None


@dataclass(slots=True)
class Traffic:
    """What was fetched: requests, and bytes of bodies and of heads, both ways."""

    requests: int = 0
    body_bytes: int = 0
    head_bytes: int = 0


class HttpSource:
    """Reads files below one address; see `client.ports.Source`. Not for several threads at once."""

    def __init__(
        self, url: str, *, bounds: Bounds | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise UsageError(
                f"'{url}' is no address of a hub or node", next_step="Give one such as https://hub.example."
            )
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._connection: http.client.HTTPConnection | None = None
        self.traffic: Final = Traffic()

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file. Raises: DownloadFailed."""
        fetched = self.read_newer(path, limit=limit)
        if fetched is None:
            raise DownloadFailed(f"{self._host} says '{path}' is unchanged, which nobody asked")
        return fetched.data

    def read_newer(self, path: str, *, limit: int, tag: str | None = None) -> Fetched | None:
        """Read a file unless it is still the one with this tag: then None. Raises: DownloadFailed."""
        try:
            return self._ask(path, limit, tag)
        except (http.client.BadStatusLine, ConnectionResetError, BrokenPipeError):
            self.close()  # a connection kept too long: once more on a new one
            try:
                return self._ask(path, limit, tag)
            except (OSError, http.client.HTTPException) as error:
                self._fail(path, error)
        except (OSError, http.client.HTTPException) as error:
            self._fail(path, error)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _fail(self, path: str, error: Exception) -> NoReturn:
        self.close()
        raise DownloadFailed(f"'{path}' could not be fetched from {self._host}: {_why(error)}") from error

    def _ask(self, path: str, limit: int, tag: str | None) -> Fetched | None:
        connection = self._connected()
        headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
        if tag is not None:
            headers["If-None-Match"] = tag
        began, handle = self._clock(), connection.sock
        watch = Timer(self._bounds.deadline(limit), cut, args=(handle,))
        watch.daemon = True
        watch.start()
        try:
            connection.request("GET", f"{self._prefix}/{path}", headers=headers)
            response = connection.getresponse()
            self._count(path, headers, response.headers)
            return self._answer(path, response, limit, began)
        finally:
            watch.cancel()

    def _answer(
        self, path: str, response: http.client.HTTPResponse, limit: int, began: float
    ) -> Fetched | None:
        if response.status == 304:
            response.read()
            return None
        if response.status != 200:
            self._drop(response)
            raise DownloadFailed(
                f"{self._host} answers {response.status} to '{path}'", status=response.status
            )
        declared = response.length
        if declared is not None and declared > limit:
            self.close()
            raise DownloadFailed(f"'{path}' is longer than {limit} bytes", status=TOO_LONG)
        data = bytearray()
        while chunk := response.read1(_CHUNK):
            data += chunk
            self.traffic.body_bytes += len(chunk)
            if len(data) > limit:
                self.close()
                raise DownloadFailed(f"'{path}' is longer than {limit} bytes", status=TOO_LONG)
            if self._clock() - began > self._bounds.deadline(len(data)):
                self.close()
                raise DownloadFailed(f"{self._host} sends '{path}' too slowly")
        if declared is not None and len(data) != declared:
            self.close()
            raise DownloadFailed(f"'{path}' was cut off after {len(data)} of {declared} bytes")
        response.close()
        return Fetched(bytes(data), response.headers.get("etag"))

    def _drop(self, response: http.client.HTTPResponse) -> None:
        """Read a short answer to the end, so that the connection can be used again; else close it."""
        if response.length is not None and response.length <= _CHUNK:
            self.traffic.body_bytes += len(response.read())
        else:
            self.close()

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            silent = self._bounds.silent
            if self._secure:
                context = ssl.create_default_context()
                made: http.client.HTTPConnection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=silent, context=context
                )
            else:
                made = http.client.HTTPConnection(self._host, self._port, timeout=silent)
            made.connect()
            self._connection = made
        return self._connection

    def _count(self, path: str, sent: Mapping[str, str], got: http.client.HTTPMessage) -> None:
        self.traffic.requests += 1
        lines = [f"GET {self._prefix}/{path} HTTP/1.1", f"Host: {self._host}:{self._port}", "HTTP/1.1 200 OK"]
        lines += [f"{name}: {value}" for name, value in (*sent.items(), *got.items())]
        self.traffic.head_bytes += sum(len(line) + 2 for line in lines) + 4


def cut(handle: socket.socket) -> None:
    """End a transfer that has had its time, whatever it is waiting for."""
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return "its certificate does not hold, or TLS failed"
    if isinstance(error, OSError):
        return error.strerror or "the connection was lost"
    return "the answer was cut off or is no HTTP"
