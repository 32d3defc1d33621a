"""The phone apps as the node serves them (wallet and checkpoint), and the page of the node itself.

They are static files that `make pwa` builds. Whatever a name holds a hash of is kept for good by every cache;
the rest is asked for again each time (ETag), so that a new edition reaches a phone at its next visit. The
content security policy lets an app load, ask and run nothing but what this node serves, with Trusted Types.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import APIRouter, FastAPI, Request, Response

from comity.domain.region import get_region
from comity.domain.texts import Text, text
from comity.errors import UnknownRecord
from comity.server.access import ServingNode
from comity.server.page import link, page, words
from comity.server.register_answers import IMMUTABLE, conditional

router = APIRouter(include_in_schema=False)

FOLDER: Final = Path(__file__).resolve().parent / "apps"
"""Where `make pwa` puts the apps, one folder each."""
WALLET, CHECKPOINT = "wallet", "checkpoint"
INDEX: Final = "index.html"
MOST_FILES: Final = 128
"""Files kept in memory, those asked for last."""
_NAME: Final = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}/){0,3}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_HASHED: Final = re.compile(r"assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+")
_ASKED_AGAIN: Final = "no-cache"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What an app consists of; a file of another kind is not served."""
_WORTH_ZIPPING: Final = frozenset({".css", ".html", ".js", ".json", ".svg", ".wasm", ".webmanifest"})
POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types svelte-trusted-html comity-app"
)
"""Trusted Types: `svelte-trusted-html` is of Svelte, `comity-app` of pwa/shared/trusted.ts."""
_SENSORS: Final = {
    WALLET: "camera=(), microphone=(), geolocation=()",
    CHECKPOINT: "camera=(self), microphone=(), geolocation=()",
}


class AppFile(NamedTuple):
    """One file of an app: its bytes, compressed where that helps, and what it is."""

    body: bytes
    is_zipped: bool
    media_type: str


def install(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the apps of this folder, or those that `make pwa` built."""
    app.state.apps = folder or FOLDER


def is_built(folder: Path, name: str) -> bool:
    """Say whether an app is there."""
    return (folder / name / INDEX).is_file()


def app_address(request: Request, name: str) -> str | None:
    """Give an app's address as one relative to the node's own, or None when it is not there."""
    return f"{name}/" if is_built(request.app.state.apps, name) else None


@router.head("/")
@router.get("/")
def node_page(node: ServingNode, request: Request) -> Response:
    """Say whose node this is and what a browser finds here."""
    region = get_region(node.issuer.region)
    found = [name for name in (WALLET, CHECKPOINT) if is_built(request.app.state.apps, name)]
    links = [link(f"{name}/", text(f"node_page.{name}")) for name in found] or [
        words(text("node_page.not_built"))
    ]
    mark = [words(text("node_page.test"), kind="mark")] if node.issuer.is_test else []
    title = text("node_page.title", region=Text(zh=region.name_zh, en=region.name_en))
    return page(title, *mark, *links, link("openapi.json", text("node_page.interface")))


@router.head("/wallet")
@router.get("/wallet")
def wallet_without_slash() -> Response:
    """Lead to the wallet."""
    return _to_folder(WALLET)


@router.head("/checkpoint")
@router.get("/checkpoint")
def checkpoint_without_slash() -> Response:
    """Lead to the checkpoint."""
    return _to_folder(CHECKPOINT)


@router.head("/wallet/{name:path}")
@router.get("/wallet/{name:path}")
def wallet(request: Request, name: str) -> Response:
    """Give a file of the wallet."""
    return _answer(request, WALLET, name)


@router.head("/checkpoint/{name:path}")
@router.get("/checkpoint/{name:path}")
def checkpoint(request: Request, name: str) -> Response:
    """Give a file of the checkpoint."""
    return _answer(request, CHECKPOINT, name)


def _to_folder(name: str) -> Response:
    """Redirect to the folder of an app, relative to the address asked for, wherever that is."""
    return Response(status_code=308, headers={"location": f"{name}/", "cache-control": _ASKED_AGAIN})


def _answer(request: Request, app: str, name: str) -> Response:
    """Give a file, or 304; a page saying how to build the app where it was not. Raises: UnknownRecord."""
    folder: Path = request.app.state.apps
    if not is_built(folder, app):
        return page(text("app.name"), words(text("node_page.not_built")), status=404)
    file = find_file(folder / app, name or INDEX)
    if file is None:
        raise UnknownRecord("this app has no such file", next_step="Open the app at its own address.")
    headers = {
        "content-security-policy": POLICY,
        "permissions-policy": _SENSORS[app],
        "cross-origin-opener-policy": "same-origin",
        "vary": "Accept-Encoding",
    }
    cached = IMMUTABLE if _HASHED.fullmatch(name) else _ASKED_AGAIN
    return conditional(
        request,
        file.body,
        media_type=file.media_type,
        cached=cached,
        headers=headers,
        zipped=file.is_zipped,
    )


def find_file(folder: Path, name: str) -> AppFile | None:
    """Find a file of an app: of a plain name, of a known kind, and really inside its folder."""
    path = folder / name
    if not _NAME.fullmatch(name) or path.suffix not in _TYPES:
        return None
    try:
        if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            return None
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=MOST_FILES)
def _read(path: Path, _changed_at: int) -> AppFile:
    """Read a file as it was changed last."""
    body, kind = path.read_bytes(), path.suffix
    is_zipped = kind in _WORTH_ZIPPING
    return AppFile(gzip.compress(body, mtime=0) if is_zipped else body, is_zipped, _TYPES[kind])
