"""Verifications of one turn: answered together, each for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from comity.errors import NotSignedIn
from comity.server.verify_turn import MOST_AT_ONCE, Answered, Asked, VerifyTurn

SCOPE = {"type": "http"}


class Desk:
    """Answers with the body, refuses what says so, and remembers how many came at once."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def answer(self, asked: Sequence[Asked]) -> list[Answered]:
        """Answer a turn."""
        self.sizes.append(len(asked))
        return [NotSignedIn("no") if body == b"refuse" else body for _, body in asked]


def ask(desk: Desk, bodies: Sequence[bytes]) -> list[bytes | BaseException]:
    """Ask for all bodies in one turn of an event loop."""

    async def run() -> list[bytes | BaseException]:
        turn = VerifyTurn(desk.answer)
        return await asyncio.gather(*(turn.ask(SCOPE, body) for body in bodies), return_exceptions=True)

    return asyncio.run(run())


def test_what_comes_in_one_turn_is_answered_together_and_to_whom_it_belongs() -> None:
    desk = Desk()

    assert ask(desk, [b"1", b"2", b"3"]) == [b"1", b"2", b"3"]
    assert desk.sizes == [3]


def test_a_refusal_is_one_request_s_alone() -> None:
    first, refused, last = ask(Desk(), [b"1", b"refuse", b"3"])

    assert (first, last) == (b"1", b"3")
    assert isinstance(refused, NotSignedIn)


def test_a_rush_is_answered_in_parts() -> None:
    desk = Desk()
    bodies = [b"%d" % number for number in range(2 * MOST_AT_ONCE + 1)]

    assert ask(desk, bodies) == bodies
    assert desk.sizes == [MOST_AT_ONCE, MOST_AT_ONCE, 1]


def test_a_fault_is_told_to_everybody_who_waits() -> None:
    def broken(asked: Sequence[Asked]) -> list[Answered]:
        raise RuntimeError("a fault")

    async def run() -> list[bytes | BaseException]:
        turn = VerifyTurn(broken)
        return await asyncio.gather(*(turn.ask(SCOPE, b"") for _ in range(2)), return_exceptions=True)

    assert [type(each) for each in asyncio.run(run())] == [RuntimeError, RuntimeError]


def test_who_went_away_keeps_nobody_waiting() -> None:
    async def run() -> bytes:
        turn = VerifyTurn(Desk().answer)
        gone = turn.ask(SCOPE, b"1")
        await asyncio.sleep(0)
        gone.cancel()
        return await turn.ask(SCOPE, b"2")

    assert asyncio.run(run()) == b"2"
