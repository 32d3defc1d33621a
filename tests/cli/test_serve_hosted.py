"""`comity serve hosted`: real processes; what breaks in one region stays there, and heals by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx2
import pytest

from comity.cli.main import MISUSE, run
from tests.cli.test_region import free_port

REGIONS: Final = ("150000", "440000")


def make(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make both regions, each with a passphrase of its own."""
    for region in REGIONS:
        monkeypatch.setenv("COMITY_KEY_PASSPHRASE", f"of {region}")
        words = ["--region", region, "--data", str(folder / region), "--demo"]
        assert run(["region", "init", *words]) == 0
        settings = folder / region / "settings.env"
        settings.write_text(f"COMITY_KEY_PASSPHRASE=of {region}\nCOMITY_DEMO=1\n")
        settings.chmod(0o600)
    monkeypatch.delenv("COMITY_KEY_PASSPHRASE")


@contextmanager
def hosted(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the folder; nothing of it is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "comity.cli.main", "serve", "hosted", str(folder), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        below = processes_below(process.pid)
        process.kill()
        process.wait()
        assert until(lambda: not [pid for pid in below if is_running(pid)], seconds=30), "some outlive it"


def processes_below(pid: int) -> list[int]:
    """The processes that one started, and those that they started (Linux)."""
    children = list[int]()
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread, or the process, that ended meanwhile
            children += [int(child) for child in file.read_text().split()]
    return [each for child in children for each in (child, *processes_below(child))]


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def until(holds: Callable[[], bool], *, seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.slow
def test_a_region_whose_database_is_broken_or_whose_processes_die_is_the_only_one_that_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, monkeypatch)
    database = tmp_path / "440000" / "region.db"
    good = database.read_bytes()
    database.write_bytes(b"not a database" * 400)
    port = free_port()

    with hosted(tmp_path, port) as process, httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:

        def says(region: str, status: int) -> Callable[[], bool]:
            def ask() -> bool:
                try:
                    return client.get(f"/{region}/health/ready").status_code == status
                except httpx2.TransportError:  # the front itself is still starting
                    return False

            return ask

        assert until(says("150000", 200))
        broken = client.get("/440000/anchor")
        assert broken.status_code == 503
        assert broken.json()["type"] == "urn:comity:error:region-unavailable"
        assert until(lambda: b"Records" in (tmp_path / "440000" / "node.log").read_bytes())

        database.write_bytes(good)
        assert until(says("440000", 200)), "a region that was put right is served again by itself"

        first = first_process_of(process.pid, "150000")
        for each in (*processes_below(first), first):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        assert until(says("150000", 503), seconds=10)
        assert says("440000", 200)()
        for region in REGIONS:
            other = next(each for each in REGIONS if each != region)
            assert other not in (tmp_path / region / "node.log").read_text()


def first_process_of(server: int, region: str) -> int:
    """Find the process that was started for a region; its environment says whose it is."""
    named = f"COMITY_REGION={region}".encode()
    return next(
        pid
        for pid in processes_below(server)
        if named in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    )


def test_a_folder_that_holds_nothing_is_told_in_two_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", "hosted", str(tmp_path)]) == MISUSE

    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_database_that_holds_another_regions_records_is_not_made_a_second_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "words")
    monkeypatch.setenv("COMITY_DATABASE_URL", f"sqlite:///{tmp_path / 'shared.db'}")
    one, other = (
        run(["region", "init", "--region", region, "--data", str(tmp_path / region), "--demo"])
        for region in REGIONS
    )

    assert (one, other) == (0, MISUSE)
    assert "holds the records of a region already" in capsys.readouterr().err


def test_a_backup_of_one_region_is_opened_with_no_other_passphrase_and_over_no_other_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, monkeypatch)
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "of 150000")
    backup = str(tmp_path / "backup")
    assert run(["region", "backup", backup, "--data", str(tmp_path / "150000")]) == 0
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "of 440000")

    over = run(["region", "restore", backup, "--data", str(tmp_path / "440000")])
    anew = run(["region", "restore", backup, "--data", str(tmp_path / "new")])

    assert (over, anew) == (MISUSE, MISUSE)
    told = capsys.readouterr().err
    assert "holds a region's data already" in told
    assert "passphrase" in told


def test_the_processes_of_a_region_are_handed_nothing_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.bootstrap.hosting import read_hosting

    make(tmp_path, monkeypatch)
    for hosted_region in read_hosting(tmp_path, url="http://127.0.0.1:8150").regions:
        given = hosted_region.environment(os.environ, socket=tmp_path / "s")
        other = next(each for each in REGIONS if each != hosted_region.region)
        assert not [name for name, value in given.items() if name != "PWD" and other in value]
