"""An interim note at a gate: told as such while it is good, and never taken for a pass (rules 11 and 16)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity import open_bundle
from comity.cli.main import run
from comity.domain.instant import DAY, rfc3339
from comity.trust.interim_note import InterimNote, write_interim_note
from comity.trust.keys import Usage
from tests.builders import AT, HOME, bundle_parts, key, signed_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "bundle.cbor").write_bytes(signed_bundle(bundle_parts()))
    return tmp_path / "bundle.cbor"


def note(usage: Usage = Usage.STATEMENT) -> str:
    said = InterimNote(region=HOME, division="440300", case="c1", issued_at=AT, expires_at=AT + DAY)
    return write_interim_note(said, key(HOME, usage), is_test=True)


def verified(text: str, bundle: Path, at: int) -> int:
    assert open_bundle(bundle.read_bytes()).is_test
    return run(["verify", text, "--bundle", str(bundle), "--at", rfc3339(at)])


def test_settled_rule_16_who_shows_a_good_note_goes_on(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(note(), bundle, AT + DAY - 1) == 0
    told = capsys.readouterr().out
    assert "Let the person go on" in told
    assert "临时凭条" in told


def test_a_note_that_is_over_or_signed_by_another_key_is_no_note(bundle: Path) -> None:
    assert verified(note(), bundle, AT + DAY) == 13
    assert verified(note(Usage.PASS), bundle, AT) == 13


def test_a_script_is_told_the_same_of_a_note_in_json(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", note(), "--bundle", str(bundle), "--at", rfc3339(AT), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["interim_note"]["region"] == HOME
    assert "outcome" not in told
