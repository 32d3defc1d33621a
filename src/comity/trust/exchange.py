"""Messages between two regions about one person, as signed bytes (settled rules 10, 11 and 17).

A message (`Kind.EXCHANGE`) names who sends and who receives inside the signature, so that nobody can address
it anew, and an id by which a repetition is known. What it says is a small map whose keys its kind decides.
It holds an identity number: it travels sealed to the receiver only, which is not done here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from comity.codec.cbor import Value
from comity.domain.instant import DAY, Instant
from comity.domain.region import RegionCode
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.keys import KeyList
from comity.trust.ports import Signer
from comity.trust.recognition_statements import own_region, signed_fields
from comity.trust.statements import Fields, Kind, read_statement, write_statement

MESSAGE_ID_LENGTH: Final = 16
MESSAGE_LIFETIME: Final = DAY
"""Seconds after which a message is too old to be taken in; a sender makes it anew."""
MAX_MESSAGE: Final = 32_768
"""Bytes of a signed message at most."""


class ExchangeKind(StrEnum):
    """What a message says."""

    FACT = "fact"
    LAPSE = "lapse"
    QUESTION = "question"
    ANSWER = "answer"
    DISPUTE = "dispute"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeMessage:
    """One message; `reply_to` is the id of the message it answers, `body` what it says."""

    sender: RegionCode
    receiver: RegionCode
    message_id: bytes
    kind: ExchangeKind
    made_at: Instant
    reply_to: bytes | None = None
    body: dict[str, Value] = field(repr=False)

    def read_body(self) -> Fields:
        """Give the body to be read key by key."""
        fields: dict[int | str, Value] = dict(self.body.items())
        return Fields(fields, of=f"exchange message, {self.kind}")


def write_exchange(message: ExchangeMessage, sender: Signer, *, is_test: bool) -> bytes:
    """Sign a message with a usage-`statement` key of its sender. Raises: KeyStoreError, FormatError."""
    body: dict[int | str, Value] = dict(message.body.items())
    data = write_statement(
        {
            "sender": message.sender,
            "receiver": message.receiver,
            "id": message.message_id,
            "kind": str(message.kind),
            "made_at": message.made_at,
            "reply_to": message.reply_to,
            "body": body,
        },
        Kind.EXCHANGE,
        sender,
        is_test=is_test,
    )
    if len(data) > MAX_MESSAGE:
        raise UnreadableStatement(f"an exchange message is larger than {MAX_MESSAGE} bytes")
    return data


def claimed_sender(data: bytes, *, is_test: bool) -> RegionCode:
    """Give the region a message claims to be of, before any signature is checked.

    Raises: UnreadableStatement.
    """
    if len(data) > MAX_MESSAGE:
        raise UnreadableStatement(f"an exchange message is larger than {MAX_MESSAGE} bytes")
    return read_statement(data, Kind.EXCHANGE, is_test=is_test).peek().region("sender")


def read_exchange(
    data: bytes, keys: KeyList, *, receiver: RegionCode, at: Instant, is_test: bool
) -> ExchangeMessage:
    """Read a message that the region of these keys sent to `receiver`.

    Raises: UnreadableStatement, StatementRefused for another sender, receiver or time.
    """
    fields = signed_fields(data, Kind.EXCHANGE, keys, at=at, is_test=is_test)
    sender, addressed = own_region(fields.region("sender"), keys), fields.region("receiver")
    if addressed != receiver:
        raise StatementRefused(f"a message to {addressed}, not to {receiver}")
    kind = fields.text("kind")
    if kind not in tuple(ExchangeKind):
        raise UnreadableStatement(f"a message of the unknown kind '{kind}'")
    message = ExchangeMessage(
        sender=sender,
        receiver=addressed,
        message_id=_id(fields.octets("id")),
        kind=ExchangeKind(kind),
        made_at=fields.instant("made_at"),
        reply_to=_id(fields.octets("reply_to")) if fields.has("reply_to") else None,
        body=fields.part("body").rest(),
    )
    fields.finish()
    if not at - MESSAGE_LIFETIME <= message.made_at <= at + CLOCKS:
        raise StatementRefused("a message that is too old, or of a clock that is ahead")
    return message


CLOCKS: Final = 60
"""Seconds by which the sender's clock may be ahead."""


def _id(data: bytes) -> bytes:
    if len(data) != MESSAGE_ID_LENGTH:
        raise UnreadableStatement(f"an id of {MESSAGE_ID_LENGTH} bytes is expected")
    return data
