"""The drill for a compromised key: closed at home, and gates of another region know it through the hub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from comity import bootstrap
from comity.bootstrap.hub import OpenHub, init_hub
from comity.bootstrap.hub_members import admit_for_test
from comity.bootstrap.hub_publication import publish
from comity.bootstrap.region import OpenRegion, init_region, open_region
from comity.bootstrap.region_hub import publish_region, sync_region
from comity.bootstrap.region_words import say_through_hub
from comity.bootstrap.settings import NodeSettings, read_settings
from comity.cli.main import run
from comity.client.folder_source import FolderSource
from comity.domain.colour import PassClass
from comity.domain.decision import Decision, ReasonCode
from comity.domain.region import RegionCode
from comity.hub.membership_applications import submit_application
from comity.issuance.application import GrantedPass, PassRequest, apply_for_passes
from comity.issuance.host_words import HostWord, Wording
from comity.issuance.key_reissue import ReissuedPass
from comity.issuance.people import register_person
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.issuance.status_publication import publish_status
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.location import Location, write_location
from comity.verify import verify
from tests.builders import HOME, HOST
from tests.people import name, resident

PASSPHRASE = "correct horse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """A hub and two regions in one process, each with its folder; the host recognises the home."""

    hub: OpenHub
    settings: dict[RegionCode, NodeSettings]

    def send(self, body: bytes) -> None:
        """Take a publication in as the served hub does."""
        publish(self.hub, body)

    def follow(self, region: OpenRegion) -> None:
        """Publish what is due and fetch what is there, as a node's duties do."""
        publish_region(region, send=self.send)
        sync_region(region, FolderSource(self.hub.folder.repository))

    def join(self, region: OpenRegion) -> None:
        """Let a region in."""
        issuer, at = region.issuer, region.clock()
        place = Location(region=issuer.region, version=1, url="https://node.example")
        location = write_location(place, issuer.keys.statements, is_test=True)
        with issuer.store.transaction() as transaction:
            row = statement_row(StatementKind.LOCATION, issuer.region, 1, location, at=at)
            transaction.of(StatementRow).add(row)
            key_list = find_newest(transaction, StatementKind.KEY_LIST, issuer.region)
        assert key_list is not None
        submit_application(
            self.hub.hub, key_list=key_list.data, location=location, certificate=b"-", asked_by="-", at=at
        )
        admit_for_test(self.hub, issuer.region)

    def gate(self, text: str) -> Decision:
        """Show a code at a gate of the host, which has the host's bundle and the home's lists."""
        published, home = (self.settings[region].data / "published" for region in (HOST, HOME))
        gate = bootstrap.open_gate(
            published / "bundle.cbor", anchor=published / "anchor.cbor", host=HOST, status=home / "status"
        )
        return verify(text, gate.bundle, at=datetime.now(UTC), lists=gate.lists)


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    read = partial(read_settings, demo=True, key_passphrase=PASSPHRASE)
    with ExitStack() as stack:
        hub = stack.enter_context(init_hub(read(data=tmp_path / "hub")).opened)
        root = hub.folder.repository / "metadata" / "1.root.json"
        place = {"hub_url": "http://127.0.0.1:1", "hub_root": root}
        settings = {region: read(region=region, data=tmp_path / region, **place) for region in (HOST, HOME)}
        made = Federation(hub=hub, settings=settings)
        regions = {region: stack.enter_context(init_region(settings[region]).region) for region in settings}
        for region in regions.values():
            made.join(region)
        for region in (*regions.values(), *regions.values()):
            made.follow(region)
        for word in (HostWord.INVITE, HostWord.REPLY, HostWord.CONFIRM, HostWord.PUBLISH):
            say_through_hub(regions[HOST], Wording(word=word, issuer=HOME), send=made.send)
        yield made


def test_a_closed_key_reaches_a_gate_of_another_region_through_the_hub(
    federation: Federation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_region(federation.settings[HOME]) as home:
        old = paper(home)
        publish_status(home.issuer, home.folder.published, at=home.clock())
    assert federation.gate(old.text).reason is ReasonCode.GREEN

    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("COMITY_DEMO", "1")
    command = ["region", "rotate", "--emergency", "--data", str(federation.settings[HOME].data), "--json"]
    assert run(command) == 0
    drill = json.loads(capsys.readouterr().out)
    assert [each["told"] for each in drill["reissues"]] == [1]  # paper: its holder is told to fetch it
    assert federation.gate(old.text).reason is ReasonCode.GREEN  # the host has not heard of it

    with open_region(federation.settings[HOME]) as home, open_region(federation.settings[HOST]) as host:
        federation.follow(home)
        federation.follow(host)
        assert federation.gate(old.text).reason is ReasonCode.KEY_REVOKED
        new = paper(home)
        publish_status(home.issuer, home.folder.published, at=home.clock())
        assert federation.gate(new.text).reason is ReasonCode.GREEN
        with home.issuer.store.reading() as transaction:
            noted = transaction.of(ReissuedPass).select(equal("kid", drill["closed"]))
    assert [each.pass_id for each in noted] == [old.issued.pass_id]


def paper(region: OpenRegion) -> GrantedPass:
    """Give somebody a paper pass."""
    at = region.clock()
    with region.issuer.store.transaction() as transaction:
        person = register_person(transaction, region.issuer, resident(1), name(1), "440100", at=at)
    asked = PassRequest(
        holder=person.holder,
        carrier=person.holder,
        pass_class=PassClass.PAPER,
        request_id=region.issuer.new_id(),
    )
    granted = apply_for_passes(region.issuer, [asked], at=at)[0]
    assert isinstance(granted, GrantedPass)
    return granted
