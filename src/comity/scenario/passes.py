"""Passes and status events in a scenario file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, LAST_INSTANT, Instant
from comity.domain.region import RegionCode
from comity.domain.validity import VALIDITY_DAYS
from comity.scenario.federation_reader import Regions
from comity.scenario.plan import KeyPlan, PassPlan, StatusEvent, newest
from comity.scenario.table import Table
from comity.trust.status import CURRENT, SUPERSEDED, SUSPENDED, VOID

DEFAULT_NAME: Final = "张三"
DEFAULT_ID_NUMBER: Final = "990000199001010007"
_ID_NUMBER_LENGTH: Final = 18


class _EventKind(StrEnum):
    SUPERSEDED = "superseded"
    VOID = "void"
    SUSPENDED = "suspended"
    RESTORED = "restored"


_STATUS: Final = {
    _EventKind.SUPERSEDED: SUPERSEDED,
    _EventKind.VOID: VOID,
    _EventKind.SUSPENDED: SUSPENDED,
    _EventKind.RESTORED: CURRENT,
}


def read_passes(
    tables: list[Table],
    regions: Regions,
    keys: dict[RegionCode, tuple[KeyPlan, ...]],
    validity_days: dict[RegionCode, int],
) -> dict[str, PassPlan]:
    """Read the passes by id; each device and paper pass must find a key that signs it."""
    passes: dict[str, PassPlan] = {}
    for table in tables:
        plan = _read_pass(table, regions, validity_days)
        if plan.pass_id in passes:
            table.refuse("id", f"a second pass '{plan.pass_id}'")
        _check_key(table, plan, keys[plan.issuer])
        passes[plan.pass_id] = plan
    return passes


def _read_pass(table: Table, regions: Regions, validity_days: dict[RegionCode, int]) -> PassPlan:
    pass_id, issuer, issued_at = (
        table.identifier("id"),
        regions.take(table, "issuer"),
        table.time("issued_at"),
    )
    colour = table.word("colour", Colour, Colour.GREEN)
    grounds = _read_grounds(table, regions, issuer, issued_at, colour)
    expires_at = table.optional_time("expires_at")
    if expires_at is not None and expires_at <= issued_at:
        table.refuse("expires_at", "the pass expires before it is issued, or at that instant")
    id_number = table.text("id_number", DEFAULT_ID_NUMBER)
    if len(id_number) != _ID_NUMBER_LENGTH:
        table.refuse("id_number", "an ID number has 18 characters")
    plan = PassPlan(
        pass_id=pass_id,
        issuer=issuer,
        issued_at=issued_at,
        expires_at=expires_at,
        validity=validity_days[issuer] * DAY,
        colour=colour,
        pass_class=table.word("class", PassClass, PassClass.DEVICE),
        reason=grounds.reason,
        basis=grounds.basis,
        until=grounds.until,
        origin=grounds.origin,
        area=_read_area(table, issuer),
        key_id=table.identifier("key") if table.has("key") else None,
        name=table.text("name", DEFAULT_NAME),
        id_number=id_number,
        is_guardian_held=table.flag("guardian", False),
    )
    table.finish()
    if issued_at + plan.validity > LAST_INSTANT:
        table.refuse("issued_at", "a time before the year 9998 is expected")
    return plan


@dataclass(frozen=True, slots=True)
class _Grounds:
    reason: ColourReason | None = None
    basis: Instant | None = None
    until: Instant | None = None
    origin: RegionCode | None = None


def _read_grounds(
    table: Table, regions: Regions, issuer: RegionCode, issued_at: Instant, colour: Colour
) -> _Grounds:
    """Read reason, basis, until and origin: for yellow and red only."""
    if colour is Colour.GREEN:
        for key in ("reason", "basis", "until", "origin"):
            table.forbid(key, "green has no reason, basis, until or origin")
        return _Grounds()
    return _Grounds(
        reason=table.word("reason", ColourReason),
        basis=table.optional_time("basis", issued_at),
        until=table.optional_time("until", issued_at + VALIDITY_DAYS * DAY),
        origin=regions.take(table, "origin") if table.has("origin") else issuer,
    )


def _read_area(table: Table, issuer: RegionCode) -> str | None:
    if not table.has("area"):
        return None
    area = table.area("area")
    if area[:2] != issuer[:2]:
        table.refuse("area", f"an area of {issuer} begins with {issuer[:2]}")
    return area


def _check_key(table: Table, plan: PassPlan, keys: tuple[KeyPlan, ...]) -> None:
    if plan.key_id is not None:
        if plan.key_id not in [key.key_id for key in keys]:
            table.refuse("key", f"region {plan.issuer} has no key '{plan.key_id}'")
    elif plan.pass_class is not PassClass.ONLINE:
        refuse_without_key(table, "issued_at", keys, plan.issued_at)


def refuse_without_key(table: Table, key: str, keys: tuple[KeyPlan, ...], issued_at: Instant) -> None:
    """Refuse a moment of issue at which the issuer has no live key. Raises: ScenarioError."""
    if newest([each for each in keys if each.is_live(issued_at)]) is None:
        table.refuse(key, "the issuer has no live key at the moment of issue; name one or change [[key]]")


def read_events(tables: list[Table], passes: dict[str, PassPlan]) -> dict[str, tuple[StatusEvent, ...]]:
    """Read the status events of every pass, in time order, then file order."""
    told: dict[str, list[tuple[Instant, _EventKind, Table]]] = defaultdict(list)
    for table in tables:
        plan = take_pass(table, passes)
        at, kind = table.time("at"), table.word("kind", _EventKind)
        if at < plan.issued_at:
            table.refuse("at", f"pass '{plan.pass_id}' is not issued yet at this time")
        table.finish()
        told[plan.pass_id].append((at, kind, table))
    return {pass_id: _in_order(events) for pass_id, events in told.items()}


def take_pass(table: Table, passes: dict[str, PassPlan]) -> PassPlan:
    """Take the id of a pass that the file has. Raises: ScenarioError."""
    pass_id = table.text("pass")
    if pass_id not in passes:
        table.refuse("pass", f"this file has no pass '{pass_id}'")
    return passes[pass_id]


def _in_order(events: list[tuple[Instant, _EventKind, Table]]) -> tuple[StatusEvent, ...]:
    before: _EventKind | None = None
    ordered = sorted(events, key=lambda event: event[0])
    for _, kind, table in ordered:
        if before in (_EventKind.VOID, _EventKind.SUPERSEDED):
            table.refuse("kind", f"nothing follows {before}")
        if kind is _EventKind.RESTORED and before is not _EventKind.SUSPENDED:
            table.refuse("kind", "restored comes only directly after suspended")
        if kind is _EventKind.SUSPENDED and before is _EventKind.SUSPENDED:
            table.refuse("kind", "suspended twice in a row")
        before = kind
    return tuple(StatusEvent(at=at, status=_STATUS[kind]) for at, kind, _ in ordered)
