"""The keys of a region: made once, one usage each, and listed under its root (design section 3).

A standby pass key is listed from the start, so that an emergency change of keys needs no new list on the
gates' side. It stands before the key in use, since of equally old keys the last one listed signs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import KeyStoreError
from comity.issuance.issuer import IssuerKeys
from comity.records.ports import KeyStore
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.ports import Signer

_SECRET_LENGTH: Final = 40
"""Random bytes for a key: more than 32, so that reducing them leaves no trace."""
_STANDING: Final = (Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE)


def make_keys(keys: KeyStore, region: RegionCode, *, draw: Callable[[int], bytes]) -> tuple[Signer, KeyList]:
    """Make root, standby pass key, pass key, and one key of each other usage; give the root and the list."""
    root = keys.add(region, None, draw(_SECRET_LENGTH))
    made = [(usage, keys.add(region, usage, draw(_SECRET_LENGTH))) for usage in (Usage.PASS, *Usage)]
    entries = tuple(KeyEntry(key=signer.public, usage=usage) for usage, signer in made)
    return root, KeyList(region=region, version=1, root=root.public, entries=entries)


def keys_in_use(keys: KeyStore, key_list: KeyList, *, at: Instant) -> IssuerKeys:
    """Choose the keys a region signs with at an instant. Raises: KeyStoreError when one is not at hand."""
    pass_entry = _newest(_live(key_list, Usage.PASS, at))
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


def _live(key_list: KeyList, usage: Usage, at: Instant) -> list[KeyEntry]:
    return [
        entry
        for entry in key_list.entries
        if entry.usage is usage and entry.may_sign_at(at) and not entry.is_revoked(at)
    ]


def _newest(entries: Sequence[KeyEntry]) -> KeyEntry | None:
    """Find the entry with the latest start; of equals the last listed counts."""
    newest: KeyEntry | None = None
    for entry in entries:
        if newest is None or (entry.not_before or 0) >= (newest.not_before or 0):
            newest = entry
    return newest


def _signer(keys: KeyStore, key_list: KeyList, usage: Usage, at: Instant) -> Signer:
    entry = _newest(_live(key_list, usage, at))
    if entry is None:
        raise KeyStoreError(f"the key list of {key_list.region} has no {usage} key in force")
    return keys.get_signer(key_list.region, usage, entry.kid)
