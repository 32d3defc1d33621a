"""Messages: what a holder is told before standing at a gate: a change, an end, a reminder (C2.2, C2.4).

A message is kept as text key and values; the words come from the catalogue when it is read, in Chinese and
English. No message is sent anywhere: the holder's app fetches them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeAlias

from comity.domain.instant import Instant
from comity.domain.texts import Text, text
from comity.errors import UnknownRecord
from comity.issuance.issuer import Issuer
from comity.issuance.people import guardianships_of, require_carrier
from comity.issuance.records import HolderKey, Message
from comity.records.ports import Transaction
from comity.records.search import at_least, equal

MessageValues: TypeAlias = Mapping[str, str | int | Text]
"""What fills the {placeholders} of a text."""
MESSAGES_SHOWN: Final = 100
"""Messages given at once, newest first."""


def tell(
    transaction: Transaction,
    issuer: Issuer,
    holder: HolderKey,
    text_key: str,
    values: MessageValues,
    at: Instant,
) -> Message:
    """Write a message to a holder. Raises: KeyError for a text or value that is missing, StoreUnavailable."""
    message = write_message(issuer.new_id(), holder, text_key, values, at=at)
    transaction.of(Message).add(message)
    return message


def write_message(
    message_id: str, holder: HolderKey, text_key: str, values: MessageValues, *, at: Instant
) -> Message:
    """Make a message without keeping it. Raises: KeyError for a text or value that is missing."""
    text(text_key, **values)
    kept = {n: {"zh": v.zh, "en": v.en} if isinstance(v, Text) else v for n, v in values.items()}
    written = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Message(message_id=message_id, holder=holder, text_key=text_key, values=written, made_at=at)


def words_of(message: Message) -> Text:
    """Give the words of a message."""
    kept = json.loads(message.values)
    values = {name: Text(**value) if isinstance(value, dict) else value for name, value in kept.items()}
    return text(message.text_key, **values)


def messages_of(transaction: Transaction, holder: HolderKey) -> list[Message]:
    """List the newest messages of a holder, newest first."""
    return transaction.of(Message).select(
        equal("holder", holder), order=("made_at",), newest_first=True, limit=MESSAGES_SHOWN
    )


def messages_in_hand(transaction: Transaction, who: HolderKey) -> list[Message]:
    """List the newest messages to somebody and, since the guardian's consent, to dependants, newest first."""
    found = messages_of(transaction, who)
    for each in guardianships_of(transaction, who):
        found += transaction.of(Message).select(
            equal("holder", each.dependant),
            at_least("made_at", each.consented_at),
            order=("made_at",),
            newest_first=True,
            limit=MESSAGES_SHOWN,
        )
    return sorted(found, key=lambda message: message.made_at, reverse=True)[:MESSAGES_SHOWN]


def mark_read(transaction: Transaction, who: HolderKey, message_id: str, *, at: Instant) -> Message:
    """Note that holder or guardian has read a message; the first time counts. Raises: UnknownRecord."""
    messages = transaction.of(Message)
    found = messages.find(message_id)
    if found is None:
        raise UnknownRecord("there is no message with this id")
    require_carrier(transaction, who, found.holder)
    if found.read_at is not None:
        return found
    read = Message(
        message_id=found.message_id,
        holder=found.holder,
        text_key=found.text_key,
        values=found.values,
        made_at=found.made_at,
        read_at=at,
    )
    messages.replace(read)
    return read
