"""Accepted statements as entries of the public register: what each says, who signed it, when it was accepted.

Every statement is read once more from its bytes under the chain hub root -> membership -> key list, or hub
root -> national authority, as it stood when the hub accepted it. One that does not hold is no entry: the
register tells how many it left out. Pure: records come in, entries go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeAlias

from comity.domain.instant import Instant
from comity.domain.national_rulebook import NationalRulebook
from comity.domain.recognition import Recognition, RecognitionStep, Referral
from comity.domain.region import RegionCode, is_issuer
from comity.domain.rulebook import Rulebook
from comity.errors import FormatError, PublicationRefused, StatementRefused, TrustError
from comity.hub.statements import AUTHORITY_SIGNED, HUB_SIGNED, AcceptedStatement
from comity.records.statement_kinds import StatementKind
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyList, Membership
from comity.trust.location import Location, read_location
from comity.trust.membership import read_key_list, read_membership
from comity.trust.national_statements import (
    NationalAuthority,
    read_national_authority,
    read_national_rulebook,
)
from comity.trust.recognition_statements import read_recognition, read_referral, read_signed_rulebook
from comity.trust.recognition_steps import read_step

Said: TypeAlias = (
    Membership
    | KeyList
    | Location
    | RecognitionStep
    | Recognition
    | Referral
    | Rulebook
    | NationalAuthority
    | NationalRulebook
)
"""What a statement says."""

CLAUSES: Final = {
    StatementKind.MEMBERSHIP: "C1.2",
    StatementKind.KEY_LIST: "C2.5",
    StatementKind.LOCATION: "C1.2",
    StatementKind.RECOGNITION_STEP: "C2.1",
    StatementKind.RECOGNITION: "C2.1",
    StatementKind.REFERRAL: "C3.3",
    StatementKind.RULEBOOK: "C2.2",
    StatementKind.NATIONAL_AUTHORITY: "C3.3",
    StatementKind.NATIONAL_RULEBOOK: "C3.3",
}
"""The clause each kind serves."""

_MOST_READ: Final = 8_192
"""Entries kept as read, so that one new statement costs one reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One accepted statement: what it says, by whom, about whom; `digest` is the hex SHA-256 of its bytes."""

    kind: StatementKind
    said: Said = field(repr=False)
    signed_by: str
    about: RegionCode | None
    version: int
    accepted_at: Instant
    data: bytes = field(repr=False)
    digest: str

    @property
    def clause(self) -> str:
        """The clause of the notice it serves."""
        return CLAUSES[self.kind]

    @property
    def region(self) -> RegionCode | None:
        """The region, or the nation as issuer, that signed it, if one did."""
        return RegionCode(self.signed_by) if is_issuer(self.signed_by) else None


def read_entries(
    statements: Iterable[AcceptedStatement], *, hub: PublicKey, is_test: bool
) -> tuple[tuple[RegisterEntry, ...], int]:
    """Read accepted statements under the hub's root, in order of acceptance; also tell how many do not hold.

    1. What the hub's root signed: memberships, the national authority.
    2. Key lists, each under the root of a member.
    3. What those keys signed.
    """
    in_order = sorted(
        (statement for statement in statements if statement.kind in CLAUSES),
        key=lambda each: (each.accepted_at, each.version, each.statement_id),
    )
    reading = _Reading(hub=hub, is_test=is_test)
    read: list[tuple[int, RegisterEntry]] = []
    for rank in range(3):  # 1, 2, 3
        for place, statement in enumerate(in_order):
            if _RANKS.get(statement.kind, 2) == rank and (entry := reading.entry(statement)) is not None:
                read.append((place, entry))
    read.sort(key=lambda each: each[0])
    return tuple(entry for _, entry in read), len(in_order) - len(read)


_RANKS: Final = {
    StatementKind.MEMBERSHIP: 0,
    StatementKind.NATIONAL_AUTHORITY: 0,
    StatementKind.KEY_LIST: 1,
}
"""Which kinds are read first, since others rest on them."""


class _Reading:
    """The chain as far as it has been read."""

    def __init__(self, *, hub: PublicKey, is_test: bool) -> None:
        self._hub, self._is_test = hub, is_test
        self._roots: dict[str, set[bytes]] = {}
        self._key_lists: dict[str, list[tuple[Instant, KeyList]]] = {}
        self._authorities: list[PublicKey] = []

    def entry(self, statement: AcceptedStatement) -> RegisterEntry | None:
        """Read one statement; None when it does not hold."""
        try:
            said = self._said(statement)
        except (FormatError, TrustError, PublicationRefused):
            return None
        about = statement.about
        return RegisterEntry(
            kind=statement.kind,
            said=said,
            signed_by=statement.region,
            about=RegionCode(about) if about is not None and is_issuer(about) else None,
            version=statement.version,
            accepted_at=statement.accepted_at,
            data=statement.data,
            digest=sha256(statement.data).hexdigest(),
        )

    def _said(self, statement: AcceptedStatement) -> Said:
        data, kind = statement.data, statement.kind
        if statement.region == HUB_SIGNED:
            return self._of_hub(data, kind)
        if statement.region == AUTHORITY_SIGNED:
            return self._of_authority(data)
        if kind is StatementKind.KEY_LIST:
            return self._key_list(statement)
        return self._of_region(statement)

    def _of_hub(self, data: bytes, kind: StatementKind) -> Membership | NationalAuthority:
        if kind is StatementKind.MEMBERSHIP:
            membership = read_membership(data, self._hub, is_test=self._is_test)
            self._roots.setdefault(membership.region, set()).add(membership.root_thumbprint)
            return membership
        authority = read_national_authority(data, self._hub, is_test=self._is_test)
        self._authorities.append(authority.key)
        return authority

    def _of_authority(self, data: bytes) -> NationalRulebook:
        for key in self._authorities:
            try:
                return read_national_rulebook(data, key, is_test=self._is_test)
            except StatementRefused:
                continue
        raise StatementRefused("the national rulebook is signed by none that the hub's root named")

    def _key_list(self, statement: AcceptedStatement) -> KeyList:
        key_list = _read_key_list(statement.data, self._is_test)
        if key_list.root.thumbprint not in self._roots.get(key_list.region, ()):
            raise StatementRefused(f"the key list of {key_list.region} is not under the root of a member")
        self._key_lists.setdefault(key_list.region, []).append((statement.accepted_at, key_list))
        return key_list

    def _of_region(self, statement: AcceptedStatement) -> Said:
        """Read under the newest key list accepted by then; of one second, under the one before it too."""
        at, known = statement.accepted_at, self._key_lists.get(statement.region, ())
        error = StatementRefused(f"{statement.region} had no key list")
        for lists in (
            [each for accepted_at, each in known if accepted_at <= at],
            [each for accepted_at, each in known if accepted_at < at] or [each for _, each in known[:1]],
        ):
            try:
                keys = max(lists, key=lambda key_list: key_list.version)
                return _read_of_region(statement.data, statement.kind, keys, at, self._is_test)
            except StatementRefused as refused:
                error = refused
            except ValueError:
                break
        raise error


@lru_cache(maxsize=_MOST_READ)
def _read_key_list(data: bytes, is_test: bool) -> KeyList:
    return read_key_list(data, is_test=is_test)


@lru_cache(maxsize=_MOST_READ)
def _read_of_region(
    data: bytes, kind: StatementKind, keys: KeyList, at: Instant, is_test: bool
) -> Location | RecognitionStep | Recognition | Referral | Rulebook:
    match kind:
        case StatementKind.LOCATION:
            return read_location(data, keys, at=at, is_test=is_test)
        case StatementKind.RECOGNITION_STEP:
            return read_step(data, keys, at=at, is_test=is_test)
        case StatementKind.RECOGNITION:
            return read_recognition(data, keys, at=at, is_test=is_test)
        case StatementKind.REFERRAL:
            return read_referral(data, keys, at=at, is_test=is_test)
        case StatementKind.RULEBOOK:
            return read_signed_rulebook(data, keys, at=at, is_test=is_test)
        case _:
            raise StatementRefused(f"a region signs no {kind}")
