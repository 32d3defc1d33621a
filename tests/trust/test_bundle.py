"""The verifier bundle: every signature in it is checked, and nothing cut, forged or foreign is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import cbor2
import pytest

from comity.codec.cbor import Value
from comity.domain.colour import Colour
from comity.domain.rulebook import DEFAULT_ROWS
from comity.errors import BundleRefused
from comity.trust.algorithm import PrivateKey
from comity.trust.bundle import Anchor, BundleParts, open_bundle, read_anchor, write_anchor, write_bundle
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook
from comity.trust.statements import Kind, write_statement
from tests.builders import (
    AT,
    HOME,
    HOST,
    HUB,
    HUBEI,
    STRANGER,
    bundle_parts,
    key,
    key_list,
    membership,
    pass_entry,
    recognition,
    referral,
    rulebook,
    signed_bundle,
    signed_key_list,
    signed_membership,
)

Change: TypeAlias = Callable[[BundleParts], BundleParts]

PARTS = bundle_parts()
GOOD = signed_bundle(PARTS)
ANCHOR = Anchor(host=HOST, root=key(HOST, "root").public)
STATEMENT_KEY = key(HOST, "statement")


def fields(data: bytes = GOOD) -> dict[str, Value]:
    """The fields inside a bundle."""
    found = cbor2.loads(cbor2.loads(data).value[2])
    assert isinstance(found, dict)
    return found


def signed(
    changed: dict[str, Value | None], signer: PrivateKey | None = None, *, is_test: bool = True
) -> bytes:
    """A bundle with some fields changed (None: left out), properly signed."""
    return write_statement(
        {**fields(), **changed}, Kind.BUNDLE, signer or key(HOST, "bundle"), is_test=is_test
    )


def test_a_good_bundle_is_opened_with_all_it_holds() -> None:
    bundle = open_bundle(GOOD, anchor=ANCHOR, host=HOST)
    assert (bundle.host, bundle.version, bundle.is_test, bundle.root) == (HOST, 1, True, ANCHOR.root)
    assert (bundle.issued_at, bundle.hub_as_of) == (AT, AT)
    assert {each.region for each in bundle.memberships} == {HOST, HOME, HUBEI}
    assert bundle.recognitions == {HOME: recognition()}
    assert bundle.rulebooks == (rulebook(),)
    assert bundle.find_pass_key(HOME, pass_entry().kid) == pass_entry()
    assert bundle.find_pass_key(HOST, pass_entry().kid) is None
    assert bundle.find_pass_key(HOME, key(HOME, "status").kid) is None


def test_a_bundle_is_opened_without_an_anchor_and_gives_its_own_root() -> None:
    assert open_bundle(GOOD).root == ANCHOR.root


def test_a_real_bundle_says_so() -> None:
    real = signed_bundle(bundle_parts(is_test=False))
    assert open_bundle(real, anchor=ANCHOR).is_test is False


@pytest.mark.parametrize("length", range(0, len(GOOD), 50))
def test_a_bundle_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BundleRefused):
        open_bundle(GOOD[:length], anchor=ANCHOR)


@pytest.mark.parametrize("place", range(0, len(GOOD), 97))
def test_a_bundle_with_any_byte_altered_is_refused(place: int) -> None:
    altered = GOOD[:place] + bytes((GOOD[place] ^ 1,)) + GOOD[place + 1 :]
    with pytest.raises(BundleRefused):
        open_bundle(altered, anchor=ANCHOR)


def test_a_bundle_under_another_root_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(BundleRefused):
        open_bundle(GOOD, anchor=Anchor(host=HOST, root=key(HOME, "root").public))


def test_a_bundle_of_another_host_than_expected_is_refused() -> None:
    with pytest.raises(BundleRefused):
        open_bundle(GOOD, host=HOME)
    with pytest.raises(BundleRefused):
        open_bundle(GOOD, anchor=Anchor(host=HOME, root=key(HOST, "root").public))
    with pytest.raises(BundleRefused):
        open_bundle(GOOD, anchor=ANCHOR, host=HOME)


def forged() -> bytes:
    """A bundle complete in itself, under a root and a hub of the forger's own."""
    root, hub, signer = key("forger", "root"), key("forger", "hub"), key("forger", "bundle")
    entries = tuple(KeyEntry(key=key("forger", usage).public, usage=usage) for usage in Usage)
    keys = KeyList(region=HOST, version=1, root=root.public, entries=entries)
    member = Membership(region=HOST, version=1, root_thumbprint=root.public.thumbprint, member_from=0)
    parts = replace(
        PARTS,
        hub=hub.public,
        memberships=(write_membership(member, hub, is_test=True),),
        key_lists=(write_key_list(keys, root, is_test=True),),
        recognitions=(),
        rulebooks=(),
    )
    return write_bundle(parts, signer)


