"""The source tree as data for the architecture tests: files, rooms, classes, functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "comity"
PURE_ROOMS: Final = ("domain", "codec", "trust", "transparency", "verify")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One module: its path from the repository root, its room (empty for top-level files) and its tree."""

    path: str
    room: str
    name: str
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[Function]:
        """Every function and method, however deep."""
        return (
            node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class, however deep."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def imported_names(self) -> Iterator[tuple[int, str]]:
        """Every import with its line, as dotted names: `from a import b` is `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def source_files() -> tuple[SourceFile, ...]:
    """Every module of Comity."""
    return tuple(_read(path) for path in sorted(SOURCE.rglob("*.py")))


def pure_files() -> tuple[SourceFile, ...]:
    """The modules of the pure rooms (design section 2)."""
    return tuple(file for file in source_files() if file.room in PURE_ROOMS)


def document(name: str) -> str:
    """The text of a file under docs/, empty when there is none."""
    path = ROOT / "docs" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _read(path: Path) -> SourceFile:
    text = path.read_text(encoding="utf-8")
    places = path.relative_to(SOURCE).parts
    return SourceFile(
        path=path.relative_to(ROOT).as_posix(),
        room=places[0] if len(places) > 1 else "",
        name=path.stem,
        text=text,
        tree=ast.parse(text, filename=str(path)),
    )
