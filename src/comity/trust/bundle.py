"""The verifier bundle: everything a checkpoint of one host needs, in one signed file (design section 3).

It holds verbatim the memberships and key lists of all members, so that "not recognised" is never mistaken
for "not genuine", and the host's own recognitions, referrals and rulebooks with their future effects.
Every signature inside is checked on opening; ages are judged later, by V2. The anchor is the host's root
key, pinned at enrolment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.codec.cose import Kid
from comity.domain.instant import LAST_INSTANT, Instant
from comity.domain.recognition import Recognition, Referral
from comity.domain.region import ISSUER_CODES, RegionCode
from comity.domain.rulebook import Rulebook
from comity.errors import BundleRefused, ComityError, FormatError, StatementRefused, UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import read_key_list, read_membership, vouched_for
from comity.trust.ports import Signer
from comity.trust.recognition_statements import read_recognition, read_referral, read_signed_rulebook
from comity.trust.statements import Fields, Kind, UnverifiedStatement, read_statement, write_statement

Dated = TypeVar("Dated", Recognition, Referral)
Signed = TypeVar("Signed", Recognition, Referral, Rulebook)


MAX_BUNDLE: Final = 2**20
"""Bytes of a bundle: 31 members with a hundred keys each take less than half of it."""
MAX_ANCHOR: Final = 256
"""Bytes of an anchor: a region code and one public key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleParts:
    """What goes into a bundle: instants, and signed statements as bytes."""

    host: RegionCode
    version: int
    issued_at: Instant
    hub_as_of: Instant
    expires_at: Instant
    is_test: bool
    hub: PublicKey
    memberships: tuple[bytes, ...]
    key_lists: tuple[bytes, ...]
    recognitions: tuple[bytes, ...] = ()
    referrals: tuple[bytes, ...] = ()
    rulebooks: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierBundle:
    """An opened bundle: every signature in it has been checked. `expires_at` is for whoever fetches it."""

    host: RegionCode
    version: int
    issued_at: Instant
    hub_as_of: Instant
    expires_at: Instant
    is_test: bool
    root: PublicKey
    memberships: tuple[Membership, ...]
    key_lists: tuple[KeyList, ...]
    recognitions: dict[str, Recognition]
    referrals: dict[str, Referral]
    rulebooks: tuple[Rulebook, ...]
    pass_keys: dict[tuple[str, Kid], KeyEntry] = field(repr=False)
    member_ends: dict[str, Instant] = field(default_factory=dict, repr=False)

    def has_left(self, issuer: str, at: Instant) -> bool:
        """Say whether a region took part and does so no more (settled rule 5)."""
        end = self.member_ends.get(issuer)
        return end is not None and end <= at

    def find_pass_key(self, issuer: str, kid: Kid) -> KeyEntry | None:
        """Find the pass key of a member region by its key id."""
        return self.pass_keys.get((issuer, kid))


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The root key of a host, pinned when a checkpoint is enrolled."""

    host: RegionCode
    root: PublicKey


def write_anchor(anchor: Anchor) -> bytes:
    """Write an anchor file."""
    return cbor.write({"host": anchor.host, "root": anchor.root.point})


def read_anchor(data: bytes) -> Anchor:
    """Read an anchor file.

    Raises: BundleRefused when it is none.
    """
    if len(data) > MAX_ANCHOR:
        raise BundleRefused(f"the anchor file is larger than {MAX_ANCHOR} bytes")
    try:
        fields = Fields(cbor.read_map(data), of="anchor")
        anchor = Anchor(host=fields.region("host"), root=fields.key("root"))
        fields.finish()
    except FormatError as error:
        raise BundleRefused(f"the anchor file cannot be read: {error}") from error
    return anchor


def write_bundle(parts: BundleParts, signer: Signer) -> bytes:
    """Sign a bundle with the host's usage-`bundle` key."""
    fields: dict[str, Value | None] = {
        "host": parts.host,
        "version": parts.version,
        "issued_at": parts.issued_at,
        "hub_as_of": parts.hub_as_of,
        "expires_at": parts.expires_at,
        "test": parts.is_test,
        "hub": parts.hub.point,
        "memberships": list(parts.memberships),
        "key_lists": list(parts.key_lists),
        "recognitions": list(parts.recognitions),
        "referrals": list(parts.referrals),
        "rulebooks": list(parts.rulebooks),
    }
    return write_statement(fields, Kind.BUNDLE, signer, is_test=parts.is_test)


def open_bundle(
    data: bytes, *, anchor: Anchor | None = None, host: RegionCode | None = None
) -> VerifierBundle:
    """Open a bundle, checking every signature in it.

    1. It is one bundle of a real or a test federation, and says the same inside.
    2. It is for `host`, where one is named, and for the anchor's host.
    3. The host's key list is in it, under the anchor's root where one is pinned.
    4. A bundle key of that list signed it.
    5. The hub named in it vouches for the root of every key list; only members of that time, and former ones
       whose passes are still to be told from forgeries, count.
    6. The host's statements are signed by its statement keys, one a pair.

    Raises: BundleRefused.
    """
    if len(data) > MAX_BUNDLE:
        raise BundleRefused(f"the bundle is larger than {MAX_BUNDLE} bytes")
    try:
        statement, is_test = _read_either(data)  # 1
        fields = statement.peek()
        claimed = fields.region("host")
        if (host is not None and claimed != host) or (anchor is not None and anchor.host != claimed):  # 2
            raise BundleRefused(f"the bundle is for host {claimed}, another one was expected")
        return _open(statement, claimed, anchor, is_test=is_test)
    except BundleRefused:
        raise
    except ComityError as error:
        raise BundleRefused(f"the bundle cannot be used: {error}") from error


