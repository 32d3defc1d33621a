"""The addresses of the register's pages: /zh/... and /en/..., readable without scripts (C2.1).

Language stands in the path; `/` chooses by Accept-Language. A page is rendered once for each state of the
register and minute, and kept for others who ask. Nothing is loaded but the stylesheet, which never changes.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import Lock
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from starlette.responses import RedirectResponse

from comity.domain.region import INNER_MONGOLIA, NATION, RegionCode, is_region
from comity.errors import ComityError, InvalidInput, UnknownRecord
from comity.server.problems import status_of
from comity.server.register_answers import CACHED, IMMUTABLE, Source, conditional
from comity.server.register_pages import pages
from comity.server.register_pages.program import PROGRAM
from comity.server.register_pages.templates import DEFAULT_LANGUAGE, LANGUAGES, asset, asset_path, render
from comity.server.register_roots import root_changes
from comity.server.register_source import RegisterSource, RegisterView

router = APIRouter(include_in_schema=False)
of_language = APIRouter(include_in_schema=False)
"""The pages below a language, which `router` takes in once for each."""

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HTML: Final = "text/html; charset=utf-8"
_ASSETS: Final = {"register.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
_LONGEST_NUMBER: Final = 10
_MOST_KEPT: Final = 256
"""Pages kept as rendered."""
_READING: Final = ["GET", "HEAD"]

Make = Callable[[RegisterView], pages.Page]


class _Kept:
    """Pages as rendered, the latest that were asked for."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], str]) -> bytes:
        """Give the page of this key, rendered and compressed."""
        with self._lock:
            found = self._bodies.get(key)
            if found is not None:
                self._bodies.move_to_end(key)
                return found
        body = gzip.compress(make().encode(), compresslevel=6, mtime=0)
        with self._lock:
            self._bodies[key] = body
            if len(self._bodies) > _MOST_KEPT:
                self._bodies.popitem(last=False)
        return body


_KEPT: Final = _Kept()


@router.api_route("/", methods=_READING)
def choose_language(request: Request) -> Response:
    """Lead to the list in the language the browser asks for first, Chinese where it asks for neither."""
    lang = preferred(request.headers.get("accept-language", ""))
    return RedirectResponse(
        f"/{lang}/", status_code=302, headers={"vary": "accept-language", "cache-control": CACHED}
    )


def preferred(accepted: str) -> str:
    """Give the language of ours that an Accept-Language field ranks first (RFC 9110 section 12.5.4)."""
    best, weight = DEFAULT_LANGUAGE, 0.0
    for part in accepted.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        code = tag.strip().lower().split("-")[0]
        name, _, value = parameter.strip().partition("=")
        try:
            given = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if code in LANGUAGES and given > weight:
            best, weight = code, given
    return best


@router.api_route("/static/{name}", methods=_READING)
def static_asset(request: Request, name: Annotated[str, PathParameter(max_length=60)]) -> Response:
    """Give the stylesheet or the icon; the address holds a hash of the bytes. Raises: UnknownRecord."""
    for asset_name, media_type in _ASSETS.items():
        if asset_path(asset_name) == f"/static/{name}":
            return conditional(request, asset(asset_name), media_type=media_type, cached=IMMUTABLE)
    raise UnknownRecord("there is no such file")


@of_language.api_route("", methods=_READING)
def without_slash(request: Request) -> Response:
    """Lead to the list."""
    return RedirectResponse(f"/{_lang(request)}/", status_code=308, headers={"cache-control": CACHED})


@of_language.api_route("/", methods=_READING)
def list_of_host(
    source: Source, request: Request, as_of: str | None = None, host: str = INNER_MONGOLIA
) -> Response:
    """Show whom a host recognises; Inner Mongolia unless another is named."""
    return _answer(source, request, as_of, lambda view: pages.list_page(view, _region(host)))


@of_language.api_route("/matrix", methods=_READING)
def matrix(source: Source, request: Request, as_of: str | None = None) -> Response:
    """Show all pairs."""
    return _answer(source, request, as_of, pages.matrix_page)


@of_language.api_route("/pairs/{host}/{issuer}", methods=_READING)
def pair(source: Source, request: Request, host: str, issuer: str, as_of: str | None = None) -> Response:
    """Show one pair."""
    return _answer(source, request, as_of, lambda view: pages.pair_page(view, _region(host), _issuer(issuer)))


@of_language.api_route("/regions", methods=_READING)
def members(source: Source, request: Request, as_of: str | None = None) -> Response:
    """Show who takes part."""
    return _answer(source, request, as_of, pages.members_page)


@of_language.api_route("/regions/{code}", methods=_READING)
def region(source: Source, request: Request, code: str, as_of: str | None = None) -> Response:
    """Show one region."""
    return _answer(source, request, as_of, lambda view: pages.region_page(view, _region(code)))


