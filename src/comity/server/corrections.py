"""Routes of correction (用户健康信息纠错, GB/T 38963-2020 by name): the person's and the officers'.

The person sees the clock and every step with its words; the officer sees the evidence that counts, and
decides with reasons. No route closes a correction without a decision.
"""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.claims import masked
from comity.domain.instant import Instant, plain_time, rfc3339
from comity.domain.texts import Text, text
from comity.issuance.correction_decisions import Ruling, decide_correction, evidence_on, grant_relief
from comity.issuance.corrections import (
    Correction,
    CorrectionDecision,
    CorrectionEvent,
    CorrectionKind,
    CorrectionState,
    CorrectionStep,
    Dispute,
    IdentityField,
    events_of,
    get_correction,
    get_own_correction,
    open_correction,
    open_corrections,
    own_corrections,
    said_in,
)
from comity.issuance.evidence import EvidenceRow
from comity.issuance.people import get_person, open_person
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.ports import Transaction
from comity.server.access import Resident, ServingNode, permitted
from comity.server.node import Node

router = APIRouter(prefix="/corrections", tags=["corrections"])
Deciding = Annotated[Officer, Depends(permitted(Permission.DECIDE_CORRECTION))]
_STRICT = ConfigDict(extra="forbid")
CorrectionWords = Annotated[str, Field(min_length=1, max_length=2_000)]


class CorrectionRequest(BaseModel):
    """What is disputed; `holder` names a dependant, left out for oneself."""

    model_config = _STRICT
    holder: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None
    kind: Annotated[CorrectionKind, Field(examples=["colour"])]
    statement: Annotated[CorrectionWords, Field(examples=["I was not in that place on that day."])]
    identity_field: Annotated[IdentityField | None, Field(description="With kind identity")] = None
    proposed: Annotated[CorrectionWords | None, Field(description="What would be right, of identity")] = None
    issuer: Annotated[
        str | None, Field(pattern=r"^[0-9]{6}$", description="The other region, with kind foreign_colour")
    ] = None


class RulingRequest(BaseModel):
    """A decision; `evidence` names what is annulled, with evidence_annulled alone."""

    model_config = _STRICT
    decision: Annotated[CorrectionDecision, Field(examples=["evidence_annulled"])]
    reasons: Annotated[CorrectionWords, Field(examples=["The contact list named another person."])]
    evidence: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)] = []


class ReliefRequest(BaseModel):
    """Interim passage for some hours."""

    model_config = _STRICT
    hours: Annotated[int, Field(ge=1, le=24, examples=[24])]


class TextAnswer(BaseModel):
    """The same words in Chinese and English."""

    zh: str
    en: str


class EventAnswer(BaseModel):
    """One step, with its words and what was said."""

    at: str
    step: CorrectionStep
    by: str
    text: TextAnswer
    detail: dict[str, str | int]
    said: dict[str, str]


class ReliefAnswer(BaseModel):
    """Interim passage: until when, what it says, and the text of the code to show."""

    until: str
    text: TextAnswer
    note: str


class CorrectionAnswer(BaseModel):
    """A correction with its clock."""

    correction_id: str
    kind: CorrectionKind
    identity_field: IdentityField | None
    issuer: str | None
    state: CorrectionState
    opened_at: str
    due_at: str
    seconds_left: Annotated[
        int, Field(description="Until due_at; 0 when it has passed or the case is decided")
    ]
    clock: TextAnswer
    decision: CorrectionDecision | None
    decided_at: str | None
    relief: ReliefAnswer | None


class CorrectionFile(CorrectionAnswer):
    """A correction with every step."""

    events: list[EventAnswer]


class EvidenceAnswer(BaseModel):
    """A piece of evidence that counts for the person."""

    ref: str
    kind: str
    source: str
    source_name: str
    began_at: str
    ended_at: str | None
    area: str | None
    rule_id: str | None
    added_at: str


class CorrectionCase(CorrectionFile):
    """A correction as the officer who decides sees it."""

    division: str
    masked_name: str
    last4: str
    evidence: list[EvidenceAnswer]


@router.post("", status_code=201, summary="Ask for a correction")
def ask(node: ServingNode, resident: Resident, asked: CorrectionRequest) -> CorrectionFile:
    """The clock of 24 hours begins; when it has run out, the supervisor has the case."""
    at = node.clock()
    dispute = Dispute(
        holder=HolderKey(asked.holder) if asked.holder else resident,
        kind=asked.kind,
        statement=asked.statement,
        identity_field=asked.identity_field,
        proposed=asked.proposed,
        issuer=asked.issuer,
    )
    return correction_file(node, open_correction(node.issuer, resident, dispute, at=at), at)


@router.get("", summary="List the own corrections, and those of dependants")
def list_own(node: ServingNode, resident: Resident) -> list[CorrectionAnswer]:
    """Newest first."""
    at = node.clock()
    with node.store.reading() as transaction:
        return [_answer(correction, at) for correction in own_corrections(transaction, resident)]


