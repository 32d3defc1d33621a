"""A region's exchange with others: its own key, where others are reached, and the sending (settled rule 11).

Others are reached at the location that they publish through the hub, and sealed to the key in it; who
publishes none is told when there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_hub import hub_client
from comity.client.posting import post
from comity.domain.instant import MINUTE, Instant
from comity.domain.region import RegionCode
from comity.errors import ComityError, DownloadFailed, RequestRefused, UnknownRecord
from comity.issuance.exchange_disputes import answer_disputes
from comity.issuance.exchange_facts import tell_homes
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.exchange_outbox import due_messages, note_taken, note_untaken, sign_outgoing
from comity.issuance.exchange_records import OutgoingMessage
from comity.issuance.exchanged_facts import look_after_facts
from comity.issuance.sealing import seal
from comity.records.audit import record_acts
from comity.trust.location import Location

EXCHANGE_PATH: Final = "evidence-exchange"
EXCHANGE_TYPE: Final = "application/jose"
EXCHANGE_EVERY: Final = MINUTE
"""Seconds between two looks at what is due with other regions."""

Find = Callable[[RegionCode], Location | None]
"""Finds where a region is reached."""
Send = Callable[[Location, str], None]
"""Sends a sealed message. Raises: RequestRefused, DownloadFailed."""


def exchange(
    region: OpenRegion,
    *,
    find: Find | None = None,
    send: Send | None = None,
    faults: ExchangeFaults | None = None,
) -> int:
    """Do what is due with other regions: tell, ask, answer, send; say how many messages were taken in.

    What fails about one person or one message is counted in `faults`, and holds up no other.

    Raises: StoreUnavailable, KeyStoreError.
    """
    at = region.clock()
    faults = faults or ExchangeFaults()
    tell_homes(region.issuer, at=at, faults=faults)
    look_after_facts(region.issuer, at=at, faults=faults)
    answer_disputes(region.issuer, at=at, faults=faults)
    find = find or _published(region, at=at)
    with region.issuer.store.reading() as transaction:
        due = due_messages(transaction, at=at)
    send = send or _post
    return sum(_deliver(region, message, find, send, faults, at=at) for message in due)


def _deliver(
    region: OpenRegion,
    message: OutgoingMessage,
    find: Find,
    send: Send,
    faults: ExchangeFaults,
    *,
    at: Instant,
) -> bool:
    """Send one message; what is not taken in is tried again, what is refused is given up and recorded."""
    issuer = region.issuer
    is_taken = is_refused = False
    with faults.apart("send"):
        try:
            location = find(RegionCode(message.receiver))
            if location is not None and location.exchange_key is not None:
                with issuer.store.reading() as transaction:
                    data = sign_outgoing(transaction, issuer, message, at=at)
                send(location, seal(data, location.exchange_key))
                is_taken = True
        except (RequestRefused, UnknownRecord):
            is_refused = True
        except DownloadFailed:
            pass
    with issuer.store.transaction() as transaction:
        if is_taken:
            note_taken(transaction, message)
        else:
            acts = note_untaken(transaction, message, at=at, is_refused=is_refused)
            record_acts(transaction, acts, at=at)
    return is_taken


def _post(location: Location, sealed: str) -> None:
    post(location.url, EXCHANGE_PATH, sealed.encode(), media_type=EXCHANGE_TYPE)


def _published(region: OpenRegion, *, at: Instant) -> Find:
    """Find locations among what was last verified of the hub; who takes no part now is sent nothing."""
    try:
        federation = hub_client(region).find_federation(at=at)
    except ComityError:
        federation = None

    def find(other: RegionCode) -> Location | None:
        known = None if federation is None else federation.regions.get(other)
        return known.opened.location if known is not None and known.membership.is_in_force(at) else None

    return find
