"""The rotation of keys: planned a week ahead, or closed at once with the standby in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typing_extensions import override

from comity.domain.instant import DAY, HOUR
from comity.domain.rulebook import Rulebook
from comity.errors import NotPossibleNow, StoreUnavailable, UnknownRecord
from comity.issuance.issuer import Issuer
from comity.issuance.key_intents import SETTLED_AFTER, KeyIntent, settle_intents
from comity.issuance.key_ring import find_current, find_standby, follow_keys
from comity.issuance.key_rotation import (
    KEY_LEAD,
    KEY_OVERLAP,
    KeyState,
    close_key,
    listed_keys,
    rotate_key,
)
from comity.issuance.statements import (
    StatementRow,
    find_newest,
    find_rulebook,
    get_key_list,
    publish_rulebook,
    statement_row,
)
from comity.records.audit import read_audit
from comity.records.statement_kinds import StatementKind
from comity.storage.memory import MemoryKeyStore
from comity.trust.keys import KeyList, Usage
from comity.trust.location import Location, read_location, write_location
from comity.trust.ports import Signer
from tests.builders import AT, HOST
from tests.region import list_keys, make_issuer, make_key_store


@pytest.fixture
def keys() -> MemoryKeyStore:
    return make_key_store(HOST)


@pytest.fixture
def issuer(keys: MemoryKeyStore) -> Issuer:
    return list_keys(make_issuer(), keys)


def listed(issuer: Issuer) -> KeyList:
    with issuer.store.reading() as transaction:
        return get_key_list(transaction, issuer.region, is_test=True)


def states(issuer: Issuer, *, at: int) -> dict[str, KeyState]:
    return {
        each.entry.kid.hex(): each.state
        for each in listed_keys(listed(issuer), at=at)
        if each.entry.usage is Usage.PASS
    }


def acts(issuer: Issuer) -> list[str]:
    with issuer.store.reading() as transaction:
        return [row.act for row in read_audit(transaction, limit=1_000)]


def test_a_planned_key_is_listed_a_week_before_it_signs(issuer: Issuer, keys: MemoryKeyStore) -> None:
    before = issuer.keys.pass_entry

    planned = rotate_key(issuer, keys, Usage.PASS, at=AT, actor="region")

    assert planned.not_before == AT + KEY_LEAD
    assert KEY_LEAD >= 7 * DAY
    early, late = (follow_keys(issuer, keys, at=AT + KEY_LEAD - each) for each in (1, 0))
    assert early.keys.passes.kid == before.kid
    assert late.keys.passes.kid == planned.kid
    ends_at = AT + KEY_LEAD + KEY_OVERLAP
    assert early.keys.pass_entry == replace(before, not_after=ends_at)
    assert find_standby(listed(issuer), at=AT + KEY_LEAD) is not None


def test_a_second_key_is_not_planned_while_one_waits(issuer: Issuer, keys: MemoryKeyStore) -> None:
    rotate_key(issuer, keys, Usage.PASS, at=AT, actor="region")

    with pytest.raises(NotPossibleNow, match="planned already"):
        rotate_key(issuer, keys, Usage.PASS, at=AT + DAY, actor="region")

    rotate_key(issuer, keys, Usage.STATUS, at=AT + DAY, actor="region")
    assert listed(issuer).version == 4


@pytest.mark.parametrize("usage", list(Usage))
def test_every_usage_has_its_next_key_after_a_week(
    issuer: Issuer, keys: MemoryKeyStore, usage: Usage
) -> None:
    planned = rotate_key(issuer, keys, usage, at=AT, actor="region")

    used = follow_keys(issuer, keys, at=AT + KEY_LEAD).keys

    signer = {"pass": used.passes, "status": used.status, "statement": used.statements}.get(
        usage, used.bundles
    )
    assert signer.kid == planned.kid


def test_rotation_after_rotation_keeps_a_standby_and_one_key_in_use(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    at = AT
    for _ in range(8):
        rotate_key(issuer, keys, Usage.PASS, at=at, actor="region")
        at += 10 * DAY
        found = list(states(issuer, at=at).values())
        assert found.count(KeyState.CURRENT) == found.count(KeyState.STANDBY) == 1

    assert len(states(issuer, at=at)) <= 7


def test_closing_the_key_in_use_lets_the_standby_sign_and_makes_another(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    closed, standby = issuer.keys.pass_entry.kid, find_standby(issuer.keys.key_list, at=AT)
    assert standby is not None

    after = close_key(issuer, keys, Usage.PASS, closed, at=AT, actor="region")

    followed = follow_keys(issuer, keys, at=AT)
    assert followed.keys.passes.kid == standby.kid
    entry = after.find(closed, Usage.PASS)
    assert entry is not None
    assert entry.is_revoked(AT)
    fresh = find_standby(after, at=AT)
    assert fresh is not None
    assert fresh.kid not in (closed, standby.kid)
    assert after.version == 3
    assert acts(issuer)[-3:].count("publish_key_list") == 1
    assert "key.closed" in acts(issuer)


def test_two_emergencies_one_after_the_other_each_find_a_standby(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    seen = {issuer.keys.pass_entry.kid}
    for turn in range(3):
        at = AT + turn * HOUR
        current = follow_keys(issuer, keys, at=at).keys.pass_entry.kid
        close_key(issuer, keys, Usage.PASS, current, at=at, actor="region")
        seen.add(follow_keys(issuer, keys, at=at).keys.pass_entry.kid)

    assert len(seen) == 4


def test_an_emergency_during_a_planned_rotation_keeps_the_plan(issuer: Issuer, keys: MemoryKeyStore) -> None:
    planned = rotate_key(issuer, keys, Usage.PASS, at=AT, actor="region")

    close_key(issuer, keys, Usage.PASS, issuer.keys.pass_entry.kid, at=AT + DAY, actor="region")

    assert follow_keys(issuer, keys, at=AT + KEY_LEAD).keys.passes.kid == planned.kid
    assert list(states(issuer, at=AT + KEY_LEAD).values()).count(KeyState.STANDBY) == 1


def test_closing_the_standby_makes_another_and_leaves_the_key_in_use(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    standby = find_standby(issuer.keys.key_list, at=AT)
    assert standby is not None

    after = close_key(issuer, keys, Usage.PASS, standby.kid, at=AT, actor="region")

    assert find_current(after, Usage.PASS, at=AT) == issuer.keys.pass_entry
    assert find_standby(after, at=AT) not in (None, standby)


def test_a_closed_key_is_not_closed_again_and_an_unknown_one_never(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    closed = issuer.keys.pass_entry.kid
    close_key(issuer, keys, Usage.PASS, closed, at=AT, actor="region")

    with pytest.raises(NotPossibleNow, match="is closed since"):
        close_key(issuer, keys, Usage.PASS, closed, at=AT, actor="region")
    with pytest.raises(UnknownRecord):
        close_key(issuer, keys, Usage.STATUS, closed, at=AT, actor="region")


def test_a_closed_statement_key_leaves_no_word_of_the_region_unsigned(
    issuer: Issuer, keys: MemoryKeyStore
) -> None:
    with issuer.store.transaction() as transaction:
        publish_rulebook(transaction, issuer, Rulebook(region=HOST, version=1), at=AT)
        place = Location(region=HOST, version=1, url="https://node.example")
        data = write_location(place, issuer.keys.statements, is_test=True)
        placed = statement_row(StatementKind.LOCATION, HOST, 1, data, at=AT)
        transaction.of(StatementRow).add(placed)

    close_key(issuer, keys, Usage.STATEMENT, issuer.keys.statements.kid, at=AT, actor="region")

    with issuer.store.reading() as transaction:
        assert find_rulebook(transaction, HOST, listed(issuer), at=AT, is_test=True) is not None
        row = find_newest(transaction, StatementKind.RULEBOOK, HOST)
        where = find_newest(transaction, StatementKind.LOCATION, HOST)
    assert row is not None
    assert row.version == 1
    assert where is not None
    assert read_location(where.data, listed(issuer), at=AT, is_test=True) == place


class FullKeyStore(MemoryKeyStore):
    """A key store that takes no more keys."""

    @override
    def add(self, region: str, usage: Usage | None, secret: bytes) -> Signer:
        raise StoreUnavailable("no room")


def test_a_stop_before_the_key_is_kept_is_seen_and_settled(issuer: Issuer) -> None:
    with pytest.raises(StoreUnavailable):
        rotate_key(issuer, FullKeyStore(), Usage.PASS, at=AT, actor="region")

    keys = make_key_store(HOST)
    assert settle_intents(issuer, keys, keys, at=AT + SETTLED_AFTER - 1) == 0
    assert settle_intents(issuer, keys, keys, at=AT + SETTLED_AFTER) == 1

    assert acts(issuer).count("key.begun") == acts(issuer).count("key.not_kept") == 1
    assert listed(issuer).version == 2
    with issuer.store.reading() as transaction:
        assert not transaction.of(KeyIntent).select()


def test_a_change_that_ends_leaves_no_note(issuer: Issuer, keys: MemoryKeyStore) -> None:
    rotate_key(issuer, keys, Usage.PASS, at=AT, actor="region")
    close_key(issuer, keys, Usage.PASS, issuer.keys.pass_entry.kid, at=AT, actor="region")

    assert settle_intents(issuer, keys, keys, at=AT + DAY) == 0
