"""Purge, export, deletion and rotation on every kind of store: what SQL finds is what memory finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.domain.colour import Colour
from comity.domain.instant import DAY
from comity.errors import UnknownRecord
from comity.issuance.deletion import delete_person
from comity.issuance.evidence import EvidenceRow
from comity.issuance.guardians import declare_dependant
from comity.issuance.issuer import Issuer
from comity.issuance.people import register_person
from comity.issuance.person_export import export_person
from comity.issuance.purge import purge
from comity.issuance.records import HolderKey, Message, Person
from comity.issuance.retention import EVIDENCE_KEPT
from comity.issuance.vault_rotation import rewrap_all, vault_uses
from comity.records.audit import verify_audit
from comity.records.ports import Store
from comity.records.sessions import SessionKind, begin_session
from comity.storage.database_url import open_store
from comity.storage.memory import MemoryStore
from tests.builders import AT
from tests.issuance.holding import contact, keep
from tests.issuance.test_retention import YEARS, add, child, correction, event, standing
from tests.people import name, resident
from tests.region import make_issuer


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def issuer(request: pytest.FixtureRequest) -> Iterator[Issuer]:
    """A region over an empty store of each kind."""
    store: Store = (
        MemoryStore()
        if request.param == "memory"
        else open_store(request.getfixturevalue(f"{request.param}_url"))
    )
    yield replace(make_issuer(), store=store)
    store.close()


def people_of(issuer: Issuer, count: int) -> list[HolderKey]:
    with issuer.store.transaction() as transaction:
        found = [
            register_person(transaction, issuer, resident(order), name(order), "150102", at=AT)
            for order in range(count)
        ]
    return [person.holder for person in found]


def test_a_purge_goes_through_everything_in_small_batches(issuer: Issuer) -> None:
    holders = people_of(issuer, 9)
    keep(issuer, *(contact(who, ref=f"c{order}") for order, who in enumerate(holders)))
    add(issuer, standing(holders[0], Colour.RED, next_at=AT + YEARS), standing(holders[1], Colour.GREEN))
    for order, who in enumerate(holders):
        add(issuer, Message(message_id=f"m{order}", holder=who, text_key="k", values="{}", made_at=AT))
    add(issuer, correction("done", holders[2], decided_at=AT), event("done"))
    add(issuer, correction("open", holders[3], decided_at=None), event("open"))
    with issuer.store.transaction() as transaction:
        declare_dependant(transaction, issuer, holders[4], child(), at=AT)

    assert purge(issuer, at=AT + EVIDENCE_KEPT, batch=2).counted() == {"evidence": 8, "message": 9}
    later = purge(issuer, at=AT + YEARS, batch=2).counted()

    assert later == {"correction": 1, "correction_event": 1, "person": 6, "standing": 1}
    with issuer.store.reading() as transaction:
        assert {person.holder for person in transaction.of(Person).select()} > {
            holders[0],
            holders[3],
            holders[4],
        }
        assert [row.holder for row in transaction.of(EvidenceRow).select()] == [holders[0]]
        assert verify_audit(transaction).faults == ()


def test_an_export_and_a_deletion_find_the_same_records(issuer: Issuer) -> None:
    holder, other = people_of(issuer, 2)
    with issuer.store.transaction() as transaction:
        begin_session(transaction, issuer, SessionKind.RESIDENT, holder, at=AT)
        begin_session(transaction, issuer, SessionKind.RESIDENT, other, at=AT)
    add(issuer, correction("c", holder, decided_at=AT), event("c"))

    held = export_person(issuer, holder, actor="holder", at=AT)
    records = held["records"]
    assert isinstance(records, dict)
    assert set(records) == {"session", "correction", "correction_event", "audit_row"}
    assert other not in json.dumps(held)
    assert delete_person(issuer, holder, at=AT).counted() == {"person": 1, "session": 1}
    with pytest.raises(UnknownRecord):
        export_person(issuer, holder, actor="holder", at=AT)
    assert purge(issuer, at=AT + DAY).counted() == {"change": 1}


def test_a_rotation_wraps_everything_again_in_small_batches(issuer: Issuer) -> None:
    people_of(issuer, 5)
    keys = {**issuer.vault.keys, "vault-2": b"2" * 32}
    after = replace(issuer, vault=replace(issuer.vault, keys=keys, current="vault-2"))

    assert rewrap_all(after, at=AT, limit=2) == 5
    with issuer.store.reading() as transaction:
        assert [use.records for use in vault_uses(transaction, after)] == [0, 5]


def test_rule_15_what_is_deleted_is_left_in_no_file_of_an_sqlite_database(
    sqlite_url: str, tmp_path: Path
) -> None:
    store = open_store(sqlite_url)
    issuer = replace(make_issuer(), store=store)
    (holder, *_) = people_of(issuer, 3)
    with store.reading() as transaction:
        person = transaction.of(Person).find(holder)
    assert person is not None

    def is_there() -> bool:
        return any(person.sealed in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    was_there = is_there()
    delete_person(issuer, holder, at=AT)
    store.close()

    assert was_there
    assert not is_there()
