"""How this region stands with its hub: when it last fetched, as of when, and whether its own word is served.

A hub that withholds or freezes what the region published, or serves what the region did not publish, is told
to the operator; gates go on with what they have (settled rule 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from comity.distribution.names import CURRENT
from comity.distribution.publication import read_publication
from comity.domain.instant import MINUTE, Instant, rfc3339
from comity.issuance.hub_publication import HubPublication, find_publication
from comity.records.ports import Transaction

SERVED_WITHIN: Final = 15 * MINUTE
"""Seconds from being taken in until a publication must be served: caches on the way hold for a minute."""
_ONLY: Final = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubState:
    """The last fetch: its time, as of when the hub had signed, the version served of us, what is wrong."""

    name: str
    synced_at: Instant
    as_of: Instant
    served_version: int
    warning: str | None = None

    TABLE: ClassVar[str] = "hub_state"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


def find_hub_state(transaction: Transaction) -> HubState | None:
    """Find how the region stands with its hub; None where it never fetched from one."""
    return transaction.of(HubState).find(_ONLY)


def keep_hub_state(
    transaction: Transaction, *, synced_at: Instant, as_of: Instant, served_version: int, warning: str | None
) -> HubState:
    """Keep how the region stands with its hub; the instant it had signed never goes back."""
    known = find_hub_state(transaction)
    state = HubState(
        name=_ONLY,
        synced_at=synced_at,
        as_of=as_of if known is None else max(as_of, known.as_of),
        served_version=served_version,
        warning=warning,
    )
    records = transaction.of(HubState)
    if known is None:
        records.add(state)
    else:
        records.replace(state)
    return state


def find_fault(
    transaction: Transaction, *, served_version: int, served_digest: str | None, at: Instant
) -> str | None:
    """Say what is wrong with what the hub serves of this region; None where nothing is."""
    own = find_publication(transaction, is_confirmed=True)
    pending = find_publication(transaction, is_confirmed=False)
    version = 0 if own is None else own.version
    if own is not None and own.confirmed_at is not None and served_version < version:
        if at < own.confirmed_at + SERVED_WITHIN:
            return None
        return (
            f"the hub serves version {served_version} of this region and took in version {version}"
            f" at {rfc3339(own.confirmed_at)}: withheld or frozen"
        )
    if served_version > max(version, 0 if pending is None else pending.version):
        return f"the hub serves version {served_version} of this region, which this node did not publish"
    if own is not None and served_version == version and served_digest != _digest(own):
        return f"the hub serves other statements as version {version} than this node published"
    return None


def _digest(publication: HubPublication) -> str:
    return sha256(read_publication(publication.body).files[CURRENT]).hexdigest()
