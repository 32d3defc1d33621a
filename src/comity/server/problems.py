"""Errors as problem details (RFC 9457): the only map from the error tree to HTTP.

A person reads `title`, `detail` and `next_step`, in Chinese or English by Accept-Language; a program reads
`type` (`urn:comity:error:CODE`). Where a browser asks that no app has opened, at sign-in, the same is a page.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from comity import errors
from comity.domain.catalogue import CATALOGUE
from comity.domain.texts import text
from comity.errors import ComityError
from comity.server.languages import CHINESE, ENGLISH, Wish, wish_of
from comity.server.page import page, words

STATUS: Final[dict[type[ComityError], int]] = {
    errors.NotSignedIn: 401,
    errors.NotPermitted: 403,
    errors.UnknownRecord: 404,
    errors.NotPossibleNow: 409,
    errors.DuplicateRecord: 409,
    errors.InvalidInput: 422,
    errors.PublicationRefused: 422,
    errors.SigningRefused: 422,
    errors.FormatError: 422,
    errors.TrustError: 422,
    errors.UnknownRegion: 422,
    errors.TooMany: 429,
    errors.TooLarge: 413,
    errors.TookTooLong: 503,
    errors.Overloaded: 503,
    errors.ClockRefused: 503,
    errors.StoreUnavailable: 503,
    errors.KeyStoreError: 503,
    errors.ProviderUnavailable: 503,
    errors.DownloadFailed: 503,
    errors.RegionUnavailable: 503,
}
"""The status of each branch of the tree; the nearest ancestor counts, and 500 where there is none."""
RETRY_AFTER: Final = 2
"""Seconds after which a client may try again what failed for want of the store, the keys or the clock."""
PAGES: Final = ("/sign-in", "/demo-provider")
"""Where browsers ask for themselves."""
_FAULT: Final = "fault"
_MEDIA_TYPE: Final = "application/problem+json"
_FRAMEWORK: Final = {
    400: ("the request cannot be read", "Send it as /openapi.json describes it."),
    404: ("there is nothing at this address", "/openapi.json lists every address of this node."),
    405: ("this address does not take this method", "The field Allow names the methods that it takes."),
}
"""What is told of the refusals of the framework itself, and what to do next."""


def status_of(error: ComityError) -> int:
    """Give the HTTP status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(error: ComityError, *, instance: str, wish: Wish = Wish()) -> Response:  # noqa: B008 - frozen
    """Write an error as problem details in the language wished for, or as a page where people sign in."""
    status, code = status_of(error), _told_code(error)
    headers = {"cache-control": "no-store", "vary": "Accept, Accept-Language"}
    if isinstance(error, errors.TooMany | errors.Overloaded):
        headers["retry-after"] = str(error.retry_after)
    elif status == 503:
        headers["retry-after"] = str(RETRY_AFTER)
    elif status == 401:
        headers["www-authenticate"] = "Bearer"
    if wish.page and instance.startswith(PAGES):
        if isinstance(error, errors.Overloaded):
            headers["refresh"] = headers["retry-after"]  # the page asks again by itself
        return _page(code, status, headers)
    body: dict[str, str | int] = {
        "type": f"urn:comity:error:{error.code}",
        "title": error.title,
        "status": status,
        "detail": str(error),
        "next_step": error.next_step,
        "instance": instance,
    }
    for name in ("field", "clause", "reason"):
        value = getattr(error, name, None)
        if value is not None:
            body[name] = value
    return _written(body, code, status, headers, wish)


def fault(*, instance: str, wish: Wish = Wish()) -> Response:  # noqa: B008 - frozen
    """Write a fault of ours, of which nothing is told but that it happened."""
    headers = {"cache-control": "no-store", "vary": "Accept, Accept-Language"}
    if wish.page and instance.startswith(PAGES):
        return _page(_FAULT, 500, headers)
    body: dict[str, str | int] = {
        "type": "about:blank",
        "title": "A fault in Comity",
        "status": 500,
        "detail": "something failed that no client can put right",
        "next_step": "Try again later; tell the operator the request id of this answer.",
        "instance": instance,
    }
    return _written(body, _FAULT, 500, headers, wish)


def _written(
    body: dict[str, str | int], code: str, status: int, headers: dict[str, str], wish: Wish
) -> Response:
    """Write a body; in Chinese its texts are those of the catalogue, and the exact English stays beside."""
    if wish.chinese:
        told = {"title": "title", "detail": "what", "next_step": "next"}
        body |= {f"{name}_en": body[name] for name in told}
        body |= {name: text(f"problem.{code}.{part}").zh for name, part in told.items()}
    headers["content-language"] = CHINESE if wish.chinese else ENGLISH
    return JSONResponse(body, status_code=status, media_type=_MEDIA_TYPE, headers=headers)


def _page(code: str, status: int, headers: dict[str, str]) -> Response:
    parts = (words(text(f"problem.{code}.{part}")) for part in ("what", "next"))
    answer = page(text(f"problem.{code}.title"), *parts, status=status)
    answer.headers.update(headers)
    return answer


def _told_code(error: ComityError) -> str:
    """Give the code of the nearest kind that has words in both languages."""
    codes = (getattr(kind, "code", "") for kind in type(error).__mro__)
    return next((code for code in codes if f"problem.{code}.title" in CATALOGUE), _FAULT)


def _told(error: RequestValidationError) -> errors.InvalidInput:
    """Tell the first thing that is wrong, without repeating what was sent."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return errors.InvalidInput(
            f"the body is not JSON, at character {first['loc'][-1]}",
            field="body",
            next_step="Send one JSON object; /openapi.json shows it.",
        )
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return errors.InvalidInput(f"{field or 'the body'}: {first['msg']}", field=field or "body")


def install(app: FastAPI) -> None:
    """Answer every error of the tree, and of the framework, with problem details."""

    async def comity_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, ComityError)  # noqa: S101 - registered for these alone
        return problem(error, instance=request.url.path, wish=wish_of(request.scope))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these alone
        return problem(_told(error), instance=request.url.path, wish=wish_of(request.scope))

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
        detail, next_step = _FRAMEWORK.get(error.status_code, _FRAMEWORK[400])
        body = {
            "type": "about:blank",
            "title": error.detail,
            "status": error.status_code,
            "detail": detail,
            "next_step": next_step,
            "instance": request.url.path,
        }
        return JSONResponse(
            body, status_code=error.status_code, media_type=_MEDIA_TYPE, headers=error.headers
        )

    async def our_fault(request: Request, error: Exception) -> Response:
        return fault(instance=request.url.path, wish=wish_of(request.scope))

    app.add_exception_handler(Exception, our_fault)
    app.add_exception_handler(ComityError, comity_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http_error)
