"""Timed duties: each at its pace by the node's clock, in one process, none stopped by another's fault."""

from __future__ import annotations

import fcntl
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from starlette.testclient import TestClient

from comity.domain.evidence import EvidenceKind
from comity.issuance.duties import DUTIES, Duty
from comity.issuance.issuer import Issuer
from comity.server.duty_runner import LONG, DutyRunner, run_until
from comity.server.logs import configure_logs
from tests.issuance.holding import contact, holder, keep
from tests.region import RegionNode


class Notes:
    """What was done, and at which time."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []

    def duty(self, name: str, every: int, *, fails: bool = False) -> Duty:
        def run(issuer: Issuer, folder: Path, at: int) -> None:
            self.done.append((name, at))
            if fails:
                raise RuntimeError("张伟")

        return Duty(name=name, every_seconds=every, run=run)


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path / "published")


def test_every_duty_is_done_at_once_and_then_at_its_pace(region: RegionNode) -> None:
    notes = Notes()
    runner = DutyRunner(region.node, [notes.duty("often", 5), notes.duty("seldom", 60)])
    start = region.at

    for region.at in range(start, start + 61):
        runner.run_due()

    assert [name for name, _ in notes.done].count("often") == 13
    assert [at - start for name, at in notes.done if name == "seldom"] == [0, 60]


def test_a_duty_that_fails_stops_no_other_and_comes_again(region: RegionNode) -> None:
    notes = Notes()
    runner = DutyRunner(region.node, [notes.duty("broken", 5, fails=True), notes.duty("good", 5)])

    assert runner.run_due() == ["good"]
    region.at += 5
    assert runner.run_due() == ["good"]

    assert [name for name, _ in notes.done] == ["broken", "good"] * 2


def test_time_put_forward_makes_everything_due(region: RegionNode) -> None:
    notes = Notes()
    runner = DutyRunner(region.node, [notes.duty("hourly", 3_600)])
    runner.run_due()

    region.at += 14 * 86_400

    assert runner.run_due() == ["hourly"]


def test_one_process_alone_does_the_duties(region: RegionNode, tmp_path: Path) -> None:
    notes, ended, lock = Notes(), Event(), tmp_path / "duties.lock"
    runner = DutyRunner(region.node, [notes.duty("bundle", 5)])
    with lock.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = Thread(target=run_until, args=(ended, [runner], lock))
        waiting.start()
        ended.set()
        waiting.join()

    assert notes.done == []


def test_a_long_duty_does_not_keep_the_others_waiting(region: RegionNode, tmp_path: Path) -> None:
    released, ended = Event(), Event()

    def wait(issuer: Issuer, folder: Path, at: int) -> None:
        assert released.wait(30)

    def release(issuer: Issuer, folder: Path, at: int) -> None:
        released.set()
        ended.set()

    duties = [Duty(name="long", every_seconds=5, run=wait), Duty(name="short", every_seconds=5, run=release)]
    run_until(ended, [DutyRunner(region.node, [duty]) for duty in duties], tmp_path / "duties.lock")

    assert released.is_set()


def test_what_is_long_is_a_duty() -> None:
    assert {duty.name for duty in DUTIES} >= LONG


def test_names_of_duties_are_distinct_and_all_of_them_run_on_an_empty_region(region: RegionNode) -> None:
    assert len({duty.name for duty in DUTIES}) == len(DUTIES)

    assert DutyRunner(region.node).run_due() == [duty.name for duty in DUTIES]


def test_people_set_aside_are_counted_for_the_monitor_and_told_in_the_log(
    region: RegionNode, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    who = holder(region.issuer)
    keep(region.issuer, replace(contact(who), kind=EvidenceKind.CLEARANCE, reason=None))
    client = TestClient(region.app())
    before = client.get("/metrics").text
    runner = DutyRunner(region.node, [duty for duty in DUTIES if duty.name == "rulebook-sweep"])

    runner.run_due()

    assert "comity_people_set_aside 0\n" in before
    assert "comity_people_set_aside 1\n" in client.get("/metrics").text
    told = capsys.readouterr().err
    assert '"event": "people set aside"' in told
    assert who not in told
