"""Extra demands (C3.2): somebody was asked for another epidemic proof, and reports it.

The report names the county and what was asked. It is anonymous unless the reporter leaves a contact, which is
sealed by the vault: the county answers within 3 days and never sees it; the supervisor may open it, which is
recorded. Nothing of the connection is kept. Whoever reports follows the answer with a token of their own.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final

from comity.domain.instant import DAY, Instant
from comity.errors import NotPossibleNow, UnknownRecord
from comity.issuance.counties import get_county
from comity.issuance.issuer import Issuer
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most, equal

ANSWER_CLOCK: Final = 3 * DAY
"""Seconds a county has to answer."""
_TOKEN_LENGTH: Final = 24


class DemandKind(StrEnum):
    """What was asked for although a code suffices."""

    HEALTH_CERTIFICATE = "health_certificate"
    COMMUNITY_LETTER = "community_letter"
    TEST_RESULT = "test_result"
    TRAVEL_PROOF = "travel_proof"
    LOCAL_CODE = "local_code"
    QUARANTINE = "quarantine"
    REGISTRATION_FORM = "registration_form"
    ANOTHER_PROOF = "another_proof"


class DemandState(StrEnum):
    """Where a report stands; an escalated one can still be answered."""

    OPEN = "open"
    ESCALATED = "escalated"
    ANSWERED = "answered"


class Remedy(StrEnum):
    """What the county did about it."""

    STOPPED = "stopped"
    NOTHING_FOUND = "nothing_found"
    ANOTHER_LAW = "another_law"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraDemand:
    """One report; `contact` is sealed, `words` are the reporter's, `escalated_at` stays once it is set."""

    demand_id: str
    token_hash: str
    division: str
    kind: DemandKind
    words: str
    reported_at: Instant
    due_at: Instant
    state: DemandState
    contact: bytes | None = None
    vault_key: str | None = None
    escalated_at: Instant | None = None
    remedy: Remedy | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: Instant | None = None

    TABLE: ClassVar[str] = "extra_demand"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("token_hash",),
        ("division", "reported_at"),
        ("state", "due_at"),
        ("vault_key",),
    )


def report_demand(
    transaction: Transaction,
    issuer: Issuer,
    *,
    division: str,
    kind: DemandKind,
    words: str,
    contact: str | None,
    at: Instant,
) -> tuple[ExtraDemand, str]:
    """Take a report and give it with the token by which its reporter follows it. Raises: InvalidInput."""
    county = get_county(division, issuer.region)
    token = issuer.draw(_TOKEN_LENGTH).hex()
    demand_id = issuer.new_id()
    demand = ExtraDemand(
        demand_id=demand_id,
        token_hash=_hash(token),
        division=county,
        kind=kind,
        words=words,
        reported_at=at,
        due_at=at + ANSWER_CLOCK,
        state=DemandState.OPEN,
        contact=None if contact is None else issuer.vault.seal({"contact": contact}, of=_bound_to(demand_id)),
        vault_key=None if contact is None else issuer.vault.current,
    )
    transaction.of(ExtraDemand).add(demand)
    _record(transaction, "reporter", "demand_reported", demand, at=at)
    return demand, token


def follow_demand(transaction: Transaction, token: str) -> ExtraDemand:
    """Give the report of a token. Raises: UnknownRecord."""
    found = transaction.of(ExtraDemand).select(equal("token_hash", _hash(token)), limit=1)
    if not found:
        raise UnknownRecord("no report has this token")
    return found[0]


def list_demands(transaction: Transaction, officer: Officer, permission: Permission) -> list[ExtraDemand]:
    """List the reports on the officer's counties, newest first: for the county, or for the supervisor.

    Raises: NotPermitted.
    """
    require(officer, permission)
    known = transaction.of(ExtraDemand).select(order=("reported_at",), newest_first=True)
    return [demand for demand in known if officer.covers(demand.division)]


