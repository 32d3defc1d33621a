"""The federation as a client knows it: who takes part and what each region says, verified, with its age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.distribution.opened_statements import OpenedStatements
from comity.distribution.statement_file import HubFile, StatementFile
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.trust.algorithm import PublicKey
from comity.trust.bundle import VerifierBundle, pass_keys_of
from comity.trust.keys import KeyList, Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRegion:
    """One region: membership, its file as published, what it says, and as of when the hub vouched for it."""

    membership: Membership
    as_of: Instant
    role_version: int
    file: StatementFile = field(repr=False)
    opened: OpenedStatements = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """What has been verified: the hub's own file, its key, and every region that has published."""

    is_test: bool
    as_of: Instant
    verified_at: Instant
    hub: PublicKey
    hub_file: HubFile = field(repr=False)
    memberships: Mapping[RegionCode, Membership]
    regions: Mapping[RegionCode, KnownRegion]

    def addresses(self) -> dict[RegionCode, str]:
        """Give where each region's node publishes its files, of those that say so."""
        return {
            region: known.opened.location.url
            for region, known in self.regions.items()
            if known.opened.location is not None
        }

    def bundle_of(self, host: RegionCode, own: KeyList, *, at: Instant) -> VerifierBundle | None:
        """Put together what a gate of a host would carry by what is known here; None for an unknown host.

        It is signed by nobody and for questions only; `own` is the key list of the region that asks.
        """
        known = self.regions.get(host)
        if known is None or not known.membership.is_in_force(at):
            return None
        others = (each.opened.key_list for each in self.regions.values())
        key_lists = (own, *(each for each in others if each.region != own.region))
        members = tuple(self.memberships.values())
        return VerifierBundle(
            host=host,
            version=0,
            issued_at=at,
            hub_as_of=at,
            expires_at=at,
            is_test=self.is_test,
            root=known.opened.key_list.root,
            memberships=members,
            key_lists=key_lists,
            recognitions={str(issuer): said for issuer, said in known.opened.recognitions.items()},
            referrals={str(issuer): said for issuer, said in known.opened.referrals.items()},
            rulebooks=known.opened.rulebooks,
            pass_keys=pass_keys_of(key_lists),
            member_ends={each.region: each.member_to for each in members if each.member_to is not None},
        )

    def recognised_by(self, host: RegionCode, *, at: Instant) -> tuple[RegionCode, ...]:
        """Give the regions whose passes a host honours at an instant, by recognition or by referral."""
        own = self.regions.get(host)
        if own is None:
            return ()
        recognised = {
            issuer for issuer, recognition in own.opened.recognitions.items() if recognition.is_in_force(at)
        }
        return tuple(sorted(recognised | set(own.opened.referrals)))
