"""Messages: what a holder or a guardian is told before standing at a gate, in Chinese and English."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from comity.domain.instant import rfc3339
from comity.issuance.messages import mark_read, messages_in_hand, words_of
from comity.issuance.records import Message
from comity.server.access import Resident, ServingNode
from comity.server.words import Words, words

router = APIRouter(tags=["messages"])


class HolderMessage(BaseModel):
    """One message."""

    message_id: str = Field(examples=["0123456789abcdef0123456789abcdef"])
    holder: str = Field(
        description="whom it is about: who is signed in, or a dependant",
        examples=["0123456789abcdef0123456789abcdef"],
    )
    kind: str = Field(examples=["message.pass_restored"])
    text: Words
    made_at: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    read_at: str | None = None


@router.get("/messages", summary="What the holder has been told")
def list_messages(signed_in: Resident, node: ServingNode, response: Response) -> list[HolderMessage]:
    """List the newest hundred messages, the own and those about dependants, newest first."""
    with node.store.reading() as transaction:
        found = messages_in_hand(transaction, signed_in)
    response.headers["cache-control"] = "no-store"
    return [_shown(message) for message in found]


@router.post("/messages/{message_id}/read", summary="Note that a message was read")
def read_message(
    message_id: Annotated[
        str, Path(pattern=r"^[0-9a-z-]{1,64}$", examples=["0123456789abcdef0123456789abcdef"])
    ],
    signed_in: Resident,
    node: ServingNode,
) -> HolderMessage:
    """Note that the holder has read a message; the first time counts."""
    with node.store.transaction() as transaction:
        message = mark_read(transaction, signed_in, message_id, at=node.clock())
    return _shown(message)


def _shown(message: Message) -> HolderMessage:
    return HolderMessage(
        message_id=message.message_id,
        holder=message.holder,
        kind=message.text_key,
        text=words(words_of(message)),
        made_at=rfc3339(message.made_at),
        read_at=None if message.read_at is None else rfc3339(message.read_at),
    )
