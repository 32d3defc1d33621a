"""The regions of the demo that have statements only: they join the hub and publish, and nobody serves them.

What a gate would ask of their nodes is answered by the demo itself: an index of no status lists.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from comity.cli.demo_processes import LOOPBACK, patiently
from comity.distribution.status_index import write_index
from comity.domain.instant import Instant
from comity.domain.region import RegionCode

if TYPE_CHECKING:
    from comity.bootstrap.demo_region import DemoRegion

BEIJING: Final = RegionCode("110000")
SHANGHAI: Final = RegionCode("310000")
ZHEJIANG: Final = RegionCode("330000")
JIANGSU: Final = RegionCode("320000")
HEILONGJIANG: Final = RegionCode("230000")
HUBEI: Final = RegionCode("420000")
CODES: Final = (BEIJING, SHANGHAI, ZHEJIANG, JIANGSU, HEILONGJIANG, HUBEI)


class DemoRegions:
    """The regions of statements only, by code."""

    def __init__(self, url: str) -> None:
        from comity.bootstrap.demo_region import DemoRegion

        self.by_code: Final[dict[RegionCode, DemoRegion]] = {
            code: DemoRegion(code, url=f"{url}/{code}", draw=secrets.token_bytes) for code in CODES
        }

    def publish(self, hub: str, *, at: Instant) -> None:
        """Let every region publish, as a region does each day. Raises: RequestRefused, DownloadFailed."""
        from comity.bootstrap.region_hub import PUBLICATIONS_PATH
        from comity.client.posting import post

        for region in self.by_code.values():
            body = region.publication(at=at)
            patiently(partial(post, hub, PUBLICATIONS_PATH, body))


@contextmanager
def demo_regions() -> Iterator[DemoRegions]:
    """Make the regions, and answer for their nodes until the block ends."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _NoLists)
    thread = Thread(target=server.serve_forever, name="regions", daemon=True)
    thread.start()
    try:
        yield DemoRegions(f"http://{LOOPBACK}:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _NoLists(BaseHTTPRequestHandler):
    """Answers `/CODE/status`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request."""
        code, _, what = self.path.lstrip("/").partition("/")
        is_known = code in CODES and what == "status"
        body = write_index(code, ()) if is_known else b""
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""
