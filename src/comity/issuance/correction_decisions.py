"""Deciding a correction: by an officer who did not set the colour, with reasons, on recorded evidence.

An annulled piece of evidence stays on record and counts no more; the person is assessed again in the same
transaction. Nobody decides a colour here: it follows from what evidence is left (settled rule 10). Another
region's colour is its issuer's to answer; the host may grant interim passage meanwhile (settled rule 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from comity.domain.instant import HOUR, Instant
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow
from comity.issuance.assignments import assignments_behind
from comity.issuance.changes import note_changes
from comity.issuance.corrections import (
    CORRECTION_CLOCK,
    Correction,
    CorrectionDecision,
    CorrectionKind,
    CorrectionState,
    CorrectionStep,
    IdentityField,
    act_of,
    add_event,
    check_words,
    events_of,
    get_correction,
    said_in,
)
from comity.issuance.evidence import EvidenceRow, rows_in_effect, withdraw_evidence
from comity.issuance.exchange_disputes import refer_dispute
from comity.issuance.import_records import EvidenceImport
from comity.issuance.issuer import Issuer
from comity.issuance.messages import tell
from comity.issuance.pass_life import SupersessionReason, is_held, supersede
from comity.issuance.people import get_person, move_person, rename_person
from comity.issuance.records import HolderKey, IssuedPass
from comity.issuance.reissue import follow_identity
from comity.issuance.standing import reassess, require_assessed, standings_for
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act
from comity.records.ports import Transaction
from comity.records.search import equal, one_of
from comity.trust.interim_note import InterimNote, write_interim_note

LONGEST_RELIEF: Final = 24 * HOUR
"""Seconds an interim passage lasts at most; it can be granted again while the case is open."""

_DECISIONS: Final = {
    CorrectionKind.COLOUR: frozenset({CorrectionDecision.UPHELD, CorrectionDecision.EVIDENCE_ANNULLED}),
    CorrectionKind.IDENTITY: frozenset({CorrectionDecision.UPHELD, CorrectionDecision.IDENTITY_CORRECTED}),
    CorrectionKind.FOREIGN_COLOUR: frozenset(
        {
            CorrectionDecision.UPHELD,
            CorrectionDecision.EVIDENCE_ANNULLED,
            CorrectionDecision.REFERRED_TO_ISSUER,
        }
    ),
}
"""What each kind of correction can be answered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """How an officer answers: the decision, the reasons, and which evidence is annulled if any is."""

    decision: CorrectionDecision
    reasons: str = field(repr=False)
    evidence: Sequence[str] = ()


def decide_correction(
    issuer: Issuer, officer: Officer, correction_id: str, ruling: Ruling, *, at: Instant
) -> Correction:
    """Decide a correction, with everything that follows, in one transaction.

    1. It is undecided; once its clock has run out, only a supervisor decides.
    2. The officer may, here, and neither set the colour nor wrote the correction down.
    3. The decision fits the kind, and has reasons.
    4. What it means is done: evidence annulled, identity corrected, or the issuer asked.
    5. The person sees it and is told; then evidence is assessed again.

    Raises: UnknownRecord, NotPossibleNow, NotPermitted, InvalidInput.
    """
    with issuer.store.transaction() as transaction:
        correction = _lock_undecided(transaction, correction_id, officer, at=at)  # 1
        _check_impartial(transaction, officer, correction)  # 2
        reasons = check_words(ruling.reasons, name="reasons")  # 3
        if ruling.decision not in _DECISIONS[correction.kind]:
            raise InvalidInput("this kind of correction has no such decision", field="decision")
        acts = _carry_out(transaction, issuer, correction, ruling, officer, at=at)  # 4
        is_referred = ruling.decision is CorrectionDecision.REFERRED_TO_ISSUER
        decided = replace(
            correction,
            state=CorrectionState.REFERRED if is_referred else CorrectionState.DECIDED,
            due_at=at + CORRECTION_CLOCK if is_referred else correction.due_at,
            decision=ruling.decision,
            decided_by=officer.officer_id,
            decided_at=at,
        )
        transaction.of(Correction).replace(decided)
        step = CorrectionStep.REFERRED if is_referred else CorrectionStep.DECIDED  # 5
        detail: dict[str, str | int] = {"decision": str(ruling.decision), "evidence": len(ruling.evidence)}
        add_event(
            transaction, issuer, decided, step, "officer", at=at, detail=detail, said={"reasons": reasons}
        )
        tell(transaction, issuer, correction.holder, f"message.correction_{ruling.decision}", {}, at=at)
        actor = f"officer:{officer.officer_id}"
        acts.append(act_of(actor, f"correction.{step}", decided))
        reassess(transaction, issuer, [correction.holder], at=at, actor=actor, acts=acts)
    return decided


