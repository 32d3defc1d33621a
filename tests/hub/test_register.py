"""The public register tells what was known and what held, at any instant (C2.1, C3.3, rules 3 to 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.instant import DAY, HOUR
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.recognition import Step, Suspension
from comity.domain.region import HUBEI, INNER_MONGOLIA, RegionCode
from comity.domain.texts import Text
from comity.hub.pair_state import PairStep
from comity.hub.register import REGIONS, Register
from comity.hub.register_change import ChangeKind
from tests.register_seed import (
    EFFECT,
    GUANGDONG,
    INVITED_AT,
    JOINED_AT,
    NOW,
    OPENING,
    PUBLISHED_AT,
    SHANGHAI,
    WUHAN,
    ZHEJIANG,
    Book,
    national_book,
)

HOST = INNER_MONGOLIA


@pytest.fixture(scope="module")
def national() -> Register:
    return national_book().register()


def joined(*regions: RegionCode) -> Book:
    book = Book()
    for region in regions:
        book.join(region, JOINED_AT)
    return book


def step_at(register: Register, at: int, host: RegionCode = HOST, issuer: RegionCode = GUANGDONG) -> PairStep:
    return register.state_of(host, issuer, at).step


def test_each_step_on_the_way_is_told_and_none_but_the_effect_is_in_force_c2_1() -> None:
    book = joined(HOST, GUANGDONG)
    book.steps(HOST, GUANGDONG, began=INVITED_AT, days=2)
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT, effective_from=EFFECT)
    register = book.register()

    told = [(period.since, period.standing.step) for period in register.timeline(HOST, GUANGDONG).periods]

    assert told == [
        (None, PairStep.NONE),
        (INVITED_AT, PairStep.INVITED),
        (INVITED_AT + 2 * DAY, PairStep.REPLIED),
        (INVITED_AT + 3 * DAY, PairStep.CONFIRMED),
        (PUBLISHED_AT, PairStep.PUBLISHED),
        (EFFECT, PairStep.IN_FORCE),
    ]
    assert step_at(register, EFFECT - 1) is PairStep.PUBLISHED
    assert step_at(register, EFFECT) is PairStep.IN_FORCE


def test_inner_mongolia_recognises_nobody_before_19_march_whatever_is_written_c3_1() -> None:
    book = joined(HOST, GUANGDONG)
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT)
    register = book.register()

    assert step_at(register, EFFECT - 1) is PairStep.PUBLISHED
    assert step_at(register, EFFECT) is PairStep.IN_FORCE


def test_nothing_counts_before_the_hub_accepted_it_even_if_it_says_so() -> None:
    book = joined(HOST, GUANGDONG)
    book.recognise(HOST, GUANGDONG, EFFECT + DAY, published_at=EFFECT, effective_from=EFFECT)
    register = book.register()

    assert step_at(register, EFFECT + DAY - 1) is PairStep.NONE
    assert step_at(register, EFFECT + DAY) is PairStep.IN_FORCE


def test_recognition_is_directed_rule_4() -> None:
    book = joined(HOST, GUANGDONG)
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT, effective_from=EFFECT)

    assert step_at(book.register(), NOW, GUANGDONG, HOST) is PairStep.NONE


def test_a_suspension_is_announced_then_holds_and_ends_with_its_resumption_rule_5() -> None:
    book = joined(GUANGDONG, SHANGHAI)
    book.recognise(GUANGDONG, SHANGHAI, EFFECT)
    stop = Suspension(published_at=EFFECT + DAY, effective_from=EFFECT + 3 * DAY)
    book.step(GUANGDONG, SHANGHAI, Step.DEVIATION_REPORTED, EFFECT + HOUR)
    book.recognise(GUANGDONG, SHANGHAI, EFFECT + DAY, published_at=EFFECT, suspension=stop)
    again = Suspension(published_at=EFFECT + 5 * DAY, effective_from=EFFECT + 6 * DAY)
    book.recognise(
        GUANGDONG, SHANGHAI, EFFECT + 5 * DAY, published_at=EFFECT, suspension=stop, resumption=again
    )
    register = book.register()

    announced = register.as_known_at(EFFECT + 2 * DAY).state_of(GUANGDONG, SHANGHAI, EFFECT + 2 * DAY)

    assert announced.step is PairStep.IN_FORCE
    assert announced.since == EFFECT
    assert announced.next is not None
    assert (announced.next.since, announced.next.standing.step) == (EFFECT + 3 * DAY, PairStep.SUSPENDED)
    assert step_at(register, EFFECT + 4 * DAY, GUANGDONG, SHANGHAI) is PairStep.SUSPENDED
    assert step_at(register, EFFECT + 6 * DAY, GUANGDONG, SHANGHAI) is PairStep.IN_FORCE
    assert [change.kind for change in register.history(GUANGDONG, SHANGHAI)] == [
        ChangeKind.PUBLISHED,
        ChangeKind.DEVIATION_REPORTED,
        ChangeKind.SUSPENSION_PUBLISHED,
        ChangeKind.RESUMPTION_PUBLISHED,
    ]


def test_hubei_is_referred_then_released_by_date_and_area_c3_3(national: Register) -> None:
    opening = national.state_of(HOST, HUBEI, OPENING)

    assert step_at(national, OPENING - 1, issuer=HUBEI) is PairStep.REFERRED
    assert opening.step is PairStep.RELEASED_IN_PART
    assert opening.standing.areas_except == ("420100",)
    assert opening.next is not None
    assert opening.next.since == WUHAN
    assert step_at(national, WUHAN, issuer=HUBEI) is PairStep.RELEASED


def test_a_referral_decides_alone_even_beside_a_recognition_rule_4() -> None:
    book = joined(HOST, HUBEI)
    book.refer(HOST, HUBEI, PUBLISHED_AT, releases=())
    book.recognise(HOST, HUBEI, PUBLISHED_AT, effective_from=EFFECT)

    assert step_at(book.register(), NOW, issuer=HUBEI) is PairStep.REFERRED


def test_the_past_is_told_as_it_was_known_then(national: Register) -> None:
    then = national.as_known_at(EFFECT).state_of(HOST, HUBEI, EFFECT)

    assert then.step is PairStep.REFERRED
    assert then.next is None, "the release was published four days later"
    assert national.state_of(HOST, HUBEI, EFFECT).next is not None


def test_a_recognised_issuer_that_does_not_take_part_is_told_as_outside() -> None:
    book = joined(HOST)
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT, effective_from=EFFECT)
    book.join(GUANGDONG, EFFECT + DAY)
    register = book.register()

    assert step_at(register, EFFECT) is PairStep.OUTSIDE
    assert step_at(register, EFFECT + DAY) is PairStep.IN_FORCE


def test_who_stops_taking_part_is_outside_from_then_on_and_the_reason_is_told() -> None:
    book = joined(HOST, GUANGDONG)
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT, effective_from=EFFECT)
    reason = Text(zh="密钥失窃", en="Its keys were stolen")
    book.leave(GUANGDONG, EFFECT + DAY, ends=EFFECT + 2 * DAY, reason=reason)
    register = book.register()

    told = register.as_known_at(EFFECT + DAY).state_of(HOST, GUANGDONG, EFFECT + DAY)

    assert told.step is PairStep.IN_FORCE
    assert told.next is not None
    assert (told.next.since, told.next.standing.step) == (EFFECT + 2 * DAY, PairStep.OUTSIDE)
    assert step_at(register, EFFECT + 2 * DAY) is PairStep.OUTSIDE
    assert [(change.kind, change.reason) for change in register.changes_of_host(GUANGDONG)][-1] == (
        ChangeKind.LEAVES,
        reason,
    )


def test_the_matrix_has_every_pair_in_the_order_of_codes(national: Register) -> None:
    matrix = national.matrix(NOW)

    assert [(row[0].host, len(row)) for row in matrix] == [(region, 31) for region in REGIONS]
    assert all(row[place].step is PairStep.OWN for place, row in enumerate(matrix))
    assert [state.issuer for state in matrix[0]] == list(REGIONS)


def test_a_statement_that_does_not_hold_is_left_out_and_counted() -> None:
    book = joined(HOST, GUANGDONG)
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT, effective_from=EFFECT)
    altered = bytearray(book.statements[-1].data)
    altered[-1] ^= 1
    book.statements[-1] = replace(book.statements[-1], data=bytes(altered))
    register = book.register()

    assert register.left_out == 1
    assert step_at(register, NOW) is PairStep.NONE


def test_a_statement_of_another_region_s_key_is_left_out_rule_4() -> None:
    book = joined(HOST, GUANGDONG)
    book.recognise(GUANGDONG, HOST, PUBLISHED_AT)
    forged = replace(book.statements[-1], region=HOST, about=GUANGDONG)
    book.statements[-1] = forged

    assert book.register().left_out == 1


def test_the_key_list_of_a_root_the_hub_never_named_is_left_out() -> None:
    book = joined(HOST)
    book.statements = [each for each in book.statements if each.region != "hub"]
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT)

    assert book.register().left_out == 3


def test_every_region_has_its_rulebooks_and_the_one_in_force(national: Register) -> None:
    versions = [entry.version for entry in national.rulebooks(ZHEJIANG)]
    in_force = national.rulebook_at(ZHEJIANG, NOW)

    assert versions == [1, 2, 3]
    assert in_force is not None
    assert in_force.version == 2
    assert national.rulebook_at(RegionCode("110000"), NOW) is None


def test_changes_tell_who_met_more_or_less(national: Register) -> None:
    kinds = [change.kind for change in national.changes_of_host(ZHEJIANG) if "rulebook" in change.kind]

    assert kinds == [
        ChangeKind.NATIONAL_RULEBOOK,
        ChangeKind.RULEBOOK_FIRST,
        ChangeKind.NATIONAL_RULEBOOK,
        ChangeKind.RULEBOOK_TIGHTENED,
        ChangeKind.RULEBOOK_LOOSENED,
    ]


def test_the_national_rulebook_in_force_is_found_by_date(national: Register) -> None:
    before, after = national.national_at(OPENING - 1), national.national_at(OPENING)

    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (1, 2)
    assert national.national_at(EFFECT - 1) is None


def test_a_host_whose_referral_lags_behind_the_national_rulebook_is_told_c3_3(national: Register) -> None:
    lagging = EFFECT + 4 * DAY
    at_once = national.as_known_at(lagging)
    row = national_row(national, OPENING)

    assert [(state.host, binds) for state, binds in at_once.referring(row, lagging)] == [(HOST, False)]
    assert all(binds for _, binds in national.referring(row, NOW))
    assert len(national.referring(row, NOW)) == 29


def national_row(register: Register, at: int) -> NationalRow:
    """The row about Hubei in force at an instant."""
    entry = register.national_at(at)
    assert entry is not None
    assert isinstance(entry.said, NationalRulebook)
    return entry.said.rows[0]


def test_a_member_has_its_root_its_keys_and_its_place(national: Register) -> None:
    member = national.member(GUANGDONG)

    assert member.takes_part(NOW)
    assert member.key_list is not None
    assert member.location is not None
    assert not national.member(RegionCode("540000")).takes_part(NOW)


def test_the_version_of_the_register_changes_with_every_statement(national: Register) -> None:
    book = joined(HOST, GUANGDONG)
    before = book.register().version
    book.recognise(HOST, GUANGDONG, PUBLISHED_AT)

    assert book.register().version != before
    assert national.version == national_book().register().version


def test_an_entry_is_found_by_the_digest_of_its_bytes(national: Register) -> None:
    entry = national.entries[-1]

    assert national.find(entry.digest) == entry
    assert national.find("0" * 64) is None


def test_an_empty_register_answers_too() -> None:
    register = Register(())

    assert register.changed_at is None
    assert step_at(register, NOW) is PairStep.NONE
