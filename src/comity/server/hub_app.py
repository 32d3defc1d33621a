"""The application of the hub: publications, membership, national rulebook, repository, officers."""

from __future__ import annotations

from math import inf
from typing import Final

from fastapi import APIRouter, FastAPI

from comity.server import (
    audit,
    hub_conversions,
    hub_members,
    hub_national,
    hub_publications,
    hub_watching,
    liveness,
    officers,
    problems,
    register,
    repository_files,
)
from comity.server.around import Around
from comity.server.bounds import ServingBounds
from comity.server.description import describe
from comity.server.hub_node import HubNode
from comity.server.node_app import begin_app
from comity.server.register_roots import roots_in
from comity.server.register_source import stored_register

ABOUT: Final = (
    "What regions, officers of the hub and everybody ask of the national platform: publishing, the public "
    "register, the repository of what regions signed. Errors are problem details (RFC 9457); times are "
    "RFC 3339 in +08:00; texts for people are {zh, en}."
)
ROUTERS: Final[tuple[APIRouter, ...]] = (
    repository_files.router,
    hub_publications.router,
    hub_conversions.router,
    hub_members.router,
    hub_national.router,
    officers.router,
    audit.router,
    liveness.router,
    hub_watching.router,
)
"""The routes of every part, in the order of the description."""


def make_hub_app(node: HubNode, *, bounds: ServingBounds | None = None) -> FastAPI:
    """Make the application that serves the hub. Without bounds it minds no late event loop."""
    app = begin_app(node, title="Comity hub")
    for router in ROUTERS:
        app.include_router(router)
    source = stored_register(
        node.store,
        hub=node.hub.root.public,
        clock=node.clock,
        url=node.public_url,
        is_test=node.hub.is_test,
        roots=roots_in(node.published),
    )
    register.install(app, source)
    problems.install(app)
    describe(app, ABOUT)
    app.around = Around(app.framework, bounds=bounds or ServingBounds(patience=inf))
    return app
