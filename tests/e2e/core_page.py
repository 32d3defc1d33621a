"""The core of the phone apps in a page of Chromium, served from this machine: what tests and bench ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from typing_extensions import override

from tests.pwa.twins import CORE, HERE, Answer, Request

_SCRIPT: Final = "text/javascript"
_ISOLATED: Final = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}
"""With these the clock of the page counts in 5 microseconds instead of 100."""
_FILES: Final = {
    "/": (HERE / "core_page.html", "text/html"),
    "/core.js": (CORE, _SCRIPT),
    "/twin.mjs": (HERE / "twin.mjs", _SCRIPT),
    "/bench.mjs": (HERE / "bench.mjs", _SCRIPT),
}


class _Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, kind = _FILES[self.path]
        data = path.read_bytes()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in _ISOLATED.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    @override
    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def core_page(browser: Any) -> Iterator[Any]:
    """A page in which the core waits to be asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
    finally:
        context.close()
        server.shutdown()
        server.server_close()


def ask(page: Any, requests: Sequence[Request]) -> list[Answer]:
    """Let the core in the page answer."""
    answers: list[Answer] = json.loads(page.evaluate("asked => ask(asked)", json.dumps(requests)))
    return answers
