"""The description of the interface says of each route who may ask."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from comity.server.app import make_app
from tests.server.gate_node import GateNode

Way = dict[str, list[str]]
SESSION: Final[Way] = {"session": []}
SIGNATURE: Final[Way] = {"signature": []}


@pytest.mark.parametrize(
    ("method", "path", "ways"),
    [
        ("post", "/gates", [SESSION]),
        ("post", "/gates/enrol", None),
        ("post", "/codes/verify", [SIGNATURE]),
        ("post", "/codes/verify-by-id", [SIGNATURE]),
        ("post", "/health-query", [SIGNATURE]),
        ("get", "/health-query", [SESSION]),
        ("post", "/manual-cases", [SESSION, SIGNATURE]),
        ("post", "/extra-demands", None),
        ("get", "/supervision/counts", [SESSION]),
    ],
)
def test_every_route_says_who_may_ask(tmp_path: Path, method: str, path: str, ways: list[Way] | None) -> None:
    described = make_app(GateNode(folder=tmp_path).node).openapi()

    assert described["paths"][path][method].get("security") == ways
