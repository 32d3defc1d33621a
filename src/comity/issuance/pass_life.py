"""The life of a device or paper pass: made, suspended and restored, voided, superseded (settled rule 10).

Expiry is no state. A pass that is void or superseded stays so; one that has expired changes no more. Every
step is kept with its reason, noted for the workers and audited; what its holder is told, the steps taken
against a pass say here, the others where they are taken. Standing is assessed elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from comity.codec.cose import read_sign1
from comity.codec.cwt import read_claims
from comity.domain.claims import PASS_ID_LENGTH, DeviceKey, PassClaims, PassId, StatusReference
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, Instant
from comity.domain.texts import text
from comity.domain.validity import is_expired
from comity.errors import NotPossibleNow, UnknownRecord
from comity.issuance.changes import note_changes
from comity.issuance.issuer import Issuer
from comity.issuance.messages import tell
from comity.issuance.pending_sign_ins import sign_out_everywhere
from comity.issuance.people import dependants_of
from comity.issuance.records import HolderKey, IssuedPass, PassState, Standing
from comity.issuance.status_places import Place, list_uri
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most, equal, one_of
from comity.trust.issue import check_claims, issue

SUSPENSION_LIMIT: Final = DAY
"""Seconds a pass stays suspended at most; then it is current again by itself (settled rule 10)."""

_NEXT: Final = {
    PassState.CURRENT: frozenset({PassState.VOID, PassState.SUSPENDED, PassState.SUPERSEDED}),
    PassState.SUSPENDED: frozenset({PassState.CURRENT, PassState.VOID, PassState.SUPERSEDED}),
    PassState.VOID: frozenset[PassState](),
    PassState.SUPERSEDED: frozenset[PassState](),
}
"""The states that may follow each."""


class VoidReason(StrEnum):
    """Why a pass is void: a closed list (settled rule 10)."""

    LOST = "lost"
    STOLEN = "stolen"
    ISSUED_IN_ERROR = "issued_in_error"
    DEATH = "death"
    HOLDERS_WISH = "holders_wish"


class SuspensionReason(StrEnum):
    """Why a pass is suspended: a closed list (settled rule 10)."""

    OPEN_CORRECTION = "open_correction"
    SUSPECTED_THEFT = "suspected_theft"


class SupersessionReason(StrEnum):
    """Why a pass was replaced: nothing else supersedes (settled rule 18)."""

    COLOUR = "colour"
    IDENTITY = "identity"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOrder:
    """A pass to be made: for whom, on whose phone, of which class, under which standing."""

    holder: HolderKey
    carrier: HolderKey
    pass_class: PassClass
    masked_name: str
    last4: str
    standing: Standing
    device_key: DeviceKey | None
    request: str | None


def make_pass(issuer: Issuer, order: PassOrder, place: Place, *, at: Instant) -> IssuedPass:
    """Check and sign one device or paper pass; nothing is kept yet. Raises: SigningRefused, KeyStoreError."""
    standing, pass_id = order.standing, PassId(issuer.draw(PASS_ID_LENGTH))
    is_green = standing.colour is Colour.GREEN
    claims = PassClaims(
        issuer=issuer.region,
        pass_id=pass_id,
        issued_at=at,
        expires_at=at + issuer.validity_days * DAY,
        colour=standing.colour,
        pass_class=order.pass_class,
        masked_name=order.masked_name,
        id_last4=order.last4,
        reason=None if is_green else standing.reason,
        basis=None if is_green else standing.basis,
        until=None if is_green else standing.until,
        origin=None if is_green else standing.origin,
        is_guardian_held=order.carrier != order.holder,
        device_key=order.device_key,
        status=StatusReference(uri=list_uri(issuer.region, place.list_number), index=place.index),
    )
    data = issue(check_claims(claims, issuer.keys.pass_entry), issuer.keys.passes, is_test=issuer.is_test)
    return IssuedPass(
        pass_id=pass_id.hex(),
        holder=order.holder,
        carrier=order.carrier,
        pass_class=order.pass_class,
        colour=standing.colour,
        issued_at=at,
        expires_at=claims.expires_at,
        list_number=place.list_number,
        list_index=place.index,
        state=PassState.CURRENT,
        state_since=at,
        state_reason=None,
        request=order.request,
        kid=issuer.keys.pass_entry.kid.hex(),
        data=data,
    )


def keep_passes(transaction: Transaction, passes: Sequence[IssuedPass], *, actor: str) -> list[Act]:
    """Keep passes just made and give the acts to be recorded last."""
    if passes:
        transaction.of(IssuedPass).add(*passes, later=True)
    return [
        Act(
            actor=actor,
            act="pass_issued",
            subject=issued.pass_id,
            detail={"class": str(issued.pass_class), "colour": str(issued.colour)},
        )
        for issued in passes
    ]


def claims_in(issued: IssuedPass) -> PassClaims:
    """Read what a pass says. Raises: FormatError."""
    return read_claims(read_sign1(issued.data).payload)


def get_pass(transaction: Transaction, pass_id: str) -> IssuedPass:
    """Give the pass with this id. Raises: UnknownRecord."""
    found = transaction.of(IssuedPass).find(pass_id)
    if found is None:
        raise UnknownRecord("there is no pass with this id")
    return found


def own_pass(transaction: Transaction, who: HolderKey, pass_id: str) -> IssuedPass:
    """Give a pass to its holder, or to the guardian who carries it. Raises: UnknownRecord, as for none."""
    issued = get_pass(transaction, pass_id)
    if who != issued.holder and (
        who != issued.carrier or issued.holder not in dependants_of(transaction, who)
    ):
        raise UnknownRecord("there is no pass with this id")
    return issued


def passes_in_hand(transaction: Transaction, who: HolderKey, *, at: Instant) -> list[IssuedPass]:
    """List the passes that somebody holds, or carries as guardian, that have not expired, newest first.

    One that was emptied when its holder took their data back says nothing any more and is left out.
    """
    records = transaction.of(IssuedPass)
    live, own = at_least("expires_at", at + 1), {who, *dependants_of(transaction, who)}
    found = {
        issued.pass_id: issued
        for field in ("holder", "carrier")
        for issued in records.select(equal(field, who), live)
        if issued.holder in own and issued.data
    }
    return sorted(found.values(), key=lambda issued: (issued.issued_at, issued.pass_id), reverse=True)


def void_pass(
    transaction: Transaction,
    issuer: Issuer,
    pass_id: str,
    reason: VoidReason,
    *,
    at: Instant,
    actor: str,
    session: str = "",
) -> IssuedPass:
    """Withdraw a pass for good and tell its holder both routes to another (settled rule 10).

    A phone that is lost or stolen is signed out with it: every session of whoever carries the pass ends but
    the one whose token has the hash `session`. Raises: UnknownRecord, NotPossibleNow when it is void,
    superseded or expired.
    """
    return _step(transaction, issuer, pass_id, PassState.VOID, reason, at=at, actor=actor, session=session)


def suspend_pass(
    transaction: Transaction,
    issuer: Issuer,
    pass_id: str,
    reason: SuspensionReason,
    *,
    at: Instant,
    actor: str,
) -> IssuedPass:
    """Suspend a current pass; after 24 h it is current again by itself, and its holder is told.

    Raises: UnknownRecord, NotPossibleNow.
    """
    return _step(transaction, issuer, pass_id, PassState.SUSPENDED, reason, at=at, actor=actor)


def restore_pass(
    transaction: Transaction, issuer: Issuer, pass_id: str, *, at: Instant, actor: str
) -> IssuedPass:
    """Make a suspended pass current again and tell its holder. Raises: UnknownRecord, NotPossibleNow."""
    return _step(transaction, issuer, pass_id, PassState.CURRENT, None, at=at, actor=actor)


def restore_overdue(issuer: Issuer, *, at: Instant) -> int:
    """Restore every pass that has been suspended for 24 h, and say how many (settled rule 10)."""
    with issuer.store.reading() as transaction:
        overdue = transaction.of(IssuedPass).select(
            equal("state", PassState.SUSPENDED), at_most("state_since", at - SUSPENSION_LIMIT)
        )
    count = 0
    for suspended in overdue:
        with issuer.store.transaction() as transaction:
            transaction.lock(f"holder-{suspended.holder}")
            known = transaction.of(IssuedPass).find(suspended.pass_id)
            if known == suspended and not is_expired(known.expires_at, at=at):
                restore_pass(transaction, issuer, known.pass_id, at=at, actor="region")
                count += 1
    return count


def supersede(
    transaction: Transaction,
    passes: Iterable[IssuedPass],
    reason: SupersessionReason,
    *,
    at: Instant,
    actor: str,
) -> list[Act]:
    """Replace passes that are current or suspended; gives the acts to be recorded last.

    The holders' locks are held and the change is noted by the caller. Raises: NotPossibleNow.
    """
    replaced = list(passes)
    after = [moved(issued, PassState.SUPERSEDED, reason, at=at) for issued in replaced]
    records = transaction.of(IssuedPass)
    if len(after) == 1:
        records.replace(after[0])
    elif after:
        records.remove(one_of("pass_id", [issued.pass_id for issued in after]))
        records.add(*after)
    return [_act(issued, PassState.SUPERSEDED, reason, actor=actor) for issued in replaced]


def moved(issued: IssuedPass, state: PassState, reason: StrEnum | None, *, at: Instant) -> IssuedPass:
    """Give a pass in its next state. Raises: NotPossibleNow for a step that no pass takes."""
    if state not in _NEXT[issued.state]:
        raise NotPossibleNow(f"a pass that is {issued.state} cannot become {state}", clause="settled rule 10")
    if is_expired(issued.expires_at, at=at):
        raise NotPossibleNow("this pass has expired; its state changes no more", clause="C2.4")
    return replace(issued, state=state, state_since=at, state_reason=None if reason is None else str(reason))


def is_held(issued: IssuedPass, *, at: Instant) -> bool:
    """Say whether a pass is current or suspended, and not expired: whether something would replace it."""
    return PassState.SUPERSEDED in _NEXT[issued.state] and not is_expired(issued.expires_at, at=at)


def _step(
    transaction: Transaction,
    issuer: Issuer,
    pass_id: str,
    state: PassState,
    reason: VoidReason | SuspensionReason | None,
    *,
    at: Instant,
    actor: str,
    session: str = "",
) -> IssuedPass:
    """Take one step of one pass: lock, move, sign out, note, tell, record."""
    transaction.lock(f"holder-{get_pass(transaction, pass_id).holder}")
    issued = get_pass(transaction, pass_id)
    after = moved(issued, state, reason, at=at)
    transaction.of(IssuedPass).replace(after)
    _tell_step(transaction, issuer, after, reason, at=at)
    signed_out = _sign_out(transaction, issued, reason, but=session)
    note_changes(transaction, [issued.holder, *signed_out], at=at)
    record_acts(transaction, [_act(issued, state, reason, actor=actor)], at=at)
    return after


def _sign_out(
    transaction: Transaction, issued: IssuedPass, reason: StrEnum | None, *, but: str
) -> list[HolderKey]:
    """End the sessions on a phone that is in other hands, which would show online passes; give whose."""
    if reason is VoidReason.DEATH:
        whose = issued.holder
    elif reason in _IN_OTHER_HANDS and issued.pass_class is PassClass.DEVICE:
        whose = issued.carrier
    else:
        return []
    sign_out_everywhere(transaction, whose, but=but)
    return [whose]


_IN_OTHER_HANDS: Final = frozenset({VoidReason.LOST, VoidReason.STOLEN, SuspensionReason.SUSPECTED_THEFT})
_TOLD: Final = {
    PassState.VOID: "message.pass_void",
    PassState.SUSPENDED: "message.pass_suspended",
    PassState.CURRENT: "message.pass_restored",
}


def _tell_step(
    transaction: Transaction,
    issuer: Issuer,
    after: IssuedPass,
    reason: VoidReason | SuspensionReason | None,
    *,
    at: Instant,
) -> None:
    values = {"class": text(f"class.{after.pass_class}")}
    if reason is not None:
        values["reason"] = text(f"pass_reason.{reason}")
    tell(transaction, issuer, after.holder, _TOLD[after.state], values, at=at)


def _act(issued: IssuedPass, state: PassState, reason: StrEnum | None, *, actor: str) -> Act:
    word = "restored" if state is PassState.CURRENT else str(state)
    return Act(
        actor=actor,
        act=f"pass_{word}",
        subject=issued.pass_id,
        detail={"reason": None if reason is None else str(reason)},
    )
