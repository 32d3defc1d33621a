"""The public register: who takes part, who recognises whom since when, by which rules, at any instant (C2.1).

A pure read model of the accepted statements; it decides nothing and refuses nothing. Two times are kept
apart: when the hub accepted a statement (what was known) and when the statement takes effect (what holds). A
question about a past instant is answered by what was known and held then; one about a coming instant by what
is known today (`as_known_at`). The pages, the feeds and the API of the hub all ask this model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, TypeAlias

from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Referral
from comity.domain.region import NATION, REGION_CODES, RegionCode
from comity.domain.rulebook import Rulebook, rulebook_in_force
from comity.hub.pair_state import PairState, PairTimeline, pair_timeline
from comity.hub.register_change import RegisterChange, changes_of
from comity.hub.register_entry import RegisterEntry, Said, read_entries
from comity.hub.statements import AcceptedStatement
from comity.records.statement_kinds import StatementKind
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyList, Membership
from comity.trust.location import Location

REGIONS: Final[tuple[RegionCode, ...]] = tuple(sorted(REGION_CODES))
"""The 31 regions in the order of their codes, which is the order of every list and matrix."""

Matrix: TypeAlias = tuple[tuple[PairState, ...], ...]
"""A row a host, a column an issuer, both in the order of `REGIONS`."""

_PAIR_KINDS: Final = (StatementKind.RECOGNITION_STEP, StatementKind.RECOGNITION, StatementKind.REFERRAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the register knows of one region: the newest membership, keys and location, as entries."""

    region: RegionCode
    membership: RegisterEntry | None
    key_list: RegisterEntry | None
    location: RegisterEntry | None

    def takes_part(self, at: Instant) -> bool:
        """Say whether the region takes part at `at`."""
        said = None if self.membership is None else self.membership.said
        return isinstance(said, Membership) and said.is_in_force(at)


