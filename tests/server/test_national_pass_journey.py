"""A national pass from a region's word to a gate: hub, repository, bundle and gate are the real ones.

Nothing is laid by hand: the hub makes the national keys, publishes them in its file, the host's node fetches
them and puts them into its bundle, and the gate reads that bundle offline (way two of docs/joining.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.bootstrap.hub_nation import NationalKeys, found_nation, rotate_nation
from comity.bootstrap.hub_national import name_national_authority, publish_national
from comity.bootstrap.hub_publication import order_hub_statements
from comity.bootstrap.region import OpenRegion, init_region, open_region
from comity.bootstrap.region_hub import sync_region
from comity.bootstrap.region_words import publish_rulebook_through_hub, say_through_hub
from comity.bootstrap.settings import read_settings
from comity.cli.main import run
from comity.client.folder_source import FolderSource
from comity.codec.qrtext import write_text
from comity.domain.colour import Colour, PassClass
from comity.domain.decision import ReasonCode
from comity.domain.instant import DAY
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.region import HUBEI, NATION
from comity.domain.rulebook import DEFAULT_ROWS, Rulebook
from comity.errors import StatementRefused
from comity.hub.conversion import conversion_question, convert_for_member
from comity.hub.membership import MembershipChange, Proposed, approve_membership, propose_membership
from comity.issuance.host_words import HostWord, Wording
from comity.officers.officers import Officer
from comity.records.search import equal
from comity.server.hub_app import make_hub_app
from comity.server.hub_node import HubNode
from comity.trust.attested_answers import AttestedAnswer, AttestedState, write_attested_answer
from tests.builders import HOME, HOST, claims
from tests.federation import PASSPHRASE, Federation, federation_in
from tests.hub_office import AUTHORITY, REASON
from tests.server.hub_server import UNBOUNDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The federation, its host and home opened, and the hub as it is served."""

    federation: Federation
    host: OpenRegion
    home: OpenRegion
    served: TestClient

    def word(self, colour: Colour = Colour.GREEN) -> bytes:
        """What the home region attests of one code now, signed with its own pass key."""
        at = self.home.clock()
        given = claims(PassClass.ONLINE, colour)._replace(issued_at=at, expires_at=at + 60)
        if colour is not Colour.GREEN:
            given = given._replace(basis=at - DAY, until=at + 13 * DAY)
        answer = AttestedAnswer(
            issuer=HOME,
            question=conversion_question(given.pass_id),
            answered_at=at,
            state=AttestedState.CURRENT,
            claims=given,
        )
        return write_attested_answer(answer, self.home.issuer.keys.passes, is_test=True)

    def convert(self, colour: Colour = Colour.GREEN) -> Any:
        """Bring the word to the hub, as the region's app does."""
        return self.served.post("/conversions", content=self.word(colour))

    def national(self, colour: Colour = Colour.GREEN) -> str:
        """The text of a national pass made of the region's word."""
        answer = self.convert(colour)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["text"])

    def decide(self, text: str) -> tuple[str, str, str | None]:
        """Outcome, reason and issuer at a gate of the host, which asks nobody."""
        decision = self.federation.gate(text)
        return decision.outcome, decision.reason, decision.issuer


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    with federation_in(tmp_path) as federation:
        found_nation(federation.hub)
        node = HubNode(opened=federation.hub, nation=NationalKeys(federation.hub))
        app = make_hub_app(node, bounds=UNBOUNDED)
        host_place, home_place = (federation.settings[region] for region in (HOST, HOME))
        with open_region(host_place) as host, open_region(home_place) as home, TestClient(app) as served:
            federation.follow(host)
            yield Journey(federation=federation, host=host, home=home, served=served)


def test_c2_1_a_national_pass_counts_once_the_host_has_recognised_the_national_code(journey: Journey) -> None:
    assert journey.decide(journey.national())[1] == ReasonCode.NOT_RECOGNISED

    journey.federation.recognise(journey.host, NATION)

    assert journey.decide(journey.national()) == ("PASS", ReasonCode.GREEN, NATION)


def test_c2_2_yellow_and_red_meet_the_hosts_own_published_measures(journey: Journey) -> None:
    journey.federation.recognise(journey.host, NATION)
    shorter = replace(DEFAULT_ROWS[Colour.YELLOW], days=3)
    book = Rulebook(region=HOST, version=2, rows=(shorter,))
    publish_rulebook_through_hub(journey.host, book, send=journey.federation.send)

    yellow, red = (
        journey.federation.gate(journey.national(colour)) for colour in (Colour.YELLOW, Colour.RED)
    )

    assert (yellow.outcome, [each.days for each in yellow.measures]) == ("CONTROL", [3])
    assert (red.outcome, [each.days for each in red.measures]) == ("CONTROL", [14])
    assert yellow.issuer == red.issuer == NATION


