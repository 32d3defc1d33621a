"""The public register as an application of its own, on seeded statements: for tests and for looking at it."""

from __future__ import annotations

from fastapi import FastAPI

from comity.domain.instant import Instant
from comity.server import problems, register
from comity.server.register_source import RegisterSource
from tests.builders import HUB
from tests.register_seed import NOW, Book, national_book

URL = "https://hub.example"


def register_app(book: Book, *, at: Instant = NOW, url: str = URL) -> FastAPI:
    """Make the application of what a book holds, looked at at one instant."""
    app = FastAPI(title="Comity register", docs_url=None, redoc_url=None, redirect_slashes=False)
    source = RegisterSource(
        load=lambda since: [each for each in book.statements if each.accepted_at >= since],
        clock=lambda: at,
        hub=HUB.public,
        url=url,
        is_test=book.is_test,
    )
    register.install(app, source)
    problems.install(app)
    return app


def serve() -> FastAPI:
    """Make it as a server starts it: `granian --interface asgi --factory tests.register_app:serve`."""
    return register_app(national_book())
