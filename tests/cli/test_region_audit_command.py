"""`comity region audit verify`: 0 when the chain holds, 1 and the place when a row was touched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import run
from comity.records.audit import AUDIT_LANES
from comity.records.audit_records import AuditRow


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")
    folder = tmp_path / "region"
    assert run(["region", "init", "--region", "150000", "--data", str(folder), "--demo"]) == 0
    return folder


def test_a_row_altered_in_the_database_is_located(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["region", "audit", "verify", "--data", str(data), "--json"]
    assert run(command) == 0
    with open_region(read_settings(data=data)) as region, region.issuer.store.transaction() as transaction:
        row = transaction.of(AuditRow).select(order=("place",))[0]
        transaction.of(AuditRow).replace(replace(row, actor="officer:nobody"))
    capsys.readouterr()

    code = run(command)

    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert code == 1
    assert fault == {"lane": row.place % AUDIT_LANES, "place": row.place, "what": "a row was altered"}
