"""`comity region purge` and `comity region vault` on a region made for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import run
from comity.issuance.people import open_person, register_person
from comity.issuance.records import Person
from tests.people import name, resident


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")
    folder = tmp_path / "region"
    assert run(["region", "init", "--region", "150000", "--data", str(folder), "--demo"]) == 0
    with open_region(read_settings(data=folder)) as region, region.issuer.store.transaction() as transaction:
        for order in range(3):
            at = region.clock()
            register_person(transaction, region.issuer, resident(order), name(order), "150102", at=at)
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(arguments) == 0
    return capsys.readouterr().out


def test_a_rotation_leaves_everybody_readable_under_the_new_key(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--data", str(data))
    with open_region(read_settings(data=data)) as running:
        out = told(capsys, "region", "vault", "rotate", *where)
        with running.issuer.store.reading() as transaction:
            people = transaction.of(Person).select()
        names = {open_person(running.issuer, person).name for person in people}

    assert "3 records are wrapped again" in out
    assert names == {name(order) for order in range(3)}
    keys = json.loads(told(capsys, "region", "vault", "show", *where, "--json"))["keys"]
    assert [(each["is_current"], each["records"]) for each in keys] == [(False, 0), (True, 3)]
    assert {person.vault_key for person in people} == {keys[1]["key"]}
    shown = told(capsys, "region", "vault", "show", *where)
    assert "reads  0 records" in shown
    assert "seals  3 records" in shown
    assert json.loads(told(capsys, "region", "audit", "verify", *where, "--json"))["faults"] == []


def test_a_purge_says_what_was_destroyed_and_stands_in_the_audit(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--data", str(data))
    record = json.loads(told(capsys, "region", "purge", *where, "--json"))

    assert record["counts"] == {}
    assert "0 records destroyed" in told(capsys, "region", "purge", *where)
    assert json.loads(told(capsys, "region", "audit", "verify", *where, "--json"))["faults"] == []
