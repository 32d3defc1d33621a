"""read(write(x)) = x for what is signed: memberships, key lists, statements, bundles, lists and deltas."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.instant import LAST_INSTANT
from comity.domain.recognition import Recognition, Referral
from comity.domain.region import INNER_MONGOLIA
from comity.domain.rulebook import Rulebook
from comity.errors import StatementRefused
from comity.trust.bundle import Anchor, read_anchor, write_anchor
from comity.trust.delta import apply_delta, write_delta
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import read_key_list, read_membership, write_key_list, write_membership
from comity.trust.recognition_statements import (
    read_recognition,
    read_referral,
    read_signed_rulebook,
    write_recognition,
    write_referral,
    write_signed_rulebook,
)
from comity.trust.status import ENTRY_BITS, StatusArray, StatusList, read_status_list, write_status_list
from tests.laws.situation import Situation, bundle_of, key, key_list
from tests.laws.strategies import (
    AREAS,
    INSTANTS,
    RECOGNITIONS,
    REFERRALS,
    REGION,
    rulebooks,
    situations,
    status_arrays,
)

SOME = settings(max_examples=40, deadline=None)
KEYS: Final = KeyList(
    region=INNER_MONGOLIA,
    version=1,
    root=key(INNER_MONGOLIA, "root").public,
    entries=tuple(
        KeyEntry(key=key(INNER_MONGOLIA, usage).public, usage=usage)
        for usage in (Usage.STATUS, Usage.STATEMENT)
    ),
)
STATEMENT: Final = key(INNER_MONGOLIA, Usage.STATEMENT)
STATUS: Final = key(INNER_MONGOLIA, Usage.STATUS)
URIS: Final = st.text(min_size=1, max_size=30)


@st.composite
def key_entries(draw: st.DrawFn, label: str) -> KeyEntry:
    usage = draw(st.sampled_from(list(Usage)))
    entry = KeyEntry(
        key=key(label).public,
        usage=usage,
        not_before=draw(st.none() | INSTANTS),
        not_after=draw(st.none() | INSTANTS),
        revoked_at=draw(st.none() | INSTANTS),
        areas=draw(AREAS),
    )
    return replace(entry, max_validity=draw(INSTANTS)) if usage is Usage.PASS else entry


KEY_LISTS: Final = st.builds(
    KeyList,
    region=REGION,
    version=st.integers(0, 2**32),
    root=st.just(key("root").public),
    entries=st.lists(st.sampled_from("abcdef"), unique=True, max_size=4).flatmap(
        lambda labels: st.tuples(*(key_entries(label) for label in labels))
    ),
)
MEMBERSHIPS: Final = st.builds(
    Membership,
    region=REGION,
    version=st.integers(0, 2**32),
    root_thumbprint=st.binary(max_size=40),
    member_from=INSTANTS,
    member_to=st.none() | INSTANTS,
)


@SOME
@given(MEMBERSHIPS, st.booleans())
def test_a_membership_is_read_as_it_was_written(membership: Membership, is_test: bool) -> None:
    hub = key("hub")

    data = write_membership(membership, hub, is_test=is_test)

    assert read_membership(data, hub.public, is_test=is_test) == membership


@SOME
@given(KEY_LISTS, st.booleans())
def test_a_key_list_is_read_as_it_was_written(keys: KeyList, is_test: bool) -> None:
    assert read_key_list(write_key_list(keys, key("root"), is_test=is_test), is_test=is_test) == keys


@SOME
@given(RECOGNITIONS, st.booleans())
def test_c2_1_a_recognition_is_read_as_it_was_written(recognition: Recognition, is_test: bool) -> None:
    data = write_recognition(recognition, STATEMENT, is_test=is_test)

    assert read_recognition(data, KEYS, is_test=is_test, at=0) == recognition


@SOME
@given(REFERRALS, st.booleans())
def test_c3_3_a_referral_is_read_as_it_was_written(referral: Referral, is_test: bool) -> None:
    data = write_referral(referral, STATEMENT, is_test=is_test)

    assert read_referral(data, KEYS, is_test=is_test, at=0) == referral


@SOME
@given(rulebooks(INNER_MONGOLIA), st.booleans())
def test_a_signed_rulebook_is_read_as_it_was_written(rulebook: Rulebook, is_test: bool) -> None:
    data = write_signed_rulebook(rulebook, STATEMENT, is_test=is_test)

    assert read_signed_rulebook(data, KEYS, is_test=is_test, at=0) == rulebook


@given(REGION)
@settings(max_examples=10, deadline=None)
def test_an_anchor_is_read_as_it_was_written(host: str) -> None:
    anchor = Anchor(host=INNER_MONGOLIA, root=key(host, "root").public)

    assert read_anchor(write_anchor(anchor)) == anchor


@SOME
@given(situations())
def test_a_bundle_gives_back_all_that_went_into_it(situation: Situation) -> None:
    bundle = bundle_of(situation)

    regions = sorted({situation.host, situation.claims.issuer})
    assert (bundle.host, bundle.issued_at, bundle.hub_as_of, bundle.is_test) == (
        situation.host,
        situation.bundle_issued_at,
        situation.hub_as_of,
        True,
    )
    assert bundle.key_lists == tuple(key_list(region, situation) for region in regions)
    assert list(bundle.recognitions.values()) == [situation.recognition]
    assert bundle.rulebooks == (() if situation.rulebook is None else (situation.rulebook,))


@pytest.mark.parametrize("bits", ENTRY_BITS)
@SOME
@given(data=st.data(), uri=URIS, issued_at=INSTANTS)
def test_a_status_list_is_read_as_it_was_written(
    bits: int, data: st.DataObject, uri: str, issued_at: int
) -> None:
    array = data.draw(status_arrays(bits))

    read = read_status_list(write_status_list(array, STATUS, uri=uri, issued_at=issued_at), (KEYS,))

    assert (read.signer, read.uri, read.issued_at, read.array) == (INNER_MONGOLIA, uri, issued_at, array)


@pytest.mark.parametrize("bits", ENTRY_BITS)
@SOME
@given(data=st.data())
def test_a_status_array_finds_what_was_packed_and_nothing_outside(bits: int, data: st.DataObject) -> None:
    array = data.draw(status_arrays(bits))
    written = "".join(f"{byte:08b}"[::-1] for byte in array.data)

    found = [array.find(index) for index in range(array.size)]

    assert found == [int(written[at : at + bits][::-1], 2) for at in range(0, array.size * bits, bits)]
    assert array.find(array.size) is None


def list_of(array: StatusArray, issued_at: int) -> StatusList:
    return StatusList(
        signer=INNER_MONGOLIA, key=KEYS.entries[0], uri="cm:1", issued_at=issued_at, array=array
    )


@pytest.mark.parametrize("bits", ENTRY_BITS)
@SOME
@given(data=st.data(), issued_at=st.integers(0, LAST_INSTANT - 1), size=st.integers(1, 3_000))
def test_a_delta_leads_from_the_old_list_to_the_new_one(
    bits: int, data: st.DataObject, issued_at: int, size: int
) -> None:
    old = list_of(data.draw(status_arrays(bits, size)), issued_at)
    new = list_of(data.draw(status_arrays(bits, size)), issued_at + 1)

    delta = write_delta(old, new, STATUS, is_test=True)

    assert apply_delta(delta, old, KEYS, is_test=True) == new


@SOME
@given(status_arrays(2, 500), status_arrays(2, 500), status_arrays(2, 500))
def test_a_delta_made_for_another_list_is_refused(
    first: StatusArray, second: StatusArray, other: StatusArray
) -> None:
    delta = write_delta(list_of(first, 10), list_of(second, 20), STATUS, is_test=True)

    if other != first:
        with pytest.raises(StatementRefused):
            apply_delta(delta, list_of(other, 10), KEYS, is_test=True)
    with pytest.raises(StatementRefused):
        apply_delta(delta, list_of(first, 11), KEYS, is_test=True)
