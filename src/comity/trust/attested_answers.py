"""What a region attests of one code of its own format, as signed bytes: the word that others build on.

A region with its own format answers by this statement (`Kind.ATTESTED_ANSWER`), signed with one of its
usage-`pass` keys: a host decides by it as by an online pass, and the hub converts it into a national pass. It
is bound to one question, so that an answer can be replayed for no other code and no other asking. What was
asked is in it as a hash only: the code itself, which is a secret of its holder, is never in an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from comity.codec.cbor import Value
from comity.codec.cwt import read_claims, write_claims
from comity.domain.claims import PassClaims
from comity.domain.colour import ONLINE
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import FormatError, UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer
from comity.trust.statements import Fields, Kind, UnverifiedStatement, read_statement, write_statement

NONCE_LENGTH: Final = 16
"""Random bytes by which an asker tells its own question from every other."""
QUESTION_LENGTH: Final = 32
MAX_ANSWER: Final = 1_024
"""Bytes of an answer at most."""
_LABEL: Final = b"comity question"


class AttestedState(StrEnum):
    """Where a code stands by its issuer's word; only a current one has a colour (settled rule 7)."""

    CURRENT = "current"
    EXPIRED = "expired"
    VOID = "void"
    SUPERSEDED = "superseded"
    UNDER_REVIEW = "under_review"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedAnswer:
    """The answer of `issuer` to one question; `claims`, those of an online pass, only of a current code."""

    issuer: RegionCode
    question: bytes
    answered_at: Instant
    state: AttestedState
    claims: PassClaims | None = None


@dataclass(frozen=True, slots=True)
class UnverifiedAnswer:
    """An answer as read; `answer` may be looked at to find the key, and counts once the signature holds."""

    statement: UnverifiedStatement
    answer: AttestedAnswer

    def signed_by(self, key: PublicKey) -> AttestedAnswer:
        """Give the answer if `key` signed it. Raises: StatementRefused."""
        self.statement.signed_by(key)
        return self.answer


def question_of(code: str, nonce: bytes) -> bytes:
    """Give what an answer is bound to: the code as shown and the asker's nonce, hashed."""
    return sha256(b"\0".join((_LABEL, nonce.hex().encode(), code.encode()))).digest()


def write_attested_answer(answer: AttestedAnswer, signer: Signer, *, is_test: bool) -> bytes:
    """Sign an answer with a usage-`pass` key. Raises: FormatError for one that a reader would refuse."""
    _check(answer)
    fields: dict[str, Value | None] = {
        "issuer": answer.issuer,
        "question": answer.question,
        "answered_at": answer.answered_at,
        "state": str(answer.state),
        "claims": None if answer.claims is None else write_claims(answer.claims),
    }
    return write_statement(fields, Kind.ATTESTED_ANSWER, signer, is_test=is_test)


def read_attested_answer(data: bytes, *, is_test: bool) -> UnverifiedAnswer:
    """Read an answer, before its signature is checked. Raises: UnreadableStatement."""
    if len(data) > MAX_ANSWER:
        raise UnreadableStatement(f"attested answer: longer than {MAX_ANSWER} bytes")
    statement = read_statement(data, Kind.ATTESTED_ANSWER, is_test=is_test)
    fields = statement.peek()
    try:
        answer = AttestedAnswer(
            issuer=fields.region("issuer"),
            question=fields.octets("question"),
            answered_at=fields.instant("answered_at"),
            state=_state(fields),
            claims=_claims(fields),
        )
        fields.finish()
        _check(answer)
    except UnreadableStatement:
        raise
    except FormatError as error:
        raise UnreadableStatement(f"attested answer: {error}") from error
    return UnverifiedAnswer(statement, answer)


def _state(fields: Fields) -> AttestedState:
    word = fields.text("state")
    if word not in tuple(AttestedState):
        raise UnreadableStatement("attested answer: a state that is none")
    return AttestedState(word)


def _claims(fields: Fields) -> PassClaims | None:
    octets = fields.optional_octets("claims")
    return None if octets is None else read_claims(octets)


def _check(answer: AttestedAnswer) -> None:
    """Hold an answer together: a current code has the claims of an online pass, any other has none."""
    claims = answer.claims
    if len(answer.question) != QUESTION_LENGTH:
        raise FormatError("attested answer: it is bound to no question")
    if (claims is None) is (answer.state is AttestedState.CURRENT):
        raise FormatError("attested answer: a current code without claims, or claims of another")
    if claims is not None and not (
        claims.issuer == answer.issuer
        and claims.pass_class is ONLINE
        and claims.device_key is None
        and claims.status is None
        and claims.issued_at == answer.answered_at
        and claims.expires_at == answer.answered_at + ONLINE_LIFETIME
    ):
        raise FormatError("attested answer: its claims are not those of an online pass of this answer")
