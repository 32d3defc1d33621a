"""What other regions ask, and how often they may: about a fact they were told, or a visitor (rule 17).

Any member can put a question with somebody's number. So one is answered only about people who live here, it
names the visitor by the asker's own opaque id, both regions have it in their audit, and a region asks so
many a day. Beyond that it is refused and the audit says so, for the supervisor who reads it.
"""

from __future__ import annotations

from typing import Final

from comity.domain.identity import IdentityDocument, read_identity
from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import StatementRefused
from comity.issuance.exchange_bodies import short_text
from comity.issuance.exchange_facts import answer_body, current_facts
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_records import SentFact
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of, home_of
from comity.issuance.records import HolderKey, Person
from comity.records.audit import Act, record_acts
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.trust.exchange import ExchangeKind, ExchangeMessage
from comity.trust.statements import Fields

QUESTIONS_A_DAY: Final = 5_000
"""Questions with a number that one region may put in a day of Beijing: visitors of one region who apply."""
_COUNTED: Final = 2**20
"""Above it in a counter: the day; below it: the questions of that day."""


def count_question(issuer: Issuer, message: ExchangeMessage, *, at: Instant) -> None:
    """Count a question with a number, before it is looked at; one that was taken in before counts again.

    Raises: StatementRefused when its sender has asked as often as it may on this day.
    """
    if message.kind is not ExchangeKind.QUESTION or message.read_body().has("fact"):
        return
    name, day = f"exchange-questions-{message.sender}", (at + 8 * HOUR) // DAY
    with issuer.store.transaction() as transaction:
        transaction.lock(name)
        counters = transaction.of(Counter)
        known = counters.find(name)
        asked = known.value % _COUNTED if known is not None and known.value // _COUNTED == day else 0
        after = Counter(name=name, value=day * _COUNTED + min(asked + 1, QUESTIONS_A_DAY + 1))
        if known is None:
            counters.add(after)
        else:
            counters.replace(after)
        if asked == QUESTIONS_A_DAY:
            detail: dict[str, str | int] = {"questions": QUESTIONS_A_DAY}
            sender = f"region:{message.sender}"
            act = Act(actor=sender, act="exchange.questions_spent", subject=name, detail=detail)
            record_acts(transaction, [act], at=at)
    if asked >= QUESTIONS_A_DAY:
        raise StatementRefused(
            f"region {message.sender} has asked {QUESTIONS_A_DAY} questions about people today",
            next_step="Ask again tomorrow; no answer within 24 hours is no evidence (settled rule 17).",
        )


def follow_question(
    transaction: Transaction, issuer: Issuer, message: ExchangeMessage, *, at: Instant
) -> None:
    """Answer by what is so now: about a fact that was told, or about somebody who applies elsewhere.

    Raises: UnreadableStatement, InvalidInput.
    """
    body, visitor = message.read_body(), ""
    fact_id = body.text("fact") if body.has("fact") else None
    holder: HolderKey | None
    if fact_id is not None:
        sent = transaction.of(SentFact).find(fact_id)
        holder = None if sent is None or sent.receiver != message.sender else sent.holder
    else:
        visitor = short_text(body.text("visitor"))
        holder = _who_lives_here(transaction, issuer, document_of(body))
    body.finish()
    answer = (
        {"facts": []}
        if holder is None
        else answer_body(*current_facts(transaction, issuer, holder, at=at), first=fact_id)
    )
    queue_message(
        transaction,
        issuer,
        message.sender,
        ExchangeKind.ANSWER,
        answer,
        reply_to=message.message_id.hex(),
        at=at,
    )
    if holder is not None:
        detail: dict[str, str | int] = {"visitor": visitor} if visitor else {}
        act = Act(actor=f"region:{message.sender}", act="exchange.asked", subject=holder, detail=detail)
        record_acts(transaction, [act], at=at)


def document_of(body: Fields) -> IdentityDocument:
    """Take the document a message takes along. Raises: UnreadableStatement, InvalidInput."""
    return read_identity(body.text("document"), body.text("number"), allow_test=True)


def _who_lives_here(transaction: Transaction, issuer: Issuer, document: IdentityDocument) -> HolderKey | None:
    person = transaction.of(Person).find(holder_of(issuer, document))
    return None if person is None or home_of(person) != issuer.region else person.holder
