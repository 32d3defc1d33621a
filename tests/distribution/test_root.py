"""The root ceremony: three of five keyholders, each on a machine of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from comity.distribution.root import (
    THRESHOLD,
    assemble_root,
    check_next_root,
    make_root,
    read_root,
    sign_root,
)
from comity.distribution.root import (
    root_keys as keys_of,
)
from comity.errors import ComityError, StatementRefused, UnreadableStatement, UsageError
from tests.builders import AT, key
from tests.distribution.hub import KEYHOLDERS, first_root, next_root, root_keys

NEW = key("keyholder", "new")


def test_three_of_five_make_a_root_and_it_says_whom_it_names() -> None:
    root = read_root(first_root()).signed

    assert root.version == 1
    assert root.consistent_snapshot
    named = keys_of(root)
    assert named.threshold == THRESHOLD
    assert {each.point for each in named.keyholders} == {each.public.point for each in KEYHOLDERS}
    assert named.targets == root_keys().targets


@pytest.mark.parametrize("signers", [KEYHOLDERS[:2], (*KEYHOLDERS[:2], NEW), (KEYHOLDERS[0],) * 3])
def test_fewer_than_three_keyholders_make_no_root(signers: tuple[object, ...]) -> None:
    request = make_root(root_keys(), version=1, at=AT)
    signatures = [sign_root(request, each) for each in signers]  # type: ignore[arg-type]

    with pytest.raises(StatementRefused):
        assemble_root(request, signatures)


def test_a_lost_key_is_replaced_by_three_of_the_old_and_three_of_the_new() -> None:
    keys = root_keys((*KEYHOLDERS[:4], NEW))

    after = next_root(first_root(), keys, 2, KEYHOLDERS[:3])

    assert read_root(after).signed.version == 2


@pytest.mark.parametrize(
    ("title", "signers"),
    [
        ("only enough of the new", (KEYHOLDERS[0], KEYHOLDERS[1], NEW)),
        ("only enough of the old", (KEYHOLDERS[0], KEYHOLDERS[1], KEYHOLDERS[4])),
    ],
)
def test_a_next_root_needs_enough_of_both(title: str, signers: tuple[object, ...]) -> None:
    request = make_root(root_keys((*KEYHOLDERS[:4], NEW)), version=2, at=AT)
    signatures = [sign_root(request, each) for each in signers]  # type: ignore[arg-type]

    with pytest.raises(StatementRefused):
        assemble_root(request, signatures, before=first_root())


def test_a_root_skips_no_version_and_a_later_one_needs_its_predecessor() -> None:
    request = make_root(root_keys(), version=3, at=AT)
    signatures = [sign_root(request, each) for each in KEYHOLDERS]

    with pytest.raises(StatementRefused, match="expected 2"):
        assemble_root(request, signatures, before=first_root())
    with pytest.raises(StatementRefused, match="follows another"):
        assemble_root(request, signatures)


def test_every_keyholder_can_be_changed_in_steps_that_each_follow_the_last() -> None:
    root = first_root()
    holders = list(KEYHOLDERS)
    for number in range(5):
        before, holders[number] = list(holders), key("keyholder", "second", str(number))
        signers = [each for place, each in enumerate(before) if place != number][:3]
        after = next_root(root, root_keys(holders), number + 2, signers)
        assert check_next_root(after, read_root(root).signed).version == number + 2
        root = after
    assert {each.point for each in keys_of(read_root(root).signed).keyholders} == {
        each.public.point for each in holders
    }


REFUSED: dict[str, Callable[[], object]] = {
    "a keyholder named twice": lambda: make_root(
        root_keys((*KEYHOLDERS[:4], KEYHOLDERS[0])), version=1, at=AT
    ),
    "a threshold above the number": lambda: make_root(replace(root_keys(), threshold=6), version=1, at=AT),
    "a threshold of nobody": lambda: make_root(replace(root_keys(), threshold=0), version=1, at=AT),
    "an ordering key that is a keyholder's": lambda: make_root(
        replace(root_keys(), targets=KEYHOLDERS[0].public), version=1, at=AT
    ),
    "a request that is no root": lambda: sign_root(b"{}", KEYHOLDERS[0]),
    "a request too large": lambda: sign_root(b" " * 70_000, KEYHOLDERS[0]),
    "a signature file too large": lambda: assemble_root(first_root(), [b" " * 2_000]),
    "a signature file that is none": lambda: assemble_root(first_root(), [b'{"keyid": 1}']),
}


@pytest.mark.parametrize("title", REFUSED)
def test_what_makes_no_root_is_refused(title: str) -> None:
    with pytest.raises((UsageError, UnreadableStatement, StatementRefused)) as refused:
        REFUSED[title]()
    assert isinstance(refused.value, ComityError)
