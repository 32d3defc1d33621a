"""A region that leaves: honoured until its part ends, and its travellers never taken for forgers (rule 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity import StatusLists, open_bundle, read_status_list, verify
from comity.domain.decision import Outcome, ReasonCode
from comity.domain.instant import DAY, HOUR
from comity.errors import BundleRefused
from comity.trust.keys import Usage
from comity.trust.membership import write_membership
from comity.trust.status import pack, write_status_list
from tests.builders import (
    AT,
    HOME,
    HOST,
    HUB,
    LIST_SIZE,
    bundle_parts,
    crossing,
    key,
    list_uri,
    membership,
    moment,
    signed_bundle,
    signed_key_list,
    signed_membership,
)

ENDS = AT + HOUR


def answer(*, at: int, made_at: int = AT) -> tuple[Outcome, ReasonCode]:
    """What a green pass of a region whose part ends meets at the gate."""
    leaving = write_membership(replace(membership(HOME), version=2, member_to=ENDS), HUB, is_test=True)
    parts = replace(
        bundle_parts(),
        issued_at=made_at,
        hub_as_of=made_at,
        memberships=(signed_membership(HOST), leaving),
        key_lists=(signed_key_list(HOST), signed_key_list(HOME)),
    )
    bundle = open_bundle(signed_bundle(parts))
    token = write_status_list(
        pack({}, size=LIST_SIZE), key(HOME, Usage.STATUS), uri=list_uri(HOME), issued_at=made_at
    )
    lists = StatusLists((read_status_list(token, bundle.key_lists),))
    decision = verify(crossing().text(), bundle, at=moment(at), lists=lists)
    return decision.outcome, decision.reason


def test_settled_rule_5_passes_in_flight_are_honoured_until_the_part_ends() -> None:
    assert answer(at=ENDS - 1) == (Outcome.PASS, ReasonCode.GREEN)


@pytest.mark.parametrize("made_at", [AT, ENDS + HOUR], ids=["a bundle made before", "a bundle made after"])
def test_settled_rule_5_afterwards_a_traveller_applies_here_and_is_no_forger(made_at: int) -> None:
    assert answer(at=ENDS + 2 * HOUR, made_at=made_at) == (Outcome.REAPPLY, ReasonCode.NOT_RECOGNISED)


def test_a_host_whose_own_part_has_ended_makes_no_bundle_that_counts() -> None:
    left = write_membership(replace(membership(HOST), version=2, member_to=AT - DAY), HUB, is_test=True)
    parts = replace(
        bundle_parts(),
        memberships=(left, signed_membership(HOME)),
        key_lists=(signed_key_list(HOST), signed_key_list(HOME)),
    )

    with pytest.raises(BundleRefused):
        open_bundle(signed_bundle(parts))
