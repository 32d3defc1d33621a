"""Retention: how long each kind of record is kept, from when, and why (settled rule 15, docs/retention.md).

Every kind stands here, with its clocks or among what is kept, and a test holds that. Two clocks look
further than one time: evidence goes only while its holder is green, since it may be all that a colour rests
on; a person goes only when nothing else is known of them. The purge that follows these clocks is in `purge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.domain.instant import DAY, Instant
from comity.issuance.access_applications import AccessApplication
from comity.issuance.allowances import Allowance
from comity.issuance.assessment_rulebooks import AssessmentRulebookRow
from comity.issuance.assignments import ManualAssignment
from comity.issuance.changes import CHANGE_KEPT
from comity.issuance.corrections import Correction, CorrectionEvent, CorrectionState
from comity.issuance.declarations import Declaration
from comity.issuance.destruction import DestructionRecord
from comity.issuance.due_standings import RulebookSweep
from comity.issuance.evidence import EvidenceRow, RiskAreaRow
from comity.issuance.exchange_records import (
    ExchangedFact,
    ForeignDispute,
    HomeQuestion,
    OutgoingMessage,
    SentFact,
    TakenMessage,
)
from comity.issuance.extra_demands import DemandState, ExtraDemand
from comity.issuance.gate_counts import GateCount
from comity.issuance.gate_log import GATE_LOG_KEPT, GateLog
from comity.issuance.gates import Gate
from comity.issuance.home_inquiries import HomeInquiry, InquiryState
from comity.issuance.hub_publication import HubPublication
from comity.issuance.hub_state import HubState
from comity.issuance.import_records import EvidenceImport, HandOver, ImportHolder
from comity.issuance.key_closings import KeyClosing
from comity.issuance.key_intents import KeyIntent
from comity.issuance.key_reissue import KeyReissue, ReissuedPass
from comity.issuance.manual_cases import CaseState, ManualCase
from comity.issuance.nonces import UsedNonce
from comity.issuance.people import Guardianship
from comity.issuance.phone_keys import PhoneKey
from comity.issuance.records import Change, IssuedPass, Message, Person, SetAside, Standing
from comity.issuance.side_doors import PassAct
from comity.issuance.sign_in import PendingSignIn
from comity.issuance.statements import StatementRow
from comity.issuance.status_places import StatusShard
from comity.issuance.status_publication import PublishedList
from comity.officers.enrolment import Enrolment
from comity.officers.officers import Officer
from comity.officers.passkeys import PasskeyChallenge, PasskeyCredential
from comity.officers.recovery import RecoveryCode, RecoveryFailures
from comity.records.audit_records import AuditHead, AuditRow
from comity.records.counter import Counter
from comity.records.ports import Record
from comity.records.search import Where, at_most, differs, equal
from comity.records.sessions import Session

EVIDENCE_KEPT: Final = 60 * DAY
"""Seconds from the end of evidence: longer than any rule counts back."""
PERSON_KEPT: Final = 180 * DAY
"""Seconds from the last sign-in, or from being added, of somebody of whom nothing else is known."""
UNANSWERED_KEPT: Final = 365 * DAY
"""Seconds from the report of an extra demand that nobody answers; supervision compares counts over a year."""
_WEEKS: Final = 28 * DAY
_DISPUTABLE: Final = 180 * DAY
"""Seconds in which a decision can be taken to a court (Administrative Litigation Law, Article 46)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionClock:
    """How long records of a kind are kept: `seconds` from the time in the field `since`, where all hold."""

    kind: type[Record]
    since: str
    seconds: int
    why: str
    where: tuple[Where, ...] = ()

    def due(self, at: Instant) -> tuple[Where, ...]:
        """Give the conditions that a record meets whose time has come."""
        return (at_most(self.since, at - self.seconds), *self.where)


