"""Outages and attacks in a scenario file: who cannot be reached when, and who lies to whom.

An outage takes nothing away from what a gate has: it stops what would have been fetched meanwhile (settled
rule 13). An attack is refused, so to the attacked host it is an outage of the hub.
"""

from __future__ import annotations

from typing import Final

from comity.domain.instant import DAY, HOUR
from comity.domain.region import RegionCode
from comity.scenario.federation_reader import Regions
from comity.scenario.plan import HUB, AttackKind, AttackPlan, EncounterPlan, OutagePlan
from comity.scenario.table import Table

HISTORY: Final = DAY + 3 * HOUR
"""Seconds for which a client has followed the hub when an attack begins."""


def read_outages(tables: list[Table], regions: Regions) -> tuple[OutagePlan, ...]:
    """Read the outages in file order."""
    return tuple(_read_outage(table, regions) for table in tables)


def _read_outage(table: Table, regions: Regions) -> OutagePlan:
    of: str = table.text("of")
    if of != HUB and of not in regions.codes:
        table.refuse("of", f"'{HUB}' or the code of a region of this file is expected, not '{of}'")
    plan = OutagePlan(of=of, begins=table.time("from"), ends=table.time("to"))
    if plan.ends <= plan.begins:
        table.refuse("to", "an outage ends after it begins")
    table.finish()
    return plan


def read_attacks(
    tables: list[Table], regions: Regions, encounters: tuple[EncounterPlan, ...]
) -> tuple[AttackPlan, ...]:
    """Read the attacks in file order; host and time left out are those of the first encounter."""
    return tuple(_read_attack(table, regions, encounters) for table in tables)


def _read_attack(table: Table, regions: Regions, encounters: tuple[EncounterPlan, ...]) -> AttackPlan:
    kind, first = table.word("kind", AttackKind), encounters[0] if encounters else None
    host = regions.take(table, "host") if table.has("host") or first is None else first.host
    begins = table.time("from") if table.has("from") or first is None else first.at
    ends = table.time("to") if table.has("to") else begins
    if ends < begins:
        table.refuse("to", "an attack does not end before it begins")
    if begins < HISTORY:
        table.refuse("from", "a time after 1970-01-02 is expected: the attacked follow the hub for a day")
    issuer = _issuer(table, regions, host)
    plan = AttackPlan(kind=kind, host=host, issuer=issuer, begins=begins, ends=ends)
    table.finish()
    return plan


def _issuer(table: Table, regions: Regions, host: RegionCode) -> RegionCode:
    """Take the other region of an attack, or the first of the file that is not the host."""
    if table.has("issuer"):
        issuer = regions.take(table, "issuer")
        if issuer == host:
            table.refuse("issuer", "the attacked host and the other region are the same")
        return issuer
    others = sorted(regions.codes - {host})
    if not others:
        table.refuse("issuer", "an attack needs a second region in the file")
    return others[0]
