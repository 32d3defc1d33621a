"""`comity region import-evidence` and `release-import` on a region made for it, with records that stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import MISUSE, run
from comity.domain.colour import Colour
from comity.domain.instant import rfc3339
from comity.issuance.records import Standing
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests.people import resident_number

HEADER = "document_kind,document_number,last_contact_at"


class Region:
    """A demo region in a folder, with an epidemiologist and two second officers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        assert run(["region", "init", "--region", "150000", "--data", str(folder), "--demo"]) == 0
        with open_region(read_settings(data=folder)) as region:
            self.at = region.clock()
            with region.issuer.store.transaction() as transaction:
                transaction.of(Officer).add(*(self._officer(name, role) for name, role in OFFICERS.items()))

    def _officer(self, name: str, role: Role) -> Officer:
        return Officer(
            officer_id=name,
            display_name=name,
            roles=(role,),
            division="150000",
            is_active=True,
            added_at=self.at,
        )

    def list_of(self, people: range, *lines: str) -> Path:
        path = self.folder / "contacts.csv"
        contacts = [f",{resident_number(order)},{rfc3339(self.at)}" for order in people]
        path.write_text("\n".join([HEADER, *contacts, *lines, ""]), encoding="utf-8")
        return path

    def yellow(self) -> int:
        settings = read_settings(data=self.folder)
        with open_region(settings) as region, region.issuer.store.reading() as transaction:
            standings = transaction.of(Standing).select()
        return sum(each.colour is Colour.YELLOW for each in standings)


OFFICERS = {"brings": Role.EPIDEMIOLOGIST, "second": Role.SECOND_OFFICER, "third": Role.SECOND_OFFICER}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """One region for all tests here, each with a source and people of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")
        yield Region(tmp_path_factory.mktemp("made") / "region")


def bring(region: Region, source: str, path: Path, *more: str) -> int:
    where = ("--data", str(region.folder), "--officer", "brings", "--kind", "contacts", "--source", source)
    return run(["region", "import-evidence", str(path), *where, "--json", *more])


def release(region: Region, import_id: str, officer: str) -> int:
    where = ("--data", str(region.folder), "--officer", officer, "--json")
    return run(["region", "release-import", import_id, *where])


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_list_turns_people_yellow_once_a_second_officer_released_it(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    before = region.yellow()
    capsys.readouterr()
    assert bring(region, "two", region.list_of(range(2))) == 0
    brought = told(capsys)
    assert (brought["state"], brought["turns"], region.yellow()) == ("prepared", 2, before)

    assert release(region, brought["import_id"], "second") == 0
    assert (told(capsys)["state"], region.yellow()) == ("done", before + 2)
    assert run(["region", "audit", "verify", "--data", str(region.folder)]) == 0


def test_settled_rule_10_a_list_of_many_waits_for_a_third_officer(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    before = region.yellow()
    capsys.readouterr()
    bring(region, "many", region.list_of(range(100, 121)))
    import_id = told(capsys)["import_id"]
    release(region, import_id, "second")

    assert (told(capsys)["state"], region.yellow()) == ("held", before)
    assert release(region, import_id, "second") == MISUSE
    assert "another officer" in capsys.readouterr().err
    assert release(region, import_id, "third") == 0
    assert (told(capsys)["state"], region.yellow()) == ("done", before + 21)


def test_bad_rows_are_written_beside_the_file_and_nothing_is_taken(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    path = region.list_of(range(200, 201), ",123,2020-03-20")
    capsys.readouterr()

    assert bring(region, "bad", path) == 1
    assert told(capsys)["state"] == "rejected"
    bad = path.with_name("contacts.csv.bad.csv").read_text(encoding="utf-8")
    assert bad.startswith("line,reason\n3,")
    assert bring(region, "bad", path, "--accept-good-rows") == 0


def test_an_account_or_a_file_that_is_not_there_is_told(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(region, "none", region.folder / "none.csv") == MISUSE
    assert "is not a file" in capsys.readouterr().err
    assert release(region, "none", "nobody") == MISUSE
