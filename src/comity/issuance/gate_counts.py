"""What gates count and upload: looked at, verified by outcome, and refusals by the three reasons of rule 19.

Looked-at and verified are counted apart (settled rule 12). A gate may refuse someone who got PASS only for a
reason of the closed list: there is no "other", and another law must be named. One upload for each gate and
hour; the same again changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.decision import Outcome
from comity.domain.instant import HOUR, Instant
from comity.errors import InvalidInput, NotPossibleNow
from comity.issuance.gates import Gate
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most

MAX_COUNT: Final = 100_000
"""People one gate can look at or verify in an hour, at most."""
_CLAUSE: Final = "settled rule 19"


class RefusalReason(StrEnum):
    """Why a gate refused someone who got PASS (settled rule 19)."""

    ID_MISMATCH = "id_mismatch"
    ANOTHER_LAW = "another_law"
    PERSON_LEFT = "person_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """How often a gate refused for one reason; `law` names the law of ANOTHER_LAW."""

    reason: RefusalReason
    count: int
    law: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCount:
    """What one gate counted in the hour that begins at `period`; `verified` and `refusals` are JSON."""

    count_id: str
    gate: str
    division: str
    period: Instant
    looked_at: int
    verified: str
    refusals: str
    uploaded_at: Instant

    TABLE: ClassVar[str] = "gate_count"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("period",), ("division", "period"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyCounts:
    """The counts of all gates of one county."""

    looked_at: int
    verified: Mapping[Outcome, int]
    refusals: Mapping[RefusalReason, int]


def add_counts(
    transaction: Transaction,
    gate: Gate,
    *,
    period: Instant,
    looked_at: int,
    verified: Mapping[Outcome, int],
    refusals: Sequence[Refusals],
    at: Instant,
) -> GateCount:
    """Take what a gate counted in one hour; the same once more changes nothing.

    Raises: InvalidInput, NotPossibleNow for other counts of the same hour.
    """
    _check_period(period, at)
    _check_refusals(refusals, passed=looked_at + verified.get(Outcome.PASS, 0))
    count = GateCount(
        count_id=f"{gate.gate_id}-{period}",
        gate=gate.gate_id,
        division=gate.division,
        period=period,
        looked_at=looked_at,
        verified=_text({outcome.value: number for outcome, number in verified.items() if number}),
        refusals=_text([[each.reason.value, each.law, each.count] for each in refusals if each.count]),
        uploaded_at=at,
    )
    transaction.lock(f"gate-{gate.gate_id}")
    known = transaction.of(GateCount).find(count.count_id)
    if known is None:
        transaction.of(GateCount).add(count)
        return count
    if (known.looked_at, known.verified, known.refusals) != (count.looked_at, count.verified, count.refusals):
        raise NotPossibleNow(
            "this gate has uploaded other counts for this hour", next_step="Upload the next hour."
        )
    return known


def _check_period(period: Instant, at: Instant) -> None:
    if period % HOUR or period + HOUR > at:
        raise InvalidInput(
            "period: not the beginning of an hour that is over",
            field="period",
            next_step="Give the beginning of a whole hour, such as 2020-03-20T11:00:00+08:00.",
        )


def _check_refusals(refusals: Sequence[Refusals], *, passed: int) -> None:
    kinds = [(each.reason, each.law) for each in refusals]
    if len(set(kinds)) != len(kinds):
        raise InvalidInput("refusals: a reason is there twice", field="refusals")
    for each in refusals:
        if (each.reason is RefusalReason.ANOTHER_LAW) is not bool(each.law):
            raise InvalidInput(
                "refusals: another law must be named, and only there is a law named",
                field="refusals",
                clause=_CLAUSE,
            )
    if sum(each.count for each in refusals) > passed:
        raise InvalidInput("refusals: more than got PASS or were looked at", field="refusals", clause=_CLAUSE)


def counts_by_county(
    transaction: Transaction, officer: Officer, *, since: Instant, to: Instant
) -> dict[str, CountyCounts]:
    """Add up what the gates of each county counted in the hours that begin from `since` and before `to`.

    Raises: NotPermitted.
    """
    require(officer, Permission.SUPERVISE)
    looked: Tally[str] = Tally()
    verified: dict[str, Tally[Outcome]] = {}
    refused: dict[str, Tally[RefusalReason]] = {}
    for count in transaction.of(GateCount).select(at_least("period", since), at_most("period", to - 1)):
        if not officer.covers(count.division):
            continue
        looked[count.division] += count.looked_at
        by_outcome = verified.setdefault(count.division, Tally())
        by_reason = refused.setdefault(count.division, Tally())
        for outcome, number in json.loads(count.verified).items():
            by_outcome[Outcome(outcome)] += number
        for reason, _law, number in json.loads(count.refusals):
            by_reason[RefusalReason(reason)] += number
    return {
        county: CountyCounts(looked_at=looked[county], verified=verified[county], refusals=refused[county])
        for county in sorted(verified)
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
