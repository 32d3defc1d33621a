"""A hot route: answered in front of the framework, from what a worker has in memory.

It is handed the request as it came and its whole body, and gives the JSON of a good answer; whatever it
raises becomes a problem as everywhere. Nothing else happens for it (`around.Around`): no routing, no timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Never, TypeAlias

from starlette.types import Receive, Scope

from comity.errors import InvalidInput

_BEAT: Final = 0.1
_BEARER: Final = b"bearer "
HotAnswer: TypeAlias = Callable[[Scope, bytes], Awaitable[bytes]]
"""Answers a request and its body with JSON. Raises: ComityError."""
ReadBody: TypeAlias = Callable[[int], Awaitable[bytes]]
"""Reads the body of a request up to so many bytes. Raises: InvalidInput."""


class HotRoute(NamedTuple):
    """One path, always by POST; `max_body` is in bytes."""

    path: str
    max_body: int
    answer: HotAnswer


async def read_body(receive: Receive, limit: int) -> bytes:
    """Read a body, most often in one piece. Raises: InvalidInput beyond `limit` bytes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False) and len(body) <= limit:
        message = await receive()
        body += message.get("body", b"")
    return body if len(body) <= limit else refuse_body(limit)


def refuse_body(limit: int) -> Never:
    """Refuse a body. Raises: InvalidInput."""
    raise InvalidInput(f"the body has more than {limit} bytes", field="body")


class HotHead(NamedTuple):
    """What is looked for in the header of a hot request: the bearer token, and whether a body follows."""

    token: bytes | None
    has_body: bool


def read_head(scope: Scope) -> HotHead:
    """Look through the header once."""
    token, has_body = None, False
    for name, value in scope["headers"]:
        if name == b"content-length":
            has_body = has_body or value != b"0"
        elif name == b"transfer-encoding":
            has_body = True
        elif name == b"authorization" and token is None:
            token = bearer_token(value)
    return HotHead(token, has_body)


def bearer_token(value: bytes) -> bytes | None:
    """Give the token of an Authorization field (RFC 6750)."""
    return value[len(_BEARER) :] if value[: len(_BEARER)].lower() == _BEARER else None


class TimeBound:
    """Ends what takes longer than `seconds`: looked at ten times a second, a timer each would cost more.

    What is in hand stands in the order in which it began: a look ends at the first that has time left.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: dict[asyncio.Task[object], float] = {}
        self._ended: set[asyncio.Task[object]] = set()
        self._beats_in: asyncio.AbstractEventLoop | None = None

    def begin(self) -> asyncio.Task[object]:
        """Begin to count the time of the present task; it has to be ended."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of asyncio runs in one
        self._began[task] = loop.time()
        if self._beats_in is not loop:
            self._beats_in = loop
            loop.call_later(_BEAT, self._look, loop)
        return task

    def is_over(self, task: asyncio.Task[object]) -> bool:
        """Say whether a task was cancelled since its time was over; the task then goes on."""
        if task not in self._ended:
            return False
        task.uncancel()
        return True

    def end(self, task: asyncio.Task[object]) -> None:
        """End counting."""
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
