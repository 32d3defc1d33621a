"""A hub's repository of a few regions on disk, with keys from fixed seeds; tests change one thing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.distribution.names import CURRENT
from comity.distribution.publication import Publication, sign_publication
from comity.distribution.repository import OnlineKeys, Repository, RepositoryChange
from comity.distribution.root import RootKeys, assemble_root, make_root, sign_root
from comity.distribution.statement_file import HubFile, StatementFile, write_hub_file, write_statement_file
from comity.domain.instant import DAY, Instant
from comity.domain.recognition import Recognition
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import Membership, Usage
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition, write_signed_rulebook
from tests.builders import AT, HOME, HOST, HUB, HUBEI, key, key_list

KEYHOLDERS: Final = tuple(key("keyholder", str(number)) for number in range(5))
ONLINE: Final = OnlineKeys(targets=key("targets"), snapshot=key("snapshot"), timestamp=key("timestamp"))
REGIONS: Final = (HOST, HOME, HUBEI)


def root_keys(keyholders: Sequence[PrivateKey] = KEYHOLDERS, online: OnlineKeys = ONLINE) -> RootKeys:
    """Whom a root of the test hub names."""
    return RootKeys(
        keyholders=tuple(each.public for each in keyholders),
        targets=online.targets.public,
        snapshot=online.snapshot.public,
        timestamp=online.timestamp.public,
    )


def first_root(*, at: Instant = AT) -> bytes:
    """The first root, signed by three of the five."""
    request = make_root(root_keys(), version=1, at=at)
    return assemble_root(request, [sign_root(request, each) for each in KEYHOLDERS[:3]])


def next_root(before: bytes, keys: RootKeys, version: int, signers: Sequence[PrivateKey]) -> bytes:
    """A root that follows another."""
    request = make_root(keys, version=version, at=AT)
    return assemble_root(request, [sign_root(request, each) for each in signers], before=before)


def hub_file(regions: Sequence[RegionCode] = REGIONS) -> bytes:
    """The hub's own file with the memberships of these regions."""
    memberships = tuple(
        write_membership(
            Membership(
                region=region,
                version=1,
                root_thumbprint=key(region, "root").public.thumbprint,
                member_from=AT - DAY,
            ),
            HUB,
            is_test=True,
        )
        for region in regions
    )
    return write_hub_file(HubFile(hub=HUB.public, memberships=memberships))


def current_file(
    region: RegionCode,
    recognised: Sequence[RegionCode] = (),
    *,
    version: int = 1,
    signer: PrivateKey | None = None,
) -> bytes:
    """A region's statements in force: its keys, a rulebook, and whom it recognises."""
    statements = signer or key(region, Usage.STATEMENT)
    recognitions = tuple(
        write_recognition(
            Recognition(host=region, issuer=other, version=version, published_at=AT, effective_from=AT),
            statements,
            is_test=True,
        )
        for other in recognised
    )
    file = StatementFile(
        region=region,
        key_list=write_key_list(key_list(region), key(region, "root"), is_test=True),
        recognitions=recognitions,
        rulebooks=(write_signed_rulebook(Rulebook(region=region, version=1), statements, is_test=True),),
    )
    return write_statement_file(file)


def publication(
    region: RegionCode,
    version: int,
    current: bytes | None = None,
    *,
    signer: PrivateKey | None = None,
    at: Instant = AT,
) -> Publication:
    """What a region publishes, signed by its statement key."""
    files = {CURRENT: current_file(region) if current is None else current}
    return sign_publication(region, version, files, signer or key(region, Usage.STATEMENT), at=at)


@dataclass(frozen=True)
class Hub:
    """A hub's repository on disk."""

    folder: Path
    repository: Repository
    root: bytes

    def publish(self, *publications: Publication, at: Instant = AT) -> None:
        """Publish what regions signed."""
        self.repository.publish(RepositoryChange(publications=publications), at=at)


def make_hub(folder: Path, regions: Sequence[RegionCode] = REGIONS, *, publishes: bool = True) -> Hub:
    """A hub with these regions, each with its first publication."""
    root, repository = first_root(), Repository(folder, ONLINE)
    repository.begin(root, hub_file(regions), at=AT)
    repository.publish(
        RepositoryChange(
            keys={region: [key(region, Usage.STATEMENT).public] for region in regions},
            publications=tuple(publication(region, 1) for region in regions) if publishes else (),
        ),
        at=AT,
    )
    return Hub(folder, repository, root)


def snapshot_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, to see that nothing changed."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