@of_language.api_route("/regions/{code}/rulebooks/{version}", methods=_READING)
def rulebook(
    source: Source,
    request: Request,
    code: str,
    version: str,
    as_of: str | None = None,
    against: str | None = None,
) -> Response:
    """Show one version of a rulebook, and what it says otherwise than `against`."""

    def make(view: RegisterView) -> pages.Page:
        other = None if against is None else _number(against)
        return pages.rulebook_page(view, _region(code), _number(version), other)

    return _answer(source, request, as_of, make)


@of_language.api_route("/national", methods=_READING)
def national(source: Source, request: Request, as_of: str | None = None) -> Response:
    """Show the national requirement."""
    return _answer(source, request, as_of, pages.national_page)


@of_language.api_route("/feeds", methods=_READING)
def feeds(source: Source, request: Request, as_of: str | None = None) -> Response:
    """Show the latest changes and where the feeds are."""
    return _answer(source, request, as_of, pages.feeds_page)


@of_language.api_route("/verify", methods=_READING)
def how_to_verify(source: Source, request: Request, as_of: str | None = None) -> Response:
    """Show how anybody can verify a statement."""
    roots = root_changes(source.roots())
    values = {"hub_thumbprint": source.hub.thumbprint.hex(), "program": PROGRAM, "roots": roots}
    page = pages.Page(template="verify.html", section="verify", values=values)
    shown = tuple(each.digest for each in roots)
    return _answer(source, request, as_of, lambda _: page, shown=shown)


@of_language.api_route("/{rest:path}", methods=_READING)
def nothing(source: Source, request: Request, rest: str) -> Response:
    """Tell that there is no such page."""
    return _problem(source, request, UnknownRecord("there is no such page"))


def _lang(request: Request) -> str:
    """Give the language of the address."""
    return request.url.path.split("/")[1]


def _issuer(code: str) -> RegionCode:
    """Take the code of a region, or of the nation as issuer. Raises: UnknownRecord."""
    return NATION if code == NATION else _region(code)


def _region(code: str) -> RegionCode:
    """Take a region's code. Raises: UnknownRecord."""
    if not is_region(code):
        raise UnknownRecord("there is no region with this code")
    return RegionCode(code)


def _number(written: str) -> int:
    """Take a version. Raises: UnknownRecord."""
    if not (written.isascii() and written.isdigit() and len(written) < _LONGEST_NUMBER):
        raise UnknownRecord("a version is a number")
    return int(written)


def _answer(
    source: RegisterSource, request: Request, as_of: str | None, make: Make, *, shown: tuple[str, ...] = ()
) -> Response:
    """Answer with a page, or with the page that tells why there is none.

    `shown` names by digest what the page shows beside the register.
    """
    try:
        view = source.view(as_of)
        when = (view.at // 60, view.is_now, view.at > view.now)
        key = (view.register.version, source.url, request.url.path, request.url.query, shown, *when)
        body = _KEPT.get(key, lambda: _render(source, request, view, make(view)))
    except ComityError as error:
        return _problem(source, request, error)
    return _html(request, body)


def _problem(source: RegisterSource, request: Request, error: ComityError) -> Response:
    kind = "as_of" if isinstance(error, InvalidInput) else "unknown"
    page = pages.Page(template="problem.html", section="", values={"kind": kind, "view": None})
    view = source.view(None)
    body = gzip.compress(_render(source, request, view, page).encode(), compresslevel=6, mtime=0)
    return _html(request, body, status=status_of(error))


def _render(source: RegisterSource, request: Request, view: RegisterView, page: pages.Page) -> str:
    lang = _lang(request)
    asked: dict[str, object] = {} if view.is_now else {"as_of": request.query_params.get("as_of", "")}
    own = {name: value for name, value in request.query_params.items() if name in _KNOWN_QUERIES}

    def path(*parts: object, **query: object) -> str:
        return _address(f"/{lang}/{'/'.join(map(str, parts))}", {**query, **asked})

    def here(other: str) -> str:
        return _address(f"/{other}{request.url.path[1 + len(lang) :]}", own)

    without = {name: value for name, value in own.items() if name != "as_of"}
    values = {
        "view": view,
        "section": page.section,
        "is_test": source.is_test,
        "url": source.url,
        "path": path,
        "here": here,
        "now_path": _address(request.url.path, without),
        "pair_paths": f"/{lang}/pairs/",
        "pair_query": _address("", asked),
        **page.values,
    }
    return render(page.template, lang, values)


_KNOWN_QUERIES: Final = frozenset({"as_of", "host", "against"})


def _address(path: str, query: Mapping[str, object]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _html(request: Request, compressed: bytes, *, status: int = 200) -> Response:
    headers = {
        "content-security-policy": _POLICY,
        "content-language": LANGUAGES[_lang(request)][0],
        "cache-control": CACHED if status == 200 else "no-store",
        "etag": f'W/"{sha256(compressed).hexdigest()[:32]}"',
        "vary": "accept-encoding",
    }
    return conditional(
        request,
        compressed,
        media_type=_HTML,
        headers=headers,
        status=status,
        zipped=True,
    )


for _code in LANGUAGES:
    router.include_router(of_language, prefix=f"/{_code}")
