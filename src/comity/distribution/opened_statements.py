"""The statements of a region's file, each checked: under the member's root, signed by the region's own keys.

TUF says that a file is the one its region published, in order. This says that the statements in it are the
region's, so that neither the hub nor a stolen publication key makes anybody recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from comity.distribution.statement_file import HubFile, StatementFile
from comity.domain.instant import Instant
from comity.domain.recognition import Recognition, Referral
from comity.domain.region import NATION, RegionCode
from comity.domain.rulebook import Rulebook
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.keys import KeyList, Membership
from comity.trust.location import Location, read_location
from comity.trust.membership import read_key_list, read_membership
from comity.trust.recognition_statements import read_recognition, read_referral, read_signed_rulebook

Dated = TypeVar("Dated", Recognition, Referral)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedStatements:
    """What a region says, each statement verified; recognitions and referrals by issuer."""

    key_list: KeyList
    location: Location | None
    recognitions: dict[RegionCode, Recognition]
    referrals: dict[RegionCode, Referral]
    rulebooks: tuple[Rulebook, ...]

    def versions(self) -> Iterator[tuple[str, int]]:
        """Give each statement by name with its version; a rulebook by its newest."""
        yield "key_list", self.key_list.version
        if self.location is not None:
            yield "location", self.location.version
        for issuer, recognition in self.recognitions.items():
            yield f"recognition-{issuer}", recognition.version
        for issuer, referral in self.referrals.items():
            yield f"referral-{issuer}", referral.version
        if self.rulebooks:
            yield "rulebook", max(rulebook.version for rulebook in self.rulebooks)


def open_memberships(file: HubFile) -> tuple[dict[RegionCode, Membership], bool]:
    """Read the memberships the hub signed, by region, and say whether the federation is a test.

    Raises: UnreadableStatement, StatementRefused.
    """
    is_test = _is_test(file)
    members: dict[RegionCode, Membership] = {}
    for data in file.memberships:
        membership = read_membership(data, file.hub, is_test=is_test)
        if members.setdefault(RegionCode(membership.region), membership) is not membership:
            raise StatementRefused(f"two memberships of {membership.region}")
    return members, is_test


def open_national_keys(
    file: HubFile, members: Mapping[RegionCode, Membership], *, is_test: bool
) -> KeyList | None:
    """Read the key list of the national code, if there is one, under the root its membership names.

    Raises: UnreadableStatement, StatementRefused.
    """
    if file.national_keys is None:
        return None
    keys = read_key_list(file.national_keys, is_test=is_test)
    membership = members.get(NATION)
    if keys.region != NATION or membership is None or membership.root_thumbprint != keys.root.thumbprint:
        raise StatementRefused("the key list of the national code is not under the root of its membership")
    return keys


def open_statements(
    file: StatementFile, membership: Membership, *, at: Instant, is_test: bool
) -> OpenedStatements:
    """Check every statement of a region's file.

    1. The key list is the region's, under the root its membership names.
    2. Location, recognitions, referrals and rulebooks are signed by its statement keys, good at `at`.
    3. There is one recognition and one referral a pair, and one rulebook a version.

    Raises: UnreadableStatement, StatementRefused, PublicationRefused.
    """
    keys = read_key_list(file.key_list, is_test=is_test)  # 1
    if keys.region != file.region or membership.region != file.region:
        raise StatementRefused(f"a key list of {keys.region} among the statements of {file.region}")
    if membership.root_thumbprint != keys.root.thumbprint:
        raise StatementRefused(f"the key list of {file.region} is not under the root of a member")
    location = (  # 2
        None if file.location is None else read_location(file.location, keys, at=at, is_test=is_test)
    )
    recognitions = [read_recognition(data, keys, at=at, is_test=is_test) for data in file.recognitions]
    referrals = [read_referral(data, keys, at=at, is_test=is_test) for data in file.referrals]
    rulebooks = tuple(read_signed_rulebook(data, keys, at=at, is_test=is_test) for data in file.rulebooks)
    if len({rulebook.version for rulebook in rulebooks}) != len(rulebooks):  # 3
        raise StatementRefused(f"two rulebooks of {file.region} have one version")
    return OpenedStatements(
        key_list=keys,
        location=location,
        recognitions=_one_a_pair(recognitions),
        referrals=_one_a_pair(referrals),
        rulebooks=rulebooks,
    )


def _one_a_pair(statements: list[Dated]) -> dict[RegionCode, Dated]:
    found = {statement.issuer: statement for statement in statements}
    if len(found) != len(statements):
        raise StatementRefused("two statements of one host on one issuer")
    return found


def _is_test(file: HubFile) -> bool:
    if not file.memberships:
        return False
    try:
        read_membership(file.memberships[0], file.hub, is_test=False)
    except UnreadableStatement:
        return True
    return False
