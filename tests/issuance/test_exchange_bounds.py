"""What bounds the exchange: questions a day, what was told, facts, broken records (rules 11 and 17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.colour import PassClass
from comity.domain.evidence import EvidenceKind
from comity.domain.instant import DAY, HOUR
from comity.errors import StatementRefused, UnreadableStatement
from comity.issuance.application import PassRequest
from comity.issuance.corrections import Correction
from comity.issuance.evidence import EvidenceRow
from comity.issuance.exchange_bodies import MOST_FACTS
from comity.issuance.exchange_facts import answer_body, current_facts, tell_homes
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_questions import QUESTIONS_A_DAY
from comity.issuance.exchange_records import FactState, OutgoingMessage
from comity.issuance.exchanged_facts import take_answer
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey
from comity.issuance.visitors import apply
from comity.records.audit import read_audit
from comity.records.audit_records import AuditRow
from comity.records.counter import Counter
from comity.records.search import equal
from comity.trust.exchange import ExchangeKind
from comity.trust.statements import Fields
from tests.builders import AT, PHONE
from tests.issuance.holding import assess_now, contact, keep
from tests.issuance.neighbours import (
    HENAN,
    SHANDONG,
    Neighbours,
    neighbours,
    outgoing,
    refused,
    register,
    told,
)


@pytest.fixture
def both() -> Neighbours:
    return neighbours()


def asking(both: Neighbours, division: str = "410100") -> tuple[HolderKey, OutgoingMessage]:
    """Somebody from Henan applies in Shandong; gives their key in Henan, and the question to it."""
    there, away = register(both.henan, division), register(both.shandong, "410100")
    request = PassRequest(
        holder=away,
        carrier=away,
        pass_class=PassClass.DEVICE,
        device_key=PHONE.as_device_key(),
        request_id="r",
    )
    apply(both.shandong, request, at=AT)
    (question,) = outgoing(both.shandong)
    return there, question


def answers(both: Neighbours) -> list[dict[int | str, Value]]:
    """What Henan is about to answer."""
    kept = [each for each in outgoing(both.henan) if each.kind is ExchangeKind.ANSWER]
    return [cbor.read_map(each.body) for each in kept]


def acts(issuer: Issuer, *names: str) -> list[AuditRow]:
    with issuer.store.reading() as transaction:
        return [row for row in read_audit(transaction, limit=1_000) if row.act in names]


def test_a_region_asks_so_many_questions_a_day_and_the_audit_says_when_they_are_spent_rule_17(
    both: Neighbours,
) -> None:
    _, question = asking(both)
    value = (AT + 8 * HOUR) // DAY * 2**20 + QUESTIONS_A_DAY - 1
    with both.henan.store.transaction() as transaction:
        transaction.of(Counter).add(Counter(name=f"exchange-questions-{SHANDONG}", value=value))
    first, *more = (replace(question, message_id=f"{number:032x}") for number in range(3))

    assert both.deliver(both.sealed(both.shandong, first, at=AT), HENAN, at=AT)
    for message in more:
        sealed = both.sealed(both.shandong, message, at=AT)
        with pytest.raises(StatementRefused, match="questions about people today"):
            both.deliver(sealed, HENAN, at=AT)

    assert len(answers(both)) == 1
    assert len(acts(both.henan, "exchange.questions_spent")) == 1
    tomorrow = AT + DAY
    assert both.deliver(both.sealed(both.shandong, more[0], at=tomorrow), HENAN, at=tomorrow)


def test_both_regions_have_a_question_about_a_visitor_in_their_audit_rule_17(both: Neighbours) -> None:
    asking(both)
    both.carry()

    (asked,) = acts(both.shandong, "exchange.home_asked")
    (answered,) = acts(both.henan, "exchange.asked")

    assert '"visitor"' in asked.detail
    assert asked.detail.split('"visitor"')[1][:36] == answered.detail.split('"visitor"')[1][:36]
    assert asked.subject != answered.subject


def test_a_question_that_names_no_visitor_is_refused_rule_17(both: Neighbours) -> None:
    _, question = asking(both)
    sealed = both.sealed(both.shandong, replace(question, body=cbor.write({})), at=AT)

    assert refused(lambda: both.deliver(sealed, HENAN, at=AT)) is UnreadableStatement


def test_who_does_not_live_here_is_not_told_of_by_number_rule_17(both: Neighbours) -> None:
    there, _ = asking(both, division="110100")
    keep(both.henan, contact(there))
    assess_now(both.henan, there)

    both.send(both.shandong, at=AT)

    assert answers(both) == [{"facts": []}]


def test_a_dispute_of_what_was_never_told_is_refused_rule_11(both: Neighbours) -> None:
    register(both.henan, "370100")
    here = register(both.shandong, "370100")
    with both.shandong.store.transaction() as transaction:
        dispute = queue_message(
            transaction,
            both.shandong,
            HENAN,
            ExchangeKind.DISPUTE,
            {"opened_at": AT},
            holder=here,
            words_of="none",
            at=AT,
        )

    sealed = both.sealed(both.shandong, dispute, at=AT)

    assert refused(lambda: both.deliver(sealed, HENAN, at=AT)) is StatementRefused
    with both.henan.store.reading() as transaction:
        assert not transaction.of(Correction).select()


def test_more_than_fifty_facts_about_somebody_contradict_none_of_them_rule_11(both: Neighbours) -> None:
    there, here = register(both.henan, "370100"), register(both.shandong, "370100")
    keep(both.henan, *(contact(there, ref=f"contact{number}") for number in range(MOST_FACTS + 5)))
    assess_now(both.henan, there)

    both.carry(rounds=8)

    assert [fact.state for fact in both.facts(here)] == [FactState.CONFIRMED] * (MOST_FACTS + 5)


def test_a_full_answer_without_the_fact_is_no_contradiction_rule_11(both: Neighbours) -> None:
    there, here = told(both)
    both.work(both.henan, at=AT)
    both.send(both.henan, at=AT)
    (question,) = outgoing(both.shandong)
    with both.henan.store.reading() as transaction:
        colour, (fact,) = current_facts(transaction, both.henan, there, at=AT)
    fields: dict[int | str, Value] = {}
    fields.update(
        answer_body(colour, [replace(fact, fact_id=f"{number:032x}") for number in range(MOST_FACTS)])
    )
    with both.shandong.store.transaction() as transaction:
        body = Fields(fields, of="answer")
        take_answer(transaction, both.shandong, HENAN, question.message_id, body, at=AT)

    assert both.facts(here)[0].state is FactState.ASKED


def test_somebody_whose_records_are_broken_holds_up_nobody_else_and_is_counted(both: Neighbours) -> None:
    broken, other = register(both.henan, "370100"), register(both.henan, "370100", 1)
    keep(both.henan, contact(broken), contact(other))
    assess_now(both.henan, broken, other)
    keep(both.henan, replace(contact(broken), ref="broken", kind=EvidenceKind.CLEARANCE, reason=None))
    faults = ExchangeFaults()

    assert tell_homes(both.henan, at=AT, faults=faults) == 1
    assert faults.by_step == {"tell": 1}
    with both.henan.store.transaction() as transaction:
        transaction.of(EvidenceRow).remove(equal("ref", "broken"))
    assert tell_homes(both.henan, at=AT, faults=faults) == 1
    assert faults.number == 1
