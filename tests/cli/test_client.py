"""`comity client`: sync from a folder or an address, export, import, show."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from comity.cli.main import MISUSE, run
from comity.distribution.publication import sign_publication
from comity.distribution.repository import Repository, RepositoryChange
from comity.distribution.root import assemble_root, make_root, sign_root
from comity.trust.keys import Usage
from tests.builders import HOME, HOST, key
from tests.client.serving import serving
from tests.distribution.hub import KEYHOLDERS, ONLINE, REGIONS, current_file, hub_file, root_keys


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A hub's repository by the machine's clock, and its root beside it."""
    at, folder = int(time.time()), tmp_path / "hub" / "repository"
    request = make_root(root_keys(), version=1, at=at)
    root = assemble_root(request, [sign_root(request, each) for each in KEYHOLDERS[:3]])
    (tmp_path / "root.json").write_bytes(root)
    repository = Repository(folder, ONLINE)
    repository.begin(root, hub_file(), at=at)
    change = RepositoryChange(
        keys={region: [key(region, Usage.STATEMENT).public] for region in REGIONS},
        publications=tuple(
            sign_publication(
                region,
                1,
                {"current.cbor": current_file(region, [HOME] if region == HOST else [])},
                key(region, Usage.STATEMENT),
                at=at,
            )
            for region in REGIONS
        ),
    )
    repository.publish(change, at=at)
    return folder


def test_sync_export_import_and_show(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, root = str(tmp_path / "one"), str(tmp_path / "two"), str(tmp_path / "root.json")
    with serving(repository.parent) as hub:
        assert run(["client", "sync", "--hub", hub.url, "--root", root, "--cache", one, "--json"]) == 0
    synced = json.loads(capsys.readouterr().out)
    assert synced["changed"] == sorted(REGIONS)
    assert synced["staleness"] == "fresh"

    assert run(["client", "sync", "--mirror", str(repository), "--cache", one]) == 0
    assert "3 regions, 0 changed" in capsys.readouterr().out
    assert run(["client", "export", str(tmp_path / "stick.cbor"), "--cache", one]) == 0
    assert run(["client", "import", str(tmp_path / "stick.cbor"), "--root", root, "--cache", two]) == 0
    assert "3 regions, 3 changed" in capsys.readouterr().out

    assert run(["client", "show", "--cache", two, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {each["region"]: each["recognises"] for each in shown["regions"]}[HOST] == [HOME]
    assert run(["client", "show", "--cache", two]) == 0
    assert "recognises  1" in capsys.readouterr().out


def test_a_region_that_does_not_hold_is_told_and_the_exit_code_says_so(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (repository / "targets" / "regions" / HOST).iterdir():
        path.write_bytes(b"damaged")

    code = run(
        [
            "client",
            "sync",
            "--mirror",
            str(repository),
            "--root",
            str(tmp_path / "root.json"),
            "--cache",
            str(tmp_path / "one"),
        ]
    )

    assert code == 1
    assert f"region {HOST} is left as it was" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["client", "show"],
        ["client", "sync", "--mirror", "nowhere"],
        ["client", "sync"],
        ["client", "export", "stick.cbor"],
        ["client", "import", "absent.cbor"],
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMITY_HUB_URL", raising=False)

    assert run(words) == MISUSE
    assert "\n" in capsys.readouterr().err
