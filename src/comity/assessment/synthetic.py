"""A synthetic region: evidence of invented people, for demos, tests and benches that need no one's data.

Households live in counties of skewed size; people commute, and travel home for the holiday; outbreaks begin
in one household and go on along contacts; place codes are scanned everywhere, which is noise; faults are put
in on demand. Everything is streamed into Parquet, so that memory does not grow with the people. The same
seed gives the same region under the same version of DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.assessment.duckdb_engine import DuckdbEngine
from comity.assessment.evidence_tables import EVIDENCE_TABLES
from comity.domain.instant import DAY, Instant
from comity.domain.region import INNER_MONGOLIA, REGION_CODES, divisions_of
from comity.errors import UsageError

MOST_PEOPLE: Final = 100_000_000
TRAVEL_EACH: Final = 4
"""Travel records a person, so that 25 million people have 100 million."""
PEOPLE_A_FILE: Final = 1_000_000
_SLOTS: Final = 2_000
"""Places in the list a county or an area is drawn from; larger ones have more of them."""
_PREFECTURES: Final = 6
_COUNTIES: Final = 6
COUNTIES: Final = tuple(
    str(county.code)
    for league in divisions_of(INNER_MONGOLIA)
    for county in (divisions_of(league.code) or (league,))
)
_RATED_HERE: Final = slice(30, None, 8)
"""The counties of the region that are rated themselves."""
_TURNS: Final = 5
"""Risk windows of one area, one after the other."""
_HOLIDAY: Final = 25 * DAY
"""Seconds before the run at which the holiday begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticRegion:
    """What is made: how many people, from which seed, as of when, with faults or without."""

    people: int
    seed: int
    at: Instant
    has_faults: bool = False


def make_region(
    engine: DuckdbEngine,
    region: SyntheticRegion,
    out: Path,
    *,
    progress: Callable[[str, int, int], None],
) -> None:
    """Write the tables of a synthetic region into a folder that is not there yet. Raises: UsageError."""
    if not 10 <= region.people <= MOST_PEOPLE:
        raise UsageError(f"a synthetic region has 10 to {MOST_PEOPLE} people")
    if out.exists():
        raise UsageError(f"'{out}' is there already", next_step="Name another folder.")
    partial = out.with_name(f"{out.name}.partial")
    prepare_draws(engine, region)
    files = list(_files(region))
    for number, (name, text) in enumerate(files):
        progress(name, number, len(files))
        path = partial / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        engine.count_copied(typed_columns(name, text), path)
    progress("", len(files), len(files))
    partial.rename(out)


def typed_columns(name: str, text: str) -> str:
    """Give the columns of a table their exact types."""
    table = next(each for each in EVIDENCE_TABLES if each.name == name.split("/")[0])
    columns = ", ".join(f"CAST({c.name} AS {c.kind.sql_type}) AS {c.name}" for c in table.columns)
    return f"SELECT {columns} FROM ({text})"


def prepare_draws(engine: DuckdbEngine, region: SyntheticRegion) -> None:
    """Teach the engine to draw: `lot` is a number from 0 to 1, the same for the same place and purpose."""
    engine.run(
        "CREATE OR REPLACE MACRO lot(place, purpose) AS "
        f"CAST(hash(place, purpose, {region.seed}) % 1000003 AS DOUBLE) / 1000003"
    )
    engine.run(f"CREATE OR REPLACE MACRO who(place) AS md5('{region.seed}:' || place)")
    engine.run(
        "CREATE OR REPLACE MACRO drawn(list, chance) AS list[1 + CAST(FLOOR(chance * len(list)) AS INT)]"
    )
    counties = list(COUNTIES)
    outside = sorted(code[:2] for code in REGION_CODES - {INNER_MONGOLIA})
    ends = [f"{p:02}{c:02}" for p in range(1, 1 + _PREFECTURES) for c in range(1, 1 + _COUNTIES)]
    away = [two + end for end in ends for two in outside]
    engine.run(f"SET VARIABLE homes = {_list(_skewed(counties))}")
    engine.run(f"SET VARIABLE away = {_list(_skewed(away))}")
    engine.run(
        f"CREATE OR REPLACE TABLE rated AS SELECT UNNEST({_list(away + counties[_RATED_HERE])}) AS area"
    )


