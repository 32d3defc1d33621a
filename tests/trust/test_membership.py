"""From hub to key: memberships, key lists, and who vouches for whom (design section 3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.codec.cbor import Value
from comity.errors import StatementRefused, TrustError, UnreadableStatement
from comity.trust.algorithm import PrivateKey
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import (
    read_key_list,
    read_membership,
    vouched_for,
    write_key_list,
    write_membership,
)
from comity.trust.statements import Kind, write_statement
from tests.builders import (
    AT,
    HOME,
    HOST,
    HUB,
    STRANGER,
    key,
    key_list,
    membership,
    pass_entry,
    scalar_key,
    signed_key_list,
    signed_membership,
)

ROOT = key(HOME, "root")
MEMBER: dict[str, Value] = {"region": HOME, "version": 1, "root": ROOT.public.thumbprint, "from": 0}
ENTRY: dict[int | str, Value] = {"key": pass_entry().key.point, "usage": "pass", "max_validity": 60}
KEYS: dict[str, Value] = {"region": HOME, "version": 1, "root": ROOT.public.point, "keys": [ENTRY]}


def entry_with(**changed: Value) -> dict[str, Value]:
    """A key list whose one entry is changed."""
    entry = dict(ENTRY)
    entry.update(changed)
    return {"keys": [{name: value for name, value in entry.items() if value is not None}]}


WRONG_MEMBERSHIPS: list[tuple[str, dict[str, Value]]] = [
    ("an unlisted region", {"region": "999999"}),
    ("a province of no list, 710000", {"region": "710000"}),
    ("a city instead of a region", {"region": "440100"}),
    ("a region as number", {"region": 440_000}),
    ("a negative version", {"version": -1}),
    ("a version as text", {"version": "1"}),
    ("a version of true", {"version": True}),
    ("a thumbprint as text", {"root": "aa"}),
    ("a time as text", {"from": "2020"}),
    ("a time beyond any year", {"from": 2**60}),
    ("a negative end", {"to": -1}),
    ("a field too many", {"note": "x"}),
    ("an integer field too many", {"1": 1}),
]

WRONG_KEY_LISTS: list[tuple[str, dict[str, Value]]] = [
    ("an unlisted region", {"region": "999999"}),
    ("a version of false", {"version": False}),
    ("keys that are no array", {"keys": {}}),
    ("a key that is no map", {"keys": [1]}),
    ("a field too many", {"note": "x"}),
    ("a key field too many", entry_with(note="x")),
    ("an unknown usage", entry_with(usage="document")),
    ("a usage as number", entry_with(usage=1)),
    ("a key off the curve", entry_with(key=b"\x04" + bytes(64))),
    ("a compressed key", entry_with(key=b"\x02" + pass_entry().key.x)),
    ("a key as text", entry_with(key="04")),
    ("a pass key without max_validity", entry_with(max_validity=None)),
    ("a max_validity as text", entry_with(max_validity="1")),
    ("a negative not_before", entry_with(not_before=-1)),
    ("a not_after as text", entry_with(not_after="never")),
    ("a revocation of true", entry_with(revoked_at=True)),
    ("areas that are no array", entry_with(areas="420100")),
    ("an area as number", entry_with(areas=[420_100])),
    ("the same key twice", {"keys": [ENTRY, ENTRY]}),
]


def signed(fields: dict[str, Value], kind: Kind, signer: PrivateKey, *, is_test: bool = True) -> bytes:
    """Any fields, properly signed."""
    return write_statement(dict(fields), kind, signer, is_test=is_test)


@pytest.mark.parametrize("member_to", [None, AT])
def test_a_membership_is_read_as_it_was_written(member_to: int | None) -> None:
    given = replace(membership(HOME), member_to=member_to)
    assert read_membership(write_membership(given, HUB, is_test=True), HUB.public, is_test=True) == given


def test_a_key_list_is_read_as_it_was_written() -> None:
    full = replace(
        pass_entry(),
        not_before=AT,
        not_after=AT + 9,
        revoked_at=AT + 5,
        max_validity=86_400,
        areas=("440100", "440300"),
    )
    given = key_list(HOME, full)
    assert read_key_list(write_key_list(given, ROOT, is_test=True), is_test=True) == given


@pytest.mark.parametrize("changed", [r[1] for r in WRONG_MEMBERSHIPS], ids=[r[0] for r in WRONG_MEMBERSHIPS])
def test_a_membership_of_any_other_form_is_unreadable(changed: dict[str, Value]) -> None:
    read_membership(signed(MEMBER, Kind.MEMBERSHIP, HUB), HUB.public, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_membership(signed(MEMBER | changed, Kind.MEMBERSHIP, HUB), HUB.public, is_test=True)


@pytest.mark.parametrize("missing", list(MEMBER))
def test_a_membership_lacking_a_field_is_unreadable(missing: str) -> None:
    fields = {name: value for name, value in MEMBER.items() if name != missing}
    with pytest.raises(UnreadableStatement):
        read_membership(signed(fields, Kind.MEMBERSHIP, HUB), HUB.public, is_test=True)


@pytest.mark.parametrize("changed", [r[1] for r in WRONG_KEY_LISTS], ids=[r[0] for r in WRONG_KEY_LISTS])
def test_a_key_list_of_any_other_form_is_not_used(changed: dict[str, Value]) -> None:
    read_key_list(signed(KEYS, Kind.KEY_LIST, ROOT), is_test=True)
    with pytest.raises((UnreadableStatement, TrustError)):
        read_key_list(signed(KEYS | changed, Kind.KEY_LIST, ROOT), is_test=True)


def test_two_different_keys_of_one_key_id_are_refused_on_reading() -> None:
    entries: list[Value] = [
        {"key": scalar_key(scalar).public.point, "usage": "pass", "max_validity": 60}
        for scalar in (8_203, 74_663)
    ]
    with pytest.raises(StatementRefused):
        read_key_list(signed(KEYS | {"keys": entries}, Kind.KEY_LIST, ROOT), is_test=True)


@pytest.mark.parametrize(
    "signer", [ROOT, key(HOST, "root"), key(HOME, "statement")], ids=["a region", "another", "not a root"]
)
def test_a_membership_that_the_hub_did_not_sign_is_refused(signer: PrivateKey) -> None:
    with pytest.raises(StatementRefused):
        read_membership(write_membership(membership(HOME), signer, is_test=True), HUB.public, is_test=True)


@pytest.mark.parametrize("signer", [HUB, key(HOST, "root"), key(HOME, "statement")])
def test_a_key_list_signed_by_another_than_the_root_it_names_is_refused(signer: PrivateKey) -> None:
    with pytest.raises(StatementRefused):
        read_key_list(write_key_list(key_list(HOME), signer, is_test=True), is_test=True)


def test_a_statement_of_the_other_kind_of_federation_is_unreadable() -> None:
    for is_test in (True, False):
        with pytest.raises(UnreadableStatement):
            read_key_list(signed_key_list(HOME, is_test=is_test), is_test=not is_test)
        with pytest.raises(UnreadableStatement):
            read_membership(signed_membership(HOME, is_test=is_test), HUB.public, is_test=not is_test)


def test_a_key_list_is_no_membership_and_a_membership_no_key_list() -> None:
    with pytest.raises(UnreadableStatement):
        read_membership(signed_key_list(HOME), HUB.public, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_key_list(signed_membership(HOME), is_test=True)


def forged_list(region: str) -> KeyList:
    """A key list of a region under a root of the forger's own."""
    root = key("forger", "root")
    entries = (KeyEntry(key=key("forger", "pass").public, usage=Usage.PASS),)
    return KeyList(region=region, version=1, root=root.public, entries=entries)