def test_a_forgery_complete_in_itself_is_refused_by_the_anchor() -> None:
    assert open_bundle(forged()).root == key("forger", "root").public
    with pytest.raises(BundleRefused):
        open_bundle(forged(), anchor=ANCHOR)


WRONG_SIGNERS = [
    ("another region's bundle key", key(HOME, "bundle")),
    ("the host's statement key", STATEMENT_KEY),
    ("the host's pass key", key(HOST, "pass")),
    ("the host's root", key(HOST, "root")),
    ("the hub", HUB),
    ("a key of no list", key("forger")),
]


@pytest.mark.parametrize("signer", [row[1] for row in WRONG_SIGNERS], ids=[row[0] for row in WRONG_SIGNERS])
def test_a_bundle_not_signed_by_the_hosts_bundle_key_is_refused(signer: PrivateKey) -> None:
    with pytest.raises(BundleRefused):
        open_bundle(write_bundle(PARTS, signer))


BUNDLE_KEY_WINDOWS = [
    ("revoked then", {"revoked_at": AT}, False),
    ("revoked later", {"revoked_at": AT + 1}, True),
    ("not begun", {"not_before": AT + 1}, False),
    ("begun then", {"not_before": AT}, True),
    ("over", {"not_after": AT}, False),
]


@pytest.mark.parametrize(
    ("window", "opens"), [r[1:] for r in BUNDLE_KEY_WINDOWS], ids=[r[0] for r in BUNDLE_KEY_WINDOWS]
)
def test_a_bundle_is_signed_by_a_bundle_key_in_its_window(window: dict[str, Any], opens: bool) -> None:
    own = key_list(HOST)
    entries = tuple(
        replace(entry, **window) if entry.usage is Usage.BUNDLE else entry for entry in own.entries
    )
    listed = write_key_list(replace(own, entries=entries), key(HOST, "root"), is_test=True)
    data = signed_bundle(replace(PARTS, key_lists=(listed, *PARTS.key_lists[1:])))
    if opens:
        assert open_bundle(data, anchor=ANCHOR).host == HOST
        return
    with pytest.raises(BundleRefused):
        open_bundle(data, anchor=ANCHOR)


def with_statement(name: str, data: bytes) -> Change:
    """One more statement of the host."""
    changed: dict[str, Any] = {}

    def change(parts: BundleParts) -> BundleParts:
        changed[name] = (*getattr(parts, name), data)
        return replace(parts, **changed)

    return change


FORGER = key(HOME, "statement")
OTHER_HOST = replace(recognition(HUBEI), host=HOME)
WRONG_PARTS: list[tuple[str, Change]] = [
    ("no membership", lambda p: replace(p, memberships=())),
    ("no key list", lambda p: replace(p, key_lists=())),
    ("no key list of the host", lambda p: replace(p, key_lists=p.key_lists[1:])),
    ("a member missing", lambda p: replace(p, memberships=p.memberships[:-1])),
    ("another hub", lambda p: replace(p, hub=key("forger").public)),
    ("a membership twice", lambda p: replace(p, memberships=(*p.memberships, p.memberships[0]))),
    ("a key list twice", lambda p: replace(p, key_lists=(*p.key_lists, p.key_lists[1]))),
    ("a key list of no member", with_statement("key_lists", signed_key_list(STRANGER))),
    (
        "a membership that a region signed",
        with_statement(
            "memberships", write_membership(membership(STRANGER), key(HOST, "root"), is_test=True)
        ),
    ),
    (
        "a key list that another root signed",
        lambda p: replace(
            p,
            key_lists=(p.key_lists[0], write_key_list(key_list(HOME), key(HOST, "root"), is_test=True)),
        ),
    ),
    ("a real membership", with_statement("memberships", signed_membership(STRANGER, is_test=False))),
    (
        "a recognition signed by another region",
        with_statement("recognitions", write_recognition(recognition(HUBEI), FORGER, is_test=True)),
    ),
    (
        "a recognition of another host",
        with_statement("recognitions", write_recognition(OTHER_HOST, FORGER, is_test=True)),
    ),
    (
        "a recognition of another host under this one's key",
        with_statement("recognitions", write_recognition(OTHER_HOST, STATEMENT_KEY, is_test=True)),
    ),
    (
        "a recognition signed by the hub",
        with_statement("recognitions", write_recognition(recognition(HUBEI), HUB, is_test=True)),
    ),
    (
        "a real recognition",
        with_statement("recognitions", write_recognition(recognition(HUBEI), STATEMENT_KEY, is_test=False)),
    ),
    (
        "a referral signed by another region",
        with_statement("referrals", write_referral(referral(), FORGER, is_test=True)),
    ),
    (
        "a referral among the recognitions",
        with_statement("recognitions", write_referral(referral(), STATEMENT_KEY, is_test=True)),
    ),
    (
        "a rulebook signed by another region",
        with_statement("rulebooks", write_signed_rulebook(rulebook(), FORGER, is_test=True)),
    ),
    (
        "a rulebook of another region",
        with_statement("rulebooks", write_signed_rulebook(rulebook(HOME), STATEMENT_KEY, is_test=True)),
    ),
    (
        "a rulebook that exceeds 21 days",
        with_statement(
            "rulebooks",
            write_signed_rulebook(
                replace(rulebook(), rows=(replace(DEFAULT_ROWS[Colour.RED], days=22),)),
                STATEMENT_KEY,
                is_test=True,
            ),
        ),
    ),
    ("a statement that is no statement", with_statement("rulebooks", b"x")),
]


