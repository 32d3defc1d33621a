"""The replay window: a nonce counts once, in every process, until its time is over."""

from __future__ import annotations

import multiprocessing
from hashlib import sha256
from pathlib import Path

import pytest

from comity.errors import NotSignedIn, TooMany
from comity.server.replay_window import ReplayWindow, SignedNonce
from tests.builders import AT


def nonce(number: int, created: int = AT) -> SignedNonce:
    return SignedNonce(sha256(str(number).encode()).digest(), created)


def use_many(window: ReplayWindow, count: int) -> None:
    for number in range(count):
        window.use(nonce(number), until=AT + 120, at=AT)


@pytest.fixture
def window(tmp_path: Path) -> ReplayWindow:
    return ReplayWindow(tmp_path / "nonces", slots=4_096)


def test_a_nonce_counts_once_until_its_time_is_over(window: ReplayWindow) -> None:
    window.use(nonce(1), until=AT + 120, at=AT)

    with pytest.raises(NotSignedIn):
        window.use(nonce(1), until=AT + 240, at=AT + 120)
    window.use(nonce(1), until=AT + 241, at=AT + 121)


def test_many_nonces_are_told_apart(window: ReplayWindow) -> None:
    use_many(window, 2_000)

    for number in range(2_000):
        with pytest.raises(NotSignedIn):
            window.use(nonce(number), until=AT + 120, at=AT)


def test_nonces_of_different_seconds_stand_beside_each_other(window: ReplayWindow) -> None:
    for created in range(AT - 60, AT + 60):
        window.use(nonce(created, created), until=AT + 120, at=AT)

    for created in range(AT - 60, AT + 60):
        with pytest.raises(NotSignedIn):
            window.use(nonce(created, created), until=AT + 120, at=AT)


def test_a_nonce_behind_one_that_has_ended_still_counts(tmp_path: Path) -> None:
    window = ReplayWindow(tmp_path / "nonces", slots=1)
    window.use(nonce(1), until=AT + 10, at=AT)
    window.use(nonce(2), until=AT + 120, at=AT)

    with pytest.raises(NotSignedIn):
        window.use(nonce(2), until=AT + 240, at=AT + 11)


def test_of_nonces_used_together_the_second_of_two_alike_is_refused(window: ReplayWindow) -> None:
    answers = window.use_all([nonce(1), nonce(2), nonce(1)], until=AT + 120, at=AT)

    assert [type(each) for each in answers] == [type(None), type(None), NotSignedIn]


def test_a_full_window_refuses_what_it_cannot_remember(tmp_path: Path) -> None:
    window = ReplayWindow(tmp_path / "nonces", slots=8)
    with pytest.raises(TooMany):
        use_many(window, 100)

    window.use(nonce(101), until=AT + 300, at=AT + 121)


def test_nonces_outlive_the_worker(tmp_path: Path) -> None:
    first = ReplayWindow(tmp_path / "nonces")
    first.use(nonce(1), until=AT + 120, at=AT)
    first.close()

    with pytest.raises(NotSignedIn):
        ReplayWindow(tmp_path / "nonces").use(nonce(1), until=AT + 120, at=AT)


def _use_all(path: Path, counted: multiprocessing.Queue[int]) -> None:
    window, used = ReplayWindow(path), 0
    for number in range(500):
        try:
            window.use(nonce(number), until=AT + 120, at=AT)
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
