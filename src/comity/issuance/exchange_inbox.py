"""Messages from other regions: opened, verified, taken in once, and followed (settled rules 10, 11 and 17).

A message that is not for this region, not by a member, too old or altered is refused; one that was taken in
before is passed over. A fact counts for nothing until its sender, asked again, stands by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from comity.domain.identity import IdentityDocument, read_identity
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import DuplicateRecord, StatementRefused, UnknownRecord
from comity.issuance.exchange_disputes import take_decision, take_dispute
from comity.issuance.exchange_facts import answer_body, current_facts
from comity.issuance.exchange_outbox import queue_message
from comity.issuance.exchange_records import SentFact, TakenMessage
from comity.issuance.exchanged_facts import take_answer, take_fact, take_lapse
from comity.issuance.issuer import Issuer
from comity.issuance.people import holder_of
from comity.issuance.records import HolderKey
from comity.issuance.sealing import open_sealed
from comity.issuance.statement_imports import find_hub_root
from comity.issuance.statements import find_newest, get_key_list
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.exchange import ExchangeKind, ExchangeMessage, claimed_sender, read_exchange
from comity.trust.keys import KeyList
from comity.trust.membership import read_membership
from comity.trust.statements import Fields


def take_in(issuer: Issuer, sealed: str, keys: Sequence[ec.EllipticCurvePrivateKey], *, at: Instant) -> bool:
    """Take in a sealed message from another region; False when it was taken in before.

    Raises: UnreadableStatement, StatementRefused, StoreUnavailable, ClockRefused.
    """
    data = open_sealed(sealed, keys)
    sender = claimed_sender(data, is_test=issuer.is_test)
    with issuer.store.reading() as transaction:
        key_list = _member_keys(transaction, issuer, sender, at=at)
    message = read_exchange(data, key_list, receiver=issuer.region, at=at, is_test=issuer.is_test)
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


def document_of(body: Fields, *, at: Instant) -> IdentityDocument:
    """Take the document a message takes along. Raises: UnreadableStatement, InvalidInput."""
    return read_identity(body.text("document"), body.text("number"), allow_test=True)


def _follow_fact(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    body = message.read_body()
    holder = holder_of(issuer, document_of(body, at=at))
    take_fact(transaction, issuer, message.sender, holder, body, at=at)


def _follow_lapse(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    body = message.read_body()
    fact_id = body.text("fact")
    body.finish()
    take_lapse(transaction, issuer, message.sender, fact_id, at=at)


def _follow_question(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    """Answer by what is so now: about a fact that was told, or about somebody who applies elsewhere."""
    body = message.read_body()
    holder: HolderKey | None
    if body.has("fact"):
        sent = transaction.of(SentFact).find(body.text("fact"))
        holder = None if sent is None or sent.receiver != message.sender else sent.holder
    else:
        holder = holder_of(issuer, document_of(body, at=at))
    body.finish()
    answer = (
        {"facts": []} if holder is None else answer_body(*current_facts(transaction, issuer, holder, at=at))
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
        act = Act(actor=f"region:{message.sender}", act="exchange.asked", subject=holder)
        record_acts(transaction, [act], at=at)


def _follow_answer(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    if message.reply_to is None:
        raise StatementRefused("an answer to no question")
    take_answer(transaction, issuer, message.sender, message.reply_to.hex(), message.read_body(), at=at)


def _follow_dispute(transaction: Transaction, issuer: Issuer, message: ExchangeMessage, at: Instant) -> None:
    body = message.read_body()
    holder = holder_of(issuer, document_of(body, at=at))
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
