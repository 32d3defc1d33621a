"""The key list of the national code in the file of the hub: under the root of its membership, or refused."""

from __future__ import annotations

import pytest

from comity.distribution.opened_statements import open_memberships, open_national_keys
from comity.distribution.statement_file import HubFile
from comity.domain.region import NATION
from comity.errors import StatementRefused
from comity.trust.keys import KeyList
from comity.trust.membership import write_key_list
from tests.builders import HOME, HOST, HUB, key, key_list, signed_key_list, signed_membership


def opened(national: bytes | None, *members: str) -> KeyList | None:
    memberships = tuple(signed_membership(region) for region in members)
    file = HubFile(hub=HUB.public, memberships=memberships, national_keys=national)
    by_region, is_test = open_memberships(file)
    return open_national_keys(file, by_region, is_test=is_test)


def test_the_key_list_of_the_nation_is_read_under_its_membership() -> None:
    assert opened(signed_key_list(NATION), HOST, NATION) == key_list(NATION)
    assert opened(None, HOST) is None


@pytest.mark.parametrize(
    ("national", "members"),
    [
        (signed_key_list(NATION), (HOST,)),
        (signed_key_list(HOME), (HOME, NATION)),
        (write_key_list(key_list(HOME), key(HOME, "root"), is_test=True), (NATION,)),
    ],
    ids=["no member", "a region's", "another root"],
)
def test_a_key_list_that_nobody_vouches_for_is_refused(national: bytes, members: tuple[str, ...]) -> None:
    with pytest.raises(StatementRefused):
        opened(national, *members)
