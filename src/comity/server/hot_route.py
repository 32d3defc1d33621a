"""A hot route: answered in front of the framework, from what a worker has in memory.

It is handed the request as it came and its whole body, and gives the JSON of a good answer; whatever it
raises becomes a problem as everywhere. Nothing else happens for it (`around.Around`): no routing, no timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeAlias

from starlette.types import Receive, Scope

from comity.errors import InvalidInput, TookTooLong

_BEAT: Final = 0.1
HotAnswer: TypeAlias = Callable[[Scope, bytes], Awaitable[bytes]]
"""Answers a request and its body with JSON. Raises: ComityError."""


class HotRoute(NamedTuple):
    """One path, always by POST; `max_body` is in bytes."""

    path: str
    max_body: int
    answer: HotAnswer


async def read_body(receive: Receive, *, limit: int) -> bytes:
    """Read a body, most often in one piece. Raises: InvalidInput beyond `limit` bytes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False) and len(body) <= limit:
        message = await receive()
        body += message.get("body", b"")
    if len(body) > limit:
        raise InvalidInput(f"the body has more than {limit} bytes", field="body")
    return body


class TimeBound:
    """Ends what takes longer than `seconds`: looked at ten times a second, a timer each would cost more.

    What is in hand stands in the order in which it began: a look ends at the first that has time left.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: dict[asyncio.Task[object], float] = {}
        self._ended: set[asyncio.Task[object]] = set()
        self._beats_in: asyncio.AbstractEventLoop | None = None

    async def keep(self, work: Awaitable[bytes]) -> bytes:
        """Do the work, within the time. Raises: TookTooLong."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of asyncio runs in one
        self._began[task] = loop.time()
        if self._beats_in is not loop:
            self._beats_in = loop
            loop.call_later(_BEAT, self._look, loop)
        try:
            return await work
        except asyncio.CancelledError as error:
            if task not in self._ended:
                raise
            task.uncancel()
            raise TookTooLong("the request was not done in time") from error
        finally:
            del self._began[task]
            self._ended.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        over = loop.time() - self._seconds
        for task, began in self._began.items():
            if began > over:
                break
            if task not in self._ended:
                self._ended.add(task)
                task.cancel()
        if self._began:
            loop.call_later(_BEAT, self._look, loop)
        else:
            self._beats_in = None
