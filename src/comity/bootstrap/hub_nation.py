"""The national code at the hub: its keys made once, and opened by the workers that convert (ADR 0016)."""

from __future__ import annotations

import secrets

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_publication import order_hub_statements
from comity.bootstrap.region import require_passphrase
from comity.domain.instant import Instant
from comity.domain.region import NATION
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import UsageError
from comity.hub.conversion import NationalIssuer
from comity.hub.nation import find_national_keys, list_national_keys
from comity.issuance.key_rotation import SECRET_LENGTH
from comity.records.ports import KeyStore
from comity.storage.keyfile import KeyFile
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import write_key_list


def found_nation(opened: OpenHub) -> KeyList:
    """Make the keys of the national code, list them under its own root, and put them in order.

    Raises: UsageError when there are keys already, KeyStoreError, StoreUnavailable, NotPossibleNow.
    """
    hub, at = opened.hub, opened.clock()
    with hub.store.reading() as transaction:
        known = find_national_keys(transaction, hub)
    if known is not None:
        raise UsageError(
            f"the national code has key list {known.version} already",
            next_step="Serve the hub; it converts with it.",
        )
    key_store = _key_file(opened)
    root = key_store.add(NATION, None, secrets.token_bytes(SECRET_LENGTH))
    made = [key_store.add(NATION, Usage.PASS, secrets.token_bytes(SECRET_LENGTH)) for _ in range(2)]
    entries = tuple(
        KeyEntry(key=signer.public, usage=Usage.PASS, max_validity=ONLINE_LIFETIME) for signer in made
    )
    keys = KeyList(region=NATION, version=1, root=root.public, entries=entries)
    with hub.store.transaction() as transaction:
        list_national_keys(transaction, hub, write_key_list(keys, root, is_test=hub.is_test), at=at)
    order_hub_statements(opened)
    return keys


def open_nation(opened: OpenHub) -> NationalIssuer | None:
    """Give the national code as issuer, with its last listed key that may sign now; None without keys.

    Raises: KeyStoreError when the key is not at hand.
    """
    with opened.hub.store.reading() as transaction:
        keys = find_national_keys(transaction, opened.hub)
    if keys is None:
        return None
    return national_issuer(keys, _key_file(opened), is_test=opened.hub.is_test, at=opened.clock())


def national_issuer(keys: KeyList, store: KeyStore, *, is_test: bool, at: Instant) -> NationalIssuer | None:
    """Choose the key of the national code that signs at an instant: of those that may, the last listed."""
    live = [
        entry
        for entry in keys.entries
        if entry.usage is Usage.PASS and entry.may_sign_at(at) and not entry.is_revoked(at)
    ]
    if not live:
        return None
    signer = store.get_signer(NATION, Usage.PASS, live[-1].kid)
    return NationalIssuer(entry=live[-1], signer=signer, is_test=is_test)


def _key_file(opened: OpenHub) -> KeyFile:
    return KeyFile(opened.folder.keys, passphrase=require_passphrase(opened.settings))
