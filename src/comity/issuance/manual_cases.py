"""The manual path as a case with a clock: ID card, telephone, paper; it ends within 30 minutes (rule 16).

A gate or an officer opens a case for an answer that was UNDECIDED or REFER. An officer ends it with one of
the six outcomes, or the person goes on with an interim note; when the clock runs out the note is made by
itself. A case has no field by which anybody could be held, isolated or sent away, and none for who it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.decision import RULINGS, Outcome, ReasonCode
from comity.domain.identity import IdentityDocument
from comity.domain.instant import MINUTE, Instant
from comity.errors import InvalidInput, NotPossibleNow, UnknownRecord
from comity.issuance.counties import get_county
from comity.issuance.gates import Gate
from comity.issuance.id_cards import find_relief
from comity.issuance.issuer import Issuer
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most, equal
from comity.trust.interim_note import NOTE_LIFETIME, InterimNote, write_interim_note

CASE_CLOCK: Final = 30 * MINUTE
"""Seconds a case may take (settled rule 16)."""
_CLAUSE: Final = "settled rule 16"
_WITHOUT_ANSWER: Final = frozenset({Outcome.UNDECIDED, Outcome.REFER})


class CaseState(StrEnum):
    """Where a case stands: open, ended with an outcome, or the person went on with a note."""

    OPEN = "open"
    ENDED = "ended"
    NOTED = "noted"


class Means(StrEnum):
    """How an officer came to the outcome."""

    CODE_REFRESHED = "code_refreshed"
    ID_CARD_CHECKED = "id_card_checked"
    PAPER_VERIFIED = "paper_verified"
    ISSUER_TELEPHONED = "issuer_telephoned"
    AUTHORITY_TELEPHONED = "authority_telephoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualCase:
    """One case at a checkpoint of a county; `note` is the text of the interim note, where there is one."""

    case_id: str
    division: str
    opened_by: str
    opened_at: Instant
    due_at: Instant
    reason: str
    state: CaseState
    outcome: Outcome | None = None
    means: Means | None = None
    ended_by: str | None = None
    ended_at: Instant | None = None
    note: str | None = None

    TABLE: ClassVar[str] = "manual_case"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("state", "due_at"), ("division", "opened_at"))


def open_case(
    transaction: Transaction,
    issuer: Issuer,
    opener: Gate | Officer,
    *,
    reason: ReasonCode,
    division: str | None,
    document: IdentityDocument | None = None,
    at: Instant,
) -> ManualCase:
    """Open a case; a gate opens it in its own county, an officer in a county of theirs.

    Who has interim passage by the host goes on with a note at once: `document` is looked up for that alone,
    and the case does not keep it (settled rules 11 and 16). Raises: InvalidInput, NotPermitted.
    """
    if RULINGS[reason].outcome not in _WITHOUT_ANSWER:
        raise InvalidInput(
            f"reason: '{reason}' is answered already; the manual path is for UNDECIDED and REFER",
            field="reason",
            clause=_CLAUSE,
        )
    who, county = _opened_in(issuer, opener, division)
    case = ManualCase(
        case_id=issuer.new_id(),
        division=county,
        opened_by=who,
        opened_at=at,
        due_at=at + CASE_CLOCK,
        reason=reason.value,
        state=CaseState.OPEN,
    )
    relief = None if document is None else find_relief(transaction, issuer, document, at=at)
    acts = [_act(who, "case_opened", case)]
    if relief is not None:
        note = _write_note(issuer, case, at, until=relief.expires_at)
        case = replace(case, state=CaseState.NOTED, ended_by="region", ended_at=at, note=note)
        acts.append(_act("region", "case_noted", case))
    transaction.of(ManualCase).add(case)
    record_acts(transaction, acts, at=at)
    return case


def _opened_in(issuer: Issuer, opener: Gate | Officer, division: str | None) -> tuple[str, str]:
    """Give who opens a case and the county it is in. Raises: InvalidInput, NotPermitted."""
    if isinstance(opener, Gate):
        if division not in (None, opener.division):
            raise InvalidInput(
                "division: a gate opens cases in its own county", field="division", clause="C0"
            )
        who, county = f"gate:{opener.gate_id}", opener.division
    else:
        who, county = f"officer:{opener.officer_id}", get_county(division or "", issuer.region)
        require(opener, Permission.RUN_MANUAL_PATH, division=county)
    return who, county


def end_case(
    transaction: Transaction,
    issuer: Issuer,
    officer: Officer,
    case_id: str,
    *,
    outcome: Outcome,
    means: Means,
    at: Instant,
) -> ManualCase:
    """End a case with one of the six outcomes; with UNDECIDED or REFER the person gets a note as well.

    Raises: UnknownRecord, NotPermitted, NotPossibleNow for a case that has ended or whose time is over.
    """
    case = _own_open_case(transaction, officer, case_id, at=at)
    who = f"officer:{officer.officer_id}"
    ended = replace(case, state=CaseState.ENDED, outcome=outcome, means=means, ended_by=who, ended_at=at)
    if outcome in _WITHOUT_ANSWER:
        ended = replace(ended, note=_write_note(issuer, case, at))
    transaction.of(ManualCase).replace(ended)
    _record(transaction, who, "case_ended", ended, at=at)
    return ended


def note_case(
    transaction: Transaction, issuer: Issuer, officer: Officer, case_id: str, *, at: Instant
) -> ManualCase:
    """Let the person go on with an interim note before the clock runs out.

    Raises: UnknownRecord, NotPermitted, NotPossibleNow.
    """
    case = _own_open_case(transaction, officer, case_id, at=at)
    return _note(transaction, issuer, case, f"officer:{officer.officer_id}", at=at)


def end_due_cases(issuer: Issuer, *, at: Instant) -> int:
    """Give the interim note in every case whose 30 minutes are over, and say in how many."""
    with issuer.store.reading() as transaction:
        due = transaction.of(ManualCase).select(equal("state", CaseState.OPEN), at_most("due_at", at))
    count = 0
    for each in due:
        with issuer.store.transaction() as transaction:
            transaction.lock(f"case-{each.case_id}")
            case = transaction.of(ManualCase).find(each.case_id)
            if case is not None and case.state is CaseState.OPEN:
                _note(transaction, issuer, case, "region", at=at)
                count += 1
    return count


def get_case(transaction: Transaction, asker: Gate | Officer, case_id: str) -> ManualCase:
    """Give a case of the asker's county. Raises: UnknownRecord, NotPermitted."""
    case = transaction.of(ManualCase).find(case_id)
    if isinstance(asker, Gate):
        is_own = case is not None and case.division == asker.division
    else:
        require(asker, Permission.RUN_MANUAL_PATH)
        is_own = case is not None and asker.covers(case.division)
    if case is None or not is_own:
        raise UnknownRecord("no case of this county has this id")
    return case


