"""The description of the interface (OpenAPI 3.1): FastAPI's, with problems and ways to sign in added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.routing import BaseRoute

from comity.server.access import bearer, officer, resident
from comity.server.examples import add_examples
from comity.server.signed_access import gate_or_officer, signed_application, signed_gate

ABOUT: Final = (
    "What residents, officers, gates and relying applications ask of one region. Errors are problem details "
    "(RFC 9457); times are RFC 3339 in +08:00; texts for people are {zh, en}."
)
_PROBLEM_TYPE: Final = "application/problem+json"
_SIGNATURE: Final = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": "One signature by RFC 9421 with Signature-Input and Content-Digest; see docs/services.md.",
}
_METHODS: Final = ("get", "put", "post", "delete", "patch")


class Problem(BaseModel):
    """An error (RFC 9457); `type` ends in the code that docs/errors.md explains."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:comity:error:not-signed-in",
                    "title": "Not signed in",
                    "status": 401,
                    "detail": "this session is unknown or has ended",
                    "next_step": "Sign in again.",
                    "instance": "/codes",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    instance: str
    detail: str | None = None
    next_step: str | None = None
    field: str | None = None
    clause: str | None = None
    reason: str | None = None


def describe(app: FastAPI, about: str) -> None:
    """Let the application describe itself; `about` says whom it serves."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = plain()
            described["info"]["description"] = about
            add_examples(described)
            _add_problems(described, _ways_in(app))
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way


def _add_problems(described: dict[str, Any], ways: Mapping[tuple[str, str], list[str]]) -> None:
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {"session": {"type": "http", "scheme": "bearer"}, "signature": _SIGNATURE}
    answer = {
        "description": "A problem",
        "content": {_PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path, operations in described["paths"].items():
        for method in _METHODS:
            operation = operations.get(method)
            if operation is None:
                continue
            operation["responses"].pop("422", None)
            operation["responses"] |= {"4XX": answer, "5XX": answer}
            if ways.get((path, method)):
                operation["security"] = [{way: []} for way in ways[path, method]]


def _ways_in(app: FastAPI) -> dict[tuple[str, str], list[str]]:
    """Give by path and method how a request may say who asks: by session, by signature, or either."""
    return {
        (route.path_format, method.lower()): sorted(
            {way for call in _calls(route.dependant) for way in _WAYS.get(call, ())}
        )
        for route in _api_routes(app.routes)
        for method in route.methods or ()
    }


_WAYS: Final[dict[object, tuple[str, ...]]] = {
    bearer: ("session",),
    resident: ("session",),
    officer: ("session",),
    signed_gate: ("signature",),
    signed_application: ("signature",),
    gate_or_officer: ("session", "signature"),
}


def _api_routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """List the described routes, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from _api_routes(included.routes)


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)
