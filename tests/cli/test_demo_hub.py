"""The hub of the demo with real processes: the list published, a checkpoint that follows, the hub killed."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from comity.cli.client import time_of
from comity.cli.demo_checkpoint import DemoCheckpoint
from comity.cli.demo_nodes import demo_federation
from comity.cli.demo_notice import BEGINS, DemoNotice
from comity.cli.demo_outage import DemoTravellers
from comity.cli.demo_phones import HUBEI_PICTURE, draw_hubei
from comity.cli.demo_regions import demo_regions
from comity.cli.main import MISUSE, run
from comity.cli.picture import scan
from comity.codec.qrtext import read_text
from comity.distribution.status_index import list_file, read_index
from comity.domain.instant import DAY, MINUTE, Instant, rfc3339
from comity.errors import UsageError
from comity.verify.authenticate import pass_of
from tests.builders import HOME, HOST, HUBEI

HOUR_LISTS: Final = "status-hourly"
_START: Final = (
    "from pathlib import Path; from comity.cli.demo_tour import run_nodes; "
    "run_nodes(Path({out!r}), once=False)"
)
SECONDS: Final = 120
"""Within which a process of the demo must have begun, or ended, even on a busy machine."""


@pytest.mark.slow
def test_c2_1_c3_3_the_list_reaches_a_checkpoint_and_the_hub_killed_changes_nothing_for_seven_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[tuple[Instant, str]] = []

    def tell(at: Instant, what: str) -> None:
        told.append((at, what))

    with demo_federation(tmp_path, begins_at=BEGINS) as federation:
        notice = DemoNotice(federation, tell)
        federation.hub.make(secrets.token_bytes)
        federation.hub.start()
        notice.begin()
        notice.collect_replies()
        notice.publish()
        federation.serve_nodes()
        home = federation.nodes[0]
        anchor = home.client.get("/anchor").content
        hub, root = federation.hub.url, federation.hub.root
        checkpoint = DemoCheckpoint(tmp_path / "checkpoint", hub=hub, root=root, anchor=anchor)
        travellers = DemoTravellers(federation, checkpoint, tell)
        travellers.before_the_list_holds()
        travellers.the_list_holds()
        notice.release_hubei()
        travellers.hubei_outside_wuhan_is_released()
        travellers.wuhan_is_released()
        given = home.client.get(f"/country/{HOME}/status")
        listed = [
            f"{HOUR_LISTS}/{list_file(HOME, row.number)}" for row in read_index(given.content, region=HOME)
        ]
        lists = [home.client.get(f"/country/{HOME}/{path}").content for path in listed]
        synced = ["client", "sync", "--hub", hub, "--root", str(root), "--cache", str(tmp_path / "other")]
        monkeypatch.setenv("COMITY_DEMO", "1")
        assert run([*synced, "--at", rfc3339(federation.time())]) == 0
        assert "8 regions, 8 changed" in capsys.readouterr().out
        travellers.the_hub_is_killed()
        killed = next(at for at, what in told if what.startswith("the hub is killed"))
        travellers.the_hub_stays_away()
        travellers.the_hub_is_back()

    answers = [
        (visit.who.split(",")[-2 if "online" in visit.who else 0].strip(), str(visit.decision.reason))
        for visit in checkpoint.visits
    ]
    assert answers == [
        ("Guangdong", "not_recognised"),
        ("Yichang", "referred"),
        ("Guangdong", "green"),
        ("Yichang", "referred"),
        ("Yichang", "green"),
        ("Wuhan", "referred"),
        ("Wuhan", "green"),
        ("Guangdong", "green"),
        ("Guangdong", "green"),
        ("Wuhan", "green"),
        ("Guangdong", "trust_stale"),
        ("Guangdong", "green"),
    ]
    assert lists
    assert all(file.startswith(b"\xd2") for file in lists), "Guangdong's lists, as it signed them"
    without = [visit for visit in checkpoint.visits if not visit.has_hub]
    assert [(visit.at - killed) // DAY for visit in without] == [1, 1, 8]
    assert {HOME, HOST} == {node.region for node in federation.nodes}
    assert HUBEI in federation.regions.by_code
    assert any("more than 7 days old" in what for _, what in told)


@pytest.mark.slow
def test_a_demo_that_is_told_to_end_leaves_no_process_behind(tmp_path: Path) -> None:
    code = _START.format(out=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as demo:
        end = time.monotonic() + SECONDS
        while not (hub := _served(tmp_path)):
            assert time.monotonic() < end, "the demo did not start its hub"
            assert demo.poll() is None, "the demo ended"
            time.sleep(0.1)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(SECONDS) == 128 + signal.SIGTERM

    assert hub
    assert _served(tmp_path) == []


def test_the_time_of_a_test_is_taken_in_demo_mode_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = "2020-03-19T00:00:00+08:00"
    monkeypatch.delenv("COMITY_DEMO", raising=False)
    assert run(["client", "show", "--cache", str(tmp_path), "--at", at]) == MISUSE
    with pytest.raises(UsageError, match="demo mode"):
        time_of(at)

    monkeypatch.setenv("COMITY_DEMO", "1")
    assert time_of(at) == BEGINS + 2 * DAY + 15 * 60 * MINUTE
    with pytest.raises(UsageError, match="is not a time"):
        time_of("tomorrow")


def _served(folder: Path) -> list[int]:
    """The processes that serve something below this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and any(word.startswith(os.fsencode(folder)) for word in words):
            found.append(int(place.name))
    return found


def test_the_demo_draws_a_pass_of_hubei_as_a_phone_would_show_it(tmp_path: Path) -> None:
    with demo_regions() as regions:
        draw_hubei(regions, tmp_path, at=BEGINS)

    (text,) = scan(tmp_path / HUBEI_PICTURE)
    claims = pass_of(read_text(text, is_test=True)).claims
    assert (claims.issuer, claims.area, claims.issued_at) == (HUBEI, "420500", BEGINS)
