"""The bytes of the hot route are the JSON of `as_json`, for every answer and every holder."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from comity.domain.colour import Colour, PassClass
from comity.server.decision_writer import write_decision
from comity.trust.status import SUPERSEDED, SUSPENDED, VOID
from comity.verify import as_json
from tests.builders import AT, HUBEI, Crossing, altered, claims, crossing, referral

CROSSINGS: dict[str, Crossing] = {
    **{f"{each} {colour}": crossing(each, colour) for each in PassClass for colour in Colour},
    "void": replace(crossing(), status=VOID),
    "superseded": replace(crossing(), status=SUPERSEDED),
    "under review": replace(crossing(), status=SUSPENDED),
    "status missing": replace(crossing(), has_list=False),
    "bad signature": replace(crossing(), spoils_signature=True),
    "contradicted": replace(crossing(), issuer_says=Colour.RED),
    "contradicted otherwise": replace(crossing(), issuer_says=Colour.YELLOW),
    "a yellow one contradicted": replace(crossing(PassClass.PAPER, Colour.YELLOW), issuer_says=Colour.RED),
    "not recognised": replace(crossing(), recognitions=()),
    "referred": replace(crossing(), claims=claims(issuer=HUBEI), referrals=(referral(),)),
    "referred elsewhere": replace(
        crossing(), claims=claims(issuer=HUBEI), referrals=(replace(referral(), authority='"12345"'),)
    ),
    "guardian": replace(crossing(), claims=altered(claims(), is_guardian_held=True)),
    "another holder": replace(crossing(), claims=altered(claims(), masked_name='"holder":', id_last4="000X")),
    "a name of many signs": replace(crossing(), claims=altered(claims(), masked_name="\\*\u2028")),
    "later": replace(crossing(), at=AT + 3_600),
}


@pytest.mark.parametrize("shown", CROSSINGS.values(), ids=CROSSINGS)
def test_the_bytes_are_those_of_the_report(shown: Crossing) -> None:
    decision = shown.decide()

    for _ in range(2):
        assert json.loads(write_decision(decision)) == as_json(decision)
        assert list(json.loads(write_decision(decision))) == list(as_json(decision))
