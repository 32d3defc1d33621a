"""The application of a node as it begins, before routes are added to it: of a region, or of the hub."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from comity.server.around import Around
from comity.server.node import KeeperNode

VERSION: Final = "0.1.0"


class NodeApp(FastAPI):
    """FastAPI with `around` as its outermost layer, so that hot routes pay for nothing else."""

    around: Around

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through `around`, which calls the framework for every route that is not hot."""
        await self.around(scope, receive, send)

    async def framework(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the framework alone."""
        await super().__call__(scope, receive, send)


def begin_app(node: KeeperNode, *, title: str) -> NodeApp:
    """Make an application without routes that serves this node."""
    app = NodeApp(
        title=title,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would go wherever the Host header says
        max_body_size=None,  # `Around` bounds bodies by what they are for
    )
    app.state.node = node
    return app
