"""The program as a process of its own: exit code, one decision, no traceback (section 6 of the interface)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.gate import GATE, Gate
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


CUT: list[tuple[str, bytes, str]] = [
    ("line ends without number", b"\r" * 20_000 + b"\n", "PASS"),
    ("something after 16 KiB of line ends", b"\r" * 16_384 + b"https://example.org\n", "REJECT"),
]


@pytest.mark.parametrize(("title", "tail", "outcome"), CUT, ids=[row[0] for row in CUT])
def test_a_line_too_long_to_keep_is_never_cut_to_a_good_one(
    gate: Gate, title: str, tail: bytes, outcome: str
) -> None:
    answer = gate.verify("paper", "--jsonl", stdin=gate.text("paper").encode() + tail)
    assert [json.loads(line)["outcome"] for line in answer.out.splitlines()] == [outcome]


@pytest.mark.parametrize(("tail", "code"), [(b"\n" * 70_000, 0), (b"\n" * 70_000 + b"x", 13)])
def test_standard_input_too_long_to_keep_is_never_cut_to_a_good_text(
    gate: Gate, tail: bytes, code: int
) -> None:
    words: list[str | Path] = [
        "verify",
        "--stdin",
        "--bundle",
        gate.bundle("paper"),
        "--at",
        gate.at("paper"),
    ]
    assert process(*words, stdin=gate.text("paper").encode() + tail).code == code


def test_a_scanner_that_types_one_code_gets_its_answer_before_the_next(gate: Gate) -> None:
    words = ["verify", "--jsonl", "--bundle", str(gate.bundle("paper")), "--at", gate.at("paper")]
    with subprocess.Popen(
        [*program(), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        for number in (1, 2):
            run.stdin.write(gate.text("paper").encode() + b"\n")
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["line"] == number
        run.stdin.close()
        assert run.wait(timeout=60) == 0


@pytest.mark.parametrize("closed", ["--stdin <&-", "--jsonl <&-"])
def test_a_closed_standard_input_is_misuse(gate: Gate, closed: str) -> None:
    command = f'exec "$0" verify --bundle "$1" {closed}'
    run = subprocess.run(
        ["sh", "-c", command, program()[0], str(gate.bundle("paper"))],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 2
    assert b"standard input is closed" in run.stderr


def test_out_through_a_link_keeps_its_files_and_drops_old_lists(tmp_path: Path) -> None:
    (tmp_path / "real" / "paper" / "status").mkdir(parents=True)
    (tmp_path / "real" / "paper" / "status" / "old.cbor").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    answer = process("scenario", "run", GATE, "--out", tmp_path / "link")
    assert answer.code == 0, answer.err
    lists = [path.name for path in (tmp_path / "real" / "paper" / "status").iterdir()]
    assert lists
    assert "old.cbor" not in lists
    assert not [path for path in (tmp_path / "real").iterdir() if path.name.startswith(".")]
