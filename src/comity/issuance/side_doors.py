"""The side doors of a colour, guarded like the front door: suspending and voiding a pass (settled rule 10).

A pass is suspended only for an open correction or a suspected theft, at most 24 h for one cause, and comes
back by itself. It is voided only from a closed list. The 21st act within an hour by one officer waits for
another officer. The holder is told, with both routes to another pass. What a holder does with a pass of their
own is not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, UnknownRecord
from comity.issuance.corrections import Correction, CorrectionState
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import (
    SUSPENSION_LIMIT,
    SuspensionReason,
    VoidReason,
    get_pass,
    restore_pass,
    suspend_pass,
    void_pass,
)
from comity.issuance.people import get_person
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, equal

ACTS_AN_HOUR: Final = 20
"""Passes one officer suspends or voids within an hour; the next waits for another officer."""
SUSPENSIONS_EVERY: Final = 30
"""Seconds between looks at suspensions whose end has come."""
THEFT_MEMORY: Final = 7 * DAY
"""Seconds in which a suspicion of theft about one holder is the same suspicion."""


class SideDoor(StrEnum):
    """Which side door."""

    SUSPENSION = "suspension"
    VOIDING = "voiding"


class SideDoorState(StrEnum):
    """Where an act stands: waiting for another officer, done, or ended again."""

    STOPPED = "stopped"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassAct:
    """A pass suspended or voided by an officer: which, why, until when, and who stands for it.

    `cause` is a correction id, or the suspicion of theft about the holder.
    """

    act_id: str
    door: SideDoor
    pass_id: str
    holder: HolderKey
    division: str
    reason: str
    cause: str
    state: SideDoorState
    asked_by: str
    asked_at: Instant
    confirmed_by: str | None
    began_at: Instant | None
    ends_at: Instant | None

    TABLE: ClassVar[str] = "pass_act"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("asked_by", "asked_at"),
        ("cause",),
        ("door", "state", "ends_at"),
        ("state", "asked_at"),
    )


_PERMISSIONS: Final = {
    SideDoor.SUSPENSION: Permission.SUSPEND_PASS,
    SideDoor.VOIDING: Permission.VOID_PASS,
}


def suspend(
    issuer: Issuer,
    officer: Officer,
    pass_id: str,
    reason: SuspensionReason,
    *,
    correction_id: str | None,
    hours: int,
    at: Instant,
) -> PassAct:
    """Suspend a pass for an open correction or a suspected theft, for at most 24 h in all for one cause.

    Raises: UnknownRecord, NotPermitted, InvalidInput, NotPossibleNow.
    """
    if not 1 <= hours <= SUSPENSION_LIMIT // HOUR:
        raise InvalidInput("a suspension lasts 1 to 24 hours", field="hours", clause="settled rule 10")
    if (correction_id is not None) is not (reason is SuspensionReason.OPEN_CORRECTION):
        raise InvalidInput(
            "a suspension for an open correction, and no other, names it", field="correction_id"
        )
    with issuer.store.transaction() as transaction:
        issued, division = _lock_pass(transaction, issuer, pass_id, officer, SideDoor.SUSPENSION)
        if correction_id is not None:
            _check_open(transaction, correction_id, issued.holder)
        cause = correction_id or f"theft-{issued.holder}"
        limit = _limit(transaction, cause, at=at)
        if at >= limit:
            raise NotPossibleNow(
                "24 hours of suspension for this cause are over",
                clause="settled rule 10",
                next_step="Decide the correction, or void the pass if it was stolen.",
            )
        asked = _asked(issuer, officer, SideDoor.SUSPENSION, issued, division, reason, cause, at=at)
        asked = replace(asked, ends_at=min(at + hours * HOUR, limit))
        return _do_or_stop(transaction, issuer, asked, at=at)


def void(issuer: Issuer, officer: Officer, pass_id: str, reason: VoidReason, *, at: Instant) -> PassAct:
    """Void a pass for a reason from the closed list.

    Raises: UnknownRecord, NotPermitted, NotPossibleNow.
    """
    with issuer.store.transaction() as transaction:
        issued, division = _lock_pass(transaction, issuer, pass_id, officer, SideDoor.VOIDING)
        asked = _asked(issuer, officer, SideDoor.VOIDING, issued, division, reason, pass_id, at=at)
        return _do_or_stop(transaction, issuer, asked, at=at)


def confirm_pass_act(
    issuer: Issuer, officer: Officer, act_id: str, *, door: SideDoor, at: Instant
) -> PassAct:
    """Confirm an act that stopped, as another officer with the same permission.

    Raises: UnknownRecord, NotPermitted, NotPossibleNow.
    """
    with issuer.store.transaction() as transaction:
        asked = _get_act(transaction, act_id)
        if asked.door is not door:
            raise UnknownRecord(f"there is no {door} with this id")
        require(officer, _PERMISSIONS[door], division=asked.division)
        if officer.officer_id == asked.asked_by:
            raise NotPermitted(
                "this needs another officer",
                next_step="Ask another officer to confirm it.",
                clause="settled rule 10",
            )
        transaction.lock(f"holder-{asked.holder}")
        asked = _get_act(transaction, act_id)
        if asked.state is not SideDoorState.STOPPED or at >= asked.asked_at + DAY:
            raise NotPossibleNow("this waits for nobody, or is older than a day")
        if asked.ends_at is not None and at >= asked.ends_at:
            raise NotPossibleNow("the end of this suspension has come")
        if asked.reason == SuspensionReason.OPEN_CORRECTION:
            _check_open(transaction, asked.cause, asked.holder)
        done = replace(asked, state=SideDoorState.DONE, began_at=at, confirmed_by=officer.officer_id)
        transaction.of(PassAct).replace(done)
        _carry_out(transaction, issuer, done, officer.officer_id, at=at)
    return done


def end_suspension(issuer: Issuer, officer: Officer, act_id: str, *, at: Instant) -> PassAct:
    """End a suspension early. Raises: UnknownRecord, NotPermitted, NotPossibleNow."""
    with issuer.store.transaction() as transaction:
        known = _get_act(transaction, act_id)
        if known.door is not SideDoor.SUSPENSION:
            raise UnknownRecord("there is no suspension with this id")
        require(officer, Permission.SUSPEND_PASS, division=known.division)
        return _end(transaction, issuer, known, actor=f"officer:{officer.officer_id}", at=at)


def end_due_suspensions(issuer: Issuer, *, at: Instant) -> int:
    """End every suspension whose time has come or whose correction is decided, and say how many."""
    with issuer.store.reading() as transaction:
        running = transaction.of(PassAct).select(
            equal("door", SideDoor.SUSPENSION), equal("state", SideDoorState.DONE)
        )
        due = [each for each in running if _is_over(transaction, each, at=at)]
    ended = 0
    for each in due:
        with issuer.store.transaction() as transaction:
            if _get_act(transaction, each.act_id).state is SideDoorState.DONE:
                _end(transaction, issuer, each, actor="region", at=at)
                ended += 1
    return ended


def stopped_acts(transaction: Transaction, officer: Officer, *, at: Instant) -> list[PassAct]:
    """List what waits for another officer, in the officer's division and with the officer's permissions."""
    waiting = transaction.of(PassAct).select(
        equal("state", SideDoorState.STOPPED), at_least("asked_at", at - DAY + 1), order=("asked_at",)
    )
    return [
        each
        for each in waiting
        if officer.covers(each.division)
        and officer.may(_PERMISSIONS[each.door])
        and each.asked_by != officer.officer_id
    ]


def _lock_pass(
    transaction: Transaction, issuer: Issuer, pass_id: str, officer: Officer, door: SideDoor
) -> tuple[IssuedPass, str]:
    """Find and lock a pass, and give the division whose officers may act on it."""
    require(officer, _PERMISSIONS[door])
    issued = get_pass(transaction, pass_id)
    division = get_person(transaction, issued.holder).division
    if not division.startswith(issuer.region[:2]):
        division = issuer.region
    require(officer, _PERMISSIONS[door], division=division)
    transaction.lock(f"holder-{issued.holder}", f"pass-acts-{officer.officer_id}")
    return get_pass(transaction, pass_id), division


def _check_open(transaction: Transaction, correction_id: str, holder: HolderKey) -> None:
    correction = transaction.of(Correction).find(correction_id)
    if correction is None or correction.holder != holder:
        raise InvalidInput("this person has no such correction", field="correction_id")
    if correction.state is CorrectionState.DECIDED:
        raise NotPossibleNow("this correction is decided", clause="settled rule 10")


def _limit(transaction: Transaction, cause: str, *, at: Instant) -> Instant:
    """Give the instant after which nothing is suspended for this cause: 24 h after it first was."""
    known = transaction.of(PassAct).select(equal("cause", cause))
    is_theft = cause.startswith("theft-")
    begun = [
        each.began_at
        for each in known
        if each.began_at is not None and not (is_theft and each.began_at + THEFT_MEMORY <= at)
    ]
    return min(begun, default=at) + SUSPENSION_LIMIT


def _asked(
    issuer: Issuer,
    officer: Officer,
    door: SideDoor,
    issued: IssuedPass,
    division: str,
    reason: VoidReason | SuspensionReason,
    cause: str,
    *,
    at: Instant,
) -> PassAct:
    return PassAct(
        act_id=issuer.new_id(),
        door=door,
        pass_id=issued.pass_id,
        holder=issued.holder,
        division=division,
        reason=str(reason),
        cause=cause,
        state=SideDoorState.DONE,
        asked_by=officer.officer_id,
        asked_at=at,
        confirmed_by=None,
        began_at=at,
        ends_at=None,
    )


def _do_or_stop(transaction: Transaction, issuer: Issuer, asked: PassAct, *, at: Instant) -> PassAct:
    """Do what was asked, or let it wait when the officer did more than 20 within the hour."""
    recent = transaction.of(PassAct).select(
        equal("asked_by", asked.asked_by), at_least("asked_at", at - HOUR + 1), limit=ACTS_AN_HOUR
    )
    if len(recent) >= ACTS_AN_HOUR:
        stopped = replace(asked, state=SideDoorState.STOPPED, began_at=None)
        transaction.of(PassAct).add(stopped)
        actor, detail = f"officer:{asked.asked_by}", {"door": str(asked.door), "reason": asked.reason}
        act = Act(actor=actor, act="pass_act.stopped", subject=asked.pass_id, detail=detail)
        record_acts(transaction, [act], at=at)
        return stopped
    transaction.of(PassAct).add(asked)
    _carry_out(transaction, issuer, asked, asked.asked_by, at=at)
    return asked


def _carry_out(
    transaction: Transaction, issuer: Issuer, act: PassAct, officer_id: str, *, at: Instant
) -> None:
    """Take the step; it is recorded with it, last."""
    actor = f"officer:{officer_id}"
    if act.door is SideDoor.VOIDING:
        void_pass(transaction, issuer, act.pass_id, VoidReason(act.reason), at=at, actor=actor)
    else:
        suspend_pass(transaction, issuer, act.pass_id, SuspensionReason(act.reason), at=at, actor=actor)


def _get_act(transaction: Transaction, act_id: str) -> PassAct:
    found = transaction.of(PassAct).find(act_id)
    if found is None:
        raise UnknownRecord("there is no act on a pass with this id")
    return found


def _is_over(transaction: Transaction, act: PassAct, *, at: Instant) -> bool:
    if act.ends_at is not None and at >= act.ends_at:
        return True
    if act.reason != SuspensionReason.OPEN_CORRECTION:
        return False
    correction = transaction.of(Correction).find(act.cause)
    return correction is None or correction.state is CorrectionState.DECIDED


def _end(transaction: Transaction, issuer: Issuer, act: PassAct, *, actor: str, at: Instant) -> PassAct:
    """Note the end, and make the pass current again if it still stands suspended."""
    transaction.lock(f"holder-{act.holder}")
    act = _get_act(transaction, act.act_id)
    if act.state is not SideDoorState.DONE:
        raise NotPossibleNow("this suspension does not run")
    ended = replace(act, state=SideDoorState.ENDED, ends_at=at)
    transaction.of(PassAct).replace(ended)
    issued = get_pass(transaction, act.pass_id)
    if issued.state is PassState.SUSPENDED and at < issued.expires_at:
        restore_pass(transaction, issuer, act.pass_id, at=at, actor=actor)
    return ended