class Register:
    """The register as far as it was known at one instant."""

    def __init__(self, entries: Iterable[RegisterEntry], *, left_out: int = 0) -> None:
        self.entries = tuple(entries)
        self.left_out = left_out
        self._timelines: dict[tuple[RegionCode, RegionCode], PairTimeline] = {}

    @cached_property
    def version(self) -> str:
        """Name this state of the register: a hash over all entries, in hex."""
        told = "\n".join(f"{entry.digest} {entry.accepted_at}" for entry in self.entries)
        return sha256(f"{self.left_out}\n{told}".encode()).hexdigest()[:32]

    @property
    def changed_at(self) -> Instant | None:
        """When the newest entry was accepted."""
        return self.entries[-1].accepted_at if self.entries else None

    def as_known_at(self, at: Instant) -> Register:
        """Give the register of what had been accepted by `at`."""
        if not self.entries or self.entries[-1].accepted_at <= at:
            return self
        return Register((entry for entry in self.entries if entry.accepted_at <= at), left_out=self.left_out)

    # ------------------------------------------------------------ pairs

    def state_of(self, host: RegionCode, issuer: RegionCode, at: Instant) -> PairState:
        """Give the state of a pair at an instant."""
        return self.timeline(host, issuer).state_at(at)

    def matrix(self, at: Instant) -> Matrix:
        """Give the states of all pairs at an instant."""
        return tuple(tuple(self.state_of(host, issuer, at) for issuer in REGIONS) for host in REGIONS)

    def states_of(self, host: RegionCode, at: Instant) -> tuple[PairState, ...]:
        """Give the states of one host with every other region at an instant."""
        return tuple(self.state_of(host, issuer, at) for issuer in REGIONS if issuer != host)

    def timeline(self, host: RegionCode, issuer: RegionCode) -> PairTimeline:
        """Give the periods of a pair, oldest first."""
        pair = (host, issuer)
        found = self._timelines.get(pair)
        if found is None:
            found = self._timelines[pair] = pair_timeline(
                host,
                issuer,
                self._pairs.get(pair, ()),
                takes_part=self._took_part,
                turns=self._turns[host] | self._turns[issuer] if pair in self._pairs else (),
            )
        return found

    def history(self, host: RegionCode, issuer: RegionCode) -> tuple[RegisterChange, ...]:
        """Give what the host said about the issuer, oldest first."""
        return tuple(
            change
            for change in self.changes
            if change.entry.kind in _PAIR_KINDS and (change.host, change.issuer) == (host, issuer)
        )

    # ------------------------------------------------------------ changes and statements

    @cached_property
    def changes(self) -> tuple[RegisterChange, ...]:
        """What each entry changed, oldest first."""
        return changes_of(self.entries)

    def changes_of_host(self, host: RegionCode) -> tuple[RegisterChange, ...]:
        """Give the changes by or about one region, and those of the national rulebook."""
        national = (StatementKind.NATIONAL_AUTHORITY, StatementKind.NATIONAL_RULEBOOK)
        return tuple(each for each in self.changes if each.host == host or each.entry.kind in national)

    def find(self, digest: str) -> RegisterEntry | None:
        """Find the entry whose bytes have this SHA-256, in hex."""
        return self._by_digest.get(digest)

    # ------------------------------------------------------------ regions

    def member(self, region: RegionCode) -> Member:
        """Give what is known of a region."""
        newest = self._newest_of_region.get(region, {})
        return Member(
            region=region,
            membership=newest.get(Membership),
            key_list=newest.get(KeyList),
            location=newest.get(Location),
        )

    def members(self) -> tuple[Member, ...]:
        """Give what is known of every region."""
        return tuple(self.member(region) for region in REGIONS)

    def rulebooks(self, region: RegionCode) -> tuple[RegisterEntry, ...]:
        """Give the entries of a region's rulebooks, oldest version first."""
        return self._rulebooks.get(region, ())

    def rulebook_at(self, region: RegionCode, at: Instant) -> RegisterEntry | None:
        """Find the rulebook of a region in force at `at`."""
        known = {entry.version: entry for entry in self.rulebooks(region)}
        books = tuple(entry.said for entry in known.values() if isinstance(entry.said, Rulebook))
        found = rulebook_in_force(books, at)
        return None if found is None else known[found.version]

    def national_rulebooks(self) -> tuple[RegisterEntry, ...]:
        """Give the entries of the national rulebook, oldest version first."""
        return tuple(self._of(NationalRulebook))

    def national_at(self, at: Instant) -> RegisterEntry | None:
        """Find the national rulebook in force at `at`."""
        begun = [
            entry
            for entry in self.national_rulebooks()
            if isinstance(entry.said, NationalRulebook) and entry.said.is_in_force(at)
        ]
        return max(begun, key=lambda entry: entry.version, default=None)

    def referring(self, row: NationalRow, at: Instant) -> tuple[tuple[PairState, bool], ...]:
        """Give the hosts that refer an issuer at `at`, and whether each says what the national row says."""
        found = []
        for host in REGIONS:
            state = self.state_of(host, row.issuer, at)
            entry = state.standing.entry
            if entry is not None and isinstance(entry.said, Referral):
                found.append((state, row.binds(entry.said)))
        return tuple(found)

    # ------------------------------------------------------------ how it is kept

    def _of(self, kind: type[Said]) -> Iterator[RegisterEntry]:
        return (entry for entry in self.entries if isinstance(entry.said, kind))

    @cached_property
    def _pairs(self) -> dict[tuple[RegionCode, RegionCode], list[RegisterEntry]]:
        pairs: dict[tuple[RegionCode, RegionCode], list[RegisterEntry]] = defaultdict(list)
        for entry in self.entries:
            if entry.kind in _PAIR_KINDS and entry.region is not None and entry.about is not None:
                pairs[entry.region, entry.about].append(entry)
        return dict(pairs)

    @cached_property
    def _by_digest(self) -> dict[str, RegisterEntry]:
        return {entry.digest: entry for entry in self.entries}

    @cached_property
    def _memberships(self) -> dict[RegionCode, list[RegisterEntry]]:
        found: dict[RegionCode, list[RegisterEntry]] = defaultdict(list)
        for entry in self._of(Membership):
            if entry.about is not None:
                found[entry.about].append(entry)
        return found

    @cached_property
    def _turns(self) -> dict[RegionCode, frozenset[Instant]]:
        """When a region joins or leaves, by each of its memberships."""
        return {
            region: frozenset(
                max(entry.accepted_at, turn)
                for entry in self._memberships.get(region, ())
                if isinstance(entry.said, Membership)
                for turn in (entry.accepted_at, entry.said.member_from, entry.said.member_to)
                if turn is not None
            )
            for region in (*REGIONS, NATION)
        }

    def _took_part(self, region: RegionCode, at: Instant) -> bool:
        known = [entry for entry in self._memberships.get(region, ()) if entry.accepted_at <= at]
        newest = max(known, key=lambda entry: entry.version, default=None)
        return newest is not None and isinstance(newest.said, Membership) and newest.said.is_in_force(at)

    @cached_property
    def _newest_of_region(self) -> dict[RegionCode, dict[type[Said], RegisterEntry]]:
        found: dict[RegionCode, dict[type[Said], RegisterEntry]] = defaultdict(dict)
        for entry in self.entries:
            region = entry.region or entry.about
            if region is None or not isinstance(entry.said, Membership | KeyList | Location):
                continue
            kept = found[region].get(type(entry.said))
            if kept is None or kept.version < entry.version:
                found[region][type(entry.said)] = entry
        return found

    @cached_property
    def _rulebooks(self) -> dict[RegionCode, tuple[RegisterEntry, ...]]:
        found: dict[RegionCode, list[RegisterEntry]] = defaultdict(list)
        for entry in self._of(Rulebook):
            if entry.region is not None:
                found[entry.region].append(entry)
        return {
            region: tuple(sorted(books, key=lambda entry: entry.version)) for region, books in found.items()
        }


def read_register(statements: Iterable[AcceptedStatement], *, hub: PublicKey, is_test: bool) -> Register:
    """Make the register of everything the hub has accepted, each statement verified once more."""
    entries, left_out = read_entries(statements, hub=hub, is_test=is_test)
    return Register(entries, left_out=left_out)
