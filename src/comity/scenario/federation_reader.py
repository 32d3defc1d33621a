"""The federation in a scenario file: regions, rulebooks, keys, recognitions and referrals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from comity.domain.colour import Colour, ColourReason
from comity.domain.instant import HOUR, Instant
from comity.domain.recognition import SUSPENSION_NOTICE, Referral, Release, Suspension
from comity.domain.region import INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import (
    DEFAULT_ROWS,
    Appeal,
    Ends,
    MeasureKind,
    MeasureRow,
    Responsible,
    Rulebook,
    StatusMaxAge,
)
from comity.domain.rulebook_document import ANY_REASON, DAYS_RANGE
from comity.domain.texts import Text
from comity.domain.validity import STATUS_MAX_AGE, STATUS_MAX_AGE_RANGE, VALIDITY_DAYS, VALIDITY_DAYS_RANGE
from comity.scenario.plan import KeyPlan, RecognitionPlan
from comity.scenario.table import Table

DEFAULT_KEY: Final = "k1"
_HOURS: Final = range(STATUS_MAX_AGE_RANGE[0] // HOUR, STATUS_MAX_AGE_RANGE[1] // HOUR + 1)
_HOURS_DEFAULT: Final = STATUS_MAX_AGE // HOUR


class _MeasuredColour(StrEnum):
    """The colours a measure row can name; green cannot be written (C2.3)."""

    YELLOW = Colour.YELLOW.value
    RED = Colour.RED.value


class _KeyEventKind(StrEnum):
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions a file lists; every other table may name only these."""

    codes: frozenset[RegionCode]

    def take(self, table: Table, key: str) -> RegionCode:
        """Take a region that the file lists. Raises: ScenarioError."""
        return self.check(table, key, table.region(key))

    def check(self, table: Table, key: str, code: RegionCode) -> RegionCode:
        """Refuse a region that the file does not list. Raises: ScenarioError."""
        if code not in self.codes:
            table.refuse(key, f"region {code} has no [[region]] table in this file")
        return code

    def take_pair(
        self, table: Table, seen: set[tuple[RegionCode, RegionCode]]
    ) -> tuple[RegionCode, RegionCode]:
        """Take host and issuer, one table a pair. Raises: ScenarioError."""
        host, issuer = self.take(table, "host"), self.take(table, "issuer")
        if (host, issuer) in seen:
            table.refuse("issuer", f"a second table for host {host} and issuer {issuer}; one is expected")
        seen.add((host, issuer))
        return host, issuer


def read_regions(tables: list[Table]) -> dict[RegionCode, Rulebook]:
    """Read the regions, each with its one rulebook."""
    rulebooks: dict[RegionCode, Rulebook] = {}
    for table in tables:
        code = table.region("code")
        if code in rulebooks:
            table.refuse("code", f"a second [[region]] with code {code}")
        rulebooks[code] = _read_rulebook(table, code)
        table.finish()
    return rulebooks


def _read_rulebook(table: Table, code: RegionCode) -> Rulebook:
    allowed = range(VALIDITY_DAYS, VALIDITY_DAYS + 1) if code == INNER_MONGOLIA else VALIDITY_DAYS_RANGE
    validity_days = table.integer("validity_days", allowed, VALIDITY_DAYS)
    valid_from, valid_to = table.optional_time("rulebook_from"), table.optional_time("rulebook_to")
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        table.refuse("rulebook_to", "the rulebook ends before it has begun")
    hours = table.part("status_max_age_hours")
    ages = StatusMaxAge(
        device=hours.integer("device", _HOURS, _HOURS_DEFAULT) * HOUR,
        paper=hours.integer("paper", _HOURS, _HOURS_DEFAULT) * HOUR,
    )
    hours.finish()
    return Rulebook(
        region=code,
        version=1,
        valid_from=valid_from,
        valid_to=valid_to,
        validity_days=validity_days,
        status_max_age=ages,
        rows=tuple(_read_row(measure) for measure in table.tables("measure")),
    )


def _read_row(table: Table) -> MeasureRow:
    colour = Colour(table.word("colour", _MeasuredColour))
    kind, built_in = table.word("kind", MeasureKind), DEFAULT_ROWS[colour]
    onward: Text | None = None
    if kind is MeasureKind.NO_ENTRY:
        passage = table.text("onward")
        onward = Text(zh=passage, en=passage)
    table.forbid("onward", "only no_entry names an onward passage")
    may_lack_days = kind is MeasureKind.MEDICAL_REFERRAL and not table.has("days")
    row = MeasureRow(
        colour=colour,
        reasons=_read_reasons(table),
        kind=kind,
        days=None if may_lack_days else table.integer("days", DAYS_RANGE),
        responsible=table.word("responsible", Responsible, built_in.responsible),
        ends=table.word("ends", Ends, built_in.ends),
        appeal=table.word("appeal", Appeal, built_in.appeal),
        onward=onward,
    )
    table.finish()
    return row


