"""The authorisation matrix, cell by cell: role x route, inside and outside the division, and credentials."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import DAY
from comity.issuance.records import HolderKey
from comity.officers.permissions import MATRIX, Permission, Role
from comity.records.sessions import RESIDENT_SESSION
from tests.region import RegionNode, headers
from tests.server.authorisation import (
    ROLES,
    SCOPES,
    ProtectedRoute,
    documented_officers,
    documented_others,
    routes_of,
)
from tests.server.scopes import BUILDERS, World

INSIDE, OUTSIDE = "150100", "150200"


@cache
def all_routes() -> tuple[ProtectedRoute, ...]:
    node = RegionNode(Path(tempfile.gettempdir()))
    return tuple(dict.fromkeys(routes_of(node.app())))


OFFICERS = [route for route in all_routes() if route.who == "officer"]
SCOPED = [
    (route, role)
    for route in OFFICERS
    for role in ROLES
    if route.permission is not None and route.is_for(role)
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One region for the cells that change nothing."""
    region = RegionNode(tmp_path_factory.mktemp("region"))
    with TestClient(region.app(), raise_server_exceptions=False) as client:
        yield World(region, client)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    region = RegionNode(tmp_path)
    with TestClient(region.app()) as client:
        yield World(region, client)


def send(world: World, route: ProtectedRoute, token: str | None, path: str = "", body: Any = None) -> Any:
    has_body = route.method in ("POST", "PUT")
    given: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body or {}}
    return world.client.request(
        route.method,
        path or route.path,
        headers={} if token is None else headers(token),
        **(given if has_body else {}),
    )


def listed(answer: Any) -> list[Any]:
    """What an answer lists: itself, or its counties."""
    given = answer.json()
    found = given if isinstance(given, list) else given["counties"]
    assert isinstance(found, list)
    return found


def test_the_table_of_officers_has_the_row_of_every_route_and_no_other() -> None:
    documented = documented_officers()
    routes = {route.name: route for route in OFFICERS}

    assert set(documented) == set(routes), "python -m tests.server.authorisation prints the rows"
    wrong = {name: row for name, (row, scope) in documented.items() if row != routes[name].row(scope)}
    assert not wrong
    assert {scope for _, scope in documented.values()} <= set(SCOPES)


def test_the_table_of_everybody_else_has_every_other_route() -> None:
    documented = documented_others()
    others = {route.name: route.who for route in all_routes() if route.who != "officer"}

    assert set(documented) == set(others), "python -m tests.server.authorisation prints the rows"
    assert set(documented.values()) <= {"resident", "gate", "application", "anybody"}
    assert {name for name, who in others.items() if who == "resident"} <= {
        name for name, who in documented.items() if who == "resident"
    }


def test_every_route_of_the_description_is_among_those_that_are_tried(shared: World) -> None:
    described = {
        f"{method.upper()} {path}"
        for path, methods in shared.region.app().openapi()["paths"].items()
        for method in methods
    }

    assert described <= {route.name for route in all_routes()}


def test_every_permission_has_a_role_that_holds_it() -> None:
    assert set(Permission) == {permission for held in MATRIX.values() for permission in held}


def test_every_route_with_a_scope_has_something_to_try_it_on() -> None:
    scoped = {name for name, (_, scope) in documented_officers().items() if scope != "own"}

    assert scoped == set(BUILDERS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", OFFICERS, ids=lambda route: route.name)
def test_c0_a_role_may_what_the_table_says(shared: World, route: ProtectedRoute, role: Role) -> None:
    token = shared.region.token(shared.region.officer(role))

    answer = send(shared, route, token)

    assert (answer.status_code == 403) is not route.is_for(role)
    assert answer.status_code != 401
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("route", "role"), SCOPED, ids=lambda value: value.name if isinstance(value, ProtectedRoute) else value
)
def test_c0_an_account_acts_for_its_division_and_below(
    world: World, route: ProtectedRoute, role: Role
) -> None:
    scope = documented_officers()[route.name][1]
    path, body = BUILDERS[route.name](world)
    division = world.region.issuer.region if scope == "region" else INSIDE
    outside, inside = (
        send(world, route, world.region.token(world.region.officer(role, division=where)), path, body)
        for where in (INSIDE if scope == "region" else OUTSIDE, division)
    )

    assert inside.status_code < 300, inside.text
    if scope == "list":
        assert listed(inside) != []
        assert not [each for each in listed(outside) if each in listed(inside)]
    else:
        assert outside.status_code == (404 if scope == "hidden" else 403)


@pytest.mark.parametrize(
    "route",
    [route for route in all_routes() if documented_others().get(route.name) != "anybody"],
    ids=lambda route: route.name,
)
def test_nothing_protected_is_answered_without_credentials_that_hold(
    shared: World, route: ProtectedRoute
) -> None:
    region = shared.region
    officer = region.officer(*ROLES)
    closed = region.officer(*ROLES)
    tokens = {"wrong": "0" * 64, "of a closed account": region.token(closed)}
    region.close(closed)
    is_residents = documented_others().get(route.name) == "resident"
    own, other = (HolderKey("0" * 32), officer) if is_residents else (officer, HolderKey("0" * 32))
    expired, tokens["of the other kind"] = region.token(own), region.token(other)

    answers = {what: send(shared, route, token).status_code for what, token in tokens.items()}
    answers["none"] = send(shared, route, None).status_code
    began = region.at
    region.at += RESIDENT_SESSION + DAY
    answers["expired"] = send(shared, route, expired).status_code
    region.at = began

    assert set(answers.values()) == {401}, answers


@pytest.mark.parametrize("role", ROLES)
def test_a_gate_or_an_officer_of_the_manual_path_opens_a_case_and_nobody_else(
    shared: World, role: Role
) -> None:
    officer, path = shared.region.officer(role), f"/manual-cases/{shared.case()}"
    may = Permission.RUN_MANUAL_PATH in MATRIX[role]

    opened = shared.post(officer, "/manual-cases", {"reason": "status_missing", "division": "150102"})
    seen = shared.get(officer, path)

    assert (opened.status_code, seen.status_code) == ((201, 200) if may else (403, 403))


def test_a_token_is_sent_as_bearer_and_no_other_way(shared: World) -> None:
    token = shared.region.token(shared.supervisor)

    refused = [
        shared.client.get("/officers/me", headers={"authorization": value}).status_code
        for value in (token, f"Basic {token}", "Bearer", "Bearer  ")
    ]

    assert refused == [401] * 4
    assert replace(shared.supervisor, is_active=False).may(Permission.SUPERVISE) is False
