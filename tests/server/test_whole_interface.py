"""The whole interface, asked what its description promises and what it does not (schemathesis): never a 5xx.

Everybody asks: nobody, a resident, an officer with every role. Answers must have the described status, type
and shape. In process, without a network.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from comity.officers.permissions import Role
from comity.server.app import make_app
from comity.server.bounds import ServingBounds
from tests.logs import collected_logs, identities_in
from tests.region import RegionNode, headers

EXAMPLES: Final = 8
"""Requests for each operation and each asker; all of it stays under a minute."""
CHECKS: Final = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
ASKERS: Final = ("nobody", "resident", "officer")
UNBOUNDED: Final = ServingBounds(in_hand=1_000, per_minute=1_000_000, seconds=60, patience=1_000)


@schemathesis.serializer("application/jose")
def sealed(_: Any, value: Any) -> Any:
    """Send what stands for a sealed message as it is."""
    return value if isinstance(value, bytes) else getattr(value, "data", str(value).encode())


@pytest.fixture
def node(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path / "published")


@pytest.fixture
def app(node: RegionNode) -> FastAPI:
    return make_app(replace(node.node, is_demo=True), bounds=UNBOUNDED)


def signed_in(node: RegionNode, asker: str) -> dict[str, str]:
    if asker == "nobody":
        return {}
    return headers(node.token(node.person() if asker == "resident" else node.officer(*Role)))


@pytest.mark.slow
@pytest.mark.parametrize("asker", ASKERS)
def test_nothing_that_is_sent_makes_a_fault(app: FastAPI, node: RegionNode, asker: str) -> None:
    description = schemathesis.openapi.from_asgi("/openapi.json", app, config=SchemathesisConfig())
    with collected_logs() as lines:
        faults = [
            fault
            for found in description.get_all_operations()
            if isinstance(found, Ok)
            for fault in faults_of(found.ok(), node, asker)
        ]

    assert not identities_in("".join(lines))
    told = [line for line in lines if '"fault"' in line]
    assert not faults, "\n\n".join(faults + told)


def faults_of(operation: Any, node: RegionNode, asker: str) -> list[str]:
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
        answer = case.call(headers=signed_in(node, asker))
        case.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except FailureGroup as group:
        return [f"{operation.label}: {each}: {getattr(each, 'message', '')}" for each in group.exceptions]
    return []
