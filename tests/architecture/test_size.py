"""A file is one concept, a function one level of abstraction (style rule 2)."""

from __future__ import annotations

import ast
from typing import Final

from tests.architecture.source import Function, source_files

FILE_LINES: Final = 400
FUNCTION_LINES: Final = 40
GENERATED: Final = (
    "src/comity/domain/catalogue.py",
    "src/comity/storage/migrations/versions/0001_records.py",
)
"""What a tool writes and nobody reads through."""


def test_a_file_has_at_most_400_lines() -> None:
    lengths = {file.path: file.text.count("\n") for file in source_files() if file.path not in GENERATED}

    long = {path: lines for path, lines in lengths.items() if lines > FILE_LINES}

    assert not long, f"split these files, one concept each: {long}"


def test_a_function_has_at_most_40_lines_without_its_docstring() -> None:
    lengths = {
        f"{file.path}:{f.lineno} {f.name}": _lines(f)
        for file in source_files()
        for f in file.functions()
        if file.path not in GENERATED
    }

    long = {where: lines for where, lines in lengths.items() if lines > FUNCTION_LINES}

    assert not long, f"split these functions, one level of abstraction each: {long}"


def _lines(function: Function) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines
