"""A region's rulebook: what yellow and red meet there (C2.2, C2.6, interface section 4).

Closed types instead of expressions: a rule that cannot be written cannot be imposed. A row has a
colour that is yellow or red, so green has no row and needs no rulebook; nothing here can ask for a
document (C2.3, C3.2). What may be published, and when, is `publication`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.domain.colour import PAPER, Colour, ColourReason, PassClass
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.texts import Text
from comity.domain.validity import STATUS_MAX_AGE, VALIDITY_DAYS


class MeasureKind(StrEnum):
    """The closed list of what a host may require of yellow or red."""

    HEALTH_MONITORING = "health_monitoring"
    HOME_OBSERVATION = "home_observation"
    CENTRAL_ISOLATION = "central_isolation"
    MEDICAL_REFERRAL = "medical_referral"
    NO_ENTRY = "no_entry"


class Responsible(StrEnum):
    """The body that carries a measure out."""

    COMMUNITY = "community"
    COUNTY_CDC = "county_cdc"
    DESIGNATED_HOSPITAL = "designated_hospital"
    COUNTY_COMMAND = "county_command"


class Ends(StrEnum):
    """What ends a measure."""

    AFTER_DAYS = "after_days"
    MEDICAL_CLEARANCE = "medical_clearance"
    ISSUER_RELEASE = "issuer_release"


class Appeal(StrEnum):
    """The region that hears an appeal against the colour or the measure."""

    HOME = "home"
    HOST = "host"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One row: what `colour` with one of `reasons` meets; no reasons means every reason (`*`).

    `days` counts from the basis of the colour, 1 to 21; None only for medical_referral. `onward` is the
    passage and body named by no_entry. `text` replaces the built-in words where the region wrote its own.
    """

    colour: Colour
    reasons: tuple[ColourReason, ...] = ()
    kind: MeasureKind
    days: int | None
    responsible: Responsible
    ends: Ends
    appeal: Appeal
    onward: Text | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMaxAge:
    """Seconds a status list may be old, by class of pass; 24 h to 7 d."""

    device: int = STATUS_MAX_AGE
    paper: int = STATUS_MAX_AGE

    def of(self, pass_class: PassClass) -> int:
        """Give the limit for a device or paper pass, in seconds."""
        return self.paper if pass_class is PAPER else self.device


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """One version of a region's rules, in force for `valid_from <= at < valid_to` (None: no bound).

    `emergency` is the published reason of one that took the emergency lane (design section 5).
    """

    region: RegionCode
    version: int
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    validity_days: int = VALIDITY_DAYS
    status_max_age: StatusMaxAge = StatusMaxAge()
    rows: tuple[MeasureRow, ...] = ()
    emergency: Text | None = None

    def is_in_force(self, at: Instant) -> bool:
        """Say whether these rules hold at `at`."""
        if self.valid_from is not None and at < self.valid_from:
            return False
        return self.valid_to is None or at < self.valid_to

    def rows_for(self, colour: Colour, reason: ColourReason) -> tuple[MeasureRow, ...]:
        """Give the rows that (colour, reason) meets, in file order, never empty for yellow and red.

        Rows that name the reason replace the `*` rows; a colour without a `*` row keeps the built-in one.
        """
        named = tuple(row for row in self.rows if row.colour is colour and reason in row.reasons)
        if named:
            return named
        general = tuple(row for row in self.rows if row.colour is colour and not row.reasons)
        return general or (DEFAULT_ROWS[colour],)


DEFAULT_ROWS: Final = {
    Colour.YELLOW: MeasureRow(
        colour=Colour.YELLOW,
        kind=MeasureKind.HOME_OBSERVATION,
        days=14,
        responsible=Responsible.COMMUNITY,
        ends=Ends.AFTER_DAYS,
        appeal=Appeal.HOME,
    ),
    Colour.RED: MeasureRow(
        colour=Colour.RED,
        kind=MeasureKind.CENTRAL_ISOLATION,
        days=14,
        responsible=Responsible.COUNTY_COMMAND,
        ends=Ends.AFTER_DAYS,
        appeal=Appeal.HOME,
    ),
}
"""The rows of a region that wrote none (interface section 4)."""


def rulebook_in_force(rulebooks: tuple[Rulebook, ...], at: Instant) -> Rulebook | None:
    """Find the newest version in force at `at`; a published version replaces older ones from its start."""
    found: Rulebook | None = None
    for rulebook in rulebooks:
        if rulebook.is_in_force(at) and (found is None or rulebook.version > found.version):
            found = rulebook
    return found


def living_rulebooks(rulebooks: Iterable[Rulebook], at: Instant) -> tuple[Rulebook, ...]:
    """Give those that hold at `at` or may hold later, oldest first.

    An emergency ends by itself and gives way again to the lasting rulebook before it, which lives on.
    """
    known = sorted(rulebooks, key=lambda rulebook: rulebook.version)
    standing = (each.version for each in known if each.is_in_force(at) and each.valid_to is None)
    lasting = max(standing, default=0)
    return tuple(
        each for each in known if each.version >= lasting and (each.valid_to is None or each.valid_to > at)
    )
