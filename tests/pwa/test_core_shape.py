"""The core of the phone apps stays small, and stands alone: no framework, no package, no other room."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT

CORE: Final = ROOT / "pwa" / "core"
LIMIT: Final = 1_200
"""Lines of code: those that are neither blank nor a comment, imports included."""
WHOLE: Final = 1_450
"""All lines, with blank ones and comments."""
LONGEST: Final = 144
COMMENT: Final = re.compile(r"\s*(//|/\*|\*)")
IMPORTED: Final = re.compile(r'from "([^"]+)"')


def core_files() -> list[Path]:
    return sorted(CORE.glob("*.ts"))


def test_the_core_has_fewer_than_twelve_hundred_lines_of_code() -> None:
    lines = [line for path in core_files() for line in path.read_text(encoding="utf-8").splitlines()]

    code = [line for line in lines if line.strip() and not COMMENT.match(line)]

    assert len(code) < LIMIT
    assert len(lines) < WHOLE
    assert max(map(len, code)) <= LONGEST


def test_the_core_imports_nothing_but_its_own_files() -> None:
    for path in core_files():
        imported = IMPORTED.findall(path.read_text(encoding="utf-8"))
        assert all(re.fullmatch(r"\./[a-z0-9_]+", name) for name in imported), path.name


def test_every_file_of_the_core_with_a_twin_has_its_name() -> None:
    python = {path.stem for path in (ROOT / "src" / "comity").rglob("*.py")}
    words = {path.stem for path in (CORE.parent / "words").glob("*.ts")}

    assert ({path.stem for path in core_files()} - {"bytes", "index"}) | words | {"interim_note"} <= python
