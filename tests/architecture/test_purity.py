"""The pure rooms read no clock, disk, network or database and draw no lots (style rule 6)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.source import SourceFile, pure_files

BARRED_MODULES: Final = {
    "a clock": ("time", "sched"),
    "the disk": (
        "os",
        "pathlib",
        "shutil",
        "tempfile",
        "glob",
        "fileinput",
        "mmap",
        "io.open",
        "importlib.resources",
    ),
    "the network": ("socket", "ssl", "select", "urllib", "http", "ftplib", "smtplib", "asyncio"),
    "a database": ("sqlite3", "dbm", "shelve", "pickle"),
    "threads and processes": (
        "threading",
        "_thread",
        "concurrent",
        "multiprocessing",
        "subprocess",
        "signal",
        "queue",
    ),
    "logging": ("logging", "warnings"),
    "randomness": ("random", "secrets", "uuid"),
}
BARRED_CALLS: Final = {
    "open": "the disk",
    "print": "the terminal",
    "input": "the terminal",
    "now": "a clock",
    "utcnow": "a clock",
    "today": "a clock",
    "urandom": "randomness",
    "generate_private_key": "randomness",
    "generate_key": "randomness",
}
THIRD_PARTIES: Final = {
    "domain": (),
    "transparency": (),
    "codec": ("cbor2",),
    "trust": ("cryptography",),
    "verify": (),
}
"""The packages from outside the standard library that each pure room may import."""


@pytest.mark.parametrize(("what", "modules"), BARRED_MODULES.items(), ids=BARRED_MODULES.keys())
def test_a_pure_room_imports_no(what: str, modules: tuple[str, ...]) -> None:
    found = [
        f"{file.path}:{line} imports {name}"
        for file in pure_files()
        for line, name in file.imported_names()
        if any(f"{name}.".startswith(f"{module}.") for module in modules)
    ]

    assert not found, f"a pure room reaches for {what}: {found}"


def test_a_pure_room_calls_nothing_that_reads_the_world() -> None:
    found = [fault for file in pure_files() for fault in _barred_calls(file)]

    assert not found


def test_a_pure_room_imports_only_the_packages_it_is_allowed() -> None:
    found = [
        f"{file.path}:{line} imports {name}"
        for file in pure_files()
        for line, name in file.imported_names()
        if _is_third_party(name) and name.split(".")[0] not in THIRD_PARTIES[file.room]
    ]

    assert not found


def test_past_the_codec_nothing_is_any() -> None:
    found = [
        f"{file.path}:{line} imports {name}"
        for file in pure_files()
        if file.room != "codec"
        for line, name in file.imported_names()
        if name in ("typing.Any", "typing")
    ]

    assert not found, f"say which type it is (style rule 8): {found}"


def _barred_calls(file: SourceFile) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node.func)
        if name in BARRED_CALLS:
            yield f"{file.path}:{node.lineno} calls {name}(), which reaches for {BARRED_CALLS[name]}"


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _is_third_party(name: str) -> bool:
    top = name.split(".")[0]
    return top != "comity" and top not in sys.stdlib_module_names
