"""Attested answers: what a region says of a code of its own format, and all that is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from comity.codec.cbor import Value
from comity.codec.cwt import write_claims
from comity.domain.colour import Colour, PassClass
from comity.errors import FormatError, StatementRefused, UnreadableStatement
from comity.trust.attested_answers import (
    MAX_ANSWER,
    AttestedAnswer,
    AttestedState,
    question_of,
    read_attested_answer,
    write_attested_answer,
)
from comity.trust.keys import Usage
from comity.trust.statements import Kind, write_statement
from tests.builders import AT, HOME, HOST, altered, claims, key

SIGNER: Final = key(HOME, Usage.PASS)
QUESTION: Final = question_of("YKM:abc", bytes(16))
GOOD: Final = AttestedAnswer(
    issuer=HOME,
    question=QUESTION,
    answered_at=AT,
    state=AttestedState.CURRENT,
    claims=claims(PassClass.ONLINE),
)


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        replace(GOOD, claims=claims(PassClass.ONLINE, Colour.RED)),
        *(replace(GOOD, state=state, claims=None) for state in AttestedState if state != "current"),
    ],
)
def test_an_answer_is_read_as_it_was_written_and_counts_under_its_key_alone(answer: AttestedAnswer) -> None:
    unverified = read_attested_answer(write_attested_answer(answer, SIGNER, is_test=True), is_test=True)

    assert unverified.signed_by(SIGNER.public) == answer
    with pytest.raises(StatementRefused):
        unverified.signed_by(key(HOST, Usage.PASS).public)


def test_the_question_tells_code_and_asking_apart_and_names_neither() -> None:
    code, nonce = "YKM:abcdef", bytes(range(16))

    questions = {question_of(code, nonce), question_of(code + "0", nonce), question_of(code, bytes(16))}

    assert len(questions) == 3
    assert all(len(each) == 32 and b"YKM" not in each for each in questions)


@pytest.mark.parametrize(
    ("title", "changes"),
    [
        ("current without claims", {"claims": None}),
        ("claims of a code that is not current", {"state": AttestedState.EXPIRED}),
        ("bound to nothing", {"question": b""}),
        ("claims of another region", {"claims": claims(PassClass.ONLINE, issuer=HOST)}),
        ("claims of a paper pass", {"claims": claims(PassClass.PAPER)}),
        ("claims of another moment", {"answered_at": AT + 1}),
        ("longer than a minute", {"claims": altered(claims(PassClass.ONLINE), expires_at=AT + 61)}),
    ],
)
def test_what_does_not_hold_together_is_neither_written_nor_read(title: str, changes: dict[str, Any]) -> None:
    wrong = replace(GOOD, **changes)
    with pytest.raises(FormatError):
        write_attested_answer(wrong, SIGNER, is_test=True)

    with pytest.raises(UnreadableStatement):
        read_attested_answer(signed(fields_of(wrong)), is_test=True)


def fields_of(answer: AttestedAnswer) -> dict[str, Value | None]:
    return {
        "issuer": answer.issuer,
        "question": answer.question,
        "answered_at": answer.answered_at,
        "state": str(answer.state),
        "claims": None if answer.claims is None else write_claims(answer.claims),
    }


def signed(
    fields: dict[str, Value | None], kind: Kind = Kind.ATTESTED_ANSWER, *, is_test: bool = True
) -> bytes:
    return write_statement(fields, kind, SIGNER, is_test=is_test)


@pytest.mark.parametrize(
    ("title", "data"),
    [
        ("nothing", b""),
        ("too long", bytes(MAX_ANSWER + 1)),
        ("another kind", signed(fields_of(GOOD), Kind.RECOGNITION)),
        ("a real one in a test federation", signed(fields_of(GOOD), is_test=False)),
        ("an unknown state", signed(fields_of(GOOD) | {"state": "green"})),
        ("a field more", signed(fields_of(GOOD) | {"name": "x"})),
        ("claims that are none", signed(fields_of(GOOD) | {"claims": b"\xa0"})),
        ("the nation attests nothing", signed(fields_of(GOOD) | {"issuer": "000000"})),
    ],
)
def test_what_is_no_answer_is_refused(title: str, data: bytes) -> None:
    with pytest.raises(UnreadableStatement):
        read_attested_answer(data, is_test=True)
