"""Manual assignment: two officers say that a published rule applies to somebody (settled rule 10).

No colour is named anywhere: officers cite a rule of the assessment rulebook in force, by id and version, with
a reference to the evidence and an end; the assessment makes of it what the rule says. The 21st within an hour
by one officer or from one source of evidence stops and asks a third. Every assignment can be disputed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final

from comity.domain.assessment_document import RULE_DAYS
from comity.domain.assessment_rules import AssessmentRule, longest_days
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.identity import IdentityDocument
from comity.domain.instant import DAY, HOUR, Instant, rfc3339
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, UnknownRecord
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.evidence import EvidenceRow
from comity.issuance.issuer import Issuer
from comity.issuance.people import get_person, holder_of
from comity.issuance.records import HolderKey
from comity.issuance.standing import reassess
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, equal, one_of

ASSIGNMENTS_AN_HOUR: Final = 20
"""Assignments by one officer, or from one source, within an hour; the next asks a third officer."""
PROPOSAL_LIFETIME: Final = DAY
"""Seconds in which a proposal can be confirmed."""
RULE_10: Final = "settled rule 10"
_REFERENCE: Final = re.compile(r"(?!.*\d{15})[\w ./:#()-]{3,64}")
"""Fifteen digits in a row would be the number of a document: none belongs there (settled rule 15)."""


class AssignmentState(StrEnum):
    """Where an assignment stands; only one in effect is evidence."""

    PROPOSED = "proposed"
    STOPPED = "stopped"
    IN_EFFECT = "in_effect"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentProposal:
    """What an officer proposes: whose, which rule of which version, on what evidence, from when to when."""

    document: IdentityDocument
    rule_id: str
    rulebook_version: int
    source_name: str
    reference: str
    began_at: Instant
    ended_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualAssignment:
    """One assignment and the officers behind it; `reference` names a file, never a person."""

    assignment_id: str
    holder: HolderKey
    division: str
    rule_id: str
    rulebook_version: int
    source_name: str
    reference: str
    began_at: Instant
    ended_at: Instant
    state: AssignmentState
    proposed_by: str
    proposed_at: Instant
    confirmed_by: str | None = None
    third_officer: str | None = None
    effective_at: Instant | None = None

    TABLE: ClassVar[str] = "manual_assignment"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("holder",),
        ("state", "proposed_at"),
        ("proposed_by", "effective_at"),
        ("confirmed_by", "effective_at"),
        ("source_name", "effective_at"),
    )

    @property
    def evidence_ref(self) -> str:
        """The reference of the evidence it becomes."""
        return f"assignment-{self.assignment_id}"

    @property
    def officers(self) -> tuple[str, ...]:
        """Everybody who stands behind it."""
        return tuple(one for one in (self.proposed_by, self.confirmed_by, self.third_officer) if one)


def propose_assignment(
    issuer: Issuer, officer: Officer, proposal: AssignmentProposal, *, at: Instant
) -> ManualAssignment:
    """Propose that a published rule applies to a registered person of the officer's division.

    1. Rule and version are those of the rulebook in force.
    2. It has an end, after now and within what the rule lasts at most.
    3. Evidence is referred to by source and reference.
    4. The person is known, and lives in the officer's division or below.

    Raises: InvalidInput, UnknownRecord, NotPermitted.
    """
    require(officer, Permission.PROPOSE_ASSIGNMENT)
    with issuer.store.transaction() as transaction:
        rule = _cited_rule(transaction, issuer, proposal, at=at)  # 1
        _check_period(rule, proposal, at=at)  # 2
        for name in ("source_name", "reference"):  # 3
            if _REFERENCE.fullmatch(getattr(proposal, name)) is None:
                raise InvalidInput(
                    "a reference has 3 to 64 letters, digits, spaces and ./:#()-", field=name, clause=RULE_10
                )
        holder = holder_of(issuer, proposal.document)  # 4
        person = get_person(transaction, holder)
        require(officer, Permission.PROPOSE_ASSIGNMENT, division=person.division)
        assignment = ManualAssignment(
            assignment_id=issuer.new_id(),
            holder=holder,
            division=person.division,
            rule_id=rule.rule_id,
            rulebook_version=proposal.rulebook_version,
            source_name=proposal.source_name,
            reference=proposal.reference,
            began_at=proposal.began_at,
            ended_at=proposal.ended_at,
            state=AssignmentState.PROPOSED,
            proposed_by=officer.officer_id,
            proposed_at=at,
        )
        transaction.of(ManualAssignment).add(assignment)
        record_acts(transaction, [_act(officer, "assignment.proposed", assignment)], at=at)
    return assignment


def confirm_assignment(
    issuer: Issuer, officer: Officer, assignment_id: str, *, at: Instant
) -> ManualAssignment:
    """Confirm a proposal as second officer, or a stopped one as third; in effect it is assessed at once.

    1. It waits for an officer, and is not older than a day.
    2. The officer may, here, and is none of those behind it; who proposed it still may.
    3. The rule it cites is still that of the rulebook in force.
    4. More than 20 within the hour by one of the two officers, or from its source: it stops for a third.
    5. It becomes evidence, and the person is assessed again in this transaction.

    Raises: UnknownRecord, NotPossibleNow, NotPermitted, InvalidInput.
    """
    with issuer.store.transaction() as transaction:
        assignment = _lock_waiting(transaction, assignment_id, officer, at=at)  # 1
        _check_other_officer(transaction, officer, assignment)  # 2
        _cited_rule(transaction, issuer, assignment, at=at)  # 3
        is_third = assignment.state is AssignmentState.STOPPED
        if is_third:
            assignment = replace(assignment, third_officer=officer.officer_id)
        else:
            assignment = replace(assignment, confirmed_by=officer.officer_id)
        if not is_third and _is_too_many(transaction, assignment, at=at):  # 4
            stopped = replace(assignment, state=AssignmentState.STOPPED)
            transaction.of(ManualAssignment).replace(stopped)
            record_acts(transaction, [_act(officer, "assignment.stopped", stopped)], at=at)
            return stopped
        effective = replace(assignment, state=AssignmentState.IN_EFFECT, effective_at=at)  # 5
        transaction.of(ManualAssignment).replace(effective)
        transaction.of(EvidenceRow).add(_evidence(effective, at=at))
        act = _act(officer, "assignment.confirmed", effective)
        actor = f"officer:{officer.officer_id}"
        reassess(transaction, issuer, [effective.holder], at=at, actor=actor, acts=[act])
    return effective


def decline_assignment(
    issuer: Issuer, officer: Officer, assignment_id: str, *, at: Instant
) -> ManualAssignment:
    """Decline a proposal, or one that stopped. Raises: UnknownRecord, NotPossibleNow, NotPermitted."""
    with issuer.store.transaction() as transaction:
        assignment = _lock_waiting(transaction, assignment_id, officer, at=at)
        require(officer, Permission.CONFIRM_ASSIGNMENT, division=assignment.division)
        declined = replace(assignment, state=AssignmentState.DECLINED)
        transaction.of(ManualAssignment).replace(declined)
        record_acts(transaction, [_act(officer, "assignment.declined", declined)], at=at)
    return declined


def waiting_assignments(transaction: Transaction, officer: Officer, *, at: Instant) -> list[ManualAssignment]:
    """List what waits for a second or third officer in the officer's division, oldest first."""
    waiting = transaction.of(ManualAssignment).select(
        one_of("state", [AssignmentState.PROPOSED, AssignmentState.STOPPED]),
        at_least("proposed_at", at - PROPOSAL_LIFETIME + 1),
        order=("proposed_at",),
    )
    return [each for each in waiting if officer.covers(each.division)]


