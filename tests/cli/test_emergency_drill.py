"""The drill for a compromised key: closed at home, and gates of another region know it through the hub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.bootstrap.region import OpenRegion, open_region
from comity.cli.main import run
from comity.domain.colour import PassClass
from comity.domain.decision import ReasonCode
from comity.issuance.application import GrantedPass, PassRequest, apply_for_passes
from comity.issuance.key_reissue import ReissuedPass
from comity.issuance.people import register_person
from comity.issuance.status_publication import publish_status
from comity.records.search import equal
from tests.builders import HOME, HOST
from tests.federation import PASSPHRASE, Federation, federation_in
from tests.people import name, resident


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    with federation_in(tmp_path) as made:
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
