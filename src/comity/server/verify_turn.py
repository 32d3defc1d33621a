"""Verifications of one turn of the event loop, answered together.

Codes that wait at the same time go through each phase one after another (`verify_block`), which keeps the
code and tables of a phase warm: under load a quarter less time for each. A code that comes alone is answered
at once. What one request is refused for is its own; nobody else's answer changes or waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from starlette.types import Scope

MOST_AT_ONCE: Final = 32
"""Requests answered in one go: about 4 ms, for which nothing else of the worker goes on."""
Asked: TypeAlias = tuple[Scope, bytes]
Answered: TypeAlias = bytes | Exception


class VerifyTurn:
    """Collects what is asked until the event loop has nothing else to begin; for one event loop at a time."""

    def __init__(self, answer: Callable[[Sequence[Asked]], Sequence[Answered]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[Asked, asyncio.Future[bytes]]] = []

    def ask(self, scope: Scope, body: bytes) -> asyncio.Future[bytes]:
        """Give the answer to one request, or what it is refused for, once the turn is over."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        self._waiting.append(((scope, body), answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._answer_waiting, loop)
        return answer

    def _answer_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        asked, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        if self._waiting:
            loop.call_soon(self._answer_waiting, loop)
        answers: Sequence[Answered]
        try:
            answers = self._answer([each for each, _ in asked])
        except Exception as error:  # noqa: BLE001 - an edge: everybody who waits is told
            answers = [error] * len(asked)
        for (_, waits), answer in zip(asked, answers, strict=True):
            if waits.done():  # the client went away, or its time was over
                continue
            if isinstance(answer, bytes):
                waits.set_result(answer)
            else:
                waits.set_exception(answer)
