"""`comity region gate`: the code it draws enrols a device once, in the county of the officer who plans it."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.bootstrap.region import OpenRegion, init_region, open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import MISUSE, run
from comity.cli.picture import scan
from comity.issuance.gates import enrol_gate
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests.builders import HOST

URL = "https://node.example"


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenRegion:
    given = {"COMITY_KEY_PASSPHRASE": "correct horse", "COMITY_PUBLIC_URL": URL, "COMITY_DEMO": "1"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    init_region(read_settings(region=HOST, data=tmp_path / "data")).region.close()
    return open_region(read_settings(region=HOST, data=tmp_path / "data"))


def manager(region: OpenRegion, division: str) -> str:
    officer = Officer(
        officer_id=region.issuer.new_id(),
        display_name="Manager",
        roles=(str(Role.CHECKPOINT_MANAGER),),
        division=division,
        is_active=True,
        added_at=region.clock(),
    )
    with region.issuer.store.transaction() as transaction:
        transaction.of(Officer).add(officer)
    return officer.officer_id


def test_c0_the_drawn_code_enrols_a_device_of_that_county_once(region: OpenRegion, tmp_path: Path) -> None:
    with region:
        out, by = tmp_path / "gate.png", manager(region, "150102")
        words = ["region", "gate", "--division", "150102", "--name", "Exit 2", "--by", by, "--out", str(out)]
        assert run([*words, "--data", str(region.folder.path)]) == 0

        (text,) = scan(out)
        prefix, code_region, code, url = text.split(" ")
        with region.issuer.store.transaction() as transaction:
            enrolled = enrol_gate(transaction, region.issuer, code, at=region.clock())

    assert (prefix, code_region, url) == ("CMG1", HOST, URL)
    assert (enrolled.gate.division, enrolled.gate.name, enrolled.gate.added_by) == ("150102", "Exit 2", by)


@pytest.mark.parametrize("division", ["150102", "150202"])
def test_c0_nobody_and_a_manager_of_another_county_plan_no_gate(
    region: OpenRegion, tmp_path: Path, division: str
) -> None:
    with region:
        by = "nobody" if division == "150102" else manager(region, division)
        out = tmp_path / "gate.png"
        words = ["region", "gate", "--division", "150102", "--name", "Exit 2", "--by", by, "--out", str(out)]
        code = run([*words, "--data", str(region.folder.path)])

    assert (code == MISUSE, out.exists()) == (True, False)
