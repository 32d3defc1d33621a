"""Disputes over another region's colour: taken to that region, decided there, and ended here (rule 11).

The region that told a fact answers for it: it opens a correction of its own with the same clock of 24 hours,
and its decision comes back with reasons. Annulled there, the fact counts nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.domain.instant import Instant
from comity.domain.region import RegionCode, area_covers
from comity.errors import StatementRefused
from comity.issuance.corrections import (
    CORRECTION_CLOCK,
    MAX_STATEMENT,
    UNDECIDED_STATES,
    Correction,
    CorrectionDecision,
    CorrectionKind,
    CorrectionState,
    CorrectionStep,
    act_of,
    add_event,
)
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_records import FactState, ForeignDispute, SentFact
from comity.issuance.exchanged_facts import end_fact, facts_about
from comity.issuance.issuer import Issuer
from comity.issuance.messages import tell
from comity.issuance.records import HolderKey, Person
from comity.issuance.standing import lock_holders
from comity.records.audit import record_acts
from comity.records.ports import Transaction
from comity.records.search import equal, one_of
from comity.trust.exchange import ExchangeKind, ExchangeMessage
from comity.trust.statements import Fields

_RESULTS: Final = {
    "upheld": CorrectionDecision.UPHELD,
    "annulled": CorrectionDecision.EVIDENCE_ANNULLED,
}


def refer_dispute(transaction: Transaction, issuer: Issuer, correction: Correction, *, at: Instant) -> None:
    """Send a dispute of a foreign colour to the region that gave it, in the transaction that refers it."""
    queue_message(
        transaction,
        issuer,
        RegionCode(correction.issuer or ""),
        ExchangeKind.DISPUTE,
        {"opened_at": correction.opened_at},
        message_id=correction.correction_id,
        holder=correction.holder,
        words_of=correction.correction_id,
        at=at,
    )


def take_dispute(
    transaction: Transaction,
    issuer: Issuer,
    message: ExchangeMessage,
    holder: HolderKey,
    body: Fields,
    *,
    at: Instant,
) -> None:
    """Open a correction for a region whose person disputes what was told. Raises: StatementRefused."""
    body.instant("opened_at")
    words = body.text("words")[:MAX_STATEMENT]
    body.finish()
    lock_holders(transaction, [holder])
    person = transaction.of(Person).find(holder)
    told = transaction.of(SentFact).select(equal("holder", holder), equal("receiver", message.sender))
    if person is None or not told:
        raise StatementRefused(
            "this region told that region nothing of that person",
            next_step="Take the dispute to the region that told the fact.",
        )
    asker = HolderKey(f"region:{message.sender}")
    known = transaction.of(Correction).select(equal("holder", holder), one_of("state", UNDECIDED_STATES))
    if any(each.asked_by == asker for each in known):
        raise StatementRefused("a dispute of that region about that person is open already")
    correction = _correction_for(issuer, person, asker, at=at)
    transaction.of(Correction).add(correction)
    dispute = ForeignDispute(
        correction_id=correction.correction_id,
        region=message.sender,
        message_id=message.message_id.hex(),
        received_at=at,
    )
    transaction.of(ForeignDispute).add(dispute)
    actor = f"region:{message.sender}"
    add_event(transaction, issuer, correction, CorrectionStep.OPENED, actor, said={"statement": words}, at=at)
    tell(transaction, issuer, holder, "message.correction_opened", {}, at=at)
    record_acts(transaction, [act_of(actor, "correction.opened", correction)], at=at)


def _correction_for(issuer: Issuer, person: Person, asker: HolderKey, *, at: Instant) -> Correction:
    """Make the correction of a region's dispute, with the clock of any other."""
    return Correction(
        correction_id=issuer.new_id(),
        holder=person.holder,
        asked_by=asker,
        kind=CorrectionKind.COLOUR,
        identity_field=None,
        issuer=None,
        division=person.division if area_covers(issuer.region, person.division) else issuer.region,
        state=CorrectionState.OPEN,
        opened_at=at,
        due_at=at + CORRECTION_CLOCK,
    )


def answer_disputes(issuer: Issuer, *, at: Instant, faults: ExchangeFaults | None = None) -> int:
    """Send back the decisions on what other regions disputed, and say how many."""
    faults = faults or ExchangeFaults()
    with issuer.store.reading() as transaction:
        waiting = transaction.of(ForeignDispute).select(order=("received_at",))
    answered = 0
    for dispute in waiting:
        with faults.apart("answer_dispute"), issuer.store.transaction() as transaction:
            answered += _answer_dispute(transaction, issuer, dispute, at=at)
    return answered


def _answer_dispute(
    transaction: Transaction, issuer: Issuer, dispute: ForeignDispute, *, at: Instant
) -> bool:
    """Send back the decision on a dispute once there is one; says whether it did."""
    transaction.lock(f"dispute-{dispute.correction_id}")
    correction = transaction.of(Correction).find(dispute.correction_id)
    if transaction.of(ForeignDispute).find(dispute.correction_id) is None:
        return False
    if correction is not None and correction.state is not CorrectionState.DECIDED:
        return False
    transaction.of(ForeignDispute).remove(equal("correction_id", dispute.correction_id))
    if correction is None:
        return False
    is_annulled = correction.decision is CorrectionDecision.EVIDENCE_ANNULLED
    queue_message(
        transaction,
        issuer,
        RegionCode(dispute.region),
        ExchangeKind.DECISION,
        {"result": "annulled" if is_annulled else "upheld"},
        words_of=correction.correction_id,
        reply_to=dispute.message_id,
        at=at,
    )
    return True


def take_decision(
    transaction: Transaction, issuer: Issuer, sender: RegionCode, dispute: str, body: Fields, *, at: Instant
) -> None:
    """End a correction by the decision of the region it was taken to. Raises: StatementRefused."""
    result, words = body.text("result"), body.text("words")[:MAX_STATEMENT]
    body.finish()
    correction = transaction.of(Correction).find(dispute)
    if correction is None or correction.issuer != sender or result not in _RESULTS:
        raise StatementRefused("a decision on nothing that was taken to that region")
    lock_holders(transaction, [correction.holder])
    correction = transaction.of(Correction).find(dispute) or correction
    if correction.state is CorrectionState.DECIDED:
        return
    decided = replace(
        correction,
        state=CorrectionState.DECIDED,
        decision=_RESULTS[result],
        decided_by=f"region:{sender}",
        decided_at=at,
    )
    transaction.of(Correction).replace(decided)
    detail: dict[str, str | int] = {"decision": str(decided.decision)}
    actor = f"region:{sender}"
    add_event(
        transaction,
        issuer,
        decided,
        CorrectionStep.DECIDED,
        actor,
        at=at,
        detail=detail,
        said={"reasons": words},
    )
    tell(transaction, issuer, correction.holder, f"message.correction_{decided.decision}", {}, at=at)
    if decided.decision is CorrectionDecision.EVIDENCE_ANNULLED:
        for fact in facts_about(transaction, correction.holder):
            if fact.sender == sender:
                end_fact(transaction, issuer, fact.key, FactState.LAPSED, at=at)
    record_acts(transaction, [act_of(actor, "correction.decided", decided)], at=at)