def _read_reasons(table: Table) -> tuple[ColourReason, ...]:
    if not table.has("reasons"):
        return ()
    reasons = table.texts("reasons")
    if not reasons or len(set(reasons)) != len(reasons):
        table.refuse("reasons", "reasons must not be empty or repeat one")
    if reasons == [ANY_REASON]:
        return ()
    unknown = [reason for reason in reasons if reason not in tuple(ColourReason)]
    if unknown:
        words = ", ".join(ColourReason)
        table.refuse("reasons", f"'{unknown[0]}' is not expected: {words}, or \"*\" alone")
    return tuple(ColourReason(reason) for reason in reasons)


def read_keys(
    tables: list[Table], events: list[Table], regions: Regions
) -> dict[RegionCode, tuple[KeyPlan, ...]]:
    """Read the pass keys of every region; an issuer without one has `k1`, always there."""
    keys: dict[RegionCode, dict[str, KeyPlan]] = defaultdict(dict)
    for table in tables:
        key = _read_key(table, regions)
        if key.key_id in keys[key.issuer]:
            table.refuse("id", f"a second key '{key.key_id}' of {key.issuer}")
        keys[key.issuer][key.key_id] = key
    for code in regions.codes:
        if not keys[code]:
            keys[code][DEFAULT_KEY] = KeyPlan(issuer=code, key_id=DEFAULT_KEY)
    for table in events:
        _read_key_event(table, regions, keys)
    return {code: tuple(named.values()) for code, named in keys.items()}


def _read_key(table: Table, regions: Regions) -> KeyPlan:
    key = KeyPlan(
        issuer=regions.take(table, "issuer"),
        key_id=table.identifier("id"),
        published_at=table.optional_time("published_at"),
        not_before=table.optional_time("not_before"),
        not_after=table.optional_time("not_after"),
        areas=table.areas("areas"),
    )
    if key.not_before is not None and key.not_after is not None and key.not_after <= key.not_before:
        table.refuse("not_after", "the key's window ends before it has begun")
    table.finish()
    return key


def _read_key_event(table: Table, regions: Regions, keys: dict[RegionCode, dict[str, KeyPlan]]) -> None:
    issuer, at = regions.take(table, "issuer"), table.time("at")
    table.word("kind", _KeyEventKind)
    key_id = table.identifier("key", DEFAULT_KEY)
    key = keys[issuer].get(key_id)
    if key is None:
        table.refuse("key", f"region {issuer} has no key '{key_id}'")
    first = at if key.revoked_at is None else min(at, key.revoked_at)
    keys[issuer][key_id] = replace(key, revoked_at=first)
    table.finish()


def read_recognitions(tables: list[Table], regions: Regions) -> tuple[RecognitionPlan, ...]:
    """Read the recognitions; one that is never published is checked and left out."""
    seen: set[tuple[RegionCode, RegionCode]] = set()
    plans = (_read_recognition(table, regions, seen) for table in tables)
    return tuple(plan for plan in plans if plan is not None)


def _read_recognition(
    table: Table, regions: Regions, seen: set[tuple[RegionCode, RegionCode]]
) -> RecognitionPlan | None:
    host, issuer = regions.take_pair(table, seen)
    if host == issuer:
        table.refuse("issuer", "host and issuer are the same region; a region always recognises itself")
    published_at = table.optional_time("published_at")
    effective_from = table.optional_time("effective_from", published_at)
    suspension = _read_change(table, "suspension_published_at", "suspended_from")
    resumption = _read_change(table, "resumption_published_at", "resumed_from")
    if suspension is not None:
        notice = suspension.effective_from - suspension.published_at
        if notice < SUSPENSION_NOTICE:
            table.refuse("suspended_from", "a suspension is published at least 24 hours ahead (rule 5)")
    if resumption is not None:
        if suspension is None:
            table.refuse("resumed_from", "only a suspended recognition can be resumed")
        if resumption.effective_from <= suspension.effective_from:
            table.refuse("resumed_from", "a resumption follows its suspension")
    table.finish()
    if published_at is None or effective_from is None:
        return None
    return RecognitionPlan(
        host=host,
        issuer=issuer,
        published_at=published_at,
        effective_from=effective_from,
        suspension=suspension,
        resumption=resumption,
    )


def _read_change(table: Table, published: str, effective: str) -> Suspension | None:
    """Read two times that come together or not at all."""
    published_at: Instant | None = table.optional_time(published)
    effective_from: Instant | None = table.optional_time(effective)
    if published_at is None and effective_from is None:
        return None
    if published_at is None:
        table.refuse(published, f"'{effective}' needs '{published}'")
    if effective_from is None:
        table.refuse(effective, f"'{published}' needs '{effective}'")
    return Suspension(published_at=published_at, effective_from=effective_from)


def read_referrals(tables: list[Table], regions: Regions) -> tuple[Referral, ...]:
    """Read the referrals with their releases, numbered a host."""
    seen: set[tuple[RegionCode, RegionCode]] = set()
    referrals: list[Referral] = []
    for table in tables:
        host, issuer = regions.take_pair(table, seen)
        referral = Referral(
            host=host,
            issuer=issuer,
            version=1 + sum(known.host == host for known in referrals),
            authority=table.text("authority"),
            releases=tuple(_read_release(release) for release in table.tables("release")),
        )
        table.finish()
        referrals.append(referral)
    return tuple(referrals)


def _read_release(table: Table) -> Release:
    release = Release(effective_from=table.time("from"), areas_except=table.areas("areas_except"))
    table.finish()
    return release
