"""Conversion: the hub turns a region's word into a national pass, and can neither lengthen nor change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from comity.codec.qrtext import write_text
from comity.domain.claims import PassId
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY
from comity.domain.recognition import Referral
from comity.domain.region import HUBEI, NATION, RegionCode
from comity.errors import ComityError, NotPossibleNow, SigningRefused, StatementRefused
from comity.hub.conversion import NationalIssuer, conversion_question, convert
from comity.trust.attested_answers import AttestedAnswer, AttestedState, question_of, write_attested_answer
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.verify import verify
from tests.builders import (
    AT,
    HOME,
    Crossing,
    altered,
    claims,
    key,
    key_list,
    moment,
    pass_entry,
    recognition,
    referral,
)

ENTRY: Final = KeyEntry(key=key(NATION, Usage.PASS).public, usage=Usage.PASS, max_validity=60)
NATIONAL: Final = NationalIssuer(entry=ENTRY, signer=key(NATION, Usage.PASS), is_test=True)


def attested(
    colour: Colour = Colour.GREEN, *, region: RegionCode = HOME, area: str | None = None
) -> AttestedAnswer:
    given = altered(claims(PassClass.ONLINE, colour, issuer=region), area=area)
    return AttestedAnswer(
        issuer=region,
        question=conversion_question(given.pass_id),
        answered_at=AT,
        state=AttestedState.CURRENT,
        claims=given,
    )


def converted(answer: AttestedAnswer, *, at: int = AT, keys: KeyList | None = None) -> bytes:
    signer = key(answer.issuer, Usage.PASS)
    data = write_attested_answer(answer, signer, is_test=True)
    return convert(data, keys or key_list(answer.issuer), NATIONAL, at=at)


def decided(national: bytes, *, at: int = AT, referrals: tuple[Referral, ...] = ()) -> Any:
    """The answer at a gate of Inner Mongolia that recognises the national code."""
    bundle = Crossing(
        claims=claims(issuer=NATION)._replace(area=HOME),
        entry=ENTRY,
        recognitions=(recognition(NATION),),
        referrals=referrals,
    ).bundle()
    return verify(write_text(national), bundle, at=moment(at))


@pytest.mark.parametrize(
    ("colour", "outcome"), [(Colour.GREEN, "PASS"), (Colour.YELLOW, "CONTROL"), (Colour.RED, "CONTROL")]
)
def test_a_regions_word_becomes_a_national_pass_that_a_gate_reads_offline(
    colour: Colour, outcome: str
) -> None:
    decision = decided(converted(attested(colour)))

    assert (decision.outcome, decision.issuer, decision.pass_class) == (outcome, NATION, PassClass.ONLINE)
    assert decision.claims.area == HOME


def test_settled_rule_11_the_origin_of_an_imported_colour_stays_in_a_converted_pass() -> None:
    imported = attested(Colour.YELLOW)
    assert imported.claims is not None
    imported = replace(imported, claims=altered(imported.claims, origin=HUBEI))

    decision = decided(converted(imported))

    assert (decision.claims.origin, decision.claims.area) == (HUBEI, HOME)


@pytest.mark.parametrize("area", [None, "420100", "420500"])
def test_c3_3_a_converted_hubei_pass_is_still_referred(area: str | None) -> None:
    decision = decided(converted(attested(region=HUBEI, area=area)), referrals=(referral(HUBEI),))

    assert (decision.outcome, decision.reason) == ("REFER", "referred")


def test_a_national_pass_lives_no_longer_than_the_word_it_was_made_from() -> None:
    late = converted(attested(), at=AT + 59)

    assert decided(late, at=AT + 59).outcome == "PASS"
    assert decided(late, at=AT + 60).reason == "presentation_stale"


@pytest.mark.parametrize(
    ("title", "changes", "at"),
    [
        ("an old answer", {}, AT + 60),
        ("an answer from the future", {}, AT - 61),
        ("an answer that was made for a gate", {"question": question_of("YKM:a", bytes(16))}, AT),
        ("an answer that was made for another", {"question": conversion_question(PassId(bytes(8)))}, AT),
    ],
)
def test_what_was_not_made_for_this_conversion_is_refused(title: str, changes: Any, at: int) -> None:
    with pytest.raises(StatementRefused, match="not made for conversion"):
        converted(replace(attested(), **changes), at=at)


@pytest.mark.parametrize(
    "entry",
    [
        replace(pass_entry(), revoked_at=AT),
        replace(pass_entry(), not_after=AT),
        replace(pass_entry(), not_before=AT + 1),
        replace(pass_entry(), areas=("440100",)),
        replace(pass_entry(), usage=Usage.STATUS),
        pass_entry("150000"),
    ],
)
def test_only_a_pass_key_of_the_region_that_may_sign_it_attests(entry: KeyEntry) -> None:
    keys = KeyList(region=HOME, version=1, root=key(HOME, "root").public, entries=(entry,))

    with pytest.raises(StatementRefused):
        converted(attested(), keys=keys)


def test_no_region_attests_in_anothers_name() -> None:
    with pytest.raises(StatementRefused):
        converted(attested(), keys=key_list(HUBEI, pass_entry(HOME)))


def test_a_spoiled_answer_is_refused() -> None:
    data = write_attested_answer(attested(), key(HOME, Usage.PASS), is_test=True)

    with pytest.raises(StatementRefused):
        convert(data[:-1] + bytes((data[-1] ^ 1,)), key_list(HOME), NATIONAL, at=AT)


@pytest.mark.parametrize("state", [state for state in AttestedState if state is not AttestedState.CURRENT])
def test_settled_rule_7_what_is_not_current_has_no_colour_to_convert(state: AttestedState) -> None:
    with pytest.raises(NotPossibleNow) as refused:
        converted(replace(attested(), state=state, claims=None))

    assert refused.value.clause == "settled rule 7"


def test_a_national_key_that_is_closed_signs_nothing() -> None:
    data = write_attested_answer(attested(), key(HOME, Usage.PASS), is_test=True)
    closed = replace(NATIONAL, entry=replace(ENTRY, not_after=AT - DAY))

    with pytest.raises(SigningRefused):
        convert(data, key_list(HOME), closed, at=AT)
    assert issubclass(SigningRefused, ComityError)
