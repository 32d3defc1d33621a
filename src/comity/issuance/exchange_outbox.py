"""Messages to other regions: queued in the transaction that makes them, sent when their region is reached.

A message keeps its id until it is taken in or its time is over, so that sending it again is safe. The number
of a document and the words of a dispute are put in only when it is signed; they are not kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.instant import DAY, HOUR, MINUTE, Instant
from comity.domain.region import RegionCode
from comity.issuance.corrections import Correction, events_of, said_in
from comity.issuance.exchange_records import OutgoingMessage
from comity.issuance.issuer import Issuer
from comity.issuance.people import get_person, open_person
from comity.issuance.records import HolderKey
from comity.records.audit import Act
from comity.records.ports import Transaction
from comity.records.search import at_most, equal
from comity.trust.exchange import ExchangeKind, ExchangeMessage, write_exchange

TRIED_FOR: Final = DAY
"""Seconds for which a message is tried, unless what it says holds longer."""
SENT_AT_ONCE: Final = 100
"""Messages sent in one go."""
_FIRST_WAIT: Final = MINUTE
_LONGEST_WAIT: Final = HOUR


def queue_message(
    transaction: Transaction,
    issuer: Issuer,
    receiver: RegionCode,
    kind: ExchangeKind,
    body: Mapping[str, Value],
    *,
    at: Instant,
    message_id: str | None = None,
    holder: HolderKey | None = None,
    words_of: str | None = None,
    reply_to: str | None = None,
    until: Instant | None = None,
) -> OutgoingMessage:
    """Queue a message; with `holder` it takes along the document, with `words_of` a correction's words."""
    fields: dict[int | str, Value] = {}
    fields.update(body)
    message = OutgoingMessage(
        message_id=message_id or issuer.new_id(),
        receiver=receiver,
        kind=kind,
        holder=holder,
        words_of=words_of,
        reply_to=reply_to,
        body=cbor.write(fields),
        made_at=at,
        next_at=at,
        give_up_at=at + TRIED_FOR if until is None else max(until, at + 1),
    )
    if transaction.of(OutgoingMessage).find(message.message_id) is None:
        transaction.of(OutgoingMessage).add(message)
    return message


def due_messages(transaction: Transaction, *, at: Instant) -> list[OutgoingMessage]:
    """List what is to be sent now, the longest waiting first."""
    return transaction.of(OutgoingMessage).select(
        at_most("next_at", at), order=("next_at",), limit=SENT_AT_ONCE
    )


def sign_outgoing(
    transaction: Transaction, issuer: Issuer, message: OutgoingMessage, *, at: Instant
) -> bytes:
    """Sign a message as of now, with the document or words it takes along.

    Raises: UnknownRecord when the person is not here any more, KeyStoreError.
    """
    body: dict[str, Value] = {str(key): value for key, value in cbor.read_map(message.body).items()}
    if message.holder is not None:
        document = open_person(issuer, get_person(transaction, message.holder)).document
        body |= {"document": str(document.kind), "number": document.number}
    if message.words_of is not None:
        body["words"] = _words(transaction, issuer, message.words_of, message.kind)
    signed = ExchangeMessage(
        sender=issuer.region,
        receiver=RegionCode(message.receiver),
        message_id=bytes.fromhex(message.message_id),
        kind=message.kind,
        made_at=at,
        reply_to=None if message.reply_to is None else bytes.fromhex(message.reply_to),
        body=body,
    )
    return write_exchange(signed, issuer.keys.statements, is_test=issuer.is_test)


def _words(transaction: Transaction, issuer: Issuer, correction_id: str, kind: ExchangeKind) -> str:
    """Give what the person said in a correction, or the reasons of its decision."""
    name = "reasons" if kind is ExchangeKind.DECISION else "statement"
    if transaction.of(Correction).find(correction_id) is None:
        return ""
    said = [said_in(issuer, event).get(name, "") for event in events_of(transaction, correction_id)]
    return next((words for words in reversed(said) if words), "")


def note_taken(transaction: Transaction, message: OutgoingMessage) -> None:
    """Forget a message that its receiver has."""
    transaction.of(OutgoingMessage).remove(equal("message_id", message.message_id))


def note_untaken(
    transaction: Transaction, message: OutgoingMessage, *, at: Instant, is_refused: bool
) -> list[Act]:
    """Note that a message was not taken in: tried again later, or given up; gives the acts to be recorded."""
    wait = min(_FIRST_WAIT * 2**message.tries, _LONGEST_WAIT)
    if not is_refused and at + wait < message.give_up_at:
        later = replace(message, tries=min(message.tries + 1, 10), next_at=at + wait)
        transaction.of(OutgoingMessage).replace(later)
        return []
    note_taken(transaction, message)
    detail: dict[str, str | bool] = {"kind": str(message.kind), "to": message.receiver, "refused": is_refused}
    return [Act(actor="region", act="exchange.given_up", subject=message.message_id, detail=detail)]
