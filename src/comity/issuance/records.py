"""The records that several parts of issuance share: people, their standing, passes, messages, the audit.

First field: the key. Times are instants, seconds since 1970. No record holds a name or an identity number in
the clear: what is sealed only the vault opens (settled rule 15). Records of one part stand with that part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NewType

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import Instant

HolderKey = NewType("HolderKey", str)
"""Keyed hash of kind and number of an identity document, 32 hexadecimal digits: how a person is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody this region knows; `sealed` holds name, kind and number, opened by the vault alone.

    `division` is the six-digit code where the person lives; `vault_key` names the key that wraps `sealed`.
    `proved_at` is when the person last signed in alone or stood before a clerk with the document; None for
    somebody whom a guardian declared, and `asked_region` then who is asked although a guardian says that they
    live here (settled rule 17).
    """

    holder: HolderKey
    sealed: bytes
    vault_key: str
    division: str
    added_at: Instant
    proved_at: Instant | None = None
    asked_region: str | None = None

    TABLE: ClassVar[str] = "person"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("vault_key",), ("division",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The colour of one person as last assessed: worst colour first among `rules`, green with none.

    `until` is when it ends or is reviewed; `changes` counts the changes of colour or grounds. `next_at` is
    when the evidence says something else, for green too: the person is assessed again then. With
    `set_aside_at` the person could not be assessed since, and no colour is given by it.
    """

    holder: HolderKey
    colour: Colour
    reason: ColourReason | None
    rule: str | None
    rulebook_version: int
    basis: Instant | None
    until: Instant | None
    origin: str | None
    since: Instant
    assessed_at: Instant
    changes: int
    next_at: Instant | None = None
    set_aside_at: Instant | None = None

    TABLE: ClassVar[str] = "standing"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("next_at",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Somebody whose records cannot be assessed: since when, which kind of error; removed once they can."""

    holder: HolderKey
    kind: str
    since: Instant
    tried_at: Instant

    TABLE: ClassVar[str] = "set_aside"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


class PassState(StrEnum):
    """Where a device or paper pass stands (Token Status List, settled rule 10); expiry is not a state."""

    CURRENT = "current"
    VOID = "void"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPass:
    """A device or paper pass as issued: what the holder was given, and where its status stands.

    `carrier` is whose phone holds it: the holder, or the guardian. `data` is the signed COSE_Sign1, `kid` the
    id of the key that signed it, in hexadecimal digits.
    """

    pass_id: str
    holder: HolderKey
    carrier: HolderKey
    pass_class: PassClass
    colour: Colour
    issued_at: Instant
    expires_at: Instant
    list_number: int
    list_index: int
    state: PassState
    state_since: Instant
    state_reason: str | None
    request: str | None
    kid: str
    data: bytes

    TABLE: ClassVar[str] = "issued_pass"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("holder", "issued_at"),
        ("carrier",),
        ("list_number", "state"),
        ("expires_at",),
        ("request",),
        ("kid", "pass_id"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A holder whose colour, passes or sessions changed: what every worker must forget, in order of `number`.

    Written in the same transaction as the change; removed after a day.
    """

    number: int
    holder: HolderKey
    at: Instant

    TABLE: ClassVar[str] = "change"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a holder is told, by text key and values (JSON): a change, an end, a reminder."""

    message_id: str
    holder: HolderKey
    text_key: str
    values: str
    made_at: Instant
    read_at: Instant | None = None

    TABLE: ClassVar[str] = "message"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder", "made_at"),)
