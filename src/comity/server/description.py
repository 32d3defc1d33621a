"""The description of the interface (OpenAPI 3.1): FastAPI's, with problems and ways to sign in added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from comity.server.access import bearer

ABOUT: Final = (
    "What residents, officers, gates and relying applications ask of one region. Errors are problem details "
    "(RFC 9457); times are RFC 3339 in +08:00; texts for people are {zh, en}."
)
_PROBLEM_TYPE: Final = "application/problem+json"
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


def describe(app: FastAPI) -> None:
    """Let the application describe itself."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = plain()
            described["info"]["description"] = ABOUT
            _add_problems(described, _signed_in_routes(app))
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way


def _add_problems(described: dict[str, Any], signed_in: frozenset[tuple[str, str]]) -> None:
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {"session": {"type": "http", "scheme": "bearer"}}
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
            if (path, method) in signed_in:
                operation["security"] = [{"session": []}]


def _signed_in_routes(app: FastAPI) -> frozenset[tuple[str, str]]:
    return frozenset(
        (route.path_format, method.lower())
        for route in app.routes
        if isinstance(route, APIRoute)
        and any(call is bearer or _asks_bearer(call) for call in _calls(route.dependant))
        for method in route.methods or ()
    )


def _asks_bearer(call: object) -> bool:
    return getattr(call, "__module__", "") == "comity.server.access" and getattr(call, "__name__", "") in (
        "resident",
        "officer",
    )


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)