def test_c3_3_what_the_host_refers_of_the_region_it_refers_of_its_converted_passes(journey: Journey) -> None:
    federation, host = journey.federation, journey.host
    federation.recognise(host, NATION)
    at = federation.hub.clock()
    row = NationalRow(issuer=HOME, authority="12345")
    name_national_authority(federation.hub, AUTHORITY.public)
    required = NationalRulebook(version=1, published_at=at, valid_from=at, rows=(row,))
    publish_national(federation.hub, required, AUTHORITY)
    federation.follow(host)
    say_through_hub(host, Wording(word=HostWord.REFER, issuer=HOME), send=federation.send)

    assert journey.decide(journey.national())[:2] == ("REFER", ReasonCode.REFERRED)


def test_settled_rule_5_a_region_that_has_left_has_nothing_converted(journey: Journey) -> None:
    journey.federation.recognise(journey.host, NATION)
    hub = journey.federation.hub
    first, second = officers_of(journey)
    asked = Proposed(
        region=HOME,
        change=MembershipChange.SUSPENSION,
        effective_from=hub.clock(),
        reason=REASON,
        is_compromised=True,
    )
    proposal = propose_membership(hub.hub, first, asked, at=hub.clock())
    approve_membership(hub.hub, second, proposal.proposal_id, root=proposal.root, at=hub.clock())
    order_hub_statements(hub)

    answer = journey.convert()

    assert answer.status_code == 422
    assert "takes no part" in answer.json()["detail"]


def officers_of(journey: Journey) -> list[Officer]:
    with journey.federation.hub.hub.store.reading() as transaction:
        found = transaction.of(Officer).select(equal("division", NATION))
    return [each for each in found if "hub_officer" in each.roles][:2]


def test_c2_5_a_rotated_national_key_signs_nothing_more_and_every_gate_knows_the_standby(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    federation, hub = journey.federation, journey.federation.hub
    federation.recognise(journey.host, NATION)
    with hub.hub.store.reading() as transaction:
        closed = NationalKeys(hub)(transaction)
    assert closed is not None
    assert journey.decide(journey.national())[0] == "PASS"

    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("COMITY_DEMO", "1")
    assert run(["hub", "nation", "--rotate", "--data", str(hub.folder.path)]) == 0
    with hub.hub.store.reading() as transaction:  # who has stolen the key signs by it and not by the list
        stolen = write_text(convert_for_member(transaction, hub.hub, closed, journey.word(), at=hub.clock()))

    assert journey.decide(journey.national())[0] == "PASS"  # the served hub has changed, the gate has not
    assert journey.decide(stolen)[0] == "PASS"  # the gate has not heard of it
    federation.follow(journey.host)
    assert journey.decide(stolen)[1] == ReasonCode.KEY_REVOKED
    assert journey.decide(journey.national())[0] == "PASS"


def test_the_standby_waits_and_each_rotation_lists_another(journey: Journey) -> None:
    hub = journey.federation.hub

    once, twice = rotate_nation(hub), rotate_nation(hub)

    assert [each.revoked_at is None for each in once.entries] == [False, True, True]
    assert [each.revoked_at is None for each in twice.entries] == [False, False, True, True]
    assert once.root == twice.root


def test_a_hub_with_a_national_code_lists_its_members_and_counts_regions_alone(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("COMITY_DEMO", "1")
    capsys.readouterr()

    assert run(["hub", "member", "list", "--data", str(journey.federation.hub.folder.path)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line[:6] for line in lines] == [NATION, HOST, HOME]
    assert journey.served.get("/health/ready").json()["members"] == 2


def test_a_region_with_a_hub_of_its_own_is_told_that_it_follows_no_other(
    journey: Journey, tmp_path: Path
) -> None:
    alone = read_settings(region=HUBEI, data=tmp_path / HUBEI, demo=True, key_passphrase=PASSPHRASE)
    init_region(alone).region.close()
    repository = journey.federation.hub.folder.repository
    follows = alone.model_copy(
        update={"hub_url": "http://127.0.0.1:1", "hub_root": repository / "metadata" / "1.root.json"}
    )

    with open_region(follows) as region, pytest.raises(StatementRefused, match="another hub") as refused:
        sync_region(region, FolderSource(repository))

    assert "COMITY_HUB_URL" in refused.value.next_step
