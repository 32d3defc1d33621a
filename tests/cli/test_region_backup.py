"""`comity region backup` and `restore`: into a folder and back, equal, on either database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.cli.main import MISUSE, run
from tests.databases import PostgresqlServer


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A region of the demo federation."""
    folder = tmp_path / "data"
    assert run(["region", "init", "--region", "150000", "--data", str(folder), "--demo", "--json"]) == 0
    return folder


@pytest.fixture
def backup(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A backup of it."""
    folder = tmp_path / "backup"
    assert run(["region", "backup", str(folder), "--data", str(data)]) == 0
    capsys.readouterr()
    return folder


def restore(backup: Path, to: Path, *words: str) -> int:
    return run(["region", "restore", str(backup), "--data", str(to), *words])


def test_a_region_comes_back_equal_with_keys_and_published_files(
    data: Path, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(backup, tmp_path / "new", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert told["region"] == "150000"
    assert told["audit_holds"]
    assert told["audit_rows"] > 0
    for name in ("keys.cbor", "region.json", "published/bundle.cbor"):
        assert (tmp_path / "new" / name).read_bytes() == (data / name).read_bytes()
        assert (tmp_path / "new" / name).stat().st_mode & 0o077 == 0
    again = tmp_path / "again"
    assert run(["region", "backup", str(again), "--data", str(tmp_path / "new"), "--json"]) == 0
    first, second = (
        {
            each["table"]: each["digest"]
            for each in json.loads((folder / "records" / "manifest.json").read_text())["tables"]
        }
        for folder in (backup, again)
    )
    assert first == second


def test_a_region_moves_from_sqlite_to_postgresql(
    backup: Path, tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    url = postgresql.create()

    assert restore(backup, tmp_path / "new", "--database-url", url) == 0
    assert run(["region", "audit", "verify", "--data", str(tmp_path / "new"), "--database-url", url]) == 0
    assert not (tmp_path / "new" / "region.db").exists()

    postgresql.drop(url)


def test_restoring_over_data_is_refused_and_touches_nothing(
    data: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (data / "keys.cbor").read_bytes()

    assert restore(backup, data) == MISUSE

    assert "not touched" in capsys.readouterr().err
    assert (data / "keys.cbor").read_bytes() == before


def test_a_backup_goes_into_a_new_folder_only(data: Path, backup: Path) -> None:
    assert run(["region", "backup", str(backup), "--data", str(data)]) == MISUSE


def test_an_incomplete_backup_is_refused(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (backup / "region.json").unlink()

    assert restore(backup, tmp_path / "new") == MISUSE

    told = capsys.readouterr().err
    assert "not completed" in told
    assert "init" not in told

    assert not (tmp_path / "new").exists()


def test_a_wrong_passphrase_is_told_before_anything_is_restored(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "wrong horse")

    assert restore(backup, tmp_path / "new") != 0

    assert not (tmp_path / "new").exists()


def test_an_altered_backup_is_not_taken_for_a_region(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = backup / "records" / "audit_row.rows"
    data = bytearray(rows.read_bytes())
    data[-2] ^= 1
    rows.write_bytes(data)

    assert restore(backup, tmp_path / "new") != 0

    assert "not as it was written" in capsys.readouterr().err
    assert not (tmp_path / "new" / "region.json").exists()


def test_after_an_altered_backup_a_good_one_goes_into_the_same_folder(backup: Path, tmp_path: Path) -> None:
    rows = backup / "records" / "audit_row.rows"
    data = rows.read_bytes()
    rows.write_bytes(data[:-1])
    assert restore(backup, tmp_path / "new") != 0

    rows.write_bytes(data)

    assert restore(backup, tmp_path / "new") == 0


def test_the_records_are_for_their_owner_alone_in_a_folder_that_others_read_too(
    backup: Path, tmp_path: Path
) -> None:
    made, restored = tmp_path / "made", tmp_path / "restored"
    for folder in (made, restored):
        folder.mkdir(mode=0o755)

    assert run(["region", "init", "--region", "150000", "--data", str(made), "--demo", "--json"]) == 0
    assert restore(backup, restored) == 0

    assert [(folder / "region.db").stat().st_mode & 0o777 for folder in (made, restored)] == [0o600] * 2
