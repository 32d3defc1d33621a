"""The rotation of a region's keys: planned ahead, or in an emergency at once (design section 3).

A planned key is listed 7 days before its time, so that it has reached every gate by then. In an emergency the
key is closed in the key list at once; a pass key is followed by the standby, which every gate has already,
and a new standby is made. What was signed under a closed pass key is issued again by `key_reissue`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from comity.codec.cose import Kid, read_sign1
from comity.domain.instant import DAY, Instant, rfc3339
from comity.domain.validity import KEY_MAX_VALIDITY
from comity.errors import NotPossibleNow, UnknownRecord
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.issuer import Issuer
from comity.issuance.key_intents import SECRET_LENGTH as SECRET_LENGTH
from comity.issuance.key_intents import begin_keys, end_intents
from comity.issuance.key_reissue import begin_reissue
from comity.issuance.key_ring import find_current, find_standby, follow_keys
from comity.issuance.statements import KEY_LIST_LOCK, OWN_WORD, StatementRow, get_key_list, statement_row
from comity.records.audit import Act, record_acts
from comity.records.ports import KeyStore, Transaction
from comity.records.search import equal, one_of
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import write_key_list
from comity.trust.ports import Signer
from comity.trust.signing import sign_message

KEY_LEAD: Final = 7 * DAY
"""Seconds from the publication of a planned key to its first signature (design section 3)."""
KEY_OVERLAP: Final = DAY
"""Seconds for which the key before it may still sign, for a process that follows late."""


class KeyState(StrEnum):
    """Where a listed key stands at an instant."""

    PLANNED = "planned"
    CURRENT = "current"
    STANDBY = "standby"
    ENDING = "ending"
    ENDED = "ended"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key of the key list and where it stands."""

    entry: KeyEntry
    state: KeyState


def listed_keys(key_list: KeyList, *, at: Instant) -> list[KeyRow]:
    """Give every key of a list with its state at an instant, in order of the list."""
    return [KeyRow(entry=entry, state=_state(key_list, entry, at)) for entry in key_list.entries]


def _state(key_list: KeyList, entry: KeyEntry, at: Instant) -> KeyState:
    if entry.revoked_at is not None:
        return KeyState.CLOSED
    if entry.not_before is not None and at < entry.not_before:
        return KeyState.PLANNED
    if not entry.may_sign_at(at):
        return KeyState.ENDED
    if entry == find_current(key_list, entry.usage, at=at):
        return KeyState.CURRENT
    is_standby = entry.usage is Usage.PASS and entry == find_standby(key_list, at=at)
    return KeyState.STANDBY if is_standby else KeyState.ENDING


def rotate_key(issuer: Issuer, keys: KeyStore, usage: Usage, *, at: Instant, actor: str) -> KeyEntry:
    """Make and list a key that signs in 7 days, when the one in use ends; give its entry.

    Raises: NotPossibleNow when one is planned already, KeyStoreError, StoreUnavailable.
    """
    with issuer.store.reading() as transaction:
        _require_none_planned(_own_list(transaction, issuer), usage, at=at)
    (signer,) = begin_keys(issuer, keys, [usage], at=at, actor=actor)
    with issuer.store.transaction() as transaction:
        transaction.lock(KEY_LIST_LOCK)
        known = _own_list(transaction, issuer)
        _require_none_planned(known, usage, at=at)
        current = find_current(known, usage, at=at)
        planned = KeyEntry(key=signer.public, usage=usage, not_before=at + KEY_LEAD)
        if current is not None:
            planned = replace(planned, max_validity=current.max_validity, areas=current.areas)
        ends_at = at + KEY_LEAD + KEY_OVERLAP
        entries = [replace(each, not_after=ends_at) if each == current else each for each in known.entries]
        act = Act(
            actor=actor,
            act="key.planned",
            subject=planned.kid.hex(),
            detail={"usage": str(usage), "not_before": planned.not_before},
        )
        end_intents(transaction, [planned.kid.hex()])
        _publish(transaction, issuer, keys, known, [*entries, planned], [act], at=at)
    return planned


def close_key(
    issuer: Issuer,
    keys: KeyStore,
    usage: Usage,
    kid: Kid,
    *,
    at: Instant,
    actor: str,
    confirm: Callable[[Transaction], list[Act]] = lambda _: [],
) -> KeyList:
    """Close a key at once and put another in its place; give the key list as published.

    1. The key is listed and not closed yet.
    2. The keys that follow are made: a standby, and one to sign where no standby waits.
    3. The key list is as it was read, and who has to `confirm` does, in the same transaction.
    4. What a statement key signed is signed again; the passes of a pass key wait to be issued again.
    5. The key list is published with the key closed and the next in use.

    Raises: UnknownRecord, NotPossibleNow, KeyStoreError, StoreUnavailable, and what `confirm` raises.
    """
    with issuer.store.reading() as transaction:
        before = _own_list(transaction, issuer)
    entry = _open_entry(before, usage, kid)  # 1
    state = _state(before, entry, at)
    made = begin_keys(issuer, keys, [usage] * _needed(before, usage, state, at), at=at, actor=actor)  # 2
    with issuer.store.transaction() as transaction:
        transaction.lock(KEY_LIST_LOCK)
        if _own_list(transaction, issuer).version != before.version:  # 3
            raise NotPossibleNow("the key list was changed meanwhile", next_step="Look at it and ask again.")
        acts = confirm(transaction)
        if usage is Usage.STATEMENT and state is KeyState.CURRENT:  # 4
            _sign_again(transaction, issuer, kid, made[-1])
        if usage is Usage.PASS and state not in (KeyState.PLANNED, KeyState.STANDBY):
            begin_reissue(transaction, kid, at=at)
        end_intents(transaction, [signer.kid.hex() for signer in made])
        entries = _without(before, entry, state, made, at=at)  # 5
        detail = {"usage": str(usage), "state": str(state)}
        acts.append(Act(actor=actor, act="key.closed", subject=kid.hex(), detail=detail))
        return _publish(transaction, issuer, keys, before, entries, acts, at=at)


