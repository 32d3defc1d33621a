"""Deletion on request: somebody takes their data back, as far as no clock is running for others' sake.

What goes at once: name and number, sessions, messages, declarations, the phone's keys, and what the passes
said. What stays for its time, under the holder key alone: evidence, since others may be assessed by it;
decided corrections and officers' acts, since they can be taken to a court; the places of passes in the status
list until they expire. With a colour or a case that is open, nothing is deleted yet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.domain.colour import Colour
from comity.domain.instant import Instant
from comity.errors import NotPossibleNow
from comity.issuance.changes import note_changes
from comity.issuance.corrections import UNDECIDED_STATES, Correction
from comity.issuance.declarations import Declaration
from comity.issuance.destruction import DestructionCause, DestructionRecord, act_of, write_counts
from comity.issuance.guardians import end_guardianship, release_dependant
from comity.issuance.home_inquiries import HomeInquiry
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import VoidReason, is_held, moved
from comity.issuance.people import get_person, guardianships_of
from comity.issuance.phone_keys import PhoneKey
from comity.issuance.records import HolderKey, IssuedPass, Message, PassState, Person, Standing
from comity.issuance.sign_in import PendingSignIn
from comity.records.audit import Act, record_acts
from comity.records.ports import Record, Transaction
from comity.records.search import equal, one_of
from comity.records.sessions import Session

_FORGOTTEN: Final[tuple[type[Record], ...]] = (
    PendingSignIn,
    Message,
    Declaration,
    PhoneKey,
    HomeInquiry,
    Standing,
    Person,
)


def delete_person(issuer: Issuer, holder: HolderKey, *, at: Instant) -> DestructionRecord:
    """Delete what is known of somebody at their own request, and give the record of it.

    1. The person is green with nothing to come, and no case of theirs is open.
    2. Passes become void by the holder's wish, and say nothing any more.
    3. Guardianships end, on either side.
    4. The rest is removed; every worker forgets the person.

    Raises: UnknownRecord, NotPossibleNow.
    """
    with issuer.store.transaction() as transaction:
        dependants = [each.dependant for each in guardianships_of(transaction, holder)]
        transaction.lock(*(f"holder-{each}" for each in (holder, *dependants)))
        get_person(transaction, holder)
        _refuse_open(transaction, holder)  # 1
        acts = _empty_passes(transaction, holder, at=at)  # 2
        for each in guardianships_of(transaction, holder):  # 3
            acts += end_guardianship(transaction, holder, each.guardianship_id, at=at)
        acts += release_dependant(transaction, holder, at=at)
        removed = _forget(transaction, holder)  # 4
        note_changes(transaction, (holder,), at=at)
        record = DestructionRecord(
            destruction_id=issuer.new_id(),
            cause=DestructionCause.REQUEST,
            began_at=at,
            ended_at=at,
            counts=write_counts(removed),
        )
        transaction.of(DestructionRecord).add(record)
        record_acts(transaction, [*acts, act_of(record, actor="holder")], at=at)
    return record


def _refuse_open(transaction: Transaction, holder: HolderKey) -> None:
    standing = transaction.of(Standing).find(holder)
    if standing is not None and (standing.colour is not Colour.GREEN or standing.next_at is not None):
        raise NotPossibleNow(
            "your colour rests on evidence that is still in force; your data is kept until that ends",
            next_step="Ask again after the end that your health query shows.",
            clause="settled rule 10",
        )
    open_cases = transaction.of(Correction).select(
        equal("holder", holder), one_of("state", UNDECIDED_STATES), limit=1
    )
    if open_cases:
        raise NotPossibleNow(
            "a correction of yours is not decided yet", next_step="Ask again once it is decided."
        )


def _forget(transaction: Transaction, holder: HolderKey) -> dict[str, int]:
    """Remove what is the person's alone, and say how much of each kind."""
    own = equal("holder", holder)
    removed = {kind.TABLE: transaction.of(kind).remove(own) for kind in _FORGOTTEN}
    return removed | {Session.TABLE: transaction.of(Session).remove(equal("who", holder))}


def _empty_passes(transaction: Transaction, holder: HolderKey, *, at: Instant) -> list[Act]:
    """Make the passes void, and take out of all of them what they said."""
    records, acts = transaction.of(IssuedPass), list[Act]()
    for issued in records.select(equal("holder", holder)):
        after = issued
        if is_held(issued, at=at):
            after = moved(issued, PassState.VOID, VoidReason.HOLDERS_WISH, at=at)
            detail = {"reason": str(VoidReason.HOLDERS_WISH)}
            acts.append(Act(actor="holder", act="pass_void", subject=issued.pass_id, detail=detail))
        records.replace(replace(after, data=b"", request=None))
    return acts