MEMBERS = (membership(HOST), membership(HOME))
LISTS = (key_list(HOST), key_list(HOME))

NOT_VOUCHED: list[tuple[str, tuple[KeyList, ...], tuple[Membership, ...]]] = [
    ("a list of no member", (*LISTS, key_list(STRANGER)), MEMBERS),
    ("a list under another root", (key_list(HOST), forged_list(HOME)), MEMBERS),
    ("a list beside its forgery", (*LISTS, forged_list(HOME)), MEMBERS),
    ("a list twice", (*LISTS, key_list(HOME)), MEMBERS),
    ("a list of one member under another's root", (replace(key_list(HOME), region=HOST),), MEMBERS),
    ("a membership twice", LISTS, (*MEMBERS, membership(HOME))),
    ("no membership at all", LISTS, ()),
    ("a thumbprint cut short", LISTS, (MEMBERS[0], replace(MEMBERS[1], root_thumbprint=b"\x00" * 4))),
]


@pytest.mark.parametrize(
    ("lists", "members"), [row[1:] for row in NOT_VOUCHED], ids=[row[0] for row in NOT_VOUCHED]
)
def test_a_key_list_that_nobody_vouches_for_is_refused(
    lists: tuple[KeyList, ...], members: tuple[Membership, ...]
) -> None:
    with pytest.raises(StatementRefused):
        vouched_for(lists, members, at=AT)


def test_members_lists_under_their_own_roots_are_vouched_for() -> None:
    assert vouched_for(LISTS, MEMBERS, at=AT) == LISTS
    assert vouched_for((), MEMBERS, at=AT) == ()


@pytest.mark.parametrize(
    ("member_from", "member_to", "counts"),
    [(AT, None, True), (AT + 1, None, False), (0, AT + 1, True), (0, AT, False)],
    ids=["from this instant", "from the next second", "until the next second", "until this instant"],
)
def test_only_regions_that_take_part_at_the_time_count(
    member_from: int, member_to: int | None, counts: bool
) -> None:
    member = replace(membership(HOME), member_from=member_from, member_to=member_to)

    vouched = vouched_for((key_list(HOME),), (member,), at=AT)

    assert vouched == ((key_list(HOME),) if counts else ())
