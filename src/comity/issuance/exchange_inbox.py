"""Messages from other regions: opened, verified, taken in once, and followed (settled rules 10, 11 and 17).

A message that is not for this region, not by a member, too old or altered is refused; one that was taken in
before is passed over. A fact counts for nothing until its sender, asked again, stands by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import DuplicateRecord, StatementRefused, UnknownRecord
from comity.issuance.exchange_disputes import take_decision, take_dispute
from comity.issuance.exchange_questions import count_question, document_of, follow_question
from comity.issuance.exchange_records import TakenMessage
from comity.issuance.exchanged_facts import take_answer, take_fact, take_lapse
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of
from comity.issuance.sealing import open_sealed
from comity.issuance.statement_imports import find_hub_root
from comity.issuance.statements import find_newest, get_key_list
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.exchange import ExchangeKind, ExchangeMessage, claimed_sender, read_exchange
from comity.trust.keys import KeyList
from comity.trust.membership import read_membership


def take_in(issuer: Issuer, sealed: str, keys: Sequence[ec.EllipticCurvePrivateKey], *, at: Instant) -> bool:
    """Take in a sealed message from another region; False when it was taken in before.

    Raises: UnreadableStatement, StatementRefused, StoreUnavailable, ClockRefused.
    """
    data = open_sealed(sealed, keys)
    sender = claimed_sender(data, is_test=issuer.is_test)
    with issuer.store.reading() as transaction:
        key_list = _member_keys(transaction, issuer, sender, at=at)
    message = read_exchange(data, key_list, receiver=issuer.region, at=at, is_test=issuer.is_test)
    count_question(issuer, message, at=at)
    with issuer.store.transaction() as transaction:
        key = f"{message.sender}-{message.message_id.hex()}"
        transaction.lock(f"exchange-{message.message_id.hex()}")
        try:
            transaction.of(TakenMessage).add(TakenMessage(key=key, at=at))
        except DuplicateRecord:
            return False
        _FOLLOWED[message.kind](transaction, issuer, message, at)
    return True


def _member_keys(transaction: Transaction, issuer: Issuer, sender: RegionCode, *, at: Instant) -> KeyList:
    """Give the keys of a region that takes part now. Raises: StatementRefused for any other."""
    hub, row = find_hub_root(transaction), find_newest(transaction, StatementKind.MEMBERSHIP, sender)
    try:
        if hub is None or row is None or sender == issuer.region:
            raise UnknownRecord("no other member by that code is known")
        membership = read_membership(row.data, hub[0], is_test=issuer.is_test)
        keys = get_key_list(transaction, sender, is_test=issuer.is_test)
    except UnknownRecord as error:
        raise StatementRefused(f"region {sender} is not known here as a member") from error
    if not membership.is_in_force(at):
        raise StatementRefused(f"region {sender} does not take part at present")
    return keys


def _follow_fact(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    body = message.read_body()
    holder = holder_of(issuer, document_of(body))
    take_fact(transaction, issuer, message.sender, holder, body, at=at)


def _follow_lapse(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    body = message.read_body()
    fact_id = body.text("fact")
    body.finish()
    take_lapse(transaction, issuer, message.sender, fact_id, at=at)


def _follow_question(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    follow_question(transaction, issuer, message, at=at)


def _follow_answer(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    if message.reply_to is None:
        raise StatementRefused("an answer to no question")
    take_answer(transaction, issuer, message.sender, message.reply_to.hex(), message.read_body(), at=at)


def _follow_dispute(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    body = message.read_body()
    holder = holder_of(issuer, document_of(body))
    take_dispute(transaction, issuer, message, holder, body, at=at)


def _follow_decision(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    if message.reply_to is None:
        raise StatementRefused("a decision on no dispute")
    take_decision(transaction, issuer, message.sender, message.reply_to.hex(), message.read_body(), at=at)


_Follow = Callable[[Transaction, Issuer, ExchangeMessage, Instant], None]
_FOLLOWED: Final[dict[ExchangeKind, _Follow]] = {
    ExchangeKind.FACT: _follow_fact,
    ExchangeKind.LAPSE: _follow_lapse,
    ExchangeKind.QUESTION: _follow_question,
    ExchangeKind.ANSWER: _follow_answer,
    ExchangeKind.DISPUTE: _follow_dispute,
    ExchangeKind.DECISION: _follow_decision,
}