def answer_demand(
    transaction: Transaction, officer: Officer, demand_id: str, *, remedy: Remedy, answer: str, at: Instant
) -> ExtraDemand:
    """Answer a report for the county, once. Raises: UnknownRecord, NotPermitted, NotPossibleNow."""
    require(officer, Permission.ANSWER_EXTRA_DEMAND)
    transaction.lock(f"demand-{demand_id}")
    demand = _own_demand(transaction, officer, demand_id)
    if demand.state is DemandState.ANSWERED:
        raise NotPossibleNow("this report has been answered")
    who = f"officer:{officer.officer_id}"
    answered = replace(
        demand,
        state=DemandState.ANSWERED,
        remedy=remedy,
        answer=answer,
        answered_by=officer.officer_id,
        answered_at=at,
    )
    transaction.of(ExtraDemand).replace(answered)
    _record(transaction, who, "demand_answered", answered, at=at)
    return answered


def open_contact(
    transaction: Transaction, issuer: Issuer, officer: Officer, demand_id: str, *, at: Instant
) -> str | None:
    """Open what the reporter left for the supervisor, which is recorded; None for an anonymous report.

    Raises: UnknownRecord, NotPermitted, KeyStoreError.
    """
    require(officer, Permission.SUPERVISE)
    demand = _own_demand(transaction, officer, demand_id)
    if demand.contact is None or demand.vault_key is None:
        return None
    of = _bound_to(demand_id)
    contact = issuer.vault.open(demand.contact, vault_key=demand.vault_key, of=of)["contact"]
    _record(transaction, f"officer:{officer.officer_id}", "demand_contact_opened", demand, at=at)
    return contact


def _bound_to(demand_id: str) -> str:
    return f"{ExtraDemand.TABLE}:{demand_id}"


def escalate_demands(issuer: Issuer, *, at: Instant) -> int:
    """Escalate to the supervisor what its county has not answered in 3 days, and say how many."""
    with issuer.store.reading() as transaction:
        due = transaction.of(ExtraDemand).select(equal("state", DemandState.OPEN), at_most("due_at", at))
    count = 0
    for each in due:
        with issuer.store.transaction() as transaction:
            transaction.lock(f"demand-{each.demand_id}")
            demand = transaction.of(ExtraDemand).find(each.demand_id)
            if demand is not None and demand.state is DemandState.OPEN:
                escalated = replace(demand, state=DemandState.ESCALATED, escalated_at=at)
                transaction.of(ExtraDemand).replace(escalated)
                _record(transaction, "region", "demand_escalated", escalated, at=at)
                count += 1
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandCounts:
    """How many reports a county has, how many are answered, and how many were escalated."""

    reported: int
    answered: int
    escalated: int


def demands_by_county(
    transaction: Transaction, *, within: Officer | None, since: Instant
) -> dict[str, DemandCounts]:
    """Count the reports since an instant by county, of all counties or of a supervisor's own.

    Raises: NotPermitted.
    """
    if within is not None:
        require(within, Permission.SUPERVISE)
    reported: Tally[str] = Tally()
    answered: Tally[str] = Tally()
    escalated: Tally[str] = Tally()
    for demand in transaction.of(ExtraDemand).select(at_least("reported_at", since)):
        if within is not None and not within.covers(demand.division):
            continue
        reported[demand.division] += 1
        answered[demand.division] += demand.state is DemandState.ANSWERED
        escalated[demand.division] += demand.escalated_at is not None
    return {
        county: DemandCounts(
            reported=reported[county], answered=answered[county], escalated=escalated[county]
        )
        for county in sorted(reported)
    }


def _own_demand(transaction: Transaction, officer: Officer, demand_id: str) -> ExtraDemand:
    demand = transaction.of(ExtraDemand).find(demand_id)
    if demand is None or not officer.covers(demand.division):
        raise UnknownRecord("no report on this account's counties has this id")
    return demand


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _record(transaction: Transaction, who: str, act: str, demand: ExtraDemand, *, at: Instant) -> None:
    detail = {"division": demand.division, "kind": demand.kind.value}
    record_acts(transaction, [Act(actor=who, act=act, subject=demand.demand_id, detail=detail)], at=at)
