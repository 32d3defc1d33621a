"""The repository a hub would serve for the federation of a scenario: real files, real metadata, test keys."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comity.distribution.names import CURRENT
from comity.distribution.publication import Publication, sign_publication
from comity.distribution.repository import OnlineKeys, Repository, RepositoryChange
from comity.distribution.root import KEYHOLDERS, THRESHOLD, RootKeys, assemble_root, make_root, sign_root
from comity.distribution.statement_file import HubFile, StatementFile, write_hub_file, write_statement_file
from comity.domain.instant import Instant
from comity.domain.recognition import Recognition
from comity.domain.region import RegionCode
from comity.scenario.federation import Federation
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import Usage
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook

_FORGED_VERSION: Final = 1_000_000
"""Above every version a scenario reaches, so that no forgery is refused for its number alone."""


@dataclass
class FollowedHub:
    """A hub whose repository stands in a folder; every region publishes what the scenario tells."""

    federation: Federation
    folder: Path
    root: bytes = field(init=False, repr=False)
    repository: Repository = field(init=False, repr=False)

    def __post_init__(self) -> None:
        key = self.federation.key
        self._keyholders = [key("keyholder", str(number)) for number in range(KEYHOLDERS)]
        self._online = OnlineKeys(
            targets=key("targets"), snapshot=key("snapshot"), timestamp=key("timestamp")
        )
        self.repository = Repository(self.folder, self._online)

    def begin(self, *, at: Instant) -> None:
        """Make the root, and the first publication of the hub and of every region."""
        keys = RootKeys(
            keyholders=tuple(each.public for each in self._keyholders),
            targets=self._online.targets.public,
            snapshot=self._online.snapshot.public,
            timestamp=self._online.timestamp.public,
        )
        request = make_root(keys, version=1, at=at)
        self.root = assemble_root(
            request, [sign_root(request, each) for each in self._keyholders[:THRESHOLD]]
        )
        regions = tuple(self.federation.scenario.rulebooks)
        memberships = tuple(self.federation.membership(region) for region in regions)
        hub_file = write_hub_file(HubFile(hub=self.federation.key("hub").public, memberships=memberships))
        self.repository.begin(self.root, hub_file, at=at)
        change = RepositoryChange(
            keys={region: [self.federation.key(region, Usage.STATEMENT).public] for region in regions},
            publications=tuple(self.publication(region, at=at) for region in regions),
        )
        self.repository.publish(change, at=at)

    def publish(self, region: RegionCode, *, at: Instant) -> None:
        """Let a region publish what it says as of an instant."""
        self.repository.publish(RepositoryChange(publications=(self.publication(region, at=at),)), at=at)

    def publication(
        self,
        region: RegionCode,
        *,
        at: Instant,
        signer: PrivateKey | None = None,
        recognises: RegionCode | None = None,
    ) -> Publication:
        """Sign what stands at a region's path, by its own key or another, with a recognition more."""
        version = self.repository.version_of(region) + 1 if self._has_begun() else 1
        own = signer or self.federation.key(region, Usage.STATEMENT)
        files = {CURRENT: self._current(region, own, recognises, at=at)}
        return sign_publication(region, version, files, own, at=at)

    def copy(self, name: str) -> Path:
        """Copy the repository as it is, as an attacker would keep it."""
        return shutil.copytree(self.folder, self.folder.parent / name)

    def _has_begun(self) -> bool:
        return any(self.folder.rglob("*.snapshot.json"))

    def _current(
        self, region: RegionCode, signer: PrivateKey, recognises: RegionCode | None, *, at: Instant
    ) -> bytes:
        scenario = self.federation.scenario
        stated = [each for each in self.federation.recognitions(region, at) if each.issuer != recognises]
        if recognises is not None:
            stated.append(
                Recognition(
                    host=region,
                    issuer=recognises,
                    version=_FORGED_VERSION,
                    published_at=at,
                    effective_from=at,
                )
            )
        file = StatementFile(
            region=region,
            key_list=self.federation.key_list(region, at),
            recognitions=tuple(write_recognition(each, signer, is_test=True) for each in stated),
            referrals=tuple(
                write_referral(referral, signer, is_test=True)
                for referral in scenario.referrals
                if referral.host == region
            ),
            rulebooks=(write_signed_rulebook(scenario.rulebooks[region], signer, is_test=True),),
        )
        return write_statement_file(file)
