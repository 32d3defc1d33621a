"""Every route of gates and applications with no, wrong and expired signatures: each is refused, and told why.

The routes are read from the application, as in `test_authorisation`; `POST /codes/verify` takes both signers.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import MINUTE
from comity.officers.permissions import Role
from tests.builders import AT
from tests.region import RegionNode
from tests.server.authorisation import ProtectedRoute, documented_others, routes_of
from tests.server.gate_node import GateNode
from tests.server.signing_client import SigningClient
from tests.server.test_access_applications import KEY, moved, registered

_BODIES: Final[dict[str, Any]] = {
    "POST /codes/verify": {"text": "no code"},
    "POST /codes/verify-by-id": {"kind": "resident_id", "number": "990000199001010010"},
    "POST /codes/verify-foreign": {"text": "YKM:7Rk2vXn0QbW4tLs9"},
    "POST /gate-counts": {"period": "2020-03-20T11:00:00+08:00", "looked_at": 1},
    "POST /health-query": {"text": "no code"},
    "POST /manual-cases": {"reason": "status_missing"},
}
_FOR_BOTH: Final = "POST /codes/verify"


@cache
def signed_routes() -> tuple[ProtectedRoute, ...]:
    """Every route that the table gives to gates or applications."""
    who = documented_others()
    routes = routes_of(RegionNode(Path(tempfile.gettempdir())).app())
    return tuple(route for route in routes if who.get(route.name) in ("gate", "application"))


@dataclass
class Signers:
    """A served node with an enrolled gate and an approved application; one of each that is out, too."""

    node: GateNode
    client: TestClient
    gate: SigningClient
    application: SigningClient
    gate_out: SigningClient
    application_out: SigningClient

    def ask(
        self, route: ProtectedRoute, signer: SigningClient, *, created: int = AT, path: str | None = None
    ) -> Any:
        """Send one request to a route, signed as if it went to `path`."""
        body = json.dumps(_BODIES[route.name]).encode() if route.method == "POST" else b""
        fields = signer.fields(route.method, path or route.path, body, created=created)
        return self.client.request(route.method, route.path, content=body, headers=fields)


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signers]:
    node = GateNode(folder=tmp_path_factory.mktemp("node"))
    with node.served() as client:
        gate, gate_out = node.enrol(client), node.enrol(client)
        manager = node.signed_in(Role.CHECKPOINT_MANAGER)
        assert client.post(f"/gates/{gate_out.keyid}/disable", headers=manager).is_success
        approved, suspended = registered(client), registered(client)
        moves = [(approved, "approved"), (suspended, "approved"), (suspended, "suspended")]
        assert all(moved(node, client, *move).is_success for move in moves)
        application, application_out = (
            SigningClient.of_application(each, KEY) for each in (approved, suspended)
        )
        yield Signers(node, client, gate, application, gate_out, application_out)


def test_every_signed_route_that_takes_a_body_has_one_to_try() -> None:
    assert {route.name for route in signed_routes() if route.method == "POST"} == set(_BODIES)


@pytest.mark.parametrize("route", signed_routes(), ids=lambda route: route.name)
def test_no_signed_route_answers_without_a_signature_that_holds(
    signers: Signers, route: ProtectedRoute
) -> None:
    is_gates = documented_others()[route.name] == "gate"
    own = signers.gate if is_gates else signers.application
    other = signers.application if is_gates else signers.gate
    out = signers.gate_out if is_gates else signers.application_out
    answers = {
        "of nobody": signers.ask(route, own.but(keyid="0" * 32)),
        "by another key": signers.ask(route, own.but(sign=lambda _: bytes(64 if not is_gates else 32))),
        "for another purpose": signers.ask(route, own.but(tag=other.tag)),
        "for another route": signers.ask(route, own, path="/elsewhere"),
        "for another node": signers.ask(route, own.but(origin="https://other.test")),
        "expired": signers.ask(route, own, created=AT - MINUTE - 1),
        "ahead": signers.ask(route, own, created=AT + MINUTE + 1),
        "of one that is out": signers.ask(route, out),
        "none": signers.client.request(route.method, route.path, json=_BODIES.get(route.name)),
    }
    if route.name != _FOR_BOTH:
        answers["of the other kind"] = signers.ask(route, other)

    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert all(answer.json()["next_step"] != "Sign in again." for answer in answers.values())
    assert signers.ask(route, own).status_code not in (401, 403)


@pytest.mark.parametrize("route", signed_routes(), ids=lambda route: route.name)
def test_a_signature_counts_once_on_every_signed_route(signers: Signers, route: ProtectedRoute) -> None:
    own = signers.gate if documented_others()[route.name] == "gate" else signers.application
    nonce = f"nonce-of-{signed_routes().index(route):012}"
    same = own.but(nonce=lambda: nonce)

    first, again = signers.ask(route, same), signers.ask(route, same)

    assert first.status_code != 401
    assert again.status_code == 401