def _read_either(data: bytes) -> tuple[UnverifiedStatement, bool]:
    try:
        return read_statement(data, Kind.BUNDLE, is_test=False), False
    except UnreadableStatement:
        return read_statement(data, Kind.BUNDLE, is_test=True), True


def _open(
    statement: UnverifiedStatement, host: RegionCode, anchor: Anchor | None, *, is_test: bool
) -> VerifierBundle:
    own, before, after = _own_key_list(statement, host, is_test=is_test)
    if anchor is not None and own.root.point != anchor.root.point:  # 3
        raise BundleRefused("the bundle is not under the root key pinned at enrolment")
    made_at = statement.peek().instant("issued_at")
    fields = statement.signed_by(_bundle_key(own, statement, made_at))  # 4
    read = partial(read_key_list, is_test=is_test)
    key_lists = (*map(read, before), own, *map(read, after))
    hub = fields.key("hub")
    memberships = tuple(read_membership(m, hub, is_test=is_test) for m in fields.all_octets("memberships"))
    members = vouched_for(key_lists, memberships, at=made_at, with_former=True)  # 5
    ends = {each.region: each.member_to for each in memberships if each.member_to is not None}
    if own not in members or ends.get(host, LAST_INSTANT) <= made_at or fields.flag("test") is not is_test:
        raise BundleRefused("its host is not a member, or it is marked as test and real at once")

    def of_host(name: str, read: Callable[..., Signed]) -> list[Signed]:  # 6
        return [read(item, own, at=made_at, is_test=is_test) for item in fields.all_octets(name)]

    bundle = VerifierBundle(
        host=fields.region("host"),
        version=fields.integer("version"),
        issued_at=fields.instant("issued_at"),
        hub_as_of=fields.instant("hub_as_of"),
        expires_at=fields.instant("expires_at"),
        is_test=is_test,
        root=own.root,
        memberships=memberships,
        key_lists=members,
        recognitions=_newest(of_host("recognitions", read_recognition)),
        referrals=_newest(of_host("referrals", read_referral)),
        rulebooks=_one_a_version(of_host("rulebooks", read_signed_rulebook)),
        pass_keys=pass_keys_of(members),
        member_ends=ends,
    )
    fields.all_octets("key_lists")
    fields.finish()
    return bundle


def _bundle_key(own: KeyList, statement: UnverifiedStatement, made_at: Instant) -> PublicKey:
    """Give the host's bundle key that the statement names, if it was good when the bundle was made."""
    signing = own.find(statement.kid, Usage.BUNDLE)
    if signing is None or not signing.may_sign_at(made_at) or signing.is_revoked(made_at):
        raise BundleRefused("the bundle is not signed by a bundle key of its host")
    return signing.key


def _own_key_list(
    statement: UnverifiedStatement, host: RegionCode, *, is_test: bool
) -> tuple[KeyList, tuple[bytes, ...], tuple[bytes, ...]]:
    """Read the host's key list; those before and after it wait until the bundle's signature holds."""
    lists = statement.peek().all_octets("key_lists")
    if len(lists) > len(ISSUER_CODES):
        raise BundleRefused("the bundle has more key lists than there are issuers")
    claimed = [read_statement(each, Kind.KEY_LIST, is_test=is_test).peek().text("region") for each in lists]
    if host not in claimed:
        raise BundleRefused("the bundle does not hold the key list of its own host")
    place = claimed.index(host)
    return read_key_list(lists[place], is_test=is_test), lists[:place], lists[place + 1 :]


def pass_keys_of(key_lists: tuple[KeyList, ...]) -> dict[tuple[str, Kid], KeyEntry]:
    """Give the pass keys of key lists, by region and key id."""
    return {
        (key_list.region, entry.kid): entry
        for key_list in key_lists
        for entry in key_list.entries
        if entry.usage is Usage.PASS
    }


def _newest(statements: list[Dated]) -> dict[str, Dated]:
    """Keep the newest version of each pair. Raises: StatementRefused for two of one version."""
    found: dict[str, Dated] = {}
    for dated in statements:
        known = found.get(dated.issuer)
        if known is not None and known.version == dated.version:
            raise StatementRefused(f"two statements on {dated.issuer} have one version")
        if known is None or dated.version > known.version:
            found[dated.issuer] = dated
    return found


def _one_a_version(rulebooks: list[Rulebook]) -> tuple[Rulebook, ...]:
    if len({rulebook.version for rulebook in rulebooks}) != len(rulebooks):
        raise StatementRefused("two rulebooks have one version")
    return tuple(rulebooks)
