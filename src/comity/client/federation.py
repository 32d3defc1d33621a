"""The federation as a client knows it: who takes part and what each region says, verified, with its age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.distribution.opened_statements import OpenedStatements
from comity.distribution.statement_file import HubFile, StatementFile
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.trust.algorithm import PublicKey
from comity.trust.keys import Membership


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

    def recognised_by(self, host: RegionCode, *, at: Instant) -> tuple[RegionCode, ...]:
        """Give the regions whose passes a host honours at an instant, by recognition or by referral."""
        own = self.regions.get(host)
        if own is None:
            return ()
        recognised = {
            issuer for issuer, recognition in own.opened.recognitions.items() if recognition.is_in_force(at)
        }
        return tuple(sorted(recognised | set(own.opened.referrals)))
