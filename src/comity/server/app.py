"""The application of a region node: routes by service, problems, and what runs around every request."""

from __future__ import annotations

from fastapi import FastAPI

from comity.server import access_applications, gates, hot_verify, officers, problems
from comity.server.node import Node


def make_app(node: Node) -> FastAPI:
    """Make the application that serves one region."""
    app = FastAPI(title=f"Comity region node {node.issuer.region}", version="0.1.0")
    app.state.node = node
    problems.install(app)
    app.include_router(officers.router)
    app.include_router(hot_verify.router)
    app.include_router(gates.router)
    app.include_router(access_applications.router)
    return app
