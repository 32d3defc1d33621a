"""What a region keeps of the exchange with others: what it sent, what it was sent, what it asked.

No record holds a name, a number or anybody's words: those are put into a message when it is sent, and a fact
that came in is found by the keyed hash of its holder alone (settled rule 15).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from comity.domain.instant import Instant
from comity.issuance.records import HolderKey
from comity.trust.exchange import ExchangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to be sent until it is taken in; `about` names whose document or words it takes along.

    `body` is deterministic CBOR without anything personal; `give_up_at` ends the trying.
    """

    message_id: str
    receiver: str
    kind: ExchangeKind
    holder: HolderKey | None
    words_of: str | None
    reply_to: str | None
    body: bytes
    made_at: Instant
    next_at: Instant
    give_up_at: Instant
    tries: int = 0

    TABLE: ClassVar[str] = "outgoing_message"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("next_at",), ("holder",))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMessage:
    """A message that was taken in once: `key` is its sender and id."""

    key: str
    at: Instant

    TABLE: ClassVar[str] = "taken_message"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFact:
    """A fact told to the home region of a visitor, until it lapses; the key is that of evidence and rule."""

    fact_id: str
    holder: HolderKey
    receiver: str
    until: Instant
    sent_at: Instant
    lapsed_at: Instant | None = None

    TABLE: ClassVar[str] = "sent_fact"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder",), ("until",))


class FactState(StrEnum):
    """Where a fact from another region stands; only a confirmed one is evidence."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangedFact:
    """A fact that `sender` told of somebody here: its rule, its evidence there, its end (settled rule 11).

    `key` is sender and fact; `question` the last question about its live state; `due_at` when the sender has
    to explain a contradiction.
    """

    key: str
    sender: str
    fact_id: str
    holder: HolderKey
    state: FactState
    colour: str
    reason: str
    rule: str
    rulebook_version: int
    evidence_ref: str
    evidence: bytes
    basis: Instant
    until: Instant
    received_at: Instant
    changed_at: Instant
    question: str | None = None
    asked_at: Instant | None = None
    due_at: Instant | None = None

    TABLE: ClassVar[str] = "exchanged_fact"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder",), ("state", "until"), ("question",))

    @property
    def row_ref(self) -> str:
        """The reference of the evidence that a confirmed fact is."""
        return f"exchange:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeQuestion:
    """The question to a visitor's home region, and its answer once it came (settled rule 17)."""

    key: str
    question: str
    holder: HolderKey
    home: str
    asked_at: Instant
    answered_at: Instant | None = None
    evidence: bytes = b""

    TABLE: ClassVar[str] = "home_question"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("question",), ("holder",), ("asked_at",))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDispute:
    """A correction that another region asked for: whose decision goes back to whom."""

    correction_id: str
    region: str
    message_id: str
    received_at: Instant

    TABLE: ClassVar[str] = "foreign_dispute"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("received_at",),)
