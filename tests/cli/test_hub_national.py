"""`comity hub national` on a test hub: named, published, and the authority's key replaced (C3.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.bootstrap.hub import open_hub
from comity.bootstrap.root_ceremony import read_keyholder
from comity.bootstrap.settings import read_settings
from comity.cli.main import MISUSE, run
from comity.distribution.statement_file import HubFile, read_hub_file
from comity.trust.national_statements import read_national_authority, read_national_rulebook

RULEBOOK = """
version = {version}
valid_from = "{starts}"
[[row]]
issuer = "420000"
authority = "Hubei provincial COVID-19 command"
names_areas = true
releases = [{{ from = "2020-03-25T00:00:00+08:00", areas_except = ["420100"] }}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_DEMO", "1")
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "correct horse")
    for version, starts in ((1, "2020-03-18T00:00:00+08:00"), (2, "2120-01-01T00:00:00+08:00")):
        (tmp_path / f"{version}.toml").write_text(RULEBOOK.format(version=version, starts=starts))
    assert run(["hub", "init", "--data", "hub"]) == 0
    for name in ("first", "second"):
        assert run(["hub", "national", "key", name]) == 0
    assert run(["hub", "national", "name", "first.pub", "--data", "hub"]) == 0
    for version in (1, 2):
        words = ["publish", f"{version}.toml", "--keys", "first", "--data", "hub"]
        assert run(["hub", "national", *words]) == 0
    return tmp_path


def served(folder: Path) -> HubFile:
    """The hub's own file as everybody fetches it."""
    with open_hub(read_settings(data=folder / "hub")) as opened:
        (path,) = [
            opened.folder.repository / "targets" / "hub" / f"{target.hashes['sha256']}.current.cbor"
            for name, target in opened.repository.state().targets.targets.items()
            if name == "hub/current.cbor"
        ]
        return read_hub_file(path.read_bytes())


def test_c3_3_a_replaced_key_signs_again_what_holds_and_what_is_to_come(folder: Path) -> None:
    before = served(folder)

    assert run(["hub", "national", "rotate", "second", "--data", "hub"]) == 0

    after = served(folder)
    assert before.authority is not None
    assert after.authority is not None
    named = read_national_authority(after.authority, after.hub, is_test=True)
    assert named.version == 2
    assert named.key == read_keyholder(folder / "second.pub")
    old = read_national_authority(before.authority, before.hub, is_test=True).key
    past = [read_national_rulebook(data, old, is_test=True) for data in before.rulebooks]
    books = [read_national_rulebook(data, named.key, is_test=True) for data in after.rulebooks]
    assert [book.version for book in books] == [3, 4]
    assert [book.rows for book in books] == [book.rows for book in past]
    assert books[1].valid_from == past[1].valid_from


def test_c3_3_what_the_replaced_key_signs_is_refused(folder: Path) -> None:
    assert run(["hub", "national", "rotate", "second", "--data", "hub"]) == 0
    (folder / "5.toml").write_text(RULEBOOK.format(version=5, starts="2120-01-01T00:00:00+08:00"))

    assert run(["hub", "national", "publish", "5.toml", "--keys", "first", "--data", "hub"]) != 0
    assert run(["hub", "national", "publish", "5.toml", "--keys", "second", "--data", "hub"]) == 0


def test_c3_3_another_key_is_not_merely_named_while_rulebooks_stand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = served(folder)

    assert run(["hub", "national", "name", "second.pub", "--data", "hub"]) == MISUSE
    assert run(["hub", "national", "rotate", "first", "--data", "hub"]) == MISUSE

    assert "comity hub national rotate" in capsys.readouterr().err
    assert served(folder) == before
