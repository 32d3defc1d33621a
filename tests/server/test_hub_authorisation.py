"""The authorisation matrix of the hub, cell by cell, and the whole interface asked by everybody."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from comity.officers.permissions import HUB_ROLES, REGION_ROLES, Role
from tests.hub_office import HubOffice
from tests.region import headers
from tests.server.authorisation import ProtectedRoute, documented_officers, documented_others, routes_of
from tests.server.hub_server import HubServer
from tests.server.test_whole_interface import CHECKS, EXAMPLES

OFFICERS_TABLE: Final = "Officers of the hub"
OTHERS_TABLE: Final = "Everybody else at the hub"


@cache
def all_routes() -> tuple[ProtectedRoute, ...]:
    hub = HubServer(Path(tempfile.mkdtemp(prefix="comity-hub-")))
    return tuple(dict.fromkeys(routes_of(hub.app())))


OFFICERS = [route for route in all_routes() if route.who == "officer"]


@pytest.fixture
def hub(tmp_path: Path) -> HubServer:
    return HubServer(tmp_path)


@pytest.fixture
def client(hub: HubServer) -> Iterator[TestClient]:
    with TestClient(hub.app(), raise_server_exceptions=False) as client:
        yield client


def test_the_table_of_the_hubs_officers_has_the_row_of_every_route_and_no_other() -> None:
    documented = documented_officers(OFFICERS_TABLE)
    rows = {route.name: route.row("region", HUB_ROLES) for route in OFFICERS}
    rows |= {route.name: route.row("own", HUB_ROLES) for route in OFFICERS if route.permission is None}

    assert {name: row for name, (row, _) in documented.items()} == rows


def test_the_table_of_everybody_else_at_the_hub_has_every_other_route(hub: HubServer) -> None:
    documented = documented_others(OTHERS_TABLE)
    described = hub.app().openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}

    assert set(documented) == {*routes, "GET /openapi.json"} - {route.name for route in OFFICERS}
    assert set(documented.values()) <= {"anybody", "region"}


def test_a_page_of_the_register_asks_nobody_who_they_are() -> None:
    assert {route.who for route in all_routes()} == {"officer", "other"}


@pytest.mark.parametrize("role", HUB_ROLES)
def test_c0_a_role_of_the_hub_may_what_the_table_says(hub: HubServer, client: TestClient, role: Role) -> None:
    token = hub.token(hub.officer(role))
    for route in OFFICERS:
        has_body: dict[str, Any] = {"json": {}} if route.method in ("POST", "PUT") else {}
        answer = client.request(route.method, route.path, headers=headers(token), **has_body)
        if route.name == "POST /officers/sign-out":
            token = hub.token(hub.officer(role))

        assert (answer.status_code == 403) is not route.is_for(role), route.name
        assert answer.status_code < 500


def test_nothing_of_the_hubs_officers_is_answered_without_a_session(
    hub: HubServer, client: TestClient
) -> None:
    for route in OFFICERS:
        has_body: dict[str, Any] = {"json": {}} if route.method in ("POST", "PUT") else {}
        for token in ({}, headers("0" * 64)):
            answer = client.request(route.method, route.path, headers=token, **has_body)
            assert answer.status_code == 401, route.name


def test_a_role_of_a_region_is_not_given_at_the_hub(hub: HubServer, client: TestClient) -> None:
    supervisor = hub.token(hub.officer(Role.SUPERVISOR))
    for role in Role:
        desk = {"display_name": "Desk", "roles": [role], "division": "000000"}
        answer = client.post("/officers", json=desk, headers=headers(supervisor))

        assert (answer.status_code == 201) is (role in HUB_ROLES), role
    assert set(HUB_ROLES) | set(REGION_ROLES) == set(Role)


def test_an_account_of_the_hub_is_of_the_whole_country(hub: HubServer, client: TestClient) -> None:
    supervisor = hub.token(hub.officer(Role.SUPERVISOR))
    desk = {"display_name": "Desk", "roles": ["hub_officer"], "division": "150000"}

    assert client.post("/officers", json=desk, headers=headers(supervisor)).status_code == 422


@schemathesis.serializer("application/cbor")
def octets(_: Any, value: Any) -> Any:
    """Send what stands for a file as it is."""
    return value if isinstance(value, bytes) else getattr(value, "data", str(value).encode())


@pytest.mark.slow
@pytest.mark.parametrize("asker", ["nobody", "officer"])
def test_nothing_that_is_sent_to_the_hub_makes_a_fault(hub: HubServer, asker: str) -> None:
    description = schemathesis.openapi.from_asgi("/openapi.json", hub.app(), config=SchemathesisConfig())

    faults = [
        fault
        for found in description.get_all_operations()
        if isinstance(found, Ok)
        for fault in faults_of(found.ok(), hub, asker)
    ]

    assert not faults, "\n\n".join(faults)


def faults_of(operation: Any, hub: HubServer, asker: str) -> list[str]:
    """Ask one operation, and give what was wrong with its answers."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        token = {} if asker == "nobody" else headers(hub.token(officer(hub)))
        case.validate_response(case.call(headers=token), checks=CHECKS)

    try:
        ask()
    except FailureGroup as group:
        return [f"{operation.label}: {each}: {getattr(each, 'message', '')}" for each in group.exceptions]
    return []


def officer(hub: HubOffice) -> Any:
    """An account with every role of the hub."""
    return hub.officer(*HUB_ROLES)
