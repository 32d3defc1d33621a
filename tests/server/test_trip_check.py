"""The trip check: what the destination has published answers the pass in hand; gaps are said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from comity.bootstrap.known_regions import KnownRegions
from comity.client.federation import Federation, KnownRegion
from comity.distribution.opened_statements import OpenedStatements
from comity.distribution.statement_file import HubFile, StatementFile
from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR, Instant, rfc3339
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Recognition, Referral, Release
from comity.domain.rulebook import DEFAULT_ROWS, MeasureKind, Rulebook
from tests.builders import AT, HOME, HOST, HUB, HUBEI, instant, key_list, membership, signed_key_list
from tests.region import RegionNode, headers

MARCH_25: Final = instant("2020-03-25T00:00:00+08:00")
AUTHORITY: Final = "Guangdong command"


class Traveller:
    """Somebody of Inner Mongolia with a paper pass; `known` is what the hub passed on of Guangdong."""

    def __init__(self, folder: Path) -> None:
        self.region = RegionNode(folder)
        self.region.node = replace(self.region.node, find_regions=self.find)
        self.holder = self.region.person()
        self.client = TestClient(self.region.app())
        self.headers = headers(self.region.token(self.holder))
        self.opened = OpenedStatements(
            key_list=key_list(HOME),
            location=None,
            recognitions={HOST: recognition()},
            referrals={},
            rulebooks=(Rulebook(region=HOME, version=7),),
        )
        self.national: tuple[NationalRulebook, ...] = ()
        self.has_hub = True

    def find(self, at: Instant) -> KnownRegions | None:
        """What this node knows of Guangdong."""
        if not self.has_hub:
            return None
        known = KnownRegion(
            membership=membership(HOME),
            as_of=at,
            role_version=1,
            file=StatementFile(region=HOME, key_list=signed_key_list(HOME)),
            opened=self.opened,
        )
        federation = Federation(
            is_test=True,
            as_of=AT,
            verified_at=at,
            hub=HUB.public,
            hub_file=HubFile(hub=HUB.public),
            memberships={HOST: membership(HOST), HOME: membership(HOME)},
            regions={HOME: known},
        )
        return KnownRegions(federation=federation, national=self.national)

    def falls_ill(self) -> None:
        """Declare symptoms: the colour is yellow for seven days."""
        declared = {"symptoms": ["fever"], "symptoms_began_at": rfc3339(AT - HOUR)}
        self.client.post("/health-declarations", json=declared, headers=self.headers).raise_for_status()

    def ask(self, day: str = "2020-03-25", region: str = HOME) -> Any:
        """Ask, and give the JSON."""
        answer = self.client.get("/trip-check", params={"region": region, "day": day}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


def recognition(effective_from: Instant = AT - 5 * DAY) -> Recognition:
    return Recognition(
        host=HOME, issuer=HOST, version=1, published_at=AT - 5 * DAY, effective_from=effective_from
    )


@pytest.fixture
def traveller(tmp_path: Path) -> Traveller:
    return Traveller(tmp_path)


def test_c2_3_a_green_pass_passes_there_and_nothing_else_is_asked(traveller: Traveller) -> None:
    traveller.region.paper_pass(traveller.holder)

    told = traveller.ask()

    assert (told["decision"]["outcome"], told["decision"]["reasons"][0]["clause"]) == ("PASS", "C2.3")
    assert (told["decision"]["host"], told["decision"]["measures"]) == (HOME, [])
    assert told["decision"]["decided_at"] == "2020-03-25T12:00:00+08:00"
    assert "不需要其他任何证明" in told["words"]["zh"]
    assert told["words"]["en"].startswith("On 2020-03-25 in Guangdong")
    assert (told["is_known"], told["as_of"], told["after_renewal"]) == (True, rfc3339(AT), None)
    assert any("look again" in note["en"].lower() for note in told["notes"])


def test_c2_2_the_rules_of_the_destination_decide_not_those_at_home(traveller: Traveller) -> None:
    row = replace(DEFAULT_ROWS[Colour.YELLOW], kind=MeasureKind.HEALTH_MONITORING, days=3)
    traveller.opened = replace(traveller.opened, rulebooks=(Rulebook(region=HOME, version=8, rows=(row,)),))
    traveller.falls_ill()
    traveller.region.paper_pass(traveller.holder)

    decision = traveller.ask("2020-03-22")["decision"]

    assert (decision["outcome"], decision["colour"]) == ("CONTROL", "yellow")
    assert [each["kind"] for each in decision["measures"]] == ["health_monitoring"]
    assert decision["reasons"][0]["source"] == {"kind": "rulebook", "issuer": HOME, "version": 8}


def test_c2_1_before_the_recognition_takes_effect_the_pass_does_not_count(traveller: Traveller) -> None:
    traveller.opened = replace(traveller.opened, recognitions={HOST: recognition(MARCH_25)})
    traveller.region.paper_pass(traveller.holder)

    before, on_the_day = traveller.ask("2020-03-24"), traveller.ask("2020-03-25")

    assert before["decision"]["reasons"][0]["code"] == "not_recognised"
    assert (before["decision"]["outcome"], before["decision"]["routes"]) == ("REAPPLY", ["host"])
    assert on_the_day["decision"]["outcome"] == "PASS"


def test_c3_3_a_referral_holds_until_its_release_and_the_national_requirement_is_named(
    traveller: Traveller,
) -> None:
    release = Release(effective_from=MARCH_25)
    referral = Referral(host=HOME, issuer=HOST, version=2, authority=AUTHORITY, releases=(release,))
    row = NationalRow(issuer=HOST, authority=AUTHORITY, releases=(release,))
    traveller.opened = replace(traveller.opened, referrals={HOST: referral})
    traveller.national = (NationalRulebook(version=1, published_at=AT, valid_from=AT, rows=(row,)),)
    traveller.region.paper_pass(traveller.holder)

    before, on_the_day = traveller.ask("2020-03-24"), traveller.ask("2020-03-25")

    assert (before["decision"]["outcome"], before["decision"]["authority"]) == ("REFER", AUTHORITY)
    assert AUTHORITY in before["words"]["zh"]
    assert any("national requirement names Inner Mongolia" in note["en"] for note in before["notes"])
    assert on_the_day["decision"]["outcome"] == "PASS"
    assert not any("national requirement" in note["en"] for note in on_the_day["notes"])


def test_c2_4_a_pass_that_ends_before_is_to_be_renewed_and_the_answer_after_that_is_given_too(
    traveller: Traveller,
) -> None:
    traveller.region.paper_pass(traveller.holder)

    told = traveller.ask("2020-04-10")

    assert told["decision"]["reasons"][0]["code"] == "expired"
    assert (told["decision"]["outcome"], told["decision"]["routes"]) == ("REAPPLY", ["home", "host"])
    assert told["after_renewal"]["outcome"] == "PASS"
    assert any("renew it first" in note["en"] for note in told["notes"])


@pytest.mark.parametrize("has_hub", [True, False])
def test_what_is_not_known_is_said_and_no_answer_is_made_up(traveller: Traveller, has_hub: bool) -> None:
    traveller.has_hub = has_hub
    traveller.region.paper_pass(traveller.holder)

    told = traveller.ask(region=HUBEI)

    assert (told["is_known"], told["decision"], told["after_renewal"]) == (False, None, None)
    assert "湖北" in told["words"]["zh"]
    assert "not known here" in told["words"]["en"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"region": HOME, "day": "2020-03-19"}, 422),
        ({"region": HOME, "day": "2020-05-20"}, 422),
        ({"region": "990000", "day": "2020-03-25"}, 422),
        ({"region": HOME, "day": "tomorrow"}, 422),
        ({"region": HOME, "day": "2020-03-25", "pass_id": "0" * 16}, 404),
    ],
)
def test_a_day_that_is_past_and_what_is_not_there_are_refused(
    traveller: Traveller, query: dict[str, str], status: int
) -> None:
    traveller.region.paper_pass(traveller.holder)

    assert traveller.client.get("/trip-check", params=query, headers=traveller.headers).status_code == status


def test_who_has_no_pass_is_told_to_apply_first(traveller: Traveller) -> None:
    query = {"region": HOME, "day": "2020-03-25"}
    answer = traveller.client.get("/trip-check", params=query, headers=traveller.headers)

    assert (answer.status_code, "Apply for one first" in answer.text) == (409, True)