CLOCKS: Final[tuple[RetentionClock, ...]] = (
    RetentionClock(kind=PendingSignIn, since="ends_at", seconds=0, why="a sign-in under way"),
    RetentionClock(kind=Session, since="ends_at", seconds=0, why="somebody signed in"),
    RetentionClock(kind=PasskeyChallenge, since="ends_at", seconds=0, why="an officer's sign-in under way"),
    RetentionClock(kind=Enrolment, since="ends_at", seconds=_WEEKS, why="who let an officer in"),
    RetentionClock(kind=UsedNonce, since="until", seconds=1, why="signed requests count once"),
    RetentionClock(kind=Allowance, since="ends_at", seconds=0, why="limits per device"),
    RetentionClock(kind=Change, since="at", seconds=CHANGE_KEPT, why="workers forget what changed"),
    RetentionClock(kind=Message, since="made_at", seconds=2 * _WEEKS, why="the holder reads it"),
    RetentionClock(
        kind=Declaration, since="declared_at", seconds=2 * _WEEKS, why="an assessment is explained"
    ),
    RetentionClock(
        kind=IssuedPass, since="expires_at", seconds=_WEEKS, why="a decision at a gate is explained"
    ),
    RetentionClock(kind=ReissuedPass, since="at", seconds=2 * _WEEKS, why="what became of an old pass"),
    RetentionClock(kind=PhoneKey, since="deposited_at", seconds=2 * _WEEKS, why="the next pass of the phone"),
    RetentionClock(
        kind=HomeInquiry,
        since="concluded_at",
        seconds=_WEEKS,
        why="what was asked of the home region",
        where=(equal("state", InquiryState.CLOSED),),
    ),
    RetentionClock(kind=Guardianship, since="ended_at", seconds=_DISPUTABLE, why="the consent is shown"),
    RetentionClock(
        kind=Correction,
        since="decided_at",
        seconds=_DISPUTABLE,
        why="the decision can be taken to a court",
        where=(equal("state", CorrectionState.DECIDED),),
    ),
    RetentionClock(
        kind=ManualAssignment,
        since="ended_at",
        seconds=_DISPUTABLE,
        why="the assignment can be taken to a court",
    ),
    RetentionClock(
        kind=PassAct, since="asked_at", seconds=_DISPUTABLE, why="the act can be taken to a court"
    ),
    RetentionClock(
        kind=ManualCase,
        since="opened_at",
        seconds=_DISPUTABLE,
        why="the interim note can be taken to a court",
        where=(differs("state", CaseState.OPEN),),
    ),
    RetentionClock(
        kind=ExtraDemand,
        since="answered_at",
        seconds=_DISPUTABLE,
        why="supervision follows it",
        where=(equal("state", DemandState.ANSWERED),),
    ),
    RetentionClock(
        kind=ExtraDemand,
        since="reported_at",
        seconds=UNANSWERED_KEPT,
        why="the supervisor has it while nobody has answered",
        where=(differs("state", DemandState.ANSWERED),),
    ),
    RetentionClock(kind=GateLog, since="at", seconds=GATE_LOG_KEPT, why="misuse of a device is found"),
    RetentionClock(kind=GateCount, since="period", seconds=365 * DAY, why="counts compared over a year"),
    RetentionClock(kind=RiskAreaRow, since="ended_at", seconds=EVIDENCE_KEPT, why="stays are assessed by it"),
    RetentionClock(kind=OutgoingMessage, since="give_up_at", seconds=DAY, why="it is still being sent"),
    RetentionClock(kind=TakenMessage, since="at", seconds=2 * DAY, why="a message is taken in once"),
    RetentionClock(kind=SentFact, since="until", seconds=_WEEKS, why="its receiver asks whether it stands"),
    RetentionClock(kind=ExchangedFact, since="until", seconds=_DISPUTABLE, why="it can be taken to a court"),
    RetentionClock(
        kind=HomeQuestion, since="asked_at", seconds=_WEEKS, why="what was asked of the home region"
    ),
    RetentionClock(
        kind=ForeignDispute, since="received_at", seconds=_DISPUTABLE, why="its decision goes back"
    ),
    RetentionClock(kind=RecoveryFailures, since="since", seconds=DAY, why="guessed codes are counted"),
)
"""The clocks that look at one time of the record, in the order in which they are followed."""

LINKED_CLOCKS: Final[dict[type[Record], str]] = {
    EvidenceRow: "60 days from its end, while the holder is green: it may be what a colour rests on",
    Person: "180 days from the last sign-in, with no pass, session, guardianship, correction or evidence",
    CorrectionEvent: "with its correction",
    ImportHolder: "until its import is done or rejected",
    SetAside: "until the person can be assessed again",
    Standing: "with the person, or with the last evidence of somebody who never registered",
}
"""The clocks that look at other records too."""

KEPT: Final[dict[type[Record], str]] = {
    AuditRow: "the chain of acts holds only whole; it names keys and ids, no name or number",
    AuditHead: "the end of each lane of the audit",
    DestructionRecord: "the proof of what was destroyed: counts only",
    Counter: "numbers that only rise",
    StatementRow: "what the region signed in public",
    HubPublication: "the last publication through the hub, in public; older ones go with the next",
    HubState: "how the region stands with its hub: one row",
    AssessmentRulebookRow: "the rules by which colours were given, in public",
    RulebookSweep: "how far a new rulebook was followed",
    EvidenceImport: "who brought evidence, when and how much; no person is named",
    HandOver: "which assessment run an import brought, and counts; no person is named",
    StatusShard: "the order of a public list",
    PublishedList: "where the publication of a list stands",
    KeyIntent: "a key about to be made; ends with the change",
    KeyClosing: "who closed a key, and why",
    KeyReissue: "how far the passes of a closed key were issued again: counts only",
    Officer: "an account, as long as acts name it; closed, never removed",
    PasskeyCredential: "removed with its account or by its owner",
    RecoveryCode: "removed with the next sheet or the account",
    Gate: "a device, as long as counts and acts name it",
    AccessApplication: "an organisation, as long as acts name it",
}
"""What no clock ends, and why; none of it tells who somebody is."""
