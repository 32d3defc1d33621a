"""The gate scenario, run once for all tests of this folder."""

from __future__ import annotations

import pytest

from tests.scenarios.gate import GATE, Gate
from tests.scenarios.program import comity


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder = tmp_path_factory.mktemp("gate")
    return Gate(folder, comity("scenario", "run", GATE, "--json", "--out", folder))