@router.get("/queue", summary="List what waits for a decision")
def queue(node: ServingNode, officer: Deciding) -> list[CorrectionAnswer]:
    """Of the own division and below; what is due first at the head, escalated ones among them."""
    at = node.clock()
    with node.store.reading() as transaction:
        return [_answer(correction, at) for correction in open_corrections(transaction, officer)]


@router.get("/{correction_id}", summary="Show an own correction with every step")
def show_own(node: ServingNode, resident: Resident, correction_id: str) -> CorrectionFile:
    """Everything that was said and decided."""
    with node.store.reading() as transaction:
        correction = get_own_correction(transaction, resident, correction_id)
    return correction_file(node, correction, node.clock())


@router.get("/{correction_id}/case", summary="Show a correction to the officer who decides")
def show_case(node: ServingNode, officer: Deciding, correction_id: str) -> CorrectionCase:
    """With the evidence that counts for the person."""
    at = node.clock()
    with node.store.reading() as transaction:
        correction = get_correction(transaction, correction_id)
        require(officer, Permission.DECIDE_CORRECTION, division=correction.division)
        return _case(node, transaction, correction, at)


@router.post("/{correction_id}/decision", summary="Decide a correction, with reasons")
def decide(
    node: ServingNode, officer: Deciding, correction_id: str, asked: RulingRequest
) -> CorrectionAnswer:
    """By an officer who did not set the colour; after 24 hours by a supervisor alone."""
    at = node.clock()
    ruling = Ruling(decision=asked.decision, reasons=asked.reasons, evidence=asked.evidence)
    return _answer(decide_correction(node.issuer, officer, correction_id, ruling, at=at), at)


@router.post("/{correction_id}/relief", summary="Grant interim passage")
def relieve(
    node: ServingNode, officer: Deciding, correction_id: str, asked: ReliefRequest
) -> CorrectionAnswer:
    """While another region's colour is in dispute (settled rule 11)."""
    at = node.clock()
    return _answer(grant_relief(node.issuer, officer, correction_id, hours=asked.hours, at=at), at)


def _answer(correction: Correction, at: Instant) -> CorrectionAnswer:
    return CorrectionAnswer(
        correction_id=correction.correction_id,
        kind=correction.kind,
        identity_field=correction.identity_field,
        issuer=correction.issuer,
        state=correction.state_at(at),
        opened_at=rfc3339(correction.opened_at),
        due_at=rfc3339(correction.due_at),
        seconds_left=0 if correction.state is CorrectionState.DECIDED else max(correction.due_at - at, 0),
        clock=_words(_clock(correction, at)),
        decision=correction.decision,
        decided_at=None if correction.decided_at is None else rfc3339(correction.decided_at),
        relief=_relief(correction, at),
    )


def _clock(correction: Correction, at: Instant) -> Text:
    due = plain_time(correction.due_at)
    match correction.state_at(at):
        case CorrectionState.DECIDED:
            return text("correction.closed")
        case CorrectionState.ESCALATED:
            return text("correction.overdue", due=due)
        case _:
            return text("correction.clock", due=due)


def _relief(correction: Correction, at: Instant) -> ReliefAnswer | None:
    until, note = correction.relief_until, correction.relief_note
    if until is None or note is None or at >= until:
        return None
    words = text("correction.relief_note", until=plain_time(until))
    return ReliefAnswer(until=rfc3339(until), text=_words(words), note=note)


def _words(words: Text) -> TextAnswer:
    return TextAnswer(zh=words.zh, en=words.en)


def correction_file(node: Node, correction: Correction, at: Instant) -> CorrectionFile:
    """Show a correction with every step to the person."""
    with node.store.reading() as transaction:
        events = _events(node, transaction, correction)
    return CorrectionFile(**_answer(correction, at).model_dump(), events=events)


def _case(node: Node, transaction: Transaction, correction: Correction, at: Instant) -> CorrectionCase:
    details = open_person(node.issuer, get_person(transaction, correction.holder))
    return CorrectionCase(
        **_answer(correction, at).model_dump(),
        events=_events(node, transaction, correction),
        division=correction.division,
        masked_name=masked(details.name),
        last4=details.document.last4,
        evidence=[_evidence(row) for row in evidence_on(transaction, correction)],
    )


def _events(node: Node, transaction: Transaction, correction: Correction) -> list[EventAnswer]:
    return [_event(node, event) for event in events_of(transaction, correction.correction_id)]


def _event(node: Node, event: CorrectionEvent) -> EventAnswer:
    return EventAnswer(
        at=rfc3339(event.at),
        step=event.step,
        by=event.by.partition(":")[0],
        text=_words(text(f"correction_step.{event.step}")),
        detail=json.loads(event.detail),
        said=said_in(node.issuer, event),
    )


def _evidence(row: EvidenceRow) -> EvidenceAnswer:
    return EvidenceAnswer(
        ref=row.ref,
        kind=str(row.kind),
        source=str(row.source),
        source_name=row.source_name,
        began_at=rfc3339(row.began_at),
        ended_at=None if row.ended_at is None else rfc3339(row.ended_at),
        area=row.area,
        rule_id=row.rule_id,
        added_at=rfc3339(row.added_at),
    )