def _skewed(codes: list[str]) -> list[str]:
    """Repeat codes by a power law, the first ones most often."""
    weights = [1 / (place + 1) ** 0.9 for place in range(len(codes))]
    return [
        code
        for code, weight in zip(codes, weights, strict=True)
        for _ in range(max(1, round(_SLOTS * weight / sum(weights))))
    ]


def _list(codes: list[str]) -> str:
    return "[" + ", ".join(f"'{code}'" for code in codes) + "]"


def _files(region: SyntheticRegion) -> Iterator[tuple[str, str]]:
    people = region.people
    for number, first in enumerate(range(0, people, PEOPLE_A_FILE)):
        last = min(first + PEOPLE_A_FILE, people)
        yield f"people/part-{number:04}", _people(region, first, last)
        yield f"travel/part-{number:04}", _travel(region, first, last)
        yield f"visits/part-{number:04}", _visits(region, first, last)
    chain = _CHAIN.format(people=people, at=region.at, day=DAY, outbreaks=max(1, people // 20_000))
    yield "areas", _areas(region)
    for name, text in _SMALL.items():
        yield name, text.format(chain=chain, people=people, at=region.at, day=DAY)


def _people(region: SyntheticRegion, first: int, last: int) -> str:
    text = _PEOPLE.format(first=first, last=last)
    if region.has_faults and first == 0:
        text += " UNION ALL SELECT who(3), drawn(getvariable('homes'), lot(1, 'home'))"
    return text


def _travel(region: SyntheticRegion, first: int, last: int) -> str:
    ended = f"CASE WHEN n % 200000 = 77 THEN {region.at + 9 * DAY} ELSE ended_at END"
    return _TRAVEL.format(
        at=region.at,
        day=DAY,
        ended=ended if region.has_faults else "ended_at",
        holiday=region.at - _HOLIDAY,
        each=TRAVEL_EACH,
        first=first * TRAVEL_EACH,
        last=last * TRAVEL_EACH,
    )


def _visits(region: SyntheticRegion, first: int, last: int) -> str:
    unknown = "CASE WHEN n % 250000 = 99 THEN '159999' ELSE area END"
    return _VISITS.format(
        at=region.at, day=DAY, first=first, last=last, area=unknown if region.has_faults else "area"
    )


def _areas(region: SyntheticRegion) -> str:
    text = _AREAS.format(at=region.at, day=DAY, turn=8 * DAY, turns=_TURNS)
    if region.has_faults:
        text += f" UNION ALL SELECT '110101', 'low', {region.at}, {region.at - DAY}"
        text += f" UNION ALL SELECT '110101', 'high', {region.at - 30 * DAY}, {region.at}"
    return text


# Households of three neighbours live in one county.
_PEOPLE: Final = """
SELECT who(i) AS subject, drawn(getvariable('homes'), lot(i // 3, 'home')) AS division
FROM range({first}, {last}) t(i)
"""

# Three in four trips are commuting; the others lead away. One trip in three is made for the holiday.
_TRAVEL: Final = """
SELECT ref, subject, source, area, began_at, {ended} AS ended_at, mode
FROM (
    SELECT n, 't' || n AS ref, who(i) AS subject, began_at,
        CASE WHEN is_away THEN drawn(['railway', 'airline', 'coaches'], lot(n, 'by')) ELSE 'road-checks' END
            AS source,
        CASE WHEN is_away THEN drawn(getvariable('away'), POW(lot(n, 'to'), 0.8))
            ELSE drawn(getvariable('homes'), lot(i // 3 + n % 2, 'home')) END AS area,
        LEAST(began_at + 3600 + CAST(lot(n, 'stayed') * 2 * {day} AS BIGINT), {at}) AS ended_at,
        CASE WHEN is_away THEN drawn(['train', 'flight', 'coach'], lot(n, 'by')) ELSE 'car' END AS mode
    FROM (
        SELECT n, n // {each} AS i, lot(n, 'away') < 0.25 AS is_away,
            CASE WHEN lot(n, 'holiday') < 0.33 THEN {holiday} + CAST(lot(n, 'day') * 3 * {day} AS BIGINT)
                ELSE {at} - 1 - CAST(lot(n, 'day') * 60 * {day} AS BIGINT) END AS began_at
        FROM range({first}, {last}) t(n)
    )
)
"""

# Most are place codes, which are no presence; hotels and checkpoints are.
_VISITS: Final = """
SELECT ref, subject, source, {area} AS area, began_at, began_at + 1800 AS ended_at, record
FROM (
    SELECT n, 'v' || n AS ref, who(n) AS subject, 'place-codes' AS source,
        CASE WHEN lot(n, 'far') < 0.1 THEN drawn(getvariable('away'), lot(n, 'seen'))
            ELSE drawn(getvariable('homes'), lot(n // 3, 'home')) END AS area,
        {at} - 3600 - CAST(lot(n, 'when') * 30 * {day} AS BIGINT) AS began_at,
        CASE WHEN lot(n, 'record') < 0.9 THEN 'place_code' WHEN lot(n, 'record') < 0.97 THEN 'lodging'
            ELSE 'checkpoint' END AS record
    FROM range({first}, {last}) t(n)
)
"""

# Areas are rated again and again, one window after the other: few of them high, most low.
_AREAS: Final = """
SELECT area, level, began_at, began_at + {day} + CAST(lot(area, turn + 20) * 4 * {day} AS BIGINT) AS ended_at
FROM (
    SELECT area, turn,
        CASE WHEN lot(area, turn) < 0.03 THEN 'high' WHEN lot(area, turn) < 0.1 THEN 'medium' ELSE 'low' END
            AS level,
        {at} - (turn + 1) * {turn} + CAST(lot(area, turn + 10) * 2 * {day} AS BIGINT) AS began_at
    FROM rated CROSS JOIN range({turns}) t(turn)
)
"""

# An outbreak has eight cases; each next one is some households further, a day later.
_CHAIN: Final = """
SELECT o, c, CAST(lot(o, 'start') * {people} AS BIGINT) + c * 7 AS i,
    {at} - 12 * {day} + c * {day} AS reported_at
FROM range({outbreaks}) t(o) CROSS JOIN range(8) s(c)
"""

_SMALL: Final = {
    "cases": """
SELECT 'c' || o || '-' || c AS ref, who(i % {people}) AS subject, 'hospital-' || (o % 40) AS source,
    CASE WHEN c % 4 = 3 THEN 'suspected' ELSE 'confirmed' END AS status, reported_at
FROM ({chain})
""",
    "contacts": """
SELECT 'k' || o || '-' || c || '-' || k AS ref, who((i + 1 + k * 3) % {people}) AS subject,
    'cdc-' || (o % 12) AS source, reported_at - {day} AS last_contact_at
FROM ({chain}) CROSS JOIN range(10) r(k)
""",
    "declarations": """
SELECT 'd' || i AS ref, who(i * 499) AS subject, 'health-app' AS source, 'symptoms' AS reason,
    {at} - CAST(lot(i, 'onset') * 20 * {day} AS BIGINT) AS happened_at
FROM range({people} // 500) t(i)
""",
    "tests": """
SELECT 'x' || i AS ref, who(i * 98) AS subject, 'laboratory-' || (i % 7) AS source,
    drawn(['symptoms', 'suspected_case', 'confirmed_case', 'close_contact'], lot(i, 'for')) AS reason,
    CASE WHEN lot(i, 'result') < 0.97 THEN 'negative' ELSE 'positive' END AS result,
    {at} - CAST(lot(i, 'tested') * 10 * {day} AS BIGINT) AS reported_at
FROM range({people} // 99) t(i)
""",
    "assignments": """
SELECT 'm' || i AS ref, who(i * 9973) AS subject, 'officers' AS source, 'close-contact' AS rule_id,
    {at} - 2 * {day} AS began_at, {at} + 5 * {day} AS ended_at
FROM range({people} // 10000) t(i)
""",
}
