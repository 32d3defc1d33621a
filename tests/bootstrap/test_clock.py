"""The clock of a node: never before what it has seen; a setting in demo mode."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comity.bootstrap.clock import KEPT_EVERY, NodeClock
from comity.domain.instant import DAY, HOUR
from comity.errors import ClockRefused, NotPossibleNow
from tests.builders import AT


class Watch:
    """The machine's clock, set by a test."""

    def __init__(self) -> None:
        self.at = float(AT)

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


def clock(folder: Path, watch: Watch, *, is_demo: bool = False) -> NodeClock:
    return NodeClock(folder / "clock.json", is_demo=is_demo, read=watch)


def test_it_gives_whole_seconds_and_never_goes_back_within_the_leeway(tmp_path: Path, watch: Watch) -> None:
    now = clock(tmp_path, watch)
    watch.at += 0.9
    assert now() == AT

    watch.at -= 60

    assert now() == AT


def test_a_clock_stepped_back_an_hour_is_refused(tmp_path: Path, watch: Watch) -> None:
    now = clock(tmp_path, watch)
    now()

    watch.at -= HOUR

    with pytest.raises(ClockRefused):
        now()


def test_a_clock_stepped_back_while_the_node_was_down_is_refused(tmp_path: Path, watch: Watch) -> None:
    clock(tmp_path, watch)()

    watch.at -= HOUR

    with pytest.raises(ClockRefused):
        clock(tmp_path, watch)()


def test_what_was_seen_is_written_at_most_once_a_minute(tmp_path: Path, watch: Watch) -> None:
    now = clock(tmp_path, watch)
    now()
    first = (tmp_path / "clock.json").stat().st_mtime_ns
    watch.at += KEPT_EVERY - 1
    now()
    assert (tmp_path / "clock.json").stat().st_mtime_ns == first

    watch.at += 1
    now()

    assert str(AT + KEPT_EVERY) in (tmp_path / "clock.json").read_text()


def test_demo_time_put_forward_is_seen_by_every_process_of_the_node(tmp_path: Path, watch: Watch) -> None:
    one, other = (clock(tmp_path, watch, is_demo=True) for _ in range(2))
    one(), other()

    assert one.put_forward(14 * DAY) == AT + 14 * DAY

    assert other() == AT + 14 * DAY
    assert clock(tmp_path, watch, is_demo=True)() == AT + 14 * DAY


def test_real_time_is_no_setting(tmp_path: Path, watch: Watch) -> None:
    with pytest.raises(NotPossibleNow):
        clock(tmp_path, watch).put_forward(1)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"highest": null, "forward": 0}', "\0"])
def test_a_damaged_file_is_no_reason_to_trust_the_clock(tmp_path: Path, watch: Watch, text: str) -> None:
    (tmp_path / "clock.json").write_text(text)

    with pytest.raises(ClockRefused):
        clock(tmp_path, watch)


def test_a_disk_that_takes_nothing_stops_no_clock(tmp_path: Path, watch: Watch) -> None:
    now = NodeClock(tmp_path / "no such folder" / "clock.json", is_demo=False, read=watch)

    assert now() == AT


def test_two_processes_that_write_at_once_lose_no_step_forward(tmp_path: Path) -> None:
    def step(number: int) -> None:
        NodeClock(tmp_path / "clock.json", is_demo=True).put_forward(number)

    with ThreadPoolExecutor(8) as people:
        list(people.map(step, range(64)))

    kept = json.loads((tmp_path / "clock.json").read_text(encoding="utf-8"))
    assert kept["forward"] == sum(range(64))
