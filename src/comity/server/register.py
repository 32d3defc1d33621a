"""The public register as a part of an application: pages, feeds, JSON and signed bytes."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI

from comity.server import register_feeds, register_routes
from comity.server.register_pages import routes
from comity.server.register_source import RegisterSource

ROUTERS: Final[tuple[APIRouter, ...]] = (register_routes.router, register_feeds.router, routes.router)
"""Its routes; pages stand last, since below a language every address is theirs."""


def install(app: FastAPI, source: RegisterSource) -> None:
    """Serve the register of a source with an application."""
    app.state.register = source
    for router in ROUTERS:
        app.include_router(router)
