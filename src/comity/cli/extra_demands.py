"""`comity region extra-demands`: the reports on extra demands, and how many each county has (C3.2).

For the supervision that works at the node itself. Never shown here: a reporter's contact, the hour of a
report, and numbers below ten.
"""

from __future__ import annotations

import json
from typing import Annotated, Final

from cyclopts import Parameter

from comity.cli.region import AsJson, Data, DatabaseUrl, opened_region
from comity.cli.screen import say
from comity.domain.instant import DAY, Instant, rfc3339
from comity.domain.region import find_division
from comity.domain.small_counts import SMALLEST_SHOWN, hide_small
from comity.errors import UsageError
from comity.issuance.extra_demands import ExtraDemand, demands_by_county
from comity.records.ports import Transaction
from comity.records.search import at_least, equal

Days = Annotated[int, Parameter(help="How many days back.")]
MAX_DAYS: Final = 3_650
_DATE: Final = len("2020-03-20")


def list_command(
    *,
    county: Annotated[str | None, Parameter(help="Six-digit code of one county.")] = None,
    days: Days = 30,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """List the reports, newest first, with what the county answered."""
    with opened_region(data, database_url) as opened, opened.issuer.store.reading() as transaction:
        reports = describe_demands(transaction, county=county, since=_since(opened.clock(), days))
    if as_json_text:
        print(json.dumps(reports, ensure_ascii=False, indent=2))
        return 0
    for report in reports:
        say(f"{report['reported_on']}  {report['division']}  {report['kind']:<20}  {report['state']}")
        say(f"    {report['words'] or '-'}")
        if report["answer"]:
            say(f"    {report['remedy']}: {report['answer']}")
    say(f"{len(reports)} reports in {days} days")
    return 0


def counts_command(
    *, days: Days = 30, data: Data = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """Count the reports by county; numbers from 1 to 9 are hidden."""
    with opened_region(data, database_url) as opened, opened.issuer.store.reading() as transaction:
        counts = describe_counts(transaction, since=_since(opened.clock(), days))
    if as_json_text:
        print(json.dumps(counts, ensure_ascii=False, indent=2))
        return 0
    say(f"{'county':<34}{'reported':>10}{'answered':>10}{'escalated':>11}")
    for county, row in counts.items():
        division = find_division(county)
        name = county if division is None else f"{county} {division.name_en}"
        say(
            f"{name:<34}{_cell(row['reported']):>10}{_cell(row['answered']):>10}{_cell(row['escalated']):>11}"
        )
    return 0


def describe_demands(
    transaction: Transaction, *, county: str | None, since: Instant
) -> list[dict[str, str | bool | None]]:
    """Give the reports as plain values, newest first."""
    where = [] if county is None else [equal("division", county)]
    found = transaction.of(ExtraDemand).select(
        at_least("reported_at", since), *where, order=("reported_at",), newest_first=True
    )
    return [_described(demand) for demand in found]


def _described(demand: ExtraDemand) -> dict[str, str | bool | None]:
    return {
        "demand_id": demand.demand_id,
        "division": demand.division,
        "kind": demand.kind.value,
        "words": demand.words,
        "reported_on": rfc3339(demand.reported_at)[:_DATE],
        "due_on": rfc3339(demand.due_at)[:_DATE],
        "state": demand.state.value,
        "is_escalated": demand.escalated_at is not None,
        "remedy": None if demand.remedy is None else demand.remedy.value,
        "answer": demand.answer,
    }


def describe_counts(transaction: Transaction, *, since: Instant) -> dict[str, dict[str, int | None]]:
    """Give the numbers by county; None stands for 1 to 9."""
    counts = demands_by_county(transaction, within=None, since=since)
    columns = {
        name: hide_small({county: getattr(each, name) for county, each in counts.items()}).counts
        for name in ("reported", "answered", "escalated")
    }
    return {county: {name: column[county] for name, column in columns.items()} for county in counts}


def _cell(number: int | None) -> str:
    return f"<{SMALLEST_SHOWN}" if number is None else str(number)


def _since(now: Instant, days: int) -> Instant:
    if not 1 <= days <= MAX_DAYS:
        raise UsageError(f"--days is a number from 1 to {MAX_DAYS}")
    return max(0, now - days * DAY)