def publish_keys(issuer: Issuer, keys: KeyStore, folder: Path, *, at: Instant) -> Issuer:
    """Publish the bundle and the statements with the newest key list; give the issuer with its keys.

    Raises: KeyStoreError, StoreUnavailable.
    """
    followed = follow_keys(issuer, keys, at=at)
    publish_bundle(followed, folder, at=at)
    return followed


def _needed(key_list: KeyList, usage: Usage, state: KeyState, at: Instant) -> int:
    """Say how many keys have to be made when one in this state is closed."""
    if usage is not Usage.PASS:
        return 1 if state is KeyState.CURRENT else 0
    if state is KeyState.STANDBY:
        return 1
    if state is not KeyState.CURRENT:
        return 0
    return 2 if find_standby(key_list, at=at) is None else 1


def _without(
    key_list: KeyList, entry: KeyEntry, state: KeyState, made: Sequence[Signer], *, at: Instant
) -> list[KeyEntry]:
    """Give the entries with one closed: its successor signs from now on, a new standby stands first."""
    closed = replace(entry, revoked_at=at)
    entries = [closed if each == entry else each for each in key_list.entries]
    fresh = [KeyEntry(key=s.public, usage=entry.usage, areas=entry.areas) for s in made]
    if state is KeyState.CURRENT:
        standby = find_standby(key_list, at=at) if entry.usage is Usage.PASS else None
        if standby is None:
            entries.append(replace(fresh.pop(), not_before=at, max_validity=entry.max_validity))
        else:
            entries = [replace(each, not_before=at) if each == standby else each for each in entries]
    return [*fresh, *entries]


def _publish(
    transaction: Transaction,
    issuer: Issuer,
    keys: KeyStore,
    before: KeyList,
    entries: Sequence[KeyEntry],
    acts: Sequence[Act],
    *,
    at: Instant,
) -> KeyList:
    """Sign and keep the next key list, without pass keys whose last pass has long expired."""
    after = KeyList(
        region=before.region,
        version=before.version + 1,
        root=before.root,
        entries=tuple(each for each in entries if not _is_over(each, at)),
    )
    root = keys.get_signer(issuer.region, None, before.root.kid)
    data = write_key_list(after, root, is_test=issuer.is_test)
    row = statement_row(StatementKind.KEY_LIST, issuer.region, after.version, data, at=at)
    transaction.of(StatementRow).add(row)
    published = Act(actor="region", act="publish_key_list", subject=row.statement_id)
    record_acts(transaction, [*acts, published], at=at)
    return after


def _is_over(entry: KeyEntry, at: Instant) -> bool:
    last = entry.not_after
    return entry.usage is Usage.PASS and last is not None and last + KEY_MAX_VALIDITY <= at


def _sign_again(transaction: Transaction, issuer: Issuer, closed: Kid, signer: Signer) -> None:
    """Sign the region's own word again, unchanged, where the closed key had signed it."""
    rows = transaction.of(StatementRow)
    for row in rows.select(equal("region", issuer.region), one_of("kind", OWN_WORD)):
        signed = read_sign1(row.data)
        if signed.header.kid == closed:
            rows.replace(
                replace(row, data=sign_message(signed.payload, signer, typ=signed.header.typ)),
            )


def get_open_key(transaction: Transaction, issuer: Issuer, usage: Usage, kid: Kid) -> KeyEntry:
    """Give a listed key that is not closed. Raises: UnknownRecord, NotPossibleNow."""
    return _open_entry(_own_list(transaction, issuer), usage, kid)


def _own_list(transaction: Transaction, issuer: Issuer) -> KeyList:
    return get_key_list(transaction, issuer.region, is_test=issuer.is_test)


def _open_entry(key_list: KeyList, usage: Usage, kid: Kid) -> KeyEntry:
    entry = key_list.find(kid, usage)
    if entry is None:
        raise UnknownRecord(f"the key list has no {usage} key {kid.hex()}")
    if entry.revoked_at is not None:
        raise NotPossibleNow(f"the {usage} key {kid.hex()} is closed since {rfc3339(entry.revoked_at)}")
    return entry


def _require_none_planned(key_list: KeyList, usage: Usage, *, at: Instant) -> None:
    for each in listed_keys(key_list, at=at):
        if each.entry.usage is usage and each.state is KeyState.PLANNED:
            when = rfc3339(each.entry.not_before or at)
            raise NotPossibleNow(
                f"a {usage} key is planned already, to sign from {when}",
                next_step="Wait until it signs, or close it as an emergency.",
            )
