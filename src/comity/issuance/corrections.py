"""Corrections (用户健康信息纠错): a holder disputes a colour, an identity field, or another region's colour.

The clock runs 24 h and never closes a case: when it has run out, the case is the supervisor's. The person
sees every step. What was said and answered is sealed (settled rule 15). What a decision does is in
`correction_decisions`; how a pass is suspended meanwhile is in `side_doors`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.instant import HOUR, Instant
from comity.domain.region import RegionCode, area_covers, is_region
from comity.errors import InvalidInput, NotPossibleNow, UnknownRecord
from comity.issuance.issuer import Issuer
from comity.issuance.messages import tell
from comity.issuance.people import dependants_of, get_person, read_division, read_name, require_carrier
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most, equal, one_of

CORRECTION_CLOCK: Final = 24 * HOUR
"""Seconds in which a correction is decided, or the issuer answers; then the supervisor has it (rule 11)."""
ESCALATE_EVERY: Final = 30
"""Seconds between looks at clocks that have run out."""
MAX_STATEMENT: Final = 2_000
"""Characters of what is said in a correction."""


class CorrectionKind(StrEnum):
    """What is disputed."""

    COLOUR = "colour"
    IDENTITY = "identity"
    FOREIGN_COLOUR = "foreign_colour"


class IdentityField(StrEnum):
    """Which field of the identity is wrong."""

    NAME = "name"
    DIVISION = "division"
    DOCUMENT = "document"


class CorrectionState(StrEnum):
    """Where a correction stands; REFERRED: the issuer has been asked, and a new clock runs."""

    OPEN = "open"
    REFERRED = "referred"
    ESCALATED = "escalated"
    DECIDED = "decided"


class CorrectionDecision(StrEnum):
    """How a correction is answered."""

    UPHELD = "upheld"
    EVIDENCE_ANNULLED = "evidence_annulled"
    IDENTITY_CORRECTED = "identity_corrected"
    REFERRED_TO_ISSUER = "referred_to_issuer"


class CorrectionStep(StrEnum):
    """What happened in a correction."""

    OPENED = "opened"
    ESCALATED = "escalated"
    RELIEF_GRANTED = "relief_granted"
    REFERRED = "referred"
    DECIDED = "decided"


UNDECIDED_STATES: Final = (CorrectionState.OPEN, CorrectionState.REFERRED, CorrectionState.ESCALATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One dispute; `division` is whose officers answer it, `issuer` the region of a foreign colour.

    `relief_from` and `relief_until` bound an interim passage the host granted, `relief_note` is the text
    of its code.
    """

    correction_id: str
    holder: HolderKey
    asked_by: HolderKey
    kind: CorrectionKind
    identity_field: IdentityField | None
    issuer: str | None
    division: str
    state: CorrectionState
    opened_at: Instant
    due_at: Instant
    decision: CorrectionDecision | None = None
    decided_by: str | None = None
    decided_at: Instant | None = None
    relief_from: Instant | None = None
    relief_until: Instant | None = None
    relief_note: str | None = None

    TABLE: ClassVar[str] = "correction"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder",), ("state", "due_at"))

    def state_at(self, at: Instant) -> CorrectionState:
        """Say where it stands, whether or not the escalation has been written yet."""
        if self.state in (CorrectionState.OPEN, CorrectionState.REFERRED) and at >= self.due_at:
            return CorrectionState.ESCALATED
        return self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEvent:
    """One step of a correction as the person sees it; `sealed` holds what was said, if anything was."""

    event_id: str
    correction_id: str
    number: int
    at: Instant
    step: CorrectionStep
    by: str
    detail: str
    sealed: bytes | None
    vault_key: str | None

    TABLE: ClassVar[str] = "correction_event"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("correction_id", "number"), ("vault_key",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What somebody disputes: for whom, what, in which words, and what would be right."""

    holder: HolderKey
    kind: CorrectionKind
    statement: str = field(repr=False)
    identity_field: IdentityField | None = None
    proposed: str | None = field(default=None, repr=False)
    issuer: str | None = None


def open_correction(issuer: Issuer, asked_by: HolderKey, dispute: Dispute, *, at: Instant) -> Correction:
    """Open a correction for oneself or a dependant; the clock of 24 h begins.

    Raises: UnknownRecord, InvalidInput, NotPossibleNow when one of the kind is open already.
    """
    with issuer.store.transaction() as transaction:
        transaction.lock(f"holder-{dispute.holder}")
        require_carrier(transaction, asked_by, dispute.holder)
        return add_correction(transaction, issuer, asked_by, dispute, by="holder", at=at)


def add_correction(
    transaction: Transaction, issuer: Issuer, asked_by: HolderKey, dispute: Dispute, *, by: str, at: Instant
) -> Correction:
    """Add what somebody disputes, as written down `by` the holder or a clerk; the holder is locked.

    Raises: UnknownRecord, InvalidInput, NotPossibleNow when one of the kind is open already.
    """
    _check_dispute(issuer, dispute)
    person = get_person(transaction, dispute.holder)
    for known in corrections_of(transaction, [dispute.holder]):
        if known.kind is dispute.kind and known.state is not CorrectionState.DECIDED:
            raise NotPossibleNow(
                "a correction of this kind is open already", next_step="Follow the one that is open."
            )
    is_ours = area_covers(issuer.region, person.division)
    correction = Correction(
        correction_id=issuer.new_id(),
        holder=dispute.holder,
        asked_by=asked_by,
        kind=dispute.kind,
        identity_field=dispute.identity_field,
        issuer=dispute.issuer,
        division=person.division if is_ours else issuer.region,
        state=CorrectionState.OPEN,
        opened_at=at,
        due_at=at + CORRECTION_CLOCK,
    )
    transaction.of(Correction).add(correction)
    said = {"statement": dispute.statement, "proposed": dispute.proposed or ""}
    add_event(transaction, issuer, correction, CorrectionStep.OPENED, by, said=said, at=at)
    tell(transaction, issuer, dispute.holder, "message.correction_opened", {}, at=at)
    record_acts(transaction, [act_of(by, "correction.opened", correction)], at=at)
    return correction


def corrections_of(transaction: Transaction, holders: Sequence[HolderKey]) -> list[Correction]:
    """List the corrections of these holders, newest first."""
    return transaction.of(Correction).select(
        one_of("holder", holders), order=("opened_at",), newest_first=True
    )


def own_corrections(transaction: Transaction, resident: HolderKey) -> list[Correction]:
    """List the corrections of a resident and the dependants, newest first."""
    return corrections_of(transaction, [resident, *dependants_of(transaction, resident)])


def get_own_correction(transaction: Transaction, resident: HolderKey, correction_id: str) -> Correction:
    """Give a correction of a resident or a dependant. Raises: UnknownRecord."""
    correction = get_correction(transaction, correction_id)
    if correction.holder not in (resident, *dependants_of(transaction, resident)):
        raise UnknownRecord("there is no correction with this id")
    return correction


def get_correction(transaction: Transaction, correction_id: str) -> Correction:
    """Give a correction. Raises: UnknownRecord."""
    found = transaction.of(Correction).find(correction_id)
    if found is None:
        raise UnknownRecord("there is no correction with this id")
    return found


def open_corrections(transaction: Transaction, officer: Officer) -> list[Correction]:
    """List what waits for a decision in the officer's division, the one due first at the head.

    Raises: NotPermitted.
    """
    require(officer, Permission.DECIDE_CORRECTION)
    waiting = transaction.of(Correction).select(one_of("state", UNDECIDED_STATES), order=("due_at",))
    return [each for each in waiting if officer.covers(each.division)]


def relief_of(transaction: Transaction, holder: HolderKey, *, at: Instant) -> Correction | None:
    """Find the correction, undecided, under which the host grants a holder interim passage (rule 11)."""
    granted = transaction.of(Correction).select(
        equal("holder", holder), at_least("relief_until", at + 1), one_of("state", UNDECIDED_STATES)
    )
    return max(granted, key=lambda each: each.relief_until or 0, default=None)


def escalate_overdue(issuer: Issuer, *, at: Instant) -> int:
    """Hand every correction whose clock has run out to the supervisor, and say how many; none is closed."""
    with issuer.store.reading() as transaction:
        overdue = transaction.of(Correction).select(
            one_of("state", [CorrectionState.OPEN, CorrectionState.REFERRED]), at_most("due_at", at)
        )
    for correction in overdue:
        with issuer.store.transaction() as transaction:
            transaction.lock(f"holder-{correction.holder}")
            if transaction.of(Correction).find(correction.correction_id) != correction:
                continue
            transaction.of(Correction).replace(replace(correction, state=CorrectionState.ESCALATED))
            add_event(transaction, issuer, correction, CorrectionStep.ESCALATED, "region", at=at)
            tell(transaction, issuer, correction.holder, "message.correction_escalated", {}, at=at)
            record_acts(transaction, [act_of("region", "correction.escalated", correction)], at=at)
    return len(overdue)


def add_event(
    transaction: Transaction,
    issuer: Issuer,
    correction: Correction,
    step: CorrectionStep,
    by: str,
    *,
    at: Instant,
    detail: Mapping[str, str | int] | None = None,
    said: Mapping[str, str] | None = None,
) -> CorrectionEvent:
    """Add a step to what the person sees; what was said is sealed."""
    number = len(events_of(transaction, correction.correction_id))
    event_id = f"{correction.correction_id}-{number}"
    event = CorrectionEvent(
        event_id=event_id,
        correction_id=correction.correction_id,
        number=number,
        at=at,
        step=step,
        by=by,
        detail=json.dumps(dict(detail or {}), sort_keys=True, separators=(",", ":")),
        sealed=None if said is None else issuer.vault.seal(said, of=_bound_to(event_id)),
        vault_key=None if said is None else issuer.vault.current,
    )
    transaction.of(CorrectionEvent).add(event)
    return event


def events_of(transaction: Transaction, correction_id: str) -> list[CorrectionEvent]:
    """List the steps of a correction, oldest first."""
    return transaction.of(CorrectionEvent).select(equal("correction_id", correction_id), order=("number",))


def said_in(issuer: Issuer, event: CorrectionEvent) -> dict[str, str]:
    """Open what was said in a step. Raises: KeyStoreError."""
    if event.sealed is None or event.vault_key is None:
        return {}
    of = _bound_to(event.event_id)
    opened = issuer.vault.open(event.sealed, vault_key=event.vault_key, of=of)
    return {name: said for name, said in opened.items() if said}


def _bound_to(event_id: str) -> str:
    return f"{CorrectionEvent.TABLE}:{event_id}"


def act_of(actor: str, act: str, correction: Correction) -> Act:
    """Give the act of a step in a correction."""
    detail = {
        "kind": str(correction.kind),
        "decision": None if correction.decision is None else str(correction.decision),
    }
    return Act(actor=actor, act=act, subject=correction.correction_id, detail=detail)


def check_words(words: str, *, name: str) -> str:
    """Read what somebody says in a correction. Raises: InvalidInput that does not repeat it."""
    read = words.strip()
    if not 1 <= len(read) <= MAX_STATEMENT:
        raise InvalidInput(f"1 to {MAX_STATEMENT} characters are needed here", field=name)
    return read


def _check_dispute(issuer: Issuer, dispute: Dispute) -> None:
    check_words(dispute.statement, name="statement")
    is_identity = dispute.kind is CorrectionKind.IDENTITY
    if (dispute.identity_field is not None) is not is_identity:
        raise InvalidInput(
            "a correction of the identity, and no other, names a field", field="identity_field"
        )
    if dispute.identity_field is IdentityField.NAME:
        read_name(dispute.proposed or "")
    if dispute.identity_field is IdentityField.DIVISION:
        read_division(dispute.proposed or "")
    is_foreign = dispute.kind is CorrectionKind.FOREIGN_COLOUR
    names_other = (
        dispute.issuer is not None
        and is_region(dispute.issuer)
        and RegionCode(dispute.issuer) != issuer.region
    )
    if names_other is not is_foreign or (dispute.issuer is not None) is not is_foreign:
        raise InvalidInput(
            "a foreign colour, and no other, names the other region that gave it",
            field="issuer",
            clause="settled rule 11",
        )
