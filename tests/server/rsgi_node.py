"""A small application that `test_rsgi` has Granian serve: a hot route, and one of every kind of body."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.types import Scope

from comity.server.around import Around
from comity.server.bounds import ServingBounds
from comity.server.hot_route import HotRoute
from comity.server.rsgi import RsgiApp

FOLDER = "RSGI_TEST_FOLDER"
MOST = 1_000


def serve() -> RsgiApp:
    """Make it."""
    folder = Path(os.environ[FOLDER])

    @asynccontextmanager
    async def lives(app: FastAPI) -> AsyncIterator[None]:
        (folder / "begun").touch()
        yield
        (folder / "ended").touch()

    app = FastAPI(lifespan=lives)

    @app.post("/count")
    async def count(request: Request) -> JSONResponse:
        sizes = [len(piece) async for piece in request.stream()]
        return JSONResponse({"bytes": sum(sizes)})

    @app.get("/pieces")
    async def pieces() -> StreamingResponse:
        return StreamingResponse(iter([b"a" * 70_000, b"b" * 70_000]))

    @app.api_route("/file", methods=["GET", "HEAD"])
    async def file() -> FileResponse:
        return FileResponse(folder / "begun.txt", media_type="text/plain")

    @app.get("/unchanged")
    async def unchanged() -> Response:
        return Response(status_code=304, headers={"etag": '"1"'})

    @app.get("/told/{name:path}")
    async def told(request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "path": request.scope["path"],
                "raw_path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "twice": request.headers.getlist("x-twice"),
                "client": request.client.host if request.client else None,
            }
        )

    async def hot(scope: Scope, body: bytes) -> bytes:
        if body == b"fault":
            raise RuntimeError("a fault")
        return b'{"bytes":%d}' % len(body)

    around = Around(app, bounds=ServingBounds(), hot=[HotRoute("/hot", MOST, hot)])
    return RsgiApp(app, around)
