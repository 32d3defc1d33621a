"""`comity assess` as it is called: a synthetic region, two days, reasons, differences, rules tried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.assessment.run_manifest import read_run
from comity.cli.main import run

DAY_1 = "2020-03-20T12:00:00+08:00"
DAY_2 = "2020-03-21T12:00:00+08:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence of a synthetic region, its rulebook, and the run of a first day, released."""
    path = tmp_path_factory.mktemp("assess")
    assert run(["assess", "synth", "--people", "2000", "--seed", "7", "--out", f"{path}/evidence"]) == 0
    document = _printed(["assess", "rulebook"], path / "rulebook.json")
    assert json.loads(document)["region"] == "150000"
    assert _assess(path, DAY_1, "--out", f"{path}/one") == 1
    assert run(["assess", "release", f"{path}/one", "--officer", "wang"]) == 1
    assert run(["assess", "release", f"{path}/one", "--officer", "li"]) == 0
    return path


def test_the_second_day_builds_on_the_first_and_tells_its_numbers(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = _assess(folder, DAY_2, "--previous", f"{folder}/one", "--out", f"{folder}/two", "--json")

    told = json.loads(capfd.readouterr().out)
    assert code == (1 if told["state"] == "held" else 0)
    assert told["mode"] == "incremental"
    assert told["counts"]["people"] == 2_000

    assert run(["assess", "diff", f"{folder}/one", f"{folder}/two", "--subjects", "--json"]) == 0
    turns = json.loads(capfd.readouterr().out)
    assert sum(each["people"] for each in turns["turns"]) == told["counts"]["changes"] == len(turns["people"])
    assert run(["assess", "diff", f"{folder}/one", f"{folder}/two"]) == 0
    assert "green (no rule)" in capfd.readouterr().out
    assert run(["assess", "diff", f"{folder}/one", f"{folder}/one"]) == 0
    assert capfd.readouterr().out == "No difference.\n"


def test_one_persons_reasons_are_told_in_the_words_of_the_rule(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    empty = f"{folder}/one"
    subject = _someone(Path(empty))

    assert run(["assess", "explain", subject, "--run", empty]) == 0

    told = capfd.readouterr().out
    assert told.startswith(("red at 2020-03-20T12:00:00+08:00", "yellow at 2020-03-20T12:00:00+08:00"))
    words = [rule.text.zh for rule in read_run(Path(empty)).rulebook.rules]
    assert any(each in told for each in words)
    assert run(["assess", "explain", subject, "--run", empty, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["findings"][0]["rule_id"]
    assert run(["assess", "explain", "nobody", "--run", empty]) == 2
    assert "did not assess" in capfd.readouterr().err


def test_rules_are_tried_and_nothing_is_written(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    document = json.loads((folder / "rulebook.json").read_text())
    document["version"] = 2
    document["rules"] = [rule for rule in document["rules"] if rule["id"] != "hubei-arrival"]
    (folder / "tried.json").write_text(json.dumps(document))
    before = sorted(each.name for each in folder.iterdir())

    assert _assess(folder, DAY_1, "--what-if", f"{folder}/tried.json") == 0

    told = capfd.readouterr().out
    line = next(line for line in told.splitlines() if "yellow area_arrival" in line)
    assert line.endswith("-> 0")
    assert "hidden" in told
    assert sorted(each.name for each in folder.iterdir()) == before


def test_a_rulebook_with_an_unknown_rule_type_is_refused(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((folder / "rulebook.json").read_text())
    document["rules"][0]["reason"] = "officer"
    (folder / "odd.json").write_text(json.dumps(document))
    words = ["--evidence", f"{folder}/evidence", "--rulebook", f"{folder}/odd.json", "--on", DAY_1]

    assert run(["assess", "run", *words, "--out", f"{folder}/odd"]) == 2

    assert "officer" in capfd.readouterr().err
    assert not (folder / "odd").exists()


def test_the_text_of_the_rules_can_be_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["assess", "sql", "--rulebook", f"{folder}/rulebook.json", "--on", DAY_1]) == 0

    assert "ROW_NUMBER() OVER" in capfd.readouterr().out


def _assess(folder: Path, on: str, *words: str) -> int:
    given = ["--evidence", f"{folder}/evidence", "--rulebook", f"{folder}/rulebook.json", "--on", on]
    return run(["assess", "run", *given, "--threads", "1", *words])


def _printed(words: list[str], path: Path) -> str:
    """Run a command and keep what it prints in a file."""
    from contextlib import redirect_stdout

    with path.open("w", encoding="utf-8") as file, redirect_stdout(file):
        assert run(words) == 0
    return path.read_text(encoding="utf-8")


def _someone(path: Path) -> str:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        found = connection.execute(f"SELECT MIN(subject) FROM read_parquet('{path}/findings.parquet')")
        return str(found.fetchall()[0][0])
