"""What follows for somebody's passes when colour, identity or phone change (settled rules 8 and 18).

Every pass that still stands is superseded. A phone that deposited its next key gets its new pass in the same
transaction; paper waits to be printed, and a phone without a deposited key for its next request: the holder
is told which. What the colour is to be is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from comity.domain.claims import DeviceKey
from comity.domain.colour import PassClass
from comity.domain.instant import Instant
from comity.errors import KeyStoreError
from comity.issuance.changes import note_changes
from comity.issuance.holders import Holder, open_holders
from comity.issuance.issuer import Issuer
from comity.issuance.messages import write_message
from comity.issuance.pass_life import PassOrder, SupersessionReason, keep_passes, make_pass, supersede
from comity.issuance.phone_keys import carries, phone_keys_of
from comity.issuance.records import HolderKey, IssuedPass, Message, PassState, Standing
from comity.records.audit import Act
from comity.records.ports import Transaction
from comity.records.search import at_least, one_of

_STANDING_STATES: Final = (PassState.CURRENT, PassState.SUSPENDED)


def follow_standing(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, standing: Standing, *, at: Instant
) -> list[Act]:
    """Supersede and issue again what no longer says the holder's colour; give the acts to be recorded.

    Raises: SigningRefused, KeyStoreError, StoreUnavailable.
    """
    return follow_standings(transaction, issuer, {holder: standing}, at=at)


def follow_standings(
    transaction: Transaction, issuer: Issuer, standings: Mapping[HolderKey, Standing], *, at: Instant
) -> list[Act]:
    """Do so for many holders at once, whose locks are held and whose change is noted by the caller.

    Raises: SigningRefused, KeyStoreError, StoreUnavailable.
    """
    return _replace(transaction, issuer, standings, SupersessionReason.COLOUR, at=at)


def follow_identity(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, standing: Standing, *, at: Instant
) -> list[Act]:
    """Replace a holder's passes after name or number were corrected; give the acts to be recorded.

    The lock is held by the caller; the change is noted here. Raises: SigningRefused, KeyStoreError.
    """
    note_changes(transaction, [holder], at=at)  # before places are taken, as everywhere: else a ring of waits
    return _replace(transaction, issuer, {holder: standing}, SupersessionReason.IDENTITY, at=at)


def withdraw_carried(
    transaction: Transaction, carrier: HolderKey, holder: HolderKey, *, at: Instant
) -> list[Act]:
    """Supersede the passes of a holder on a guardian's phone, when the guardianship ends; give the acts.

    The locks are held by the caller; the change is noted here, so that no worker shows the pass either.
    """
    carried = [
        issued
        for issued in _standing_passes(transaction, [holder], at=at)
        if issued.carrier == carrier and carrier != holder and issued.pass_class is PassClass.DEVICE
    ]
    acts = supersede(transaction, carried, SupersessionReason.PHONE, at=at, actor="holder")
    note_changes(transaction, [holder], at=at)
    return acts


def _standing_passes(
    transaction: Transaction, holders: Sequence[HolderKey], *, at: Instant
) -> list[IssuedPass]:
    return transaction.of(IssuedPass).select(
        one_of("holder", holders), one_of("state", _STANDING_STATES), at_least("expires_at", at + 1)
    )


def _replace(
    transaction: Transaction,
    issuer: Issuer,
    standings: Mapping[HolderKey, Standing],
    reason: SupersessionReason,
    *,
    at: Instant,
) -> list[Act]:
    """Replace the passes of these holders.

    1. Find the passes that stand, and the keys deposited for them.
    2. Supersede them all.
    3. Make a new pass for every phone with a deposited key.
    4. Tell each holder what became of the code.
    """
    old = _standing_passes(transaction, list(standings), at=at)  # 1
    if not old:
        return []
    phones = _phones(transaction, old)
    acts = supersede(transaction, old, reason, at=at, actor="region")  # 2
    holders = open_each(transaction, issuer, list({issued.holder for issued, _ in phones}))  # 3
    phones = [(issued, key) for issued, key in phones if issued.holder in holders]
    places = issuer.places.claim_within(transaction, len(phones), draw=issuer.draw, at=at)
    made = [
        make_pass(
            issuer, order_again(issued, key, holders[issued.holder], standings[issued.holder]), place, at=at
        )
        for (issued, key), place in zip(phones, places, strict=True)
    ]
    acts += keep_passes(transaction, made, actor="region")
    transaction.of(Message).add(*_told(issuer, old, made, at=at))  # 4
    return acts


def open_each(
    transaction: Transaction, issuer: Issuer, holders: Sequence[HolderKey]
) -> dict[HolderKey, Holder]:
    """Open whom can be opened: an altered record of one person holds up nobody else's change of colour."""
    try:
        return open_holders(transaction, issuer, holders)
    except KeyStoreError:
        found: dict[HolderKey, Holder] = {}
        for each in holders:
            with suppress(KeyStoreError):
                found |= open_holders(transaction, issuer, [each])
        return found


def _phones(transaction: Transaction, old: Sequence[IssuedPass]) -> list[tuple[IssuedPass, DeviceKey]]:
    """Find the phones that get a new pass at once: the pass they hold, and the key no pass has yet."""
    current = {
        issued.pass_id: issued
        for issued in old
        if issued.pass_class is PassClass.DEVICE and issued.state is PassState.CURRENT
    }
    by_holder: dict[HolderKey, list[IssuedPass]] = {}
    for issued in current.values():
        by_holder.setdefault(issued.holder, []).append(issued)
    phones: dict[HolderKey, tuple[IssuedPass, DeviceKey]] = {}
    for pass_id, key in phone_keys_of(transaction, current).items():
        issued = current[pass_id]
        if not any(carries(each, key) for each in by_holder[issued.holder]):
            phones[issued.holder] = issued, key
    return list(phones.values())


def order_again(issued: IssuedPass, key: DeviceKey, holder: Holder, standing: Standing) -> PassOrder:
    """Ask for the pass that follows one on the same phone, under the key deposited for it."""
    return PassOrder(
        holder=issued.holder,
        carrier=issued.carrier,
        pass_class=PassClass.DEVICE,
        masked_name=holder.masked_name,
        last4=holder.last4,
        standing=standing,
        device_key=key,
        request=None,
    )


def _told(
    issuer: Issuer, old: Sequence[IssuedPass], made: Sequence[IssuedPass], *, at: Instant
) -> list[Message]:
    reissued = {issued.holder for issued in made}
    told: dict[tuple[HolderKey, str], None] = {}
    for issued in old:
        if issued.pass_class is PassClass.PAPER:
            key = "message.paper_to_be_printed"
        elif issued.holder in reissued:
            key = "message.pass_renewed_by_change"
        else:
            key = "message.pass_to_be_refreshed"
        told[issued.holder, key] = None
    return [write_message(issuer.new_id(), holder, key, {}, at=at) for holder, key in told]