def grant_relief(
    issuer: Issuer, officer: Officer, correction_id: str, *, hours: int, at: Instant
) -> Correction:
    """Grant interim passage, with a signed note, while another region's colour is in dispute (rule 11).

    Raises: UnknownRecord, NotPossibleNow, NotPermitted, InvalidInput.
    """
    if not 1 <= hours <= LONGEST_RELIEF // HOUR:
        raise InvalidInput("interim passage lasts 1 to 24 hours", field="hours", clause="settled rule 11")
    with issuer.store.transaction() as transaction:
        correction = _lock_undecided(transaction, correction_id, officer, at=at)
        _check_impartial(transaction, officer, correction)
        if correction.kind is not CorrectionKind.FOREIGN_COLOUR:
            raise NotPossibleNow(
                "interim passage is for a colour that another region gave", clause="settled rule 11"
            )
        note = InterimNote(
            region=issuer.region,
            division=correction.division,
            case=correction.correction_id,
            issued_at=at,
            expires_at=at + hours * HOUR,
        )
        text = write_interim_note(note, issuer.keys.statements, is_test=issuer.is_test)
        relieved = replace(correction, relief_from=at, relief_until=note.expires_at, relief_note=text)
        transaction.of(Correction).replace(relieved)
        step, detail = CorrectionStep.RELIEF_GRANTED, {"until": note.expires_at}
        add_event(transaction, issuer, relieved, step, "officer", at=at, detail=detail)
        tell(transaction, issuer, correction.holder, "message.relief_granted", {"hours": hours}, at=at)
        note_changes(transaction, [correction.holder], at=at)
        act = act_of(f"officer:{officer.officer_id}", "correction.relief_granted", relieved)
        reassess(transaction, issuer, [], at=at, actor=act.actor, acts=[act])
    return relieved


def setters_of(transaction: Transaction, holder: HolderKey) -> frozenset[str]:
    """Give the officers behind a holder's colour: who assigned, imported, released or confirmed evidence."""
    rows = rows_in_effect(transaction, [holder])[holder]
    setters = {
        officer
        for assignment in assignments_behind(transaction, [row.ref for row in rows])
        for officer in assignment.officers
    }
    imports = {row.import_id for row in rows if row.import_id is not None}
    for each in transaction.of(EvidenceImport).select(one_of("import_id", list(imports))):
        setters |= {one for one in (each.imported_by, each.released_by, each.confirmed_by) if one}
    return frozenset(setter.removeprefix("officer:") for setter in setters)


def evidence_on(transaction: Transaction, correction: Correction) -> list[EvidenceRow]:
    """List the evidence that counts for the person of a correction, oldest first."""
    rows = rows_in_effect(transaction, [correction.holder])[correction.holder]
    return sorted(rows, key=lambda row: (row.added_at, row.ref))


def _lock_undecided(
    transaction: Transaction, correction_id: str, officer: Officer, *, at: Instant
) -> Correction:
    require(officer, Permission.DECIDE_CORRECTION)
    transaction.lock(f"holder-{get_correction(transaction, correction_id).holder}")
    correction = get_correction(transaction, correction_id)
    require(officer, Permission.DECIDE_CORRECTION, division=correction.division)
    state = correction.state_at(at)
    if state is CorrectionState.DECIDED:
        raise NotPossibleNow("this correction is decided", next_step="Let the person open another.")
    if state is CorrectionState.ESCALATED and not officer.may(Permission.SUPERVISE):
        raise NotPermitted(
            "the clock of 24 hours has run out: the supervisor decides this correction",
            next_step="Leave it to a supervisor of the division.",
            clause="settled rule 11",
        )
    return correction


