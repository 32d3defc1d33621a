"""Sessions: who is signed in, as resident or officer, by a token of which only the hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final

from comity.domain.instant import HOUR, Instant
from comity.errors import NotSignedIn
from comity.records.ports import Keeper, Transaction

RESIDENT_SESSION: Final = 30 * 24 * HOUR
"""Seconds a resident stays signed in on one phone."""
OFFICER_SESSION: Final = 8 * HOUR
"""Seconds an officer stays signed in: a shift."""
_TOKEN_LENGTH: Final = 32


class SessionKind(StrEnum):
    """Whose session it is."""

    RESIDENT = "resident"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in phone or desk; `who` is a holder key or an officer id."""

    token_hash: str
    kind: SessionKind
    who: str
    began_at: Instant
    ends_at: Instant

    TABLE: ClassVar[str] = "session"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("who",), ("ends_at",))


def begin_session(
    transaction: Transaction, keeper: Keeper, kind: SessionKind, who: str, *, at: Instant
) -> str:
    """Begin a session and give its token, which is not kept."""
    token = keeper.draw(_TOKEN_LENGTH).hex()
    lifetime = RESIDENT_SESSION if kind is SessionKind.RESIDENT else OFFICER_SESSION
    session = Session(token_hash=token_hash(token), kind=kind, who=who, began_at=at, ends_at=at + lifetime)
    transaction.of(Session).add(session)
    return token


def get_session(transaction: Transaction, token: str, kind: SessionKind, *, at: Instant) -> Session:
    """Give the session of a token. Raises: NotSignedIn when there is none, or it has ended."""
    session = transaction.of(Session).find(token_hash(token))
    if session is None or session.kind is not kind or at >= session.ends_at:
        raise NotSignedIn("this session is unknown or has ended")
    return session


def token_hash(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode()).hexdigest()
