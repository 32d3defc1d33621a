"""The national code at the hub: its keys made, rotated, and opened by the workers that convert (ADR 0016)."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_publication import order_hub_statements
from comity.bootstrap.key_store import open_key_store
from comity.domain.instant import Instant
from comity.domain.region import NATION
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import NotPossibleNow, UsageError
from comity.hub.conversion import NationalIssuer
from comity.hub.nation import find_national_keys, list_national_keys
from comity.issuance.key_rotation import SECRET_LENGTH
from comity.records.ports import Transaction
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import write_key_list


def found_nation(opened: OpenHub) -> KeyList:
    """Make the keys of the national code, list them under its own root, and put them in order.

    Raises: UsageError when there are keys already, KeyStoreError, StoreUnavailable.
    """
    hub, at = opened.hub, opened.clock()
    with hub.store.reading() as transaction:
        known = find_national_keys(transaction, hub)
    if known is not None:
        raise UsageError(
            f"the national code has key list {known.version} already",
            next_step="Serve the hub; it converts with it. Another key: comity hub nation --rotate.",
        )
    key_store = open_key_store(opened.settings, opened.folder.keys)
    root = key_store.add(NATION, None, secrets.token_bytes(SECRET_LENGTH))
    made = [key_store.add(NATION, Usage.PASS, secrets.token_bytes(SECRET_LENGTH)) for _ in range(2)]
    entries = tuple(
        KeyEntry(key=signer.public, usage=Usage.PASS, max_validity=ONLINE_LIFETIME) for signer in made
    )
    keys = KeyList(region=NATION, version=1, root=root.public, entries=entries)
    with hub.store.transaction() as transaction:
        list_national_keys(transaction, hub, write_key_list(keys, root, is_test=hub.is_test), at=at)
    _order(opened)
    return keys


def rotate_nation(opened: OpenHub) -> KeyList:
    """Close the national key that signs now, at once; the standby signs, and a fresh standby is listed.

    Every gate has the standby already. A served hub signs with it from its next conversion on.

    Raises: UsageError without keys, KeyStoreError, StatementRefused, StoreUnavailable.
    """
    hub, at = opened.hub, opened.clock()
    with hub.store.reading() as transaction:
        known = find_national_keys(transaction, hub)
    if known is None:
        raise UsageError(
            "the national code has no keys to rotate yet", next_step="Make them: comity hub nation."
        )
    closed = _signing(known, at)
    key_store = open_key_store(opened.settings, opened.folder.keys)
    fresh = key_store.add(NATION, Usage.PASS, secrets.token_bytes(SECRET_LENGTH))
    entries = [replace(each, revoked_at=at) if each == closed else each for each in known.entries]
    entries.append(KeyEntry(key=fresh.public, usage=Usage.PASS, max_validity=ONLINE_LIFETIME))
    keys = KeyList(region=NATION, version=known.version + 1, root=known.root, entries=tuple(entries))
    root = key_store.get_signer(NATION, None, known.root.kid)
    with hub.store.transaction() as transaction:
        list_national_keys(transaction, hub, write_key_list(keys, root, is_test=hub.is_test), at=at)
    _order(opened)
    return keys


def _order(opened: OpenHub) -> None:
    with suppress(NotPossibleNow):  # before the ceremony of the root there is nothing to order in
        order_hub_statements(opened)


@dataclass(slots=True)
class NationalKeys:
    """The national code as issuer by the newest key list; opened again when another key is to sign."""

    opened: OpenHub
    _issuer: NationalIssuer | None = None
    _opening: Lock = field(default_factory=Lock)

    def __call__(self, transaction: Transaction) -> NationalIssuer | None:
        """Give who converts now; None without a key that may sign. Raises: KeyStoreError, UsageError."""
        hub = self.opened.hub
        keys = find_national_keys(transaction, hub)
        entry = None if keys is None else _signing(keys, self.opened.clock())
        if entry is None:
            return None
        with self._opening:
            known = self._issuer
            if known is None or known.entry != entry:
                key_store = open_key_store(self.opened.settings, self.opened.folder.keys)
                signer = key_store.get_signer(NATION, Usage.PASS, entry.kid)
                known = self._issuer = NationalIssuer(entry=entry, signer=signer, is_test=hub.is_test)
        return known


def _signing(keys: KeyList, at: Instant) -> KeyEntry | None:
    """Choose the key that signs at an instant: of those that may, the first listed; the others stand by."""
    live = (
        entry
        for entry in keys.entries
        if entry.usage is Usage.PASS and entry.may_sign_at(at) and not entry.is_revoked(at)
    )
    return next(live, None)
