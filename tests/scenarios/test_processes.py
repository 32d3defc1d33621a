"""The program as a process of its own: exit code, one decision, no traceback (section 6 of the interface)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.gate import Gate
from tests.scenarios.program import process, program
from tests.scenarios.test_command_line import EXIT


@pytest.mark.parametrize("name", ["paper", "yellow", "wuhan", "void", "forged", "no-list"])
def test_a_process_exits_with_the_outcome_and_prints_one_decision(gate: Gate, name: str) -> None:
    words: list[str | Path] = ["verify", gate.text(name), "--bundle", gate.bundle(name)]
    answer = process(*words, "--at", gate.at(name), "--json")
    assert answer.code == EXIT[gate.decision(name)["outcome"]]
    assert answer.document == gate.decision(name)


WRONG_RUNS: list[tuple[str, ...]] = [
    ("verify",),
    ("verify", "CM1:", "--bundle", "nowhere.cbor"),
    ("scenario", "run", "nowhere.toml"),
    ("bundle", "show", "nowhere.cbor"),
    ("verify", "--at"),
]


@pytest.mark.parametrize("arguments", WRONG_RUNS, ids=" ".join)
def test_a_wrong_process_exits_2_without_traceback(arguments: tuple[str, ...]) -> None:
    answer = process(*arguments)
    assert answer.code == 2
    assert answer.said
    assert "Traceback" not in answer.err


def test_a_reader_that_goes_away_leaves_no_traceback(gate: Gate) -> None:
    lines = (gate.text("paper") + "\n") * 2000
    words = f"verify --jsonl --bundle {gate.bundle('paper')} --at {gate.at('paper')} --json".split()
    script = "import subprocess,sys; p=subprocess.Popen(sys.argv[1:],stdin=0,stdout=-1,stderr=-1);"
    script += "p.stdout.readline(); p.stdout.close(); e=p.stderr.read(); p.wait(); sys.stderr.buffer.write(e)"
    run = subprocess.run(
        [sys.executable, "-c", script, *program(), *words],
        input=lines.encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert b"Traceback" not in run.stderr, run.stderr.decode()
