"""The days after a synthetic region was made: what came since, as files beside those that are there already.

Every day brings travel and a cluster of cases with their contacts; on one of them a county is rated, from
two days before on, so that stays that were nothing so far meet a rule. Evidence grows by files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.assessment.duckdb_engine import DuckdbEngine
from comity.assessment.synthetic import COUNTIES, SyntheticRegion, prepare_draws, typed_columns
from comity.domain.instant import DAY, plain_time

RATED_COUNTY: Final = COUNTIES[5]
"""The county that is rated: one of the larger ones, and not rated before."""
_RATED_ON: Final = 2
_CASES: Final = (0, 40, 16, 6)
"""New cases in 200,000 people on the days after the first, fewer as the contacts stay at home."""
_CONTACTS_EACH: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDay:
    """What a day brought: rows by table, and the county that was rated, if one was."""

    rows: dict[str, int]
    rated: str | None


def add_day(engine: DuckdbEngine, region: SyntheticRegion, evidence: Path, *, number: int) -> RegionDay:
    """Write what the `number`th day after the region was made brought, up to its end."""
    prepare_draws(engine, region)
    at = region.at + number * DAY
    rows: dict[str, int] = {}
    for table, text in _TABLES.items():
        if table == "areas" and number != _RATED_ON:
            continue
        path = evidence / table / f"{plain_time(at)[:10]}.parquet"
        path.parent.mkdir(exist_ok=True)
        given = text.format(
            at=at,
            cases=max(1, _CASES[min(number, len(_CASES) - 1)] * region.people // 200_000),
            contacts=_CONTACTS_EACH,
            county=RATED_COUNTY,
            day=DAY,
            number=number,
            people=region.people,
        )
        rows[table] = engine.count_copied(typed_columns(table, given), path)
    return RegionDay(rows=rows, rated=RATED_COUNTY if "areas" in rows else None)


# A cluster is in neighbouring households; a contact was seen the day before the case was reported.
_CLUSTER: Final = """
SELECT c, CAST(lot({number}, 'cluster') * {people} AS BIGINT) + c * 3 AS i,
    {at} - 3600 * (1 + c % 20) AS reported_at
FROM range({cases}) r(c)
"""
_TABLES: Final = {
    "cases": f"""
SELECT 'c{{number}}+' || c AS ref, who(i % {{people}}) AS subject, 'hospital-' || (c % 4) AS source,
    CASE WHEN c % 4 = 3 THEN 'suspected' ELSE 'confirmed' END AS status, reported_at
FROM ({_CLUSTER})
""",
    "contacts": f"""
SELECT 'k{{number}}+' || c || '-' || k AS ref, who((i + 1 + k * 3 + c * 40) % {{people}}) AS subject,
    'cdc-' || (c % 6) AS source, reported_at - {{day}} AS last_contact_at
FROM ({_CLUSTER}) CROSS JOIN range({{contacts}}) s(k)
""",
    "travel": """
SELECT 't{number}+' || n AS ref,
    who(CAST(lot(n + {number}, 'who') * {people} AS BIGINT) % {people}) AS subject,
    'road-checks' AS source, drawn(getvariable('homes'), lot(n + {number}, 'to')) AS area,
    {at} - {day} + CAST(lot(n, 'began') * 43200 AS BIGINT) AS began_at,
    {at} - 39600 + CAST(lot(n, 'ended') * 36000 AS BIGINT) AS ended_at, 'car' AS mode
FROM range({people} // 20) t(n)
""",
    "areas": """
SELECT '{county}' AS area, 'medium' AS level, {at} - 2 * {day} AS began_at, CAST(NULL AS BIGINT) AS ended_at
""",
}
