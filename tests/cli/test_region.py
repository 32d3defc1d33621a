"""`comity region init` and `comity serve region`: made once, opened with its passphrase, told in one line."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from comity.bootstrap.region_folder import RegionFolder
from comity.cli.main import MISUSE, run
from tests.databases import PostgresqlServer

PASSPHRASE = "correct horse"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def init(data: Path, *words: str) -> int:
    return run(["region", "init", "--region", "150000", "--data", str(data), *words])


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_init_makes_a_region_and_tells_each_first_officer_a_code(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(data, "--demo", "--json") == 0

    made = json.loads(capsys.readouterr().out)
    assert len({officer["enrolment_code"] for officer in made["officers"]}) == 5
    assert run(["bundle", "show", str(data / "published" / "bundle.cbor"), "--json"]) == 0
    assert run(["region", "audit", "verify", "--data", str(data)]) == 0


def test_a_real_region_has_no_bundle_before_the_hub_vouches_for_it(data: Path) -> None:
    assert init(data) == 0

    assert not (data / "published" / "bundle.cbor").exists()
    assert (data / "published" / "anchor.cbor").exists()


def test_init_refuses_to_run_twice_and_touches_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(data, "--demo")
    before = (data / "keys.cbor").read_bytes()

    assert init(data, "--demo") == MISUSE

    assert "holds a region's data already" in told(capsys)
    assert (data / "keys.cbor").read_bytes() == before


def test_a_held_import_finds_a_third_officer_among_the_first(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(data, "--demo", "--json")

    officers = json.loads(capsys.readouterr().out)["officers"]
    assert sum("second_officer" in officer["roles"] for officer in officers) == 2


def test_a_region_on_postgresql_asks_for_its_url_and_not_for_a_file(
    data: Path, postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgresql.create()
    assert init(data, "--demo", "--database-url", url) == 0
    capsys.readouterr()

    assert run(["serve", "region", "--data", str(data)]) == MISUSE

    message = told(capsys)
    assert "records are in postgresql" in message
    assert "--database-url" in message
    assert not (data / "region.db").exists()
    assert run(["region", "audit", "verify", "--data", str(data), "--database-url", url]) == 0
    postgresql.drop(url)


def test_init_of_a_demo_region_says_how_it_is_served_as_one(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init(data, "--demo")

    assert f"comity serve region --region 150000 --data {data} --demo\n" in capsys.readouterr().out


def test_init_refuses_what_an_interrupted_one_left(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(data, "--demo")
    (data / "region.json").unlink()

    assert init(data, "--demo") == MISUSE

    assert "did not finish" in told(capsys)


def test_init_needs_a_passphrase(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COMITY_KEY_PASSPHRASE")

    assert init(data) == MISUSE

    assert "COMITY_KEY_PASSPHRASE_FILE" in told(capsys)
    assert not data.exists()


def test_a_passphrase_from_a_file_is_its_first_line(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(data, "--demo")
    monkeypatch.delenv("COMITY_KEY_PASSPHRASE")
    (tmp_path / "word").write_text(PASSPHRASE + "\n")
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE_FILE", str(tmp_path / "word"))

    assert run(["region", "audit", "verify", "--data", str(data)]) == 0


@pytest.mark.parametrize(
    ("words", "environment", "message"),
    [
        pytest.param(("--region", "440000"), {}, "is of region 150000", id="another region"),
        pytest.param((), {"COMITY_KEY_PASSPHRASE": "wrong"}, "wrong passphrase", id="wrong passphrase"),
        pytest.param(("--data", "/nowhere"), {}, "holds no region's data", id="not made"),
        pytest.param(("--workers", "0"), {}, "COMITY_WORKERS", id="no workers"),
        pytest.param(("--database-url", "mysql://x"), {}, "no database Comity works with", id="database"),
    ],
)
def test_serve_tells_in_one_line_what_is_wrong(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    environment: dict[str, str],
    message: str,
) -> None:
    init(data, "--demo")
    told(capsys)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    given = ["serve", "region", "--demo", *(() if "--data" in words else ("--data", str(data))), *words]

    assert run(given) == MISUSE

    lines = told(capsys).splitlines()
    assert message in lines[0]
    assert len(lines) == 2  # what happened, and what to do next


def test_serve_tells_a_port_that_is_taken(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(data, "--demo")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        assert run(["serve", "region", "--demo", "--data", str(data), "--port", port]) == MISUSE

    assert f"127.0.0.1:{port} cannot be listened at" in told(capsys)


def test_real_data_is_never_opened_in_demo_mode(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(data)

    assert run(["serve", "region", "--demo", "--data", str(data)]) == MISUSE

    assert "demo mode never touches" in told(capsys)


@contextmanager
def serving(data: Path, port: int, *words: str, log: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Serve a demo region, its log going to an open file; what is left of it at the end is killed."""
    given = ["serve", "region", "--demo", "--data", str(data), "--port", str(port), *words]
    process = subprocess.Popen(
        [sys.executable, "-m", "comity.cli.main", *given],
        env=os.environ | {"COMITY_KEY_PASSPHRASE": PASSPHRASE},
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert "Inner Mongolia (150000)" in process.stdout.readline()
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_a_served_region_answers_and_ends_by_a_signal(data: Path) -> None:
    init(data, "--demo")
    port = free_port()
    with serving(data, port) as process:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert ready(client, process)
            assert client.get("/bundle").content == (data / "published" / "bundle.cbor").read_bytes()
            assert "comity_requests_total" in client.get("/metrics").text
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.slow
def test_with_the_main_process_killed_its_workers_end_too_and_it_starts_again(data: Path) -> None:
    init(data, "--demo")
    port = free_port()
    with serving(data, port, "--workers", "2") as process:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert ready(client, process)
        process.kill()
        process.wait()

        end = time.monotonic() + 30
        while is_left(data, port):
            assert time.monotonic() < end, "workers or duties outlive the node"
            time.sleep(0.1)

        with serving(data, port) as again, httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert ready(client, again)


def is_left(data: Path, port: int) -> bool:
    """Say whether anybody still listens or does duties."""
    with socket.socket() as probe, RegionFolder(path=data).duties_lock.open("a") as lock:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def ready(client: httpx2.Client, process: subprocess.Popen[str]) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            if client.get("/health/ready").status_code == 200:
                return True
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    return False
