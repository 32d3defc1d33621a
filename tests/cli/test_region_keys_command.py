"""`comity region keys` and `comity region rotate`, planned and in an emergency, on a region made for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from comity import open_bundle
from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import MISUSE, run
from comity.domain.colour import PassClass
from comity.domain.instant import DAY
from comity.issuance.application import PassRequest, apply_for_passes
from comity.issuance.people import register_person
from comity.issuance.records import IssuedPass
from comity.trust.keys import Usage
from tests.builders import key
from tests.people import name, resident

PEOPLE = 12


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")
    folder = tmp_path / "region"
    assert run(["region", "init", "--region", "150000", "--data", str(folder), "--demo"]) == 0
    return folder


def give_passes(data: Path) -> None:
    with open_region(read_settings(data=data)) as region:
        at, issuer = region.clock(), region.issuer
        with issuer.store.transaction() as transaction:
            holders = [
                register_person(transaction, issuer, resident(n), name(n), "150102", at=at).holder
                for n in range(PEOPLE)
            ]
        requests = [
            PassRequest(
                holder=holder,
                carrier=holder,
                pass_class=PassClass.DEVICE,
                device_key=key("phone", str(n)).as_device_key(),
                next_device_key=key("next", str(n)).as_device_key(),
                request_id=str(n),
            )
            for n, holder in enumerate(holders)
        ]
        apply_for_passes(issuer, requests, at=at)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert run(["region", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def keys(capsys: pytest.CaptureFixture[str], data: Path, usage: str = "pass") -> dict[str, dict[str, str]]:
    rows = told(capsys, "keys", "--data", str(data))["keys"]
    return {row["state"]: row for row in rows if row["usage"] == usage}


def test_a_rotation_plans_a_key_and_publishes_it_a_week_ahead(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = told(capsys, "rotate", "--data", str(data))

    found = keys(capsys, data)
    assert set(found) == {"planned", "current", "standby"}
    assert found["planned"]["kid"] == planned["kid"]
    bundle = open_bundle((data / "published" / "bundle.cbor").read_bytes())
    entry = bundle.key_lists[0].find(bytes.fromhex(planned["kid"]), Usage.PASS)  # type: ignore[arg-type]
    assert entry is not None
    assert (entry.not_before or 0) - bundle.issued_at >= 7 * DAY
    assert run(["region", "rotate", "--data", str(data)]) == MISUSE
    assert "planned already" in capsys.readouterr().err
    assert run(["region", "keys", "--data", str(data)]) == 0
    assert "Key list, version 2" in capsys.readouterr().out


def test_an_emergency_closes_the_key_and_issues_every_pass_again(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_passes(data)
    before = keys(capsys, data)

    done = told(capsys, "rotate", "--emergency", "--data", str(data))

    after = keys(capsys, data)
    assert done["closed"] == before["current"]["kid"] == after["closed"]["kid"]
    assert after["current"]["kid"] == before["standby"]["kid"]
    assert done["reissues"][0]["issued"] == PEOPLE
    with open_region(read_settings(data=data)) as region, region.issuer.store.reading() as transaction:
        kids = [issued.kid for issued in transaction.of(IssuedPass).select()]
    assert kids.count(after["current"]["kid"]) == PEOPLE
    assert run(["region", "audit", "verify", "--data", str(data)]) == 0


def test_an_emergency_that_is_under_way_is_gone_on_with_and_not_begun_anew(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_passes(data)
    told(capsys, "rotate", "--emergency", "--data", str(data))
    closed = keys(capsys, data)["closed"]["kid"]

    assert run(["region", "rotate", "--emergency", "--data", str(data)]) == MISUSE
    assert "--resume" in capsys.readouterr().err
    resumed = told(capsys, "rotate", "--resume", "--data", str(data))

    assert resumed["reissues"][0]["kid"] == closed
    assert keys(capsys, data)["closed"]["kid"] == closed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--usage", "root"], "no usage", id="usage"),
        pytest.param(["--kid", "00000000"], "belongs to --emergency", id="kid without emergency"),
        pytest.param(["--emergency", "--kid", "nothing"], "hexadecimal", id="no kid"),
        pytest.param(["--emergency", "--kid", "00000000"], "has no pass key", id="unknown kid"),
        pytest.param(["--resume"], "no passes wait", id="nothing to resume"),
    ],
)
def test_what_cannot_be_done_is_told(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run(["region", "rotate", *words, "--data", str(data)]) == MISUSE

    assert message in capsys.readouterr().err
