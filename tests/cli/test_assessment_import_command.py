"""`comity region import-assessment` on a region made for it in a folder, with records that stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.assessment.run import RunPlan, assess_region
from comity.assessment.safeguards import RunLimits
from comity.bootstrap.region import open_region
from comity.bootstrap.settings import read_settings
from comity.cli.main import MISUSE, run
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.colour import Colour
from comity.domain.instant import DAY
from comity.issuance.people import register_person
from comity.issuance.records import Standing
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests.assessment.populations import Population, write_evidence
from tests.people import name, resident, resident_number

OFFICERS = {"brings": Role.EPIDEMIOLOGIST, "second": Role.SECOND_OFFICER}
KNOWN = range(3)


class Region:
    """A demo region in a folder with three registered people, and a run in which five had a contact."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "region"
        assert run(["region", "init", "--region", "150000", "--data", str(self.folder), "--demo"]) == 0
        with open_region(read_settings(data=self.folder)) as region:
            self.at = region.clock()
            with region.issuer.store.transaction() as transaction:
                transaction.of(Officer).add(*(self._officer(each, role) for each, role in OFFICERS.items()))
                self.keys = [
                    register_person(
                        transaction, region.issuer, resident(order), name(order), "150102", at=self.at
                    ).holder
                    for order in KNOWN
                ]
        self.run = self._run(folder)

    def _officer(self, officer_id: str, role: Role) -> Officer:
        return Officer(
            officer_id=officer_id,
            display_name=officer_id,
            roles=(role,),
            division="150000",
            is_active=True,
            added_at=self.at,
        )

    def _run(self, folder: Path) -> Path:
        """The node's own keys as subjects, one nobody registered, and one that is no key."""
        subjects = [*self.keys, "0" * 32, "s-elsewhere"]
        contacts = [(f"k-{who}", who, "cdc-1", self.at - DAY) for who in subjects]
        population = Population(
            rows={"people": [(who, "150102") for who in subjects], "contacts": list(contacts)}
        )
        plan = RunPlan(
            evidence=write_evidence(folder / "evidence", population),
            rulebook=default_assessment_rulebook(),
            at=self.at,
            out=folder / "run",
            limits=RunLimits(most_changed=1.0, most_by_source=10**6),
            memory_gib=0.5,
            threads=1,
        )
        return assess_region(plan).path

    def yellow(self) -> int:
        settings = read_settings(data=self.folder)
        with open_region(settings) as region, region.issuer.store.reading() as transaction:
            standings = transaction.of(Standing).select()
        return sum(each.colour is Colour.YELLOW for each in standings)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """One region for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")
        yield Region(tmp_path_factory.mktemp("made"))


def hand_over(region: Region, *more: str) -> int:
    where = ("--data", str(region.folder), "--officer", "brings")
    return run(["region", "import-assessment", str(region.run), *where, *more])


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_c1_2_a_run_turns_who_changed_once_a_second_officer_released_it_and_not_twice(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert hand_over(region, "--json") == 0
    first = told(capsys)
    assert (first["state"], first["people"], first["turns"]) == ("prepared", 5, 3)
    assert (first["unknown"], first["foreign"], region.yellow()) == (1, 1, 0)

    release = ["region", "release-import", first["import_id"], "--data", str(region.folder)]
    assert run([*release, "--officer", "second"]) == 0
    capsys.readouterr()
    assert hand_over(region, "--json") == 0

    again = told(capsys)
    assert (again["import_id"], again["state"], region.yellow()) == (first["import_id"], "done", 3)
    assert hand_over(region) == 0
    assert "Handed over" in capsys.readouterr().out
    assert run(["region", "audit", "verify", "--data", str(region.folder)]) == 0


def test_a_list_of_subjects_has_its_columns(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "subjects.csv"
    listed.write_text(f"who,number\ns-1,{resident_number(1)}\n", encoding="utf-8")

    assert hand_over(region, "--subjects", str(listed)) == MISUSE

    assert "subject, document_kind, document_number" in capsys.readouterr().err


def test_findings_are_not_brought_as_a_file(region: Region, tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    path.write_text("subject\n", encoding="utf-8")
    where = ("--data", str(region.folder), "--officer", "brings", "--source", "s")

    assert run(["region", "import-evidence", str(path), "--kind", "findings", *where]) == MISUSE
