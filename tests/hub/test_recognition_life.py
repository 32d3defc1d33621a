"""The life of a recognition at the hub: what may follow what, when, by whose key (C2.1, rules 3 to 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from comity.domain.instant import DAY, HOUR, MINUTE
from comity.domain.recognition import EQUAL_SINCE, Recognition, Step
from comity.domain.region import RegionCode
from comity.domain.texts import Text
from comity.errors import PublicationRefused
from comity.hub.membership import MembershipChange
from comity.hub.statements import AcceptedStatement, accepted
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import Usage
from comity.trust.recognition_statements import read_recognition
from tests.builders import AT, HOME, HOST, STRANGER, key, key_list
from tests.hub_office import REASON, HubOffice, Pair


@pytest.fixture
def office() -> HubOffice:
    made = HubOffice()
    made.admit(HOST, HOME)
    return made


def refused(office: HubOffice, *statements: bytes, region: RegionCode = HOST) -> tuple[str, str]:
    """The reason and the clause of a refusal, after which everything is as it was."""
    before = everything(office)
    with pytest.raises(PublicationRefused) as error:
        office.publish(region, *statements)
    assert everything(office) == before
    return error.value.reason, error.value.clause


def everything(office: HubOffice) -> list[AcceptedStatement]:
    with office.hub.store.reading() as transaction:
        return transaction.of(AcceptedStatement).select()


def recognitions(office: HubOffice) -> list[Recognition]:
    with office.hub.store.reading() as transaction:
        rows = accepted(transaction, StatementKind.RECOGNITION, region=HOST, about=HOME)
    return [read_recognition(row.data, key_list(HOST), at=office.at, is_test=True) for row in rows]


def test_settled_rule_5_a_host_takes_its_word_back_on_an_issuer_that_has_left(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())
    office.change(HOME, MembershipChange.EXIT, effective_from=AT + DAY)
    office.at = pair.at = AT + 2 * DAY

    office.publish(HOST, pair.report())
    office.publish(HOST, pair.suspension())

    assert recognitions(office)[-1].suspension is not None
    office.at = pair.at = AT + 4 * DAY
    assert refused(office, pair.resumption()) == ("not_a_member", "C2.1")


def test_c2_1_nobody_new_is_recognised_that_has_left(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed())
    office.change(HOME, MembershipChange.EXIT, effective_from=AT + DAY)
    office.at = pair.at = AT + 2 * DAY

    assert refused(office, pair.publication()) == ("not_a_member", "C2.1")


def test_c2_1_a_pair_goes_from_invitation_to_resumption_one_word_of_the_host_after_another(
    office: HubOffice,
) -> None:
    pair = Pair()
    words: list[Callable[[], bytes]] = [
        lambda: pair.step(Step.INVITED),
        lambda: pair.step(Step.REPLIED),
        lambda: pair.step(Step.CONFIRMED),
        pair.publication,
        pair.report,
        pair.suspension,
        pair.resumption,
        pair.report,
        pair.suspension,
    ]
    for word in words:
        office.at = pair.at = office.at + HOUR
        (row,) = office.publish(HOST, word())
        assert (row.region, row.about) == (HOST, HOME)

    assert [each.version for each in recognitions(office)] == [1, 2, 3, 4]


def test_c2_1_a_reply_alone_changes_nothing(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, pair.step(Step.INVITED), pair.step(Step.REPLIED))

    assert not recognitions(office)


def test_c2_1_publication_makes_it_so_from_its_effective_time(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication(effective_from=AT + DAY))

    (recognition,) = recognitions(office)

    assert not recognition.is_in_force(AT + DAY - 1)
    assert recognition.is_in_force(AT + DAY)


def test_c2_1_what_comes_in_together_is_taken_in_the_order_in_which_it_was_said(office: HubOffice) -> None:
    pair = Pair()
    words = [*pair.until_confirmed(), pair.publication()]

    assert len(office.publish(HOST, *reversed(words))) == 4


def test_sending_a_publication_again_changes_nothing(office: HubOffice) -> None:
    words = Pair().until_confirmed()
    office.publish(HOST, *words)

    assert office.publish(HOST, *words) == []


WRONG_ORDER: list[tuple[str, Callable[[Pair], list[bytes]]]] = [
    ("a reply without an invitation", lambda pair: [pair.step(Step.REPLIED)]),
    ("a confirmation of no reply", lambda pair: [pair.step(Step.INVITED), pair.step(Step.CONFIRMED)]),
    ("a publication of nothing confirmed", lambda pair: [pair.step(Step.INVITED), pair.publication()]),
    ("a second invitation", lambda pair: [pair.step(Step.INVITED), pair.step(Step.INVITED)]),
    ("a report before the publication", lambda pair: [*pair.until_confirmed(), pair.report()]),
    (
        "a suspension without a report",
        lambda pair: [*pair.until_confirmed(), pair.publication(), pair.suspension()],
    ),
    (
        "an invitation after the publication",
        lambda pair: [*pair.until_confirmed(), pair.publication(), pair.step(Step.INVITED)],
    ),
]


@pytest.mark.parametrize(("title", "words"), WRONG_ORDER, ids=[title for title, _ in WRONG_ORDER])
def test_c2_1_what_comes_in_the_wrong_order_is_refused(
    office: HubOffice, title: str, words: Callable[[Pair], list[bytes]]
) -> None:
    assert refused(office, *words(Pair())) == ("wrong_order", "C2.1")


def test_settled_rule_5_one_report_serves_one_suspension(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())
    office.publish(HOST, pair.report())
    office.publish(HOST, pair.suspension())
    office.publish(HOST, pair.resumption())
    pair.at = office.at = AT + 1

    assert refused(office, pair.suspension()) == ("wrong_order", "C2.1")


def test_settled_rule_5_a_suspension_has_24_hours_of_notice(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())
    office.publish(HOST, pair.report())
    recognition = pair.recognition

    assert refused(office, pair.suspension(notice=DAY - 1)) == ("short_notice", "settled rule 5")
    pair.recognition = recognition
    assert office.publish(HOST, pair.suspension(notice=DAY))


def test_settled_rule_5_passes_in_flight_are_honoured_until_it_takes_effect(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())
    office.publish(HOST, pair.report())
    office.publish(HOST, pair.suspension(notice=DAY))
    recognition = recognitions(office)[-1]

    assert not recognition.is_suspended(AT + DAY - 1)
    assert recognition.is_suspended(AT + DAY)


@pytest.mark.parametrize("reason", [None, Text(zh="标准不同", en="Other standards")])
@pytest.mark.parametrize("effective_from", [None, AT + DAY - 1])
def test_settled_rule_5_a_report_has_its_reason_and_its_notice(
    office: HubOffice, reason: Text | None, effective_from: int | None
) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())
    report = pair.step(Step.DEVIATION_REPORTED, reason=reason, effective_from=effective_from)

    found, clause = refused(office, report)

    is_told = reason is not None and effective_from is not None
    assert (found, clause) == ("short_notice" if is_told else "report_without_reason", "settled rule 5")


@pytest.mark.parametrize(("early", "is_taken"), [(15 * MINUTE, True), (15 * MINUTE + 1, False), (-61, False)])
def test_settled_rule_3_nothing_is_dated_back_or_ahead(office: HubOffice, early: int, is_taken: bool) -> None:
    step = Pair(at=AT - early).step(Step.INVITED)

    if is_taken:
        assert office.publish(HOST, step)
    else:
        assert refused(office, step) == ("back_dated", "settled rule 3")


def test_settled_rule_3_a_recognition_is_not_dated_back_either(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed())
    pair.at = AT - HOUR

    assert refused(office, pair.publication()) == ("back_dated", "settled rule 3")


def test_c2_1_nothing_takes_effect_before_it_is_published(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed())

    given = pair.publication(effective_from=AT - 1)

    assert refused(office, given) == ("effect_before_publication", "C2.1")


def test_c3_1_inner_mongolia_recognises_nobody_before_19_march_2020() -> None:
    office = HubOffice(at=EQUAL_SINCE - DAY)
    office.admit(HOST, HOME)
    pair = Pair(at=office.at)
    office.publish(HOST, *pair.until_confirmed())

    assert refused(office, pair.publication()) == ("before_equal_since", "C3.1")
    (row,) = office.publish(HOST, pair.publication(effective_from=EQUAL_SINCE))
    assert row.effective_from == EQUAL_SINCE


def test_c2_1_what_was_published_is_not_rewritten(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())
    assert pair.recognition is not None
    pair.recognition = replace(pair.recognition, version=2, effective_from=AT + 1)

    assert refused(office, pair.signed())[0] in ("history_rewritten", "wrong_order")


def test_settled_rule_4_another_regions_statement_is_refused(office: HubOffice) -> None:
    of_home = Pair(host=HOME, issuer=HOST).step(Step.INVITED)

    assert refused(office, of_home) == ("another_regions_key", "settled rule 4")


def test_settled_rule_4_another_regions_key_is_refused(office: HubOffice) -> None:
    pair = Pair()
    pair.signer = key(HOME, Usage.STATEMENT)

    assert refused(office, pair.step(Step.INVITED)) == ("another_regions_key", "settled rule 4")


def test_settled_rule_4_the_hub_cannot_create_a_recognition(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed())
    pair.signer = key("hub")

    assert refused(office, pair.publication()) == ("another_regions_key", "settled rule 4")


def test_c2_1_who_takes_no_part_neither_publishes_nor_is_recognised(office: HubOffice) -> None:
    of_stranger = Pair(host=STRANGER, issuer=HOST).step(Step.INVITED)

    assert refused(office, of_stranger, region=STRANGER) == ("not_a_member", "C2.1")
    assert refused(office, Pair(issuer=STRANGER).step(Step.INVITED)) == ("not_a_member", "C2.1")


def test_c3_1_nobody_recognises_themselves(office: HubOffice) -> None:
    assert refused(office, Pair(issuer=HOST).step(Step.INVITED)) == ("own_region", "C3.1")


def test_a_version_that_does_not_rise_is_refused(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, pair.step(Step.INVITED))
    pair.steps = 0

    assert refused(office, pair.step(Step.REPLIED)) == ("version_not_rising", "C2.1")


def test_the_reason_of_a_report_stands_in_the_register_as_it_was_signed(office: HubOffice) -> None:
    pair = Pair()
    office.publish(HOST, *pair.until_confirmed(), pair.publication())

    (row,) = office.publish(HOST, pair.report())

    assert REASON.zh.encode() in row.data
    assert row.effective_from == AT + 25 * HOUR
