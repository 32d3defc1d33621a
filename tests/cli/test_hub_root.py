"""The ceremony of the root at the command line, with files only."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from comity.bootstrap.root_ceremony import ordering_keys
from comity.cli.main import MISUSE, run
from comity.distribution.root import check_next_root, read_root
from tests.distribution.hub import ONLINE

WORDS = "a keyholder's own words"


@pytest.fixture(scope="session")
def holders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with six keyholders' files, the hub's ordering keys, and the first root of three of them."""
    folder = tmp_path_factory.mktemp("holders")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COMITY_KEY_PASSPHRASE", WORDS)
        (folder / "ordering.json").write_bytes(ordering_keys(ONLINE))
        for name in "abcdef":
            assert run(["hub", "root", "key", name]) == 0
        holders = [word for name in "abcde" for word in ("--keyholder", f"{name}.pub")]
        words = ["create", *holders, "--ordering", "ordering.json", "--out", "request"]
        assert run(["hub", "root", *words]) == 0
        signatures = _sign("request", "ace")
        assert run(["hub", "root", "assemble", "request", *signatures, "--out", "1.root.json"]) == 0
    return folder


@pytest.fixture
def ceremony(holders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, to be in."""
    shutil.copytree(holders, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", WORDS)
    return tmp_path


def _sign(request: str, names: str) -> list[str]:
    for name in names:
        assert run(["hub", "root", "sign", request, "--key", name, "--out", f"{name}.sig"]) == 0
    return [f"{name}.sig" for name in names]


def test_three_of_five_make_the_first_root_and_two_do_not(
    ceremony: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["hub", "root", "show", "1.root.json", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["version"], shown["threshold"]) == (1, 3)
    assert len(shown["keyholders"]) == 5
    assert len(shown["signed_by"]) == 3
    assert run(["hub", "root", "assemble", "request", "a.sig", "c.sig", "--out", "x"]) == MISUSE
    assert not (ceremony / "x").exists()


def test_a_lost_key_is_replaced_and_the_root_renewed(
    ceremony: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["hub", "root", "show", "1.root.json", "--json"]) == 0
    lost = json.loads(capsys.readouterr().out)["keyholders"][0][:12]

    words = [
        "hub",
        "root",
        "replace-key",
        "1.root.json",
        "--lost",
        lost,
        "--new",
        "f.pub",
        "--out",
        "request2",
    ]
    assert run(words) == 0
    signatures = _sign("request2", "abcdef")
    words = [
        "hub",
        "root",
        "assemble",
        "request2",
        *signatures,
        "--after",
        "1.root.json",
        "--out",
        "2.root.json",
    ]
    assert run(words) == 0
    assert (
        run(["hub", "root", "rotate", "2.root.json", "--out", "request3", "--ordering", "ordering.json"]) == 0
    )
    signatures = _sign("request3", "abcdef")
    words = [
        "hub",
        "root",
        "assemble",
        "request3",
        *signatures,
        "--after",
        "2.root.json",
        "--out",
        "3.root.json",
    ]
    assert run(words) == 0

    roots = [read_root((ceremony / f"{number}.root.json").read_bytes()).signed for number in (1, 2, 3)]
    for before, after in pairwise(roots):
        data = (ceremony / f"{after.version}.root.json").read_bytes()
        assert check_next_root(data, before).version == before.version + 1
    assert not any(each.startswith(lost) for each in roots[1].roles["root"].keyids)


@pytest.mark.parametrize(
    "words",
    [
        ["key", "a"],
        ["sign", "request", "--key", "absent", "--out", "x"],
        ["sign", "ordering.json", "--key", "a", "--out", "x"],
        ["replace-key", "1.root.json", "--lost", "ab", "--new", "f.pub", "--out", "x"],
        ["replace-key", "1.root.json", "--lost", "ffffffffff", "--new", "f.pub", "--out", "x"],
        ["rotate", "1.root.json", "--ordering", "f.pub", "--out", "x"],
        ["rotate", "request", "--out", "x"],
        ["show", "absent"],
    ],
)
def test_what_cannot_be_done_is_told(ceremony: Path, words: list[str]) -> None:
    assert run(["hub", "root", *words]) == MISUSE


def test_a_wrong_passphrase_signs_nothing(ceremony: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_KEY_PASSPHRASE", "another's words")

    assert run(["hub", "root", "sign", "request", "--key", "a", "--out", "x"]) == MISUSE
    monkeypatch.delenv("COMITY_KEY_PASSPHRASE")
    assert run(["hub", "root", "sign", "request", "--key", "a", "--out", "x"]) == MISUSE
