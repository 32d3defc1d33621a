"""The load of `comity bench region`: a process of its own that asks over raw sockets, on loopback only.

One thread and one selector ask faster than any server here answers, so that what is measured is the server.
Closed loop: every connection asks again once it is answered; that gives the peak. Open loop: requests are due
at a rate, whoever is late; times count from when a request was due. With retries it is a crowd instead: who
finds no free connection, is refused, or gets no answer asks again a second later, a few times, as phones do.
"""

from __future__ import annotations

import gc
import multiprocessing
import selectors
import socket
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from time import perf_counter
from typing import Final

from comity.cli.bench_cores import started_on
from comity.errors import WorkerLost

CLIENT_PATIENCE: Final = 2.0
"""Seconds a client waits for an answer before it gives up and asks again."""
MOST_TRIES: Final = 3
AGAIN_AFTER: Final = 1.0
"""Seconds after which a client asks again: when a dropped SYN is sent again (RFC 6298)."""
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "
_READ: Final = 65_536
_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """What to ask, how and for how long; `rate` None is a closed loop, `once` ends it after every request.

    One in `kept_every` answers is kept. Times of the first `warm_up` seconds, while connections are new, are
    not counted. The load is kept on `core`, when one is named.
    """

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    rate: float | None = None
    retries: bool = False
    kept_every: int = 0
    once: bool = False
    warm_up: float = 0.0
    core: int | None = None


@dataclass(slots=True, kw_only=True)
class LoadAnswer:
    """One answer that was kept: which request, when in seconds from the start, and its body."""

    request: int
    at: float
    status: int
    body: bytes


@dataclass(slots=True, kw_only=True)
class LoadResult:
    """What came of it: good answers in time, seconds it took, their times, and the statuses of all."""

    asked: int = 0
    good: int = 0
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    good_each_second: dict[int, int] = field(default_factory=dict)
    slowest_each_second: dict[int, float] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    given_up: int = 0
    kept: list[LoadAnswer] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Give the time within which a share of the good answers came, seconds."""
        times = sorted(self.times)
        return times[min(len(times) - 1, int(share * len(times)))] if times else float("inf")

    @property
    def mean(self) -> float:
        """The mean time of a good answer, seconds."""
        return sum(self.times) / len(self.times) if self.times else float("inf")


def run_load(plan: LoadPlan) -> LoadResult:
    """Run a load in a process of its own. Raises: WorkerLost."""
    return begin_load(plan)()


def begin_load(plan: LoadPlan) -> Callable[[], LoadResult]:
    """Start a load beside; the result is had by calling what is given. Raises there: WorkerLost."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, plan), daemon=True)
    with started_on(plan.core):
        process.start()
    theirs.close()

    def finish() -> LoadResult:
        try:
            found = ours.recv()
        except EOFError as error:
            raise WorkerLost("the process that makes the load ended early") from error
        finally:
            process.join()
        assert isinstance(found, LoadResult)  # noqa: S101 - sent by `_work` alone
        return found

    return finish


def _work(pipe: Pipe, plan: LoadPlan) -> None:
    gc.disable()  # a pause of this process would count as one of the server
    pipe.send(_Asker(plan).run())
    pipe.close()


