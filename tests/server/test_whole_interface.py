"""The whole interface, asked what its description promises and what it does not (schemathesis): never a 5xx.

Everybody asks: nobody, a resident, an officer with every role, a gate and a relying application that sign
what they send. Answers must have the described status, type and shape. In process, without a network,
the records in memory, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from comity.officers.permissions import Role
from comity.records.ports import Store
from comity.records.published_files import BUNDLE_FILE
from comity.server.app import make_app
from comity.server.bounds import ServingBounds
from comity.storage.database_url import open_store
from comity.storage.memory import MemoryStore
from tests.builders import bundle_parts, signed_bundle
from tests.logs import collected_logs, identities_in
from tests.region import PUBLIC_URL, RegionNode, headers
from tests.server.authorisation import documented_others
from tests.server.signing_client import SigningClient
from tests.server.test_access_applications import KEY, registered

EXAMPLES: Final = 8
"""Requests for each operation and each asker, once as described and once not."""
CHECKS: Final = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
ASKERS: Final = {
    "nobody": "memory",
    "resident": "postgresql",
    "officer": "sqlite",
    "gate": "postgresql",
    "application": "sqlite",
}
"""Who asks, and where the records are meanwhile."""
SIGNED: Final = {
    "gate": {name for name, who in documented_others().items() if who == "gate"},
    "application": {"POST /codes/verify", "POST /health-query"},
}
"""What each that signs asks; elsewhere a signature is nothing."""
CONFIG: Final = SchemathesisConfig.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": ["4XX"]}}}
)
UNBOUNDED: Final = ServingBounds(in_hand=1_000, per_minute=1_000_000, seconds=60, patience=1_000)


@schemathesis.serializer("application/jose")
def sealed(_: Any, value: Any) -> Any:
    """Send what stands for a sealed message as it is."""
    return value if isinstance(value, bytes) else getattr(value, "data", str(value).encode())


@pytest.fixture
def store(request: pytest.FixtureRequest, asker: str) -> Iterator[Store]:
    """The records that an asker meets."""
    kept = ASKERS[asker]
    opened = MemoryStore() if kept == "memory" else open_store(request.getfixturevalue(f"{kept}_url"))
    yield opened
    opened.close()


@pytest.fixture
def node(tmp_path: Path, store: Store) -> RegionNode:
    published = tmp_path / "published"
    published.mkdir()
    (published / BUNDLE_FILE).write_bytes(signed_bundle(bundle_parts()))
    return RegionNode(published, store=store)


@pytest.fixture
def app(node: RegionNode) -> FastAPI:
    return make_app(replace(node.node, is_demo=True), bounds=UNBOUNDED)


class Signing:
    """The application behind somebody who signs each request on its way (RFC 9421)."""

    def __init__(self, app: FastAPI, node: RegionNode, signer: SigningClient | None) -> None:
        self._app, self._node, self._signer = app, node, signer
        self.held: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body, sign it, and hand the request on."""
        if scope["type"] != "http" or self._signer is None:
            await self._app(scope, receive, send)
            return
        body, goes_on = b"", True
        while goes_on:
            message = await receive()
            body, goes_on = body + message.get("body", b""), message.get("more_body", False)

        async def whole() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def note(message: Message) -> None:
            if message.get("status", 401) != 401:
                self.held.add(scope["path"])
            await send(message)

        await self._app({**scope, "headers": self._signed(self._signer, scope, body)}, whole, note)

    def _signed(self, signer: SigningClient, scope: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        fields = signer.fields(scope["method"], target, body, created=self._node.at)
        fields.pop("content-type", None)
        own = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
        names = {name for name, _ in own}
        return [*(field for field in scope["headers"] if field[0].lower() not in names), *own]


def signer_of(app: FastAPI, node: RegionNode, asker: str) -> SigningClient | None:
    """Enrol a gate, or have an application approved; nobody else signs."""
    client = TestClient(app)
    if asker == "gate":
        manager = headers(node.token(node.officer(Role.CHECKPOINT_MANAGER)))
        planned = client.post("/gates", json={"division": "150102", "name": "Exit 2"}, headers=manager)
        device = client.post("/gates/enrol", json={"enrolment_code": planned.json()["enrolment_code"]})
        return SigningClient.of_enrolment(device.json(), origin=PUBLIC_URL)
    if asker == "application":
        supervisor = headers(node.token(node.officer(Role.SUPERVISOR)))
        path = f"/access-applications/{registered(client)}"
        client.post(f"{path}/state", json={"to": "approved", "why": "seen"}, headers=supervisor)
        return SigningClient.of_application(path.split("/")[-1], KEY, origin=PUBLIC_URL)
    return None


def signed_in(node: RegionNode, asker: str) -> dict[str, str]:
    if asker not in ("resident", "officer"):
        return {}
    return headers(node.token(node.person() if asker == "resident" else node.officer(*Role)))


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("asker", ASKERS)
def test_nothing_that_is_sent_makes_a_fault(
    app: FastAPI, node: RegionNode, asker: str, mode: GenerationMode
) -> None:
    asked = Signing(app, node, signer_of(app, node, asker))
    description = schemathesis.openapi.from_asgi("/openapi.json", asked, config=CONFIG)
    with collected_logs() as lines:
        faults = [
            fault
            for found in description.get_all_operations()
            if isinstance(found, Ok) and found.ok().label in SIGNED.get(asker, {found.ok().label})
            for fault in faults_of(found.ok(), node, asker, mode)
        ]

    assert not identities_in("".join(lines))
    told = [line for line in lines if '"fault"' in line]
    assert not faults, "\n\n".join(faults + told)
    signed = {name.removeprefix("POST ") for name in SIGNED.get(asker, ()) if name.startswith("POST ")}
    assert signed <= asked.held, "a signature did not hold"


def faults_of(operation: Any, node: RegionNode, asker: str, mode: GenerationMode) -> list[str]:
    """Ask one operation with what fits its description, or with what does not; give what was wrong."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(headers=signed_in(node, asker))
        is_body_wrong = any(
            where is ParameterLocation.BODY and part.mode.is_negative
            for where, part in case.meta.components.items()
        )
        case.validate_response(answer, checks=[*CHECKS, negative_data_rejection] if is_body_wrong else CHECKS)

    try:
        ask()
    except Unsatisfiable:  # nothing can be sent to it that does not fit
        return []
    except FailureGroup as group:
        return [f"{operation.label}: {each}: {getattr(each, 'message', '')}" for each in group.exceptions]
    return []
