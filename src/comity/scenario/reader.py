"""Read a scenario file: the federation first, then passes, events and encounters (interface section 5).

Whatever is wrong with a file is found here, before anything is signed, and told with table, key and line.
"""

from __future__ import annotations

from typing import Final

from comity.domain.region import RegionCode
from comity.errors import ScenarioError
from comity.scenario.encounters import read_encounters
from comity.scenario.federation_reader import (
    Regions,
    read_keys,
    read_recognitions,
    read_referrals,
    read_regions,
)
from comity.scenario.outages import read_attacks, read_outages
from comity.scenario.passes import read_events, read_passes
from comity.scenario.plan import Scenario
from comity.scenario.table import Table, parse, top_tables

_TABLES: Final = (
    "region",
    "key",
    "key_event",
    "recognition",
    "referral",
    "pass",
    "event",
    "encounter",
    "outage",
    "attack",
)


def read_scenario(text: str) -> Scenario:
    """Read the text of a scenario file.

    Raises: ScenarioError naming table, key and line of the table header.
    """
    document, places = parse(text)
    title = document.pop("title", None)
    if not isinstance(title, str) or not title:
        raise ScenarioError('a title is required: title = "..."', key="title", line=1)
    tables: dict[str, list[Table]] = {name: top_tables(document, name, places) for name in _TABLES}
    for name in document:
        raise ScenarioError("this table or key is not known", table=name, line=places.top(name, 0))
    rulebooks = read_regions(tables["region"])
    regions = Regions(frozenset(rulebooks))
    keys = read_keys(tables["key"], tables["key_event"], regions)
    validity: dict[RegionCode, int] = {code: book.validity_days for code, book in rulebooks.items()}
    passes = read_passes(tables["pass"], regions, keys, validity)
    recognitions = read_recognitions(tables["recognition"], regions)
    referrals = read_referrals(tables["referral"], regions)
    events = read_events(tables["event"], passes)
    encounters = read_encounters(tables["encounter"], regions, keys, passes)
    return Scenario(
        title=title,
        rulebooks=rulebooks,
        keys=keys,
        recognitions=recognitions,
        referrals=referrals,
        passes=passes,
        events=events,
        encounters=encounters,
        outages=read_outages(tables["outage"], regions),
        attacks=read_attacks(tables["attack"], regions, encounters),
    )