@pytest.mark.parametrize("change", [row[1] for row in WRONG_PARTS], ids=[row[0] for row in WRONG_PARTS])
def test_a_bundle_with_one_statement_wrong_is_refused_as_a_whole(change: Change) -> None:
    with pytest.raises(BundleRefused):
        open_bundle(signed_bundle(change(PARTS)), anchor=ANCHOR)


WRONG_FIELDS: list[tuple[str, dict[str, Value | None]]] = [
    ("an unlisted host", {"host": "990000"}),
    ("a host as number", {"host": 150_000}),
    ("no version", {"version": None}),
    ("a version of true", {"version": True}),
    ("a negative issued_at", {"issued_at": -1}),
    ("a hub_as_of as text", {"hub_as_of": "now"}),
    ("an expires_at beyond any year", {"expires_at": 2**60}),
    ("a test bundle marked as real", {"test": False}),
    ("a test mark of 1", {"test": 1}),
    ("no test mark", {"test": None}),
    ("a hub off the curve", {"hub": b"\x04" + bytes(64)}),
    ("memberships that are no array", {"memberships": {}}),
    ("a key list that is no bytes", {"key_lists": [1]}),
    ("a field too many", {"note": "x"}),
]


@pytest.mark.parametrize("changed", [row[1] for row in WRONG_FIELDS], ids=[row[0] for row in WRONG_FIELDS])
def test_a_signed_bundle_of_any_other_form_is_refused(changed: dict[str, Value | None]) -> None:
    open_bundle(signed({}), anchor=ANCHOR)
    with pytest.raises(BundleRefused):
        open_bundle(signed(changed), anchor=ANCHOR)


def test_a_bundle_of_real_parts_under_the_typ_of_a_test_is_refused() -> None:
    real = fields(signed_bundle(bundle_parts(is_test=False)))
    for is_test in (True, False):
        data = write_statement({**real, "test": is_test}, Kind.BUNDLE, key(HOST, "bundle"), is_test=True)
        with pytest.raises(BundleRefused):
            open_bundle(data)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_statements_of_one_pair_the_newer_version_counts(order: int) -> None:
    older, newer = recognition(), replace(recognition(), version=9, effective_from=AT)
    statements = tuple(write_recognition(r, STATEMENT_KEY, is_test=True) for r in (older, newer)[::order])
    bundle = open_bundle(signed_bundle(replace(PARTS, recognitions=statements)))
    assert bundle.recognitions == {HOME: newer}


@pytest.mark.parametrize("order", [1, -1])
def test_two_different_statements_of_one_pair_and_version_are_refused(order: int) -> None:
    one, other = recognition(), replace(recognition(), effective_from=AT + 1)
    statements = tuple(write_recognition(r, STATEMENT_KEY, is_test=True) for r in (one, other)[::order])
    with pytest.raises(BundleRefused):
        open_bundle(signed_bundle(replace(PARTS, recognitions=statements)))


def test_an_anchor_is_read_as_it_was_written() -> None:
    assert read_anchor(write_anchor(ANCHOR)) == ANCHOR


WRONG_ANCHORS = [
    ("nothing", b""),
    ("cut off", write_anchor(ANCHOR)[:-1]),
    ("a byte after it", write_anchor(ANCHOR) + b"\x00"),
    ("a bundle", GOOD),
    ("a field too many", cbor2.dumps({"host": HOST, "note": 1, "root": ANCHOR.root.point})),
    ("a key off the curve", cbor2.dumps({"host": HOST, "root": b"\x04" + bytes(64)})),
    ("an unlisted host", cbor2.dumps({"host": "990000", "root": ANCHOR.root.point})),
    ("no root", cbor2.dumps({"host": HOST})),
    ("PEM", b"-----BEGIN PUBLIC KEY-----"),
]


@pytest.mark.parametrize("data", [row[1] for row in WRONG_ANCHORS], ids=[row[0] for row in WRONG_ANCHORS])
def test_an_anchor_file_of_any_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(BundleRefused):
        read_anchor(data)
