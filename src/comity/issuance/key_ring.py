"""The keys a region signs with at an instant: chosen from the newest key list, and followed while it serves.

A key list is published before its keys are used, so that time alone changes the key in use; an emergency
changes it at once. Whoever serves looks every half second and goes on with the issuer it is given here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from comity.domain.instant import Instant
from comity.errors import KeyStoreError
from comity.issuance.issuer import Issuer, IssuerKeys
from comity.issuance.statements import find_newest
from comity.records.ports import KeyStore
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import read_key_list
from comity.trust.ports import Signer

_STANDING: Final = (Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE)


def keys_in_use(keys: KeyStore, key_list: KeyList, *, at: Instant) -> IssuerKeys:
    """Choose the keys a region signs with at an instant. Raises: KeyStoreError when one is not at hand."""
    pass_entry = find_current(key_list, Usage.PASS, at=at)
    if pass_entry is None:
        raise KeyStoreError(f"the key list of {key_list.region} has no pass key in force")
    signers = {usage: _signer(keys, key_list, usage, at) for usage in _STANDING}
    return IssuerKeys(
        key_list=key_list,
        pass_entry=pass_entry,
        passes=keys.get_signer(key_list.region, Usage.PASS, pass_entry.kid),
        status=signers[Usage.STATUS],
        statements=signers[Usage.STATEMENT],
        bundles=signers[Usage.BUNDLE],
    )


def follow_keys(issuer: Issuer, keys: KeyStore, *, at: Instant) -> Issuer:
    """Give the issuer with the keys of now: the same one, unless the key list or the time changed them.

    Raises: KeyStoreError, StoreUnavailable; then the caller goes on with what it has.
    """
    known = issuer.keys.key_list
    with issuer.store.reading() as transaction:
        row = find_newest(transaction, StatementKind.KEY_LIST, issuer.region)
    if row is not None and row.version > known.version:
        known = read_key_list(row.data, is_test=issuer.is_test)
    chosen = keys_in_use(keys, known, at=at)
    return issuer if chosen == issuer.keys else replace(issuer, keys=chosen)


def find_current(key_list: KeyList, usage: Usage, *, at: Instant) -> KeyEntry | None:
    """Find the entry that signs at an instant: the latest start counts, of equals the last listed."""
    newest: KeyEntry | None = None
    for entry in live_entries(key_list, usage, at=at):
        if newest is None or (entry.not_before or 0) >= (newest.not_before or 0):
            newest = entry
    return newest


def find_standby(key_list: KeyList, *, at: Instant) -> KeyEntry | None:
    """Find the pass key that waits for an emergency: always in force, without end, and not in use."""
    current = find_current(key_list, Usage.PASS, at=at)
    waiting = [
        entry
        for entry in live_entries(key_list, Usage.PASS, at=at)
        if entry != current and entry.not_before is None and entry.not_after is None
    ]
    return waiting[-1] if waiting else None


def live_entries(key_list: KeyList, usage: Usage, *, at: Instant) -> Sequence[KeyEntry]:
    """List the entries of a usage whose window is open and that are not closed, in order of the list."""
    return [
        entry
        for entry in key_list.entries
        if entry.usage is usage and entry.may_sign_at(at) and not entry.is_revoked(at)
    ]


def _signer(keys: KeyStore, key_list: KeyList, usage: Usage, at: Instant) -> Signer:
    entry = find_current(key_list, usage, at=at)
    if entry is None:
        raise KeyStoreError(f"the key list of {key_list.region} has no {usage} key in force")
    return keys.get_signer(key_list.region, usage, entry.kid)
