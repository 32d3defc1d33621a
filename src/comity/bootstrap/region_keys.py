"""The keys of a region: made once, one usage each, and listed under its root (design section 3).

A standby pass key is listed from the start, so that an emergency change of keys needs no new list on the
gates' side. It stands before the key in use, since of equally old keys the last one listed signs.
"""

from __future__ import annotations

from collections.abc import Callable

from comity.domain.region import RegionCode
from comity.issuance.key_rotation import SECRET_LENGTH
from comity.records.ports import KeyStore
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.ports import Signer


def make_keys(keys: KeyStore, region: RegionCode, *, draw: Callable[[int], bytes]) -> tuple[Signer, KeyList]:
    """Make root, standby pass key, pass key, and one key of each other usage; give the root and the list."""
    root = keys.add(region, None, draw(SECRET_LENGTH))
    made = [(usage, keys.add(region, usage, draw(SECRET_LENGTH))) for usage in (Usage.PASS, *Usage)]
    entries = tuple(KeyEntry(key=signer.public, usage=usage) for usage, signer in made)
    return root, KeyList(region=region, version=1, root=root.public, entries=entries)
