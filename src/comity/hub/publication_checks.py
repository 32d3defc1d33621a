"""What a new statement of a region must keep, by its kind (design section 5, C2.1, C3.3, settled rules 3-5).

Pure: what was accepted before comes in as `Accepted`, a refusal with its clause comes out as an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, TypeVar

from comity.domain.instant import DAY, Instant
from comity.domain.national_rulebook import NationalRulebook, national_in_force
from comity.domain.publication import Publication, check_publication
from comity.domain.recognition import EQUAL_SINCE, Recognition, RecognitionStep, Referral, Step
from comity.domain.recognition_life import (
    PairHistory,
    Said,
    Turn,
    changed_part,
    check_said,
    history_of,
    turn_of,
)
from comity.domain.region import INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.rulebook_document import refuse
from comity.errors import StatementRefused
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.location import Location

PASS_KEY_NOTICE: Final = 6 * DAY
"""Seconds a new pass key is known here before it signs: planned 7 days ahead, published within a day."""

RegionSaid: TypeAlias = "KeyList | Location | RecognitionStep | Recognition | Referral | Rulebook"
"""What a region publishes."""
T = TypeVar("T", KeyList, Location, RecognitionStep, Recognition, Referral, Rulebook)
P = TypeVar("P", RecognitionStep, Recognition, Referral)


def about_of(said: RegionSaid) -> RegionCode | None:
    """Give the region a statement speaks of, where it speaks of another."""
    return said.issuer if isinstance(said, RecognitionStep | Recognition | Referral) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the hub knows when it judges a region's next statement."""

    region: RegionCode
    members: Mapping[RegionCode, Membership]
    said: tuple[RegionSaid, ...] = ()
    data: frozenset[bytes] = field(default=frozenset(), repr=False)
    national: tuple[NationalRulebook, ...] = ()

    def of(self, kind: type[T]) -> list[T]:
        """Give what was said of a kind, oldest version first."""
        return sorted((each for each in self.said if isinstance(each, kind)), key=lambda each: each.version)

    def about(self, kind: type[P], issuer: RegionCode) -> list[P]:
        """Give what was said of a kind about one issuer, oldest version first."""
        return [each for each in self.of(kind) if each.issuer == issuer]

    def newest_version(self, said: RegionSaid) -> int | None:
        """Give the newest version of the same kind, about the same issuer where it speaks of one."""
        alike = [each for each in self.said if type(each) is type(said) and about_of(each) == about_of(said)]
        return max((each.version for each in alike), default=None)

    def pair(self, issuer: RegionCode) -> tuple[Said, ...]:
        """Give what was said on the way to recognising an issuer."""
        return (*self.about(RecognitionStep, issuer), *self.about(Recognition, issuer))

    def with_said(self, said: RegionSaid, data: bytes) -> Accepted:
        """Give the same with one statement more."""
        return replace(self, said=(*self.said, said), data=self.data | {data})


def check_new(
    said: RegionSaid,
    known: Accepted,
    *,
    at: Instant,
) -> None:
    """Check a statement against what was accepted before; `at` is when the hub received it.

    Raises: PublicationRefused with the clause, StatementRefused for a key list.
    """
    newest = known.newest_version(said)
    if newest is not None and said.version <= newest:
        refuse("version_not_rising", "C2.1")
    if isinstance(said, KeyList):
        _check_key_list(said, known.of(KeyList), at)
    elif isinstance(said, RecognitionStep | Recognition):
        history = history_of(known.pair(said.issuer))
        if not _narrows(said, history):
            _require_member(said.issuer, known, at=max(at, said.effective_from or at))
        check_said(said, history, at=at)
    elif isinstance(said, Referral):
        _check_referral(said, known, at)
    elif isinstance(said, Rulebook):
        _check_rulebook(said, known, at)


def effect_of(
    said: RegionSaid,
    known: Accepted,
    *,
    at: Instant,
) -> Instant:
    """Give the instant a statement takes effect."""
    if isinstance(said, Rulebook):
        return max(at, said.valid_from or at)
    if isinstance(said, RecognitionStep):
        return at if said.effective_from is None else max(at, said.effective_from)
    if isinstance(said, Recognition):
        before = known.about(Recognition, said.issuer)
        holds_from = max(at, changed_part(said, before[-1] if before else None).holds_from)
        return max(holds_from, EQUAL_SINCE) if said.host == INNER_MONGOLIA else holds_from
    return at


