"""Load shedding: how much is in hand, and what is refused so that the colour still comes (settled rule 13).

Two signs of too much are watched: requests in hand, and how late the event loop is, twice in a row, since a
machine that stood still once is not overloaded. Extras are refused at half of the bound, passes at three
quarters, the colour at the bound itself. Watching is never refused.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Receive

from comity.errors import Overloaded
from comity.server.route_classes import RouteClass

SHARE: Final = {
    RouteClass.COLOUR: 1.0,
    RouteClass.PASS: 0.75,
    RouteClass.EXTRA: 0.5,
    RouteClass.IMPORT: 0.5,
    RouteClass.PUBLICATION: 0.5,
}
"""The part of the bound up to which a class of requests is taken on."""
LATE: Final = {
    RouteClass.COLOUR: 1.0,
    RouteClass.PASS: 0.5,
    RouteClass.EXTRA: 0.25,
    RouteClass.IMPORT: 0.25,
    RouteClass.PUBLICATION: 0.25,
}
"""Seconds the event loop may be late before a class of requests is refused."""
RETRY_AFTER: Final = {
    RouteClass.COLOUR: 1,
    RouteClass.PASS: 2,
    RouteClass.EXTRA: 10,
    RouteClass.IMPORT: 30,
    RouteClass.PUBLICATION: 5,
}
"""Seconds after which a refused client may come back."""
TOO_MUCH: Final = "more requests are in hand than can be done"
_BEAT: Final = 0.1


@dataclass(slots=True)
class Load:
    """What one worker has in hand; `bound` is the most requests at once, `patience` multiplies LATE."""

    bound: int
    patience: float = 1.0
    in_hand: int = 0
    late: float = 0.0
    _last_late: float = 0.0
    _beats_in: asyncio.AbstractEventLoop | None = None

    def admits(self, kind: RouteClass) -> bool:
        """Say whether one more request of this class is taken on."""
        if kind is RouteClass.WATCH:
            return True
        return self.in_hand < self.bound * SHARE[kind] and self.late < LATE[kind] * self.patience

    def waiting(self, receive: Receive, kind: RouteClass) -> Receive:
        """Count no request while it waits for its sender: else a few slow ones would keep everybody out.

        When the body is there and there is too much in hand by then, it is refused. Raises: Overloaded.
        """
        is_whole = False

        async def received() -> Message:
            nonlocal is_whole
            if is_whole:
                return await receive()
            self.in_hand -= 1
            try:
                message = await receive()
            finally:
                self.in_hand += 1
            is_whole = not message.get("more_body", False)
            if is_whole and kind is not RouteClass.WATCH and self.in_hand > max(self.bound * SHARE[kind], 1):
                raise Overloaded(TOO_MUCH, retry_after=RETRY_AFTER[kind])
            return message

        return received

    def watch(self) -> None:
        """Begin to watch how late the event loop is; the first request does it, and one after a rest."""
        loop = asyncio.get_running_loop()
        if self._beats_in is not loop:
            self._beats_in, self.late, self._last_late = loop, 0.0, 0.0
            loop.call_later(_BEAT, self._beat, loop, loop.time() + _BEAT)

    def _beat(self, loop: asyncio.AbstractEventLoop, expected: float) -> None:
        this_late = max(0.0, loop.time() - expected)
        self.late, self._last_late = min(self._last_late, this_late), this_late
        if self.in_hand == 0 and this_late < _BEAT:
            self._beats_in = None
            return
        loop.call_later(_BEAT, self._beat, loop, loop.time() + _BEAT)
