"""Supervision: what gates, manual cases and extra demands add up to, by county (C0, C3.2).

A supervisor reads across all counties of the own division. Numbers from 1 to 9 are hidden (null), and so is
a total that would tell one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from comity.domain.decision import Outcome
from comity.domain.instant import DAY, Instant, instant_of, rfc3339
from comity.domain.region import find_division
from comity.domain.small_counts import SMALLEST_SHOWN, hide_small
from comity.errors import InvalidInput
from comity.issuance.extra_demands import demands_by_county, list_demands, open_contact
from comity.issuance.gate_counts import CountyCounts, RefusalReason, counts_by_county
from comity.issuance.manual_cases import cases_by_county
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.decision_view import TextView
from comity.server.extra_demands import DemandView, view

router = APIRouter(prefix="/supervision", tags=["supervision"])

DEFAULT_DAYS: Final = 7
"""Days a supervisor sees when no beginning is given."""

Supervisor = Annotated[Officer, Depends(permitted(Permission.SUPERVISE))]
Since = Annotated[AwareDatetime | None, Query(description="Beginning; 7 days ago when left out.")]
Numbers = Mapping[str, Mapping[str, int]]


class CountyNumbers(BaseModel):
    """The numbers of one county; null stands for 1 to 9."""

    division: str
    name: TextView | None
    numbers: dict[str, int | None]


class SupervisionView(BaseModel):
    """Numbers by county and their totals, from `since` to `to`."""

    since: str
    to: str
    hidden_below: Annotated[int, Field(description="Numbers from 1 up to this are null.")]
    counties: list[CountyNumbers]
    totals: dict[str, int | None]


class SupervisedDemands(SupervisionView):
    """The numbers of extra demands, and the reports themselves."""

    reports: list[DemandView]


class ReporterView(BaseModel):
    """What a reporter left for the supervisor, if anything."""

    demand_id: str
    contact: str | None


def _period(since: AwareDatetime | None, now: Instant) -> tuple[Instant, Instant]:
    if since is None:
        return now - DEFAULT_DAYS * DAY, now
    try:
        return instant_of(since), now
    except ValueError as error:
        raise InvalidInput("since: outside the years 1970 to 9998", field="since") from error


def _summed(numbers: Numbers, since: Instant, to: Instant) -> SupervisionView:
    """Hide what is small in every column; `numbers` are by county, then by column."""
    columns = list(dict.fromkeys(column for row in numbers.values() for column in row))
    shown = {
        column: hide_small({county: row.get(column, 0) for county, row in numbers.items()})
        for column in columns
    }
    return SupervisionView(
        since=rfc3339(since),
        to=rfc3339(to),
        hidden_below=SMALLEST_SHOWN,
        counties=[
            CountyNumbers(
                division=county,
                name=_name(county),
                numbers={column: shown[column].counts[county] for column in columns},
            )
            for county in numbers
        ],
        totals={column: shown[column].total for column in columns},
    )


def _name(county: str) -> TextView | None:
    division = find_division(county)
    return None if division is None else TextView(zh=division.name_zh, en=division.name_en)


def _gate_numbers(counts: CountyCounts) -> dict[str, int]:
    verified = {f"verified_{each.value}": counts.verified.get(each, 0) for each in Outcome}
    refused = {f"refused_{each.value}": counts.refusals.get(each, 0) for each in RefusalReason}
    return {"looked_at": counts.looked_at, **verified, **refused}


@router.get("/counts")
def read_counts(node: ServingNode, supervisor: Supervisor, since: Since = None) -> SupervisionView:
    """Read what gates counted: looked at, verified by outcome, refusals by reason."""
    begin, to = _period(since, node.clock())
    with node.store.reading() as transaction:
        counts = counts_by_county(transaction, supervisor, since=begin, to=to)
    return _summed({county: _gate_numbers(each) for county, each in counts.items()}, begin, to)


@router.get("/manual-cases")
def read_cases(node: ServingNode, supervisor: Supervisor, since: Since = None) -> SupervisionView:
    """Read how many manual cases there were, and how they stand."""
    begin, to = _period(since, node.clock())
    with node.store.reading() as transaction:
        counts = cases_by_county(transaction, supervisor, since=begin)
    numbers = {
        county: {"opened": each.opened, "open": each.open, "ended": each.ended, "noted": each.noted}
        for county, each in counts.items()
    }
    return _summed(numbers, begin, to)


@router.get("/extra-demands")
def read_demands(node: ServingNode, supervisor: Supervisor, since: Since = None) -> SupervisedDemands:
    """Read the reports, what counties answered, and how many each has."""
    begin, to = _period(since, node.clock())
    with node.store.reading() as transaction:
        counts = demands_by_county(transaction, within=supervisor, since=begin)
        reports = list_demands(transaction, supervisor, Permission.SUPERVISE)
    numbers = {
        county: {"reported": each.reported, "answered": each.answered, "escalated": each.escalated}
        for county, each in counts.items()
    }
    shown = [view(demand) for demand in reports if demand.reported_at >= begin]
    return SupervisedDemands(**_summed(numbers, begin, to).model_dump(), reports=shown)


@router.post("/extra-demands/{demand_id}/contact")
def read_contact(demand_id: str, node: ServingNode, supervisor: Supervisor) -> ReporterView:
    """Open what the reporter left for you; that you did is recorded."""
    with node.store.transaction() as transaction:
        contact = open_contact(transaction, node.issuer, supervisor, demand_id, at=node.clock())
    return ReporterView(demand_id=demand_id, contact=contact)