def assignments_behind(transaction: Transaction, refs: Sequence[str]) -> list[ManualAssignment]:
    """Find the assignments that became these pieces of evidence."""
    ids = [ref.removeprefix("assignment-") for ref in refs if ref.startswith("assignment-")]
    return transaction.of(ManualAssignment).select(one_of("assignment_id", ids))


def _cited_rule(
    transaction: Transaction,
    issuer: Issuer,
    citing: AssignmentProposal | ManualAssignment,
    *,
    at: Instant,
) -> AssessmentRule:
    rulebook = rulebook_in_force(transaction, issuer, at=at)
    if citing.rulebook_version != rulebook.version:
        raise InvalidInput(
            f"the assessment rulebook in force is version {rulebook.version}",
            field="rulebook_version",
            clause=RULE_10,
            next_step="Read the version in force and cite a rule of it.",
        )
    rule = rulebook.find_rule(citing.rule_id)
    if rule is None:
        raise InvalidInput(f"version {rulebook.version} has no such rule", field="rule_id", clause=RULE_10)
    return rule


def _check_period(rule: AssessmentRule, proposal: AssignmentProposal, *, at: Instant) -> None:
    if proposal.began_at > at:
        raise InvalidInput("evidence tells of the past", field="began_at", clause=RULE_10)
    days = longest_days(rule)
    last = at + max(RULE_DAYS) * DAY if days is None else proposal.began_at + days * DAY
    if not at < proposal.ended_at <= last:
        raise InvalidInput(
            f"the end has to lie after now and not after {rfc3339(last)}", field="ended_at", clause=RULE_10
        )


