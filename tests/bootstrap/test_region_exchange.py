"""The exchange duty of a region: what fails about one person holds up no message about another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_exchange import exchange
from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.settings import NodeSettings
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.records import Person
from comity.issuance.sealing import public_point
from comity.storage.memory import MemoryKeyStore
from comity.trust.location import Location
from tests.builders import AT
from tests.issuance.holding import assess_now, contact, keep
from tests.issuance.neighbours import SHANDONG, neighbours, outgoing, register


def test_a_person_whose_sealed_record_is_altered_holds_up_no_other_message(tmp_path: Path) -> None:
    both = neighbours()
    altered, other = register(both.henan, "370100"), register(both.henan, "370100", 1)
    keep(both.henan, contact(altered), contact(other))
    assess_now(both.henan, altered, other)
    with both.henan.store.transaction() as transaction:
        person = transaction.of(Person).find(altered)
        assert person is not None
        transaction.of(Person).replace(replace(person, sealed=b"altered"))
    region = OpenRegion(
        issuer=both.henan,
        keys=MemoryKeyStore(),  # type: ignore[arg-type]
        clock=lambda: AT,  # type: ignore[arg-type]
        folder=RegionFolder(path=tmp_path),
        settings=NodeSettings(data=tmp_path),
    )
    key = public_point(both.shandong.exchange_keys[-1])
    place = Location(region=SHANDONG, version=1, url="https://node.example", exchange_key=key)
    sent: list[str] = []
    faults = ExchangeFaults()

    taken = exchange(region, find=lambda _: place, send=lambda _, sealed: sent.append(sealed), faults=faults)

    assert taken == len(sent) == 1
    assert faults.by_step == {"send": 1}
    assert [message.holder for message in outgoing(both.henan, at=AT + 60)] == [altered]
