"""Encounters in a scenario file: who shows which pass where, when, and what is expected."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from comity.domain.colour import Colour, PassClass
from comity.domain.decision import Outcome, ReasonCode
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.scenario.federation_reader import Regions
from comity.scenario.passes import refuse_without_key, take_pass
from comity.scenario.plan import EncounterPlan, KeyPlan, PassPlan, Tamper
from comity.scenario.table import Table

TAMPER_CLASSES: Final = {
    Tamper.SCREENSHOT: (PassClass.DEVICE, PassClass.ONLINE),
    Tamper.DOWNGRADE: (PassClass.DEVICE,),
    Tamper.WRONG_DEVICE: (PassClass.DEVICE,),
    Tamper.WRAPPED: (PassClass.PAPER, PassClass.ONLINE),
}
"""The classes a tamper makes sense on; every other tamper works on all."""


class _ListAtHand(StrEnum):
    LIST = "list"
    MISSING = "missing"


def read_encounters(
    tables: list[Table],
    regions: Regions,
    keys: dict[RegionCode, tuple[KeyPlan, ...]],
    passes: dict[str, PassPlan],
) -> tuple[EncounterPlan, ...]:
    """Read the encounters in file order."""
    encounters: dict[str, EncounterPlan] = {}
    for table in tables:
        plan = _read_encounter(table, regions, passes)
        if plan.encounter_id in encounters:
            table.refuse("id", f"a second encounter '{plan.encounter_id}'")
        _check_showing(table, plan, passes[plan.pass_id], keys)
        encounters[plan.encounter_id] = plan
    return tuple(encounters.values())


def _read_encounter(table: Table, regions: Regions, passes: dict[str, PassPlan]) -> EncounterPlan:
    encounter_id, shown = table.identifier("id"), take_pass(table, passes)
    host, at = regions.take(table, "host"), table.time("at")
    bundle_at: Instant = table.time("bundle_at") if table.has("bundle_at") else at
    expect = table.word("expect", Outcome) if table.has("expect") else None
    if expect is None:
        table.forbid("expect_reason", "'expect_reason' needs 'expect'")
    plan = EncounterPlan(
        encounter_id=encounter_id,
        pass_id=shown.pass_id,
        host=host,
        at=at,
        bundle_at=bundle_at,
        status_at=table.time("status_at") if table.has("status_at") else bundle_at,
        has_list=table.word("status", _ListAtHand, _ListAtHand.LIST) is _ListAtHand.LIST,
        shown_at=table.optional_time("shown_at"),
        issuer_says=table.word("issuer_says", Colour) if table.has("issuer_says") else None,
        tamper=table.word("tamper", Tamper) if table.has("tamper") else None,
        expect=expect,
        expect_reason=table.word("expect_reason", ReasonCode) if table.has("expect_reason") else None,
    )
    table.finish()
    return plan


def _check_showing(
    table: Table, plan: EncounterPlan, shown: PassPlan, keys: dict[RegionCode, tuple[KeyPlan, ...]]
) -> None:
    """Refuse a showing or tamper that this pass cannot have."""
    if shown.pass_class is PassClass.PAPER and plan.shown_at is not None:
        table.refuse("shown_at", "a paper pass has no moment of showing")
    if plan.tamper is not None:
        if shown.pass_class not in TAMPER_CLASSES.get(plan.tamper, tuple(PassClass)):
            table.refuse("tamper", f"'{plan.tamper}' cannot be done to a pass of class {shown.pass_class}")
        if plan.tamper is Tamper.SCREENSHOT and plan.shown_at is None:
            table.refuse("tamper", "a screenshot needs 'shown_at', the moment it was made")
        if plan.tamper is Tamper.IMPERSONATION and plan.host == shown.issuer:
            table.refuse("tamper", "a host cannot impersonate itself: host and issuer are the same")
    if shown.pass_class is PassClass.ONLINE:
        issued_at = shown.issued_at if plan.shown_at is None else plan.shown_at
        if shown.key_id is None:
            refuse_without_key(table, "pass", keys[shown.issuer], issued_at)
        if shown.expires_at is not None and shown.expires_at <= issued_at:
            table.refuse("shown_at", f"pass '{shown.pass_id}' expires before it is made at this time")
