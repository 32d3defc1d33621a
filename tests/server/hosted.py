"""Two hosted regions for tests: real nodes in memory behind the real front, each at an address of its own.

The first is Inner Mongolia, whose things are reached for; the second is Guangdong, who reaches for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from starlette.testclient import TestClient
from starlette.types import Message

from comity.server.hosted_front import HostedFront
from comity.server.hosted_sites import HostedSite
from tests.builders import HOME, HOST
from tests.region import RegionNode

NAMES: Final = ("https://nmg.example", "https://gd.example")
PATHS: Final = ("https://codes.example/150000", "https://codes.example/440000")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedPair:
    """Both regions, and a client of each through the front."""

    front: HostedFront
    own: RegionNode
    other: RegionNode
    at_own: TestClient
    at_other: TestClient


def ask(
    app: HostedFront, target: str, *fields: tuple[str, str], client: str = "192.0.2.7"
) -> tuple[int, bytes]:
    """Ask with path and header fields exactly as they are given; give status and body."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in fields],
        "client": (client, 40_000),
    }
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(app(scope, receive, send))
    return int(told[0]["status"]), b"".join(each.get("body", b"") for each in told[1:])


@contextmanager
def hosted_pair(folder: Path, urls: Sequence[str] = NAMES) -> Iterator[HostedPair]:
    """Serve both regions behind one front."""
    nodes = [
        RegionNode(folder / region / "published", region=region, public_url=url, is_demo=True)
        for region, url in zip((HOST, HOME), urls, strict=True)
    ]
    for node in nodes:
        node.node.published.mkdir(parents=True)
    with ExitStack() as served:
        sites = list[HostedSite]()
        for node in nodes:
            app = node.app()
            served.enter_context(TestClient(app))
            sites.append(HostedSite.at(node.node.public_url, region=node.issuer.region, node=app))
        front = HostedFront(sites)
        clients = [
            served.enter_context(
                TestClient(front, base_url=node.node.public_url, raise_server_exceptions=False)
            )
            for node in nodes
        ]
        yield HostedPair(front=front, own=nodes[0], other=nodes[1], at_own=clients[0], at_other=clients[1])