def _lock_waiting(
    transaction: Transaction, assignment_id: str, officer: Officer, *, at: Instant
) -> ManualAssignment:
    """Find an assignment that waits, and lock its person and everything it is counted with."""
    require(officer, Permission.CONFIRM_ASSIGNMENT)
    found = transaction.of(ManualAssignment).find(assignment_id)
    if found is None:
        raise UnknownRecord("there is no assignment with this id")
    counted = (found.proposed_by, officer.officer_id, found.source_name)
    transaction.lock(f"holder-{found.holder}", *(f"assigning-{_digest(one)}" for one in counted))
    found = transaction.of(ManualAssignment).find(assignment_id) or found
    if found.state not in (AssignmentState.PROPOSED, AssignmentState.STOPPED):
        raise NotPossibleNow(f"this assignment is {found.state.replace('_', ' ')} already")
    if at >= min(found.proposed_at + PROPOSAL_LIFETIME, found.ended_at):
        raise NotPossibleNow(
            "this proposal is older than a day, or its end has come", next_step="Propose it again."
        )
    return found


def _check_other_officer(transaction: Transaction, officer: Officer, assignment: ManualAssignment) -> None:
    require(officer, Permission.CONFIRM_ASSIGNMENT, division=assignment.division)
    if officer.officer_id in assignment.officers:
        raise NotPermitted(
            "an assignment needs different officers",
            next_step="Ask another officer to confirm it.",
            clause="settled rule 10",
        )
    proposer = transaction.of(Officer).find(assignment.proposed_by)
    if proposer is None or not proposer.may(Permission.PROPOSE_ASSIGNMENT):
        raise NotPossibleNow("the officer who proposed this may no longer do so")


def _is_too_many(transaction: Transaction, assignment: ManualAssignment, *, at: Instant) -> bool:
    """Count what took effect within the hour before, by either officer in either part, and by source."""
    records, since = transaction.of(ManualAssignment), at_least("effective_at", at - HOUR + 1)
    by_source = records.select(equal("source_name", assignment.source_name), since, limit=ASSIGNMENTS_AN_HOUR)
    if len(by_source) >= ASSIGNMENTS_AN_HOUR:
        return True
    for officer in (assignment.proposed_by, assignment.confirmed_by):
        proposed = records.select(equal("proposed_by", officer), since)
        confirmed = records.select(equal("confirmed_by", officer), since)
        if len(proposed) + len(confirmed) >= ASSIGNMENTS_AN_HOUR:
            return True
    return False


def _evidence(assignment: ManualAssignment, *, at: Instant) -> EvidenceRow:
    return EvidenceRow(
        ref=assignment.evidence_ref,
        holder=assignment.holder,
        kind=EvidenceKind.ASSIGNMENT,
        source=EvidenceSource.OFFICERS,
        source_name=assignment.source_name,
        began_at=assignment.began_at,
        ended_at=assignment.ended_at,
        rule_id=assignment.rule_id,
        added_at=at,
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _act(officer: Officer, act: str, assignment: ManualAssignment) -> Act:
    detail: dict[str, str | int | bool | None] = {
        "rule": assignment.rule_id,
        "rulebook": assignment.rulebook_version,
        "source": _digest(assignment.source_name),  # free words stay in the record, whose time ends
        "reference": _digest(assignment.reference),
        "until": assignment.ended_at,
    }
    return Act(
        actor=f"officer:{officer.officer_id}", act=act, subject=assignment.assignment_id, detail=detail
    )
