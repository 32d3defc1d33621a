"""What a scenario file tells, checked and in Comity's own types (interface section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.decision import Outcome, ReasonCode
from comity.domain.instant import Instant
from comity.domain.recognition import Referral, Suspension
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook


class Tamper(StrEnum):
    """What is done to a code before it is scanned; one an encounter."""

    SIGNATURE = "signature"
    PAYLOAD = "payload"
    TRUNCATED = "truncated"
    HEADER = "header"
    UNKNOWN_KEY = "unknown_key"
    IMPERSONATION = "impersonation"
    SCREENSHOT = "screenshot"
    DOWNGRADE = "downgrade"
    WRONG_DEVICE = "wrong_device"
    WRAPPED = "wrapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlan:
    """One pass key of an issuer; None means always."""

    issuer: RegionCode
    key_id: str
    published_at: Instant | None = None
    not_before: Instant | None = None
    not_after: Instant | None = None
    revoked_at: Instant | None = None
    areas: tuple[str, ...] = ()

    def is_live(self, issued_at: Instant) -> bool:
        """Say whether the key signs at `issued_at`: in its window and not revoked by then."""
        return (
            (self.not_before is None or self.not_before <= issued_at)
            and (self.not_after is None or issued_at < self.not_after)
            and (self.revoked_at is None or issued_at < self.revoked_at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionPlan:
    """A published recognition with its later life; one a pair."""

    host: RegionCode
    issuer: RegionCode
    published_at: Instant
    effective_from: Instant
    suspension: Suspension | None = None
    resumption: Suspension | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassPlan:
    """One pass as its issuer makes it; `key_id` None takes the newest live key."""

    pass_id: str
    issuer: RegionCode
    issued_at: Instant
    expires_at: Instant | None
    validity: int
    colour: Colour
    pass_class: PassClass
    reason: ColourReason | None
    basis: Instant | None
    until: Instant | None
    origin: RegionCode | None
    area: str | None
    key_id: str | None
    name: str
    id_number: str
    is_guardian_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """From `at` the pass has this status in its issuer's list."""

    at: Instant
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterPlan:
    """One person at one gate; what is expected is None where the file says nothing."""

    encounter_id: str
    pass_id: str
    host: RegionCode
    at: Instant
    bundle_at: Instant
    status_at: Instant
    has_list: bool
    shown_at: Instant | None
    issuer_says: Colour | None
    tamper: Tamper | None
    expect: Outcome | None
    expect_reason: ReasonCode | None


HUB: Final = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagePlan:
    """The hub, or a region's node, is out of reach for `begins < t < ends`; at `begins` it still answered."""

    of: str
    begins: Instant
    ends: Instant


class AttackKind(StrEnum):
    """What a hub, a mirror or a region does to those who follow the hub."""

    ROLLBACK = "rollback"
    FREEZE = "freeze"
    MIX = "mix"
    FORGED_RECOGNITION = "forged_recognition"
    CROSS_DELEGATION = "cross_delegation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackPlan:
    """An attack on what `host` says, by or in favour of `issuer`; to the host it is an outage of the hub."""

    kind: AttackKind
    host: RegionCode
    issuer: RegionCode
    begins: Instant
    ends: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole file: the federation, the passes and their status events, and the encounters in file order."""

    title: str
    rulebooks: dict[RegionCode, Rulebook]
    keys: dict[RegionCode, tuple[KeyPlan, ...]]
    recognitions: tuple[RecognitionPlan, ...]
    referrals: tuple[Referral, ...]
    passes: dict[str, PassPlan]
    events: dict[str, tuple[StatusEvent, ...]]
    encounters: tuple[EncounterPlan, ...]
    outages: tuple[OutagePlan, ...] = ()
    attacks: tuple[AttackPlan, ...] = ()

    def last_reached(self, of: str, at: Instant, *, host: RegionCode | None = None) -> Instant:
        """Give the last instant, `at` or before, at which the hub or a region's node answered `host`.

        Outages that overlap or follow on each other are one. What an attack serves is refused, so that an
        attacked host does not reach the hub either.
        """
        dark = [(outage.begins, outage.ends) for outage in self.outages if outage.of == of]
        if of == HUB:
            dark += [(attack.begins, attack.ends) for attack in self.attacks if attack.host == host]
        reached = at
        while found := [begins for begins, ends in dark if begins < reached and _lasts(ends, reached, at)]:
            reached = min(found)
        return reached

    def find_signing_key(self, plan: PassPlan, issued_at: Instant) -> KeyPlan | None:
        """Find the key that signs a pass issued at `issued_at`: the one named, else the newest live one.

        Newest has the greatest not_before (none is oldest), of equals the last in the file.
        """
        keys = self.keys[plan.issuer]
        if plan.key_id is not None:
            return next(key for key in keys if key.key_id == plan.key_id)
        return newest([key for key in keys if key.is_live(issued_at)])


def _lasts(ends: Instant, reached: Instant, at: Instant) -> bool:
    """Say whether an outage lasts at `reached`; before `at` also one that ends as the next begins."""
    return reached < ends or (reached < at and reached == ends)


def newest(keys: list[KeyPlan]) -> KeyPlan | None:
    """Find the key with the greatest not_before, of equals the last."""
    found: KeyPlan | None = None
    for key in keys:
        if found is None or _start(key) >= _start(found):
            found = key
    return found


def _start(key: KeyPlan) -> Instant:
    return -1 if key.not_before is None else key.not_before
