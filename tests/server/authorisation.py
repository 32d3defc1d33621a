"""The authorisation matrix twice: as the routes of the application say it, and as docs/authorisation.md does.

Run it (`python -m tests.server.authorisation`) to see the rows that the routes ask for.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route

from comity.officers.permissions import MATRIX, REGION_ROLES, Permission, Role
from comity.server import access
from tests.architecture.source import document
from tests.region import RegionNode

ROLES: Final = REGION_ROLES
SCOPES: Final = ("division", "hidden", "list", "region", "own")
"""Refused outside the division; not found outside; listed inside; for a whole region; the own account."""
_YES, _NO = "yes", "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedRoute:
    """One route: `POST /path`, who may ask (officer, resident, other), and the permission it needs."""

    name: str
    who: str
    permission: Permission | None = None

    @property
    def method(self) -> str:
        """Its HTTP method."""
        return self.name.split(" ")[0]

    @property
    def path(self) -> str:
        """Its path, with something in place of each parameter."""
        return re.sub(r"\{[^}]*\}", "0" * 32, self.name.split(" ")[1])

    def row(self, scope: str, roles: Sequence[Role] = ROLES) -> str:
        """The row of the table of officers."""
        may = (_YES if self.is_for(role) else _NO for role in roles)
        return f"| `{self.name}` | {self.permission or 'any officer'} | {' | '.join(may)} | {scope} |"

    def is_for(self, role: Role) -> bool:
        """Say whether a role may take it."""
        return self.permission is None or self.permission in MATRIX[role]


def routes_of(app: FastAPI) -> list[ProtectedRoute]:
    """Every route of an application, by its name."""
    found = [_protected(route, method) for route in _walk(app.routes) for method in _methods(route)]
    return sorted(found, key=lambda route: route.name.split(" ")[::-1])


def documented_officers(title: str = "Officers") -> dict[str, tuple[str, str]]:
    """The rows of the table of officers by route: the whole row, and its scope."""
    rows = re.findall(r"^(\| `([A-Z]+ /[^`]*)` \|.*\| (\w+) \|)$", _section(title), re.MULTILINE)
    return {name: (row, scope) for row, name, scope in rows}


def documented_others(title: str = "Everybody else") -> dict[str, str]:
    """Who may take each route that is not for officers."""
    rows = re.findall(r"^\| `([A-Z]+ /[^`]*)` \| (\w+) \|", _section(title), re.MULTILINE)
    return dict(rows)


def _section(title: str) -> str:
    return document("authorisation.md").split(f"\n## {title}\n")[1].split("\n## ")[0]


def _walk(routes: Iterable[Any]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        else:
            yield from _walk(getattr(route, "original_router", route).routes)


def _methods(route: Route) -> set[str]:
    return (route.methods or set()) - {"HEAD"}


def _protected(route: Route, method: str) -> ProtectedRoute:
    name = f"{method} {route.path}"
    calls = set(_calls(route.dependant)) if isinstance(route, APIRoute) else set()
    permissions = [call.permission for call in calls if hasattr(call, "permission")]
    if permissions:
        (permission,) = permissions
        return ProtectedRoute(name=name, who="officer", permission=permission)
    if access.officer in calls:
        return ProtectedRoute(name=name, who="officer")
    return ProtectedRoute(name=name, who="resident" if access.resident in calls else "other")


def _calls(dependant: Any) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


if __name__ == "__main__":
    known, others = documented_officers(), documented_others()
    for each in routes_of(RegionNode(Path(tempfile.mkdtemp())).app()):
        if each.who == "officer":
            print(each.row(known[each.name][1] if each.name in known else "?"))
    for each in routes_of(RegionNode(Path(tempfile.mkdtemp())).app()):
        if each.who != "officer":
            print(f"| `{each.name}` | {others.get(each.name, each.who)} |")
