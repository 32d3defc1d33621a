"""Random scenario files, every encounter and every field compared with the model.

Left out because the interface does not settle it: `impersonation` when the host has no live key, and an
online pass whose given `expires_at` is not after its `shown_at`. `COMITY_MODEL_CASES`: how many files.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.scenarios.file_rules import check
from tests.scenarios.generate import scenario, spoiled
from tests.scenarios.model import Row, World, WrongFileError
from tests.scenarios.program import Answer, comity

CASES = int(os.environ.get("COMITY_MODEL_CASES", "150"))
KEYS = {
    "outcome",
    "host",
    "issuer",
    "class",
    "holder",
    "colour",
    "compare_id",
    "authority",
    "measures",
    "routes",
    "reasons",
    "steps",
    "freshness",
    "test",
    "decided_at",
}


def plain(decision: Row) -> Row:
    """A decision without its texts and versions, which are only looked at for being there."""
    assert set(decision) == KEYS
    for worded in [*decision["measures"], *decision["reasons"]]:
        assert set(worded["text"]) == {"zh", "en"}
        assert all(worded["text"].values())
    measures = [{k: v for k, v in m.items() if k != "text"} for m in decision["measures"]]
    reasons = []
    for reason in decision["reasons"][:1]:
        source = reason["source"] and {"kind": reason["source"]["kind"], "issuer": reason["source"]["issuer"]}
        assert source is None or set(reason["source"]) == {"kind", "issuer", "version"}
        reasons.append({"code": reason["code"], "clause": reason["clause"], "source": source})
    return {**decision, "measures": measures, "reasons": reasons}


def differences(wanted: Row, got: Row) -> list[str]:
    """One line per key of an encounter that differs."""
    seen = {**got, "decision": plain(got["decision"])}
    found = [
        f"{k}: want {wanted[k]!r}, got {seen[k]!r}"
        for k in wanted
        if k != "decision" and wanted[k] != seen[k]
    ]
    want, have = wanted["decision"], seen["decision"]
    return found + [f"{k}: want {want[k]!r}, got {have[k]!r}" for k in want if want[k] != have[k]]


def complaint(text: str) -> str | None:
    """What the model holds against a file."""
    try:
        check(text)
    except WrongFileError as why:
        return str(why)
    return None


def run(text: str, folder: Path) -> Answer:
    path = folder / "random.toml"
    path.write_text(text, encoding="utf-8")
    return comity("scenario", "run", path, "--json")


@pytest.mark.parametrize("seed", range(CASES))
def test_a_random_scenario_gets_the_answers_of_the_model(seed: int, tmp_path: Path) -> None:
    text = scenario(seed, encounters=25)
    answer = run(text, tmp_path)
    if wrong := complaint(text):
        assert (answer.code, answer.out) == (2, ""), f"the model says: {wrong}\n{text}"
        return
    file = check(text)
    world = World(file)
    assert answer.code in (0, 1), answer.err
    document = answer.document
    assert set(document) == {"title", "encounters"}
    assert document["title"] == file["title"]
    wanted = [world.answer(meeting) for meeting in world.rows("encounter")]
    assert [each["id"] for each in wanted] == [each["id"] for each in document["encounters"]]
    faults = []
    for want, got in zip(wanted, document["encounters"], strict=True):
        if found := differences(want, got):
            faults.append("\n  ".join([f"{want['id']}:", *found]))
    assert not faults, "\n".join([*faults, text])
    assert answer.code == (0 if all(want["holds"] for want in wanted) else 1)


@pytest.mark.parametrize("seed", range(1000, 1000 + CASES))
def test_a_scenario_with_a_random_fault_is_judged_as_the_model_judges_it(seed: int, tmp_path: Path) -> None:
    text = spoiled(seed)
    wrong = complaint(text)
    answer = run(text, tmp_path)
    assert "Traceback" not in answer.err
    assert (answer.code == 2) == (wrong is not None), f"the model says: {wrong}\n{answer.err}\n{text}"
    assert wrong is None or not answer.out, answer.out


def test_a_file_with_only_a_title_has_no_encounters_and_holds(tmp_path: Path) -> None:
    answer = run('title = "nothing"\n', tmp_path)
    assert answer.code == 0
    assert json.loads(answer.out) == {"title": "nothing", "encounters": []}
