"""A region's keys planned and closed from the command line, and the passes of a closed key issued again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from comity.bootstrap.region import OpenRegion
from comity.errors import NotPossibleNow, UnknownRecord, UsageError
from comity.issuance.key_closings import read_kid
from comity.issuance.key_reissue import KeyReissue, list_reissues, reissue_passes
from comity.issuance.key_ring import find_current
from comity.issuance.key_rotation import (
    KeyRow,
    close_key,
    listed_keys,
    publish_keys,
    rotate_key,
)
from comity.issuance.statements import get_key_list
from comity.trust.keys import KeyEntry, KeyList, Usage

OPERATOR: Final = "region"
"""Who acts on the command line: whoever holds the passphrase, under the name of the region itself."""


def keys_now(region: OpenRegion) -> tuple[int, list[KeyRow]]:
    """Give the version of the newest key list, and its keys with their states."""
    key_list = _key_list(region)
    return key_list.version, listed_keys(key_list, at=region.clock())


def plan_key(region: OpenRegion, usage: Usage) -> KeyEntry:
    """Plan the next key of a usage and publish it. Raises: NotPossibleNow, KeyStoreError."""
    at = region.clock()
    entry = rotate_key(region.issuer, region.keys, usage, at=at, actor=OPERATOR)
    publish_keys(region.issuer, region.keys, region.folder.published, at=at)
    return entry


def close_region_key(region: OpenRegion, usage: Usage, kid: str | None) -> tuple[OpenRegion, str]:
    """Close a key at once, by default the one in use; give the region with its keys of now and the kid.

    Raises: NotPossibleNow when passes of a closed key wait and none is named, UnknownRecord, KeyStoreError.
    """
    at = region.clock()
    if kid is None:
        if usage is Usage.PASS and waiting_reissues(region):
            raise NotPossibleNow(
                "passes of a key that was closed are being issued again",
                next_step="Go on with --resume; to close another key, name it with --kid.",
            )
        current = find_current(_key_list(region), usage, at=at)
        if current is None:
            raise UnknownRecord(f"no {usage} key is in use")
        kid = current.kid.hex()
    close_key(region.issuer, region.keys, usage, read_kid(kid), at=at, actor=OPERATOR)
    issuer = publish_keys(region.issuer, region.keys, region.folder.published, at=at)
    return replace(region, issuer=issuer), kid


def waiting_reissues(region: OpenRegion) -> list[KeyReissue]:
    """List the reissues that have not ended."""
    with region.issuer.store.reading() as transaction:
        return [work for work in list_reissues(transaction) if work.ended_at is None]


def reissue_waiting(region: OpenRegion, *, tell: Callable[[KeyReissue], None]) -> list[KeyReissue]:
    """Go on with every reissue that waits; give how far each is.

    Raises: UsageError when none waits, SigningRefused, KeyStoreError, StoreUnavailable.
    """
    waiting = waiting_reissues(region)
    if not waiting:
        raise UsageError("no passes wait to be issued again")
    return [reissue_passes(region.issuer, work.kid, clock=region.clock, tell=tell) for work in waiting]


def _key_list(region: OpenRegion) -> KeyList:
    issuer = region.issuer
    with issuer.store.reading() as transaction:
        return get_key_list(transaction, issuer.region, is_test=issuer.is_test)