def _narrows(said: Said, history: PairHistory) -> bool:
    """Say whether a word only takes back what stands: a host says it of an issuer that has left, too."""
    if isinstance(said, RecognitionStep):
        return said.step is Step.DEVIATION_REPORTED
    newest = history.newest
    return newest is not None and turn_of(said, newest) in (Turn.SUSPEND, Turn.AGAIN)


def _require_member(issuer: RegionCode, known: Accepted, *, at: Instant) -> None:
    membership = known.members.get(issuer)
    if membership is None or not membership.is_in_force(at):
        refuse("not_a_member", "C2.1", region=issuer)


def _check_referral(referral: Referral, known: Accepted, at: Instant) -> None:
    """A referral copies the national row in force, word for word (C3.3)."""
    if referral.issuer == referral.host:
        refuse("own_region", "C3.1")
    if not known.about(Referral, referral.issuer):  # one that stands follows the national row after an exit
        _require_member(referral.issuer, known, at=at)
    national = national_in_force(known.national, at)
    row = None if national is None else national.find_row(referral.issuer)
    if row is None:
        refuse("no_national_requirement", "C3.3")
    if not row.binds(referral):
        refuse("departs_from_national", "C3.3")


def _check_rulebook(rulebook: Rulebook, known: Accepted, at: Instant) -> None:
    before = known.of(Rulebook)
    previous = before[-1] if before else None
    standing = next((each for each in reversed(before) if each.emergency is None), None)
    publication = Publication(
        rulebook=rulebook,
        signer=known.region,
        published_at=at,
        emergency_reason=None if rulebook.emergency is None else rulebook.emergency.en,
    )
    check_publication(publication, previous=previous, standing=standing)


def _check_key_list(new: KeyList, before: list[KeyList], at: Instant) -> None:
    """A revoked key never comes back; a new pass key is known for days before it signs.

    One without a start is a standby. Where the list closes a pass key, its successor may sign at once.

    Raises: StatementRefused.
    """
    if not any(entry.usage is Usage.STATEMENT and not entry.is_revoked(at) for entry in new.entries):
        raise StatementRefused(f"the key list of {new.region} has no statement key it could publish with")
    require_revocations_kept(new, before, at)
    present = {(entry.usage, entry.kid): entry for entry in new.entries}
    known = {(entry.usage, entry.kid): entry for key_list in before for entry in key_list.entries}
    is_emergency = any(
        entry.usage is Usage.PASS and entry.revoked_at is not None and known[place].revoked_at is None
        for place, entry in present.items()
        if place in known
    )
    fresh = [entry for place, entry in present.items() if place not in known and entry.usage is Usage.PASS]
    if before and not is_emergency and any(_is_early(entry, at) for entry in fresh):
        raise StatementRefused(
            f"the key list of {new.region} has a new pass key that would sign before gates know it"
        )


def require_revocations_kept(new: KeyList, before: Iterable[KeyList], at: Instant) -> None:
    """Refuse a key list in which a revoked key is good again, or is left out too early under the same root.

    Raises: StatementRefused.
    """
    present = {(entry.usage, entry.kid): entry for entry in new.entries}
    for known in before:
        for entry in known.entries:
            now = present.get((entry.usage, entry.kid))
            if entry.revoked_at is None or (now is None and known.root != new.root):
                continue
            if not _stays_revoked(entry, now, at):
                raise StatementRefused(
                    f"the key list of {new.region} takes back a revocation",
                    next_step="List the key as closed since the same instant, and sign the list again.",
                )


def _stays_revoked(was: KeyEntry, now: KeyEntry | None, at: Instant) -> bool:
    """Say whether a revoked key is still listed so, or was left out after all it signed has expired."""
    revoked_at = was.revoked_at or at
    if now is None:
        return at >= revoked_at + was.max_validity
    return now.revoked_at is not None and now.revoked_at <= revoked_at


def _is_early(entry: KeyEntry, at: Instant) -> bool:
    return entry.not_before is not None and entry.not_before < at + PASS_KEY_NOTICE
