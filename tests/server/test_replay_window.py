"""The replay window: a nonce counts once, in every process, until its time is over."""

from __future__ import annotations

import multiprocessing
from hashlib import sha256
from pathlib import Path

import pytest

from comity.errors import NotSignedIn, TooMany
from comity.server.replay_window import ReplayWindow
from tests.builders import AT


def digest(number: int) -> bytes:
    return sha256(str(number).encode()).digest()


def use_many(window: ReplayWindow, count: int) -> None:
    for number in range(count):
        window.use(digest(number), until=AT + 120, at=AT)


@pytest.fixture
def window(tmp_path: Path) -> ReplayWindow:
    return ReplayWindow(tmp_path / "nonces", slots=4_096)


def test_a_nonce_counts_once_until_its_time_is_over(window: ReplayWindow) -> None:
    window.use(digest(1), until=AT + 120, at=AT)

    with pytest.raises(NotSignedIn):
        window.use(digest(1), until=AT + 240, at=AT + 120)
    window.use(digest(1), until=AT + 241, at=AT + 121)


def test_many_nonces_are_told_apart(window: ReplayWindow) -> None:
    use_many(window, 2_000)

    for number in range(2_000):
        with pytest.raises(NotSignedIn):
            window.use(digest(number), until=AT + 120, at=AT)


def test_a_full_window_refuses_what_it_cannot_remember(tmp_path: Path) -> None:
    window = ReplayWindow(tmp_path / "nonces", slots=8)
    with pytest.raises(TooMany):
        use_many(window, 100)

    window.use(digest(101), until=AT + 300, at=AT + 121)


def test_nonces_outlive_the_worker(tmp_path: Path) -> None:
    first = ReplayWindow(tmp_path / "nonces")
    first.use(digest(1), until=AT + 120, at=AT)
    first.close()

    with pytest.raises(NotSignedIn):
        ReplayWindow(tmp_path / "nonces").use(digest(1), until=AT + 120, at=AT)


def _use_all(path: Path, counted: multiprocessing.Queue[int]) -> None:
    window, used = ReplayWindow(path), 0
    for number in range(500):
        try:
            window.use(digest(number), until=AT + 120, at=AT)
            used += 1
        except NotSignedIn:
            pass
    counted.put(used)


def test_of_several_processes_one_uses_each_nonce(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    counted: multiprocessing.Queue[int] = context.Queue()
    workers = [context.Process(target=_use_all, args=(tmp_path / "nonces", counted)) for _ in range(3)]
    for worker in workers:
        worker.start()
    used = sum(counted.get(timeout=30) for _ in workers)
    for worker in workers:
        worker.join()

    assert used == 500
