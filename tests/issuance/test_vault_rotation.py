"""Rotation of the vault: wrapped again in batches, forward only, and never a moment without an answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from comity.errors import KeyStoreError
from comity.issuance.corrections import CorrectionEvent
from comity.issuance.extra_demands import ExtraDemand
from comity.issuance.gates import Gate, GateState
from comity.issuance.issuer import Issuer
from comity.issuance.people import open_person
from comity.issuance.records import Person
from comity.issuance.vault import StoredVaultKeys, Vault, make_vault, open_vault
from comity.issuance.vault_rotation import (
    SealedRecord,
    VaultUse,
    key_of,
    rewrap_all,
    rewrap_people,
    sealed_of,
    vault_uses,
)
from comity.records.audit_records import AuditRow
from comity.records.ports import SecretUse
from comity.records.search import equal
from comity.storage.memory import MemoryKeyStore
from tests.builders import AT, HOST
from tests.issuance.test_retention import add, correction, event, kinds
from tests.people import name, resident
from tests.region import RegionNode


def rotated(issuer: Issuer, *, sealing: str = "vault-2") -> Issuer:
    """The same region opened anew after a rotation."""
    keys = {**issuer.vault.keys, "vault-2": b"2" * 32}
    return replace(issuer, vault=replace(issuer.vault, keys=keys, current=sealing))


def people_of(issuer: Issuer) -> list[Person]:
    with issuer.store.reading() as transaction:
        return transaction.of(Person).select()


def test_people_are_wrapped_again_in_batches_and_stay_readable_throughout(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    for order in range(5):
        region.person(order)
    after = rotated(region.issuer)

    counts = []
    while count := rewrap_people(after, limit=2):
        counts.append(count)
        names = sorted(open_person(after, person).name for person in people_of(after))
        assert names == sorted(name(order) for order in range(5))

    assert counts == [2, 2, 1]
    assert {person.vault_key for person in people_of(after)} == {"vault-2"}


def test_nothing_but_the_wrapping_changes(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    region.person(1)
    before = people_of(region.issuer)[0]
    after = rotated(region.issuer)
    rewrap_people(after)

    rewrapped = people_of(after)[0]
    assert rewrapped.sealed[-20:] == before.sealed[-20:]
    assert rewrapped.sealed != before.sealed
    assert replace(rewrapped, sealed=before.sealed, vault_key=before.vault_key) == before
    assert open_person(after, rewrapped).document == resident(1)


def test_a_worker_that_seals_with_the_old_key_never_wraps_backwards(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    region.person(1)
    after = rotated(region.issuer)
    rewrap_people(after)

    assert rewrap_people(region.issuer) == 0
    assert rewrap_all(rotated(region.issuer, sealing="vault-1"), at=AT) == 0
    assert people_of(after)[0].vault_key == "vault-2"


def test_every_sealed_kind_is_wrapped_again_and_the_audit_says_how_many(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    issuer, vault = region.issuer, region.issuer.vault
    holder = region.person(1)
    secret = vault.seal({"secret": "00"}, of=f"{Gate.TABLE}:g")
    gate = Gate(
        gate_id="g",
        division="150102",
        name="North",
        state=GateState.ENROLLED,
        added_by="o",
        added_at=AT,
        sealed=secret,
        vault_key=vault.current,
    )
    demand = ExtraDemand(
        demand_id="d",
        token_hash="t",
        division="150102",
        kind="other",  # type: ignore[arg-type]
        words="",
        reported_at=AT,
        due_at=AT,
        state="open",  # type: ignore[arg-type]
        contact=vault.seal({"contact": "c"}, of=f"{ExtraDemand.TABLE}:d"),
        vault_key=vault.current,
    )
    of = f"{CorrectionEvent.TABLE}:{event('c').event_id}"
    said = replace(event("c"), sealed=vault.seal({"statement": "s"}, of=of), vault_key=vault.current)
    silent = replace(event("x"), event_id="silent")
    add(issuer, gate, demand, correction("c", holder, decided_at=None), said, silent)
    after = rotated(issuer)

    assert rewrap_all(after, at=AT, limit=1) == 4

    with issuer.store.reading() as transaction:
        records: list[SealedRecord] = [
            *transaction.of(Person).select(),
            *transaction.of(Gate).select(),
            *transaction.of(ExtraDemand).select(),
            *transaction.of(CorrectionEvent).select(),
        ]
        for record in records:
            sealed = sealed_of(record)
            if sealed is not None:
                assert record.vault_key == "vault-2"
                of = f"{type(record).TABLE}:{key_of(record)}"
                assert after.vault.open(sealed, vault_key="vault-2", of=of)
        acts = transaction.of(AuditRow).select(equal("act", "rewrap_vault"))
        uses = vault_uses(transaction, after)
    assert [(act.subject, act.detail) for act in acts] == [("vault-2", '{"records":4}')]
    assert uses == (
        VaultUse(key="vault-1", is_current=False, records=0),
        VaultUse(key="vault-2", is_current=True, records=4),
    )
    assert rewrap_all(after, at=AT) == 0


def test_no_kind_with_a_vault_key_is_forgotten() -> None:
    sealed = {kind for kind in kinds() if "vault_key" in kind.__annotations__}

    assert sealed == {Person, CorrectionEvent, Gate, ExtraDemand}


def test_a_lost_key_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    region = RegionNode(tmp_path)
    region.person(1)
    lost = Vault(
        keys={"vault-1": b"x" * 32, "vault-2": b"2" * 32},
        current="vault-2",
        finding=region.issuer.vault.finding,
        draw=region.issuer.draw,
    )
    before = people_of(region.issuer)
    with pytest.raises(KeyStoreError):
        rewrap_people(replace(region.issuer, vault=lost))
    assert people_of(region.issuer) == before


def test_a_running_process_reads_what_a_newer_one_sealed() -> None:
    store = MemoryKeyStore()
    old = make_vault(store, HOST, draw=lambda length: bytes(range(length)))
    key = store.add_secret(HOST, SecretUse.VAULT, b"2" * 32)
    new = open_vault(store, HOST, draw=lambda length: b"n" * length)

    assert (new.current, old.current != key) == (key, True)
    assert old.open(new.seal({"a": "b"}, of="t:1"), vault_key=key, of="t:1") == {"a": "b"}
    assert new.open(old.seal({"c": "d"}, of="t:1"), vault_key=old.current, of="t:1") == {"c": "d"}
    assert old.holder_key("passport", "E1") == new.holder_key("passport", "E1")


def test_what_is_sealed_of_one_record_opens_in_no_other() -> None:
    vault = make_vault(MemoryKeyStore(), HOST, draw=lambda length: bytes(range(length)))
    sealed = vault.seal({"secret": "00"}, of="gate:1")

    for other in ("gate:2", "extra_demand:1", ""):
        with pytest.raises(KeyStoreError, match="another's"):
            vault.open(sealed, vault_key=vault.current, of=other)
    rewrapped = vault.rewrap(sealed, vault_key=vault.current)
    assert vault.open(rewrapped, vault_key=vault.current, of="gate:1") == {"secret": "00"}


def test_a_key_that_nobody_has_is_refused_by_its_id() -> None:
    vault = make_vault(MemoryKeyStore(), HOST, draw=lambda length: bytes(range(length)))
    with pytest.raises(KeyStoreError, match="no key 'lost'"):
        vault.open(vault.seal({}, of="t:1"), vault_key="lost", of="t:1")
    with pytest.raises(KeyStoreError, match="no vault"):
        open_vault(MemoryKeyStore(), HOST, draw=lambda length: bytes(length))


def test_making_a_vault_twice_keeps_the_first() -> None:
    store = MemoryKeyStore()
    first = make_vault(store, HOST, draw=lambda length: b"1" * length)
    again = make_vault(store, HOST, draw=lambda length: b"2" * length)

    assert (first.current, first.finding) == (again.current, again.finding)
    assert len(StoredVaultKeys(store, HOST)) == 1


def test_settled_rule_15_a_vault_shown_in_a_trace_shows_no_key() -> None:
    vault = make_vault(MemoryKeyStore(), HOST, draw=lambda length: b"k" * length)

    assert "kkkk" not in repr(vault)


class Asked(MemoryKeyStore):
    """A store that counts how often it is asked."""

    times = 0

    @override
    def list_secrets(self, region: str, use: SecretUse) -> dict[str, bytes]:
        self.times += 1
        return super().list_secrets(region, use)


def test_a_running_process_asks_the_store_once_for_a_new_key_and_goes_on_sealing_with_its_own() -> None:
    store = Asked()
    old = make_vault(store, HOST, draw=lambda length: bytes(range(length)))
    key = store.add_secret(HOST, SecretUse.VAULT, b"2" * 32)
    sealed = open_vault(store, HOST, draw=lambda length: b"n" * length).seal({"a": "b"}, of="t:1")
    before = store.times

    for _ in range(3):
        assert old.open(sealed, vault_key=key, of="t:1") == {"a": "b"}

    assert store.times == before + 1
    assert (old.current, list(old.keys)) == (next(iter(old.keys)), [old.current, key])
