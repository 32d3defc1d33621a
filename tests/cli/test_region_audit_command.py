"""`comity region audit verify`: 0 when the chain holds, 1 and the place when a row was touched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import MISUSE, run
from comity.records.audit import AUDIT_LANES
from comity.records.audit_heads import heads_line
from comity.records.audit_records import AuditHead, AuditRow
from comity.records.search import equal


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


def test_an_end_that_was_cut_off_with_its_head_shows_against_heads_noted_before(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["region", "audit", "verify", "--data", str(data), "--json"]
    capsys.readouterr()
    assert run(["region", "audit", "heads", "--data", str(data)]) == 0
    noted = tmp_path / "heads"
    noted.write_text(capsys.readouterr().out)
    assert run([*command, "--against", str(noted)]) == 0
    with open_region(read_settings(data=data)) as region, region.issuer.store.transaction() as transaction:
        rows = transaction.of(AuditRow).select(order=("place",))
        last = rows[-1]
        lane = [row for row in rows if row.place % AUDIT_LANES == last.place % AUDIT_LANES]
        transaction.of(AuditRow).remove(equal("place", last.place))
        head = transaction.of(AuditHead).find(last.place % AUDIT_LANES)
        assert head is not None
        if len(lane) > 1:
            transaction.of(AuditHead).replace(replace(head, number=head.number - 1, chained=lane[-2].chained))
        else:
            transaction.of(AuditHead).remove(equal("lane", head.lane))
    capsys.readouterr()
    assert run(command) == 0, "no chain shows this by itself"
    capsys.readouterr()

    code = run([*command, "--against", str(noted)])

    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert code == 1
    assert (fault["lane"], fault["place"]) == (last.place % AUDIT_LANES, last.place)
    assert "is missing" in fault["what"]


def test_a_lane_written_anew_shows_against_heads_noted_before(data: Path, tmp_path: Path) -> None:
    with open_region(read_settings(data=data)) as region, region.issuer.store.reading() as transaction:
        line = json.loads(heads_line(transaction, at=region.clock()))
    line["heads"][0][2] = "00" * 32
    noted = tmp_path / "heads"
    noted.write_text(json.dumps(line) + "\n" + '{"at": 1, "heads": [[0, ')

    assert run(["region", "audit", "verify", "--data", str(data), "--against", str(noted)]) == 1


@pytest.mark.parametrize("text", ["no JSON\n", '{"at":1}\n', '{"at":1,"heads":[[9,0,"00"]]}\n', "[1]\n"])
def test_a_file_that_holds_no_heads_is_told(data: Path, tmp_path: Path, text: str) -> None:
    noted = tmp_path / "heads"
    noted.write_text(text)

    assert run(["region", "audit", "verify", "--data", str(data), "--against", str(noted)]) == MISUSE
