"""A folder over loopback HTTP, and the ways in which a hub or mirror can misbehave."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from typing_extensions import override

Answer = Callable[["Handler", bytes], None]
"""Answers one request its own way; it is given the file's bytes."""


@dataclass
class Mirror:
    """What is served: a folder, with some paths answered otherwise; and what was asked."""

    folder: Path
    url: str = ""
    odd: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    nested: str = ""
    """The folder that holds the files below `/status/`, since `/status` is a file itself."""

    def twist(self, ending: str, answer: Answer) -> None:
        """Answer paths that end so in another way."""
        self.odd[ending] = answer


class Handler(BaseHTTPRequestHandler):
    """Serves a `Mirror` with ETags."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    mirror: Mirror

    def do_GET(self) -> None:
        """Answer one request."""
        self.mirror.asked.append(self.path)
        try:
            path = self.path.replace("/status/", f"/{self.mirror.nested}/")
            data = (self.mirror.folder / path.lstrip("/")).read_bytes()
        except OSError:
            data = b""
        for ending, answer in self.mirror.odd.items():
            if self.path.endswith(ending):
                answer(self, data)
                return
        if not data:
            self.plain(404, b"")
            return
        tag = f'"{sha256(data).hexdigest()[:16]}"'
        if self.headers.get("if-none-match") == tag:
            self.plain(304, b"", tag)
        else:
            self.plain(200, data, tag)

    def plain(self, status: int, data: bytes, tag: str | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        if tag:
            self.send_header("etag", tag)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def endless(handler: Handler, data: bytes) -> None:
    """Send bytes without length and without end."""
    handler.send_response(200)
    handler.send_header("connection", "close")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(10_000):
        try:
            handler.wfile.write(b"x" * 65_536)
        except OSError:
            return


def slow(handler: Handler, data: bytes) -> None:
    """Send a byte now and then."""
    handler.send_response(200)
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.close_connection = True
    for place in range(len(data)):
        try:
            handler.wfile.write(data[place : place + 1])
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


def silent(handler: Handler, data: bytes) -> None:
    """Take the request and say nothing."""
    handler.close_connection = True
    time.sleep(1.0)


def longer(handler: Handler, data: bytes) -> None:
    """Send more than there is."""
    handler.plain(200, data + b"more")


def shorter(handler: Handler, data: bytes) -> None:
    """Send less than there is, as if that were all."""
    handler.plain(200, data[:-1])


def cut_off(handler: Handler, data: bytes) -> None:
    """Announce the whole and send half."""
    handler.send_response(200)
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.close_connection = True
    handler.wfile.write(data[: len(data) // 2])


def flipped(handler: Handler, data: bytes) -> None:
    """Send as many bytes, one of them another."""
    handler.plain(200, data[:-1] + bytes([data[-1] ^ 1]))


def failing(handler: Handler, data: bytes) -> None:
    """Say that the server is broken."""
    handler.plain(500, b"broken")


def absent(handler: Handler, data: bytes) -> None:
    """Say that there is no such file."""
    handler.plain(404, b"")


def elsewhere(handler: Handler, data: bytes) -> None:
    """Send to another address."""
    handler.send_response(302)
    handler.send_header("location", "http://127.0.0.1:9/")
    handler.send_header("content-length", "0")
    handler.end_headers()


def other(content: bytes) -> Answer:
    """Send other bytes than those that are there."""
    return lambda handler, data: handler.plain(200, content)


@contextmanager
def serving(folder: Path) -> Iterator[Mirror]:
    """Serve a folder on a loopback port."""
    mirror = Mirror(folder)
    kind = type("Served", (Handler,), {"mirror": mirror})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    mirror.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mirror
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
