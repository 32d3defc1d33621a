"""Changes: what each accepted statement altered in the public register, in the order of acceptance (C2.1).

A change is told from a statement and the one it follows: a recognition that gains a suspension announces one,
a rulebook under which somebody meets more tightens. Feeds, histories and the API all tell these changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRulebook
from comity.domain.publication import tightenings
from comity.domain.recognition import EQUAL_SINCE, Recognition, RecognitionStep, Referral, Step
from comity.domain.region import INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.texts import Text
from comity.hub.register_entry import RegisterEntry, Said
from comity.trust.keys import KeyList, Membership
from comity.trust.location import Location
from comity.trust.national_statements import NationalAuthority


class ChangeKind(StrEnum):
    """What a statement changed."""

    JOINED = "joined"
    MEMBERSHIP_CHANGED = "membership_changed"
    LEAVES = "leaves"
    KEYS_PUBLISHED = "keys_published"
    LOCATED = "located"
    INVITED = "invited"
    REPLIED = "replied"
    CONFIRMED = "confirmed"
    DEVIATION_REPORTED = "deviation_reported"
    PUBLISHED = "published"
    PUBLISHED_AGAIN = "published_again"
    SUSPENSION_PUBLISHED = "suspension_published"
    RESUMPTION_PUBLISHED = "resumption_published"
    REFERRED = "referred"
    REFERRAL_CHANGED = "referral_changed"
    RULEBOOK_FIRST = "rulebook_first"
    RULEBOOK_TIGHTENED = "rulebook_tightened"
    RULEBOOK_LOOSENED = "rulebook_loosened"
    RULEBOOK_CHANGED = "rulebook_changed"
    AUTHORITY_NAMED = "authority_named"
    NATIONAL_RULEBOOK = "national_rulebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChange:
    """One change: what, by which entry, from when it takes effect, and the reason given for it, if any."""

    kind: ChangeKind
    entry: RegisterEntry
    effective_from: Instant
    reason: Text | None = None

    @property
    def host(self) -> RegionCode | None:
        """The region that spoke, or that was spoken about by the hub."""
        return self.entry.region or self.entry.about

    @property
    def issuer(self) -> RegionCode | None:
        """The other region of the pair, where there is one."""
        return self.entry.about if self.entry.region is not None else None


_Line: TypeAlias = tuple[object, ...]
_STEPS: Final = {
    Step.INVITED: ChangeKind.INVITED,
    Step.REPLIED: ChangeKind.REPLIED,
    Step.CONFIRMED: ChangeKind.CONFIRMED,
    Step.DEVIATION_REPORTED: ChangeKind.DEVIATION_REPORTED,
}


def changes_of(entries: Iterable[RegisterEntry]) -> tuple[RegisterChange, ...]:
    """Give the change each entry made, oldest first."""
    before: dict[_Line, Said] = {}
    changes: list[RegisterChange] = []
    for entry in entries:
        line = (entry.kind, entry.signed_by, entry.about)
        changes.append(_change(entry, before.get(line)))
        before[line] = entry.said
    return tuple(changes)


def _change(entry: RegisterEntry, before: Said | None) -> RegisterChange:
    kind, effective_from, reason = _told(entry, before)
    return RegisterChange(
        kind=kind, entry=entry, effective_from=max(entry.accepted_at, effective_from), reason=reason
    )


def _told(entry: RegisterEntry, before: Said | None) -> tuple[ChangeKind, Instant, Text | None]:
    """Give what an entry changed, the instant it names for it, and its reason."""
    match entry.said:
        case RecognitionStep() as said:
            return _STEPS[said.step], said.effective_from or said.at, said.reason
        case Recognition() as said:
            return *_of_recognition(said, before if isinstance(before, Recognition) else None), None
        case Referral():
            return ChangeKind.REFERRED if before is None else ChangeKind.REFERRAL_CHANGED, 0, None
        case Rulebook() as said:
            kind = _of_rulebook(said, before if isinstance(before, Rulebook) else None)
            return kind, said.valid_from or 0, said.emergency
        case Membership() as said:
            return *_of_membership(said, before), said.reason
        case KeyList():
            return ChangeKind.KEYS_PUBLISHED, 0, None
        case Location():
            return ChangeKind.LOCATED, 0, None
        case NationalRulebook() as said:
            return ChangeKind.NATIONAL_RULEBOOK, max(said.published_at, said.valid_from), None
        case NationalAuthority() as said:
            return ChangeKind.AUTHORITY_NAMED, said.valid_from, None


def _of_recognition(said: Recognition, before: Recognition | None) -> tuple[ChangeKind, Instant]:
    resumed, suspended = said.resumption, said.suspension
    if resumed is not None and (before is None or before.resumption != resumed):
        return ChangeKind.RESUMPTION_PUBLISHED, resumed.holds_from
    if suspended is not None and (before is None or before.suspension != suspended):
        return ChangeKind.SUSPENSION_PUBLISHED, suspended.holds_from
    earliest = EQUAL_SINCE if said.host == INNER_MONGOLIA else 0
    at = max(said.published_at, said.effective_from, earliest)
    return (ChangeKind.PUBLISHED if before is None else ChangeKind.PUBLISHED_AGAIN), at


def _of_membership(said: Membership, before: Said | None) -> tuple[ChangeKind, Instant]:
    if said.member_to is not None:
        return ChangeKind.LEAVES, said.member_to
    return (ChangeKind.JOINED if before is None else ChangeKind.MEMBERSHIP_CHANGED), said.member_from


def _of_rulebook(said: Rulebook, before: Rulebook | None) -> ChangeKind:
    if before is None:
        return ChangeKind.RULEBOOK_FIRST
    if tightenings(said, before):
        return ChangeKind.RULEBOOK_TIGHTENED
    return ChangeKind.RULEBOOK_LOOSENED if tightenings(before, said) else ChangeKind.RULEBOOK_CHANGED
