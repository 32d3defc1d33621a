"""National passes: whose word they carry is in their area, and nothing the host says of it is evaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from comity.codec.cwt import read_claims, write_claims
from comity.domain.claims import PassClaims, word_of
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY
from comity.domain.recognition import Recognition, Referral, Release, Suspension
from comity.domain.region import HUBEI, NATION, REGION_CODES, RegionCode, is_issuer, is_region
from comity.errors import FormatError, UnreadableStatement
from comity.trust.keys import KeyEntry, Usage
from comity.trust.recognition_statements import read_referral, write_referral
from comity.verify import as_json
from tests.builders import (
    AT,
    HOME,
    HOST,
    Crossing,
    altered,
    claims,
    key,
    key_list,
    recognition,
    referral,
)

ENTRY: Final = KeyEntry(key=key(NATION, Usage.PASS).public, usage=Usage.PASS, max_validity=60)


def national(colour: Colour = Colour.GREEN, *, area: str = HOME) -> PassClaims:
    """A national pass converted from the word of the region of this area."""
    return altered(claims(PassClass.ONLINE, colour, issuer=NATION), area=area)


def shown(
    given: PassClaims, *more: Recognition, referrals: tuple[Referral, ...] = (), recognises: bool = True
) -> Crossing:
    rows = (*((recognition(NATION),) if recognises else ()), *more)
    return Crossing(claims=given, entry=ENTRY, recognitions=rows, referrals=referrals)


def reason(crossing: Crossing) -> str:
    return str(crossing.decide().reason)


def test_the_nation_issues_and_is_none_of_the_31_regions() -> None:
    assert len(REGION_CODES) == 31
    assert is_issuer(NATION)
    assert not is_region(NATION)


@pytest.mark.parametrize(
    ("colour", "outcome"), [(Colour.GREEN, "PASS"), (Colour.YELLOW, "CONTROL"), (Colour.RED, "CONTROL")]
)
def test_c3_1_a_converted_pass_gets_the_answer_of_the_regions_own(colour: Colour, outcome: str) -> None:
    converted = shown(national(colour)).decide()
    own = Crossing(claims=claims(PassClass.ONLINE, colour)).decide()

    assert converted.outcome == outcome
    without = {"issuer"}
    told, expected = (
        {name: value for name, value in as_json(each).items() if name not in without}
        for each in (converted, own)
    )
    assert told == expected


def test_c2_1_a_host_recognises_the_national_code_by_its_own_statement_or_not_at_all() -> None:
    assert reason(shown(national(), recognises=False)) == "not_recognised"
    assert reason(shown(national(), recognition(HOME), recognises=False)) == "not_recognised"


def test_c3_3_a_converted_hubei_pass_is_referred_like_hubeis_own() -> None:
    for area in (HUBEI, "420100", "420106", "429004"):
        decision = shown(national(area=area), referrals=(referral(),)).decide()

        assert (decision.outcome, decision.authority) == ("REFER", "Joint Mechanism, 12345")
        assert decision.source is not None
        assert decision.source.kind == "referral"


@pytest.mark.parametrize(
    ("area", "expected"),
    [("420500", "green"), ("420100", "referred"), ("420106", "referred"), (HUBEI, "referred")],
)
def test_c3_3_a_release_covers_a_converted_pass_by_its_area_and_none_without_one(
    area: str, expected: str
) -> None:
    but_wuhan = Release(effective_from=AT - DAY, areas_except=("420100",))
    stands = replace(referral(), releases=(but_wuhan,))

    assert reason(shown(national(area=area), referrals=(stands,))) == expected


def test_c3_3_a_full_release_needs_the_recognition_of_the_national_code_all_the_same() -> None:
    released = replace(referral(), releases=(Release(effective_from=AT - DAY),))

    assert reason(shown(national(area=HUBEI), referrals=(released,))) == "green"
    assert reason(shown(national(area=HUBEI), referrals=(released,), recognises=False)) == "not_recognised"


def suspended(issuer: RegionCode, *, resumed: bool = False) -> Recognition:
    stop = Suspension(published_at=AT - 3 * DAY, effective_from=AT - DAY)
    again = Suspension(published_at=AT - DAY, effective_from=AT) if resumed else None
    return replace(recognition(issuer), suspension=stop, resumption=again)


def test_settled_rule_5_a_suspension_of_the_region_is_not_evaded_by_conversion() -> None:
    assert reason(shown(national(), suspended(HOME))) == "recognition_suspended"
    assert reason(shown(national(), suspended(HOME, resumed=True))) == "green"
    assert reason(shown(national(area="360000"), suspended(HOME))) == "green"


def test_a_suspension_of_the_national_code_stops_every_converted_pass() -> None:
    crossing = Crossing(claims=national(), entry=ENTRY, recognitions=(suspended(NATION), recognition()))

    assert reason(crossing) == "recognition_suspended"


def test_the_national_key_signs_for_a_minute_and_nothing_longer() -> None:
    paper = altered(claims(PassClass.PAPER, issuer=NATION), area=HOME)

    assert reason(shown(paper)) == "class_violation"
    assert reason(Crossing(claims=national(), signer=key(HOME, Usage.PASS))) == "unknown_key"


@pytest.mark.parametrize("area", [None, NATION, "990000", "4401"])
def test_a_national_pass_that_does_not_say_whose_word_it_is_cannot_be_read(area: str | None) -> None:
    with pytest.raises(FormatError):
        write_claims(altered(national(), area=area))


def test_a_region_signs_for_no_area_of_another_whatever_the_nation_may() -> None:
    with pytest.raises(FormatError):
        write_claims(altered(claims(PassClass.ONLINE), area=HUBEI))


@pytest.mark.parametrize("colour", list(Colour))
def test_a_national_pass_is_read_as_it_was_written(colour: Colour) -> None:
    for guardian in (False, True):
        given = altered(national(colour, area="420106"), is_guardian_held=guardian)
        assert read_claims(write_claims(given)) == given


def test_whose_word_a_pass_carries() -> None:
    assert word_of(claims()) == (HOME, None)
    assert word_of(altered(claims(), area="440100")) == (HOME, "440100")
    assert word_of(national(area="420106")) == (HUBEI, "420106")
    assert word_of(national(area=HUBEI)) == (HUBEI, None)


def test_nobody_is_referred_to_the_national_code() -> None:
    signer = key(HOST, Usage.STATEMENT)
    data = write_referral(replace(referral(), issuer=NATION), signer, is_test=True)

    with pytest.raises(UnreadableStatement):
        read_referral(data, key_list(HOST), at=AT, is_test=True)
