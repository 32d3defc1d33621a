"""Key entries and key lists: windows, revocation, areas, and key ids that must differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.codec.cose import Kid
from comity.errors import StatementRefused
from comity.trust.keys import KeyEntry, KeyList, Usage
from tests.builders import AT, HOME, key, key_list, pass_entry, scalar_key

EQUAL_KIDS = (8_203, 74_663)
"""Two private scalars whose public keys differ and whose key ids are both 3fbfd612."""


@pytest.mark.parametrize(
    ("not_before", "not_after", "may_sign"),
    [
        (None, None, True),
        (AT, None, True),
        (AT + 1, None, False),
        (None, AT, False),
        (None, AT + 1, True),
        (AT, AT + 1, True),
        (AT, AT, False),
    ],
)
def test_a_key_signs_from_not_before_on_and_until_not_after(
    not_before: int | None, not_after: int | None, may_sign: bool
) -> None:
    entry = replace(pass_entry(), not_before=not_before, not_after=not_after)
    assert entry.may_sign_at(AT) is may_sign


@pytest.mark.parametrize(("revoked_at", "revoked"), [(None, False), (AT + 1, False), (AT, True), (0, True)])
def test_a_key_is_revoked_from_the_instant_itself(revoked_at: int | None, revoked: bool) -> None:
    assert replace(pass_entry(), revoked_at=revoked_at).is_revoked(AT) is revoked


@pytest.mark.parametrize(
    ("areas", "area", "may_sign"),
    [
        ((), None, True),
        ((), "420106", True),
        (("420100",), "420100", True),
        (("420100",), "420106", True),
        (("420100",), "420500", False),
        (("420100",), "420000", False),
        (("420100",), None, False),
        (("420106",), "420106", True),
        (("420106",), "420107", False),
        (("420500", "420100"), "420106", True),
        (("420000",), "420106", True),
        (("420000",), None, False),
    ],
)
def test_c3_3_a_key_with_areas_signs_only_for_them(
    areas: tuple[str, ...], area: str | None, may_sign: bool
) -> None:
    assert replace(pass_entry(), areas=areas).may_sign_for(area) is may_sign


def test_a_key_is_found_only_by_its_id_and_usage_together() -> None:
    found = key_list(HOME)
    kid = pass_entry().kid
    assert found.find(kid, Usage.PASS) == pass_entry()
    for usage in (Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE):
        assert found.find(kid, usage) is None
    assert found.find(Kid(b"none"), Usage.PASS) is None
    assert found.find(None, Usage.PASS) is None


def colliding() -> tuple[KeyEntry, KeyEntry]:
    """Two different keys with one key id."""
    first, second = (scalar_key(scalar).public for scalar in EQUAL_KIDS)
    assert first != second
    assert first.kid == second.kid
    return KeyEntry(key=first, usage=Usage.PASS), KeyEntry(key=second, usage=Usage.PASS)


def test_a_key_list_with_two_different_keys_of_one_key_id_is_refused() -> None:
    with pytest.raises(StatementRefused):
        KeyList(region=HOME, version=1, root=key(HOME, "root").public, entries=colliding())


def test_a_key_list_with_one_key_id_under_two_usages_is_refused() -> None:
    first, second = colliding()
    entries = (first, replace(second, usage=Usage.STATUS))
    with pytest.raises(StatementRefused):
        KeyList(region=HOME, version=1, root=key(HOME, "root").public, entries=entries)


def test_a_key_list_with_the_same_key_twice_is_refused() -> None:
    with pytest.raises(StatementRefused):
        key_list(HOME, pass_entry(), pass_entry())