def list_open_cases(transaction: Transaction, officer: Officer) -> list[ManualCase]:
    """List the open cases of the officer's counties, the most urgent first. Raises: NotPermitted."""
    require(officer, Permission.RUN_MANUAL_PATH)
    known = transaction.of(ManualCase).select(equal("state", CaseState.OPEN), order=("due_at",))
    return [case for case in known if officer.covers(case.division)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCounts:
    """How many cases a county had, and how they stand: open, ended with an outcome, gone on with a note."""

    opened: int
    open: int
    ended: int
    noted: int


def cases_by_county(transaction: Transaction, officer: Officer, *, since: Instant) -> dict[str, CaseCounts]:
    """Count the cases opened since an instant by county. Raises: NotPermitted."""
    require(officer, Permission.SUPERVISE)
    states: dict[str, list[CaseState]] = {}
    for case in transaction.of(ManualCase).select(at_least("opened_at", since)):
        if officer.covers(case.division):
            states.setdefault(case.division, []).append(case.state)
    return {
        county: CaseCounts(
            opened=len(known),
            open=known.count(CaseState.OPEN),
            ended=known.count(CaseState.ENDED),
            noted=known.count(CaseState.NOTED),
        )
        for county, known in sorted(states.items())
    }


def _own_open_case(transaction: Transaction, officer: Officer, case_id: str, *, at: Instant) -> ManualCase:
    transaction.lock(f"case-{case_id}")
    case = get_case(transaction, officer, case_id)
    if case.state is not CaseState.OPEN:
        raise NotPossibleNow("this case has ended", next_step="Read how it ended.", clause=_CLAUSE)
    if at >= case.due_at:
        raise NotPossibleNow(
            "the 30 minutes of this case are over; the person goes on with the interim note",
            next_step="Hand the note over; read the case again in a moment if it is not there yet.",
            clause=_CLAUSE,
        )
    return case


def _note(transaction: Transaction, issuer: Issuer, case: ManualCase, who: str, *, at: Instant) -> ManualCase:
    note = _write_note(issuer, case, at)
    noted = replace(case, state=CaseState.NOTED, ended_by=who, ended_at=at, note=note)
    transaction.of(ManualCase).replace(noted)
    _record(transaction, who, "case_noted", noted, at=at)
    return noted


def _write_note(issuer: Issuer, case: ManualCase, at: Instant, *, until: Instant | None = None) -> str:
    note = InterimNote(
        region=issuer.region,
        division=case.division,
        case=case.case_id,
        issued_at=at,
        expires_at=at + NOTE_LIFETIME if until is None else until,
    )
    return write_interim_note(note, issuer.keys.statements, is_test=issuer.is_test)


def _record(transaction: Transaction, who: str, act: str, case: ManualCase, *, at: Instant) -> None:
    record_acts(transaction, [_act(who, act, case)], at=at)


def _act(who: str, act: str, case: ManualCase) -> Act:
    detail = {"division": case.division, "reason": case.reason, "outcome": case.outcome}
    return Act(actor=who, act=act, subject=case.case_id, detail=detail)