class _Line:
    """One connection: what it waits for, since when, and what has come so far."""

    __slots__ = ("due", "number", "received", "sent_at", "socket", "tries")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((_LOOPBACK, port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.received = b""
        self.due = self.sent_at = 0.0
        self.number = self.tries = 0


class _Asker:
    """Asks as the plan says, and counts."""

    def __init__(self, plan: LoadPlan) -> None:
        self._plan, self._result = plan, LoadResult()
        self._selector = selectors.DefaultSelector()
        self._idle: deque[_Line] = deque()
        self._waiting: deque[tuple[float, int, int]] = deque()
        self._again: deque[tuple[float, int, int]] = deque()
        self._next = 0
        self._busy = 0
        self._answers = 0
        for _ in range(plan.connections):
            self._open()

    def run(self) -> LoadResult:
        """Ask until the time is over and nobody waits any more."""
        plan, result = self._plan, self._result
        self._began = began = perf_counter()
        end = began + plan.seconds
        due_next = began
        while True:
            now = perf_counter()
            if now < end:
                if plan.rate is None:
                    while self._idle and not self._is_done():
                        self._send(self._idle.popleft(), self._take(), now, now, 0)
                else:
                    while due_next <= now:
                        self._waiting.append((due_next, self._take(), 0))
                        due_next += 1 / plan.rate
            if (now >= end or self._is_done()) and (self._busy == 0 or now > end + CLIENT_PATIENCE):
                break
            self._send_waiting(now)
            pause = 0.05 if plan.rate is None else max(0.0, min(due_next, end) - perf_counter())
            for key, _ in self._selector.select(min(pause, 0.05)):
                self._receive(key.data)
        result.seconds = perf_counter() - began if plan.once else plan.seconds
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()
        return result

    def _is_done(self) -> bool:
        return self._plan.once and self._next >= len(self._plan.requests)

    def _take(self) -> int:
        number = self._next % len(self._plan.requests)
        self._next += 1
        self._result.asked += 1
        return number

    def _send_waiting(self, now: float) -> None:
        """Send what is due as far as there are connections; of a crowd, who finds none asks again later."""
        again, waiting, idle = self._again, self._waiting, self._idle
        while again and again[0][0] <= now:
            waiting.append(again.popleft())
        while waiting and idle:
            due, number, tries = waiting.popleft()
            self._send(idle.popleft(), number, due, now, tries)
        if self._plan.retries:
            while waiting:
                _, number, tries = waiting.popleft()
                self._try_again(now, number, tries)

    def _try_again(self, now: float, number: int, tries: int) -> None:
        if self._plan.retries and tries < MOST_TRIES:
            self._again.append((now + AGAIN_AFTER, number, tries + 1))
        else:
            self._result.given_up += 1

    def _send(self, line: _Line, number: int, due: float, now: float, tries: int) -> None:
        line.number, line.due, line.sent_at, line.tries, line.received = number, due, now, tries, b""
        self._busy += 1
        request = self._plan.requests[number]
        if line.socket.send(request) != len(request):
            raise ValueError("a request of the bench does not fit the buffer of a socket")

    def _receive(self, line: _Line) -> None:
        try:
            part = line.socket.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            self._lost(line)
            return
        line.received += part
        head = line.received.find(_HEAD_END)
        if head < 0:
            return
        start = line.received.find(_LENGTH, 0, head + 2) + len(_LENGTH)
        length = int(line.received[start : line.received.index(b"\r", start)]) if start >= len(_LENGTH) else 0
        if len(line.received) >= head + 4 + length:
            self._answered(line, line.received[head + 4 :])

    def _lost(self, line: _Line) -> None:
        """Replace a connection that the server closed; what waited on it is tried again."""
        self._selector.unregister(line.socket)
        line.socket.close()
        self._busy -= 1
        self._try_again(perf_counter(), line.number, line.tries)
        self._open()

    def _open(self) -> None:
        line = _Line(self._plan.port)
        self._selector.register(line.socket, selectors.EVENT_READ, line)
        self._idle.append(line)

    def _answered(self, line: _Line, body: bytes) -> None:
        now, result = perf_counter(), self._result
        status = int(line.received[9:12])
        took, second = now - line.due, int(now - self._began)
        result.statuses[status] = result.statuses.get(status, 0) + 1
        is_good = status < 400 and took <= CLIENT_PATIENCE
        if is_good:
            result.good += 1
            if now - self._began >= self._plan.warm_up:
                result.times.append(took)
            result.good_each_second[second] = result.good_each_second.get(second, 0) + 1
            result.slowest_each_second[second] = max(result.slowest_each_second.get(second, 0.0), took)
        elif status in (429, 503):
            self._try_again(now, line.number, line.tries)
        self._answers += 1
        if self._plan.kept_every and self._answers % self._plan.kept_every == 0:
            answer = LoadAnswer(request=line.number, at=now - self._began, status=status, body=body)
            result.kept.append(answer)
        self._busy -= 1
        self._idle.append(line)