def _check_impartial(transaction: Transaction, officer: Officer, correction: Correction) -> None:
    if officer.officer_id in setters_of(transaction, correction.holder):
        raise NotPermitted(
            "an officer who set the colour does not decide about it",
            next_step="Leave it to another officer of the division.",
            clause="settled rule 10",
        )
    if correction.asked_by == f"officer:{officer.officer_id}":
        raise NotPermitted(
            "a clerk who wrote a correction down does not decide about it",
            next_step="Leave it to another officer of the division.",
            clause="settled rule 10",
        )


def _carry_out(
    transaction: Transaction,
    issuer: Issuer,
    correction: Correction,
    ruling: Ruling,
    officer: Officer,
    *,
    at: Instant,
) -> list[Act]:
    """Do what a decision means, and give the acts of it."""
    if (ruling.decision is CorrectionDecision.EVIDENCE_ANNULLED) is not bool(ruling.evidence):
        raise InvalidInput("evidence is named where it is annulled, and nowhere else", field="evidence")
    if ruling.decision is CorrectionDecision.EVIDENCE_ANNULLED:
        return _annul(transaction, correction, ruling.evidence, officer, at=at)
    if ruling.decision is CorrectionDecision.IDENTITY_CORRECTED:
        return _correct_identity(transaction, issuer, correction, officer, at=at)
    if ruling.decision is CorrectionDecision.REFERRED_TO_ISSUER:
        refer_dispute(transaction, issuer, correction, at=at)
    return []


def _annul(
    transaction: Transaction, correction: Correction, refs: Sequence[str], officer: Officer, *, at: Instant
) -> list[Act]:
    counting = {row.ref for row in evidence_on(transaction, correction)}
    acts: list[Act] = []
    for ref in dict.fromkeys(refs):
        if ref not in counting:
            raise InvalidInput("only evidence that counts for this person can be annulled", field="evidence")
        row = withdraw_evidence(transaction, ref, at=at)
        detail = {"kind": str(row.kind), "correction": correction.correction_id}
        actor = f"officer:{officer.officer_id}"
        acts.append(Act(actor=actor, act="evidence.annulled", subject=ref, detail=detail))
    return acts


def _correct_identity(
    transaction: Transaction, issuer: Issuer, correction: Correction, officer: Officer, *, at: Instant
) -> list[Act]:
    """Put right what the person said would be right; passes with the old data are superseded (rule 18).

    A wrong number stays: passes end, and the person applies under the right document.
    """
    person = get_person(transaction, correction.holder)
    proposed = said_in(issuer, events_of(transaction, correction.correction_id)[0]).get("proposed", "")
    actor = f"officer:{officer.officer_id}"
    acts = [
        Act(
            actor=actor,
            act="identity.corrected",
            subject=correction.holder,
            detail={"field": str(correction.identity_field), "correction": correction.correction_id},
        )
    ]
    if correction.identity_field is IdentityField.DIVISION:
        move_person(transaction, person, proposed)
        return acts
    if correction.identity_field is IdentityField.NAME:
        rename_person(transaction, issuer, person, proposed)
        standings, assessed = standings_for(transaction, issuer, [person.holder], at=at)
        standing = require_assessed(standings[person.holder])
        replaced = follow_identity(transaction, issuer, person.holder, standing, at=at)
        return [*acts, *assessed, *replaced]
    passes = transaction.of(IssuedPass).select(equal("holder", person.holder))
    held = [each for each in passes if is_held(each, at=at)]
    acts += supersede(transaction, held, SupersessionReason.IDENTITY, at=at, actor=actor)
    note_changes(transaction, [person.holder], at=at)
    return acts
