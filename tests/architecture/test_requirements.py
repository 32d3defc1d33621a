"""What is installed is pinned by hash, and from no address: whoever installs uses their own index."""

from __future__ import annotations

import re
import tomllib
from typing import Final

import pytest

from tests.architecture.source import ROOT

LOCKS: Final = ("dev.txt", "oracle.txt", "node.txt", "spark.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_option(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")

    odd = [line for line in text.splitlines() if "://" in line or line.startswith(("-", "file:"))]

    assert not odd


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_by_version_and_hash(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = re.sub(r"\\\n", " ", text).splitlines()

    loose = [
        e for e in entries if e and not e.lstrip().startswith("#") and not re.search(r"==.*--hash=sha256:", e)
    ]

    assert not loose


def test_the_core_is_pinned_for_development() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = re.findall(
        r"^([a-z0-9-]+)==", (ROOT / "requirements" / "dev.txt").read_text("utf-8"), re.MULTILINE
    )
    wanted = [*project["dependencies"], *project["optional-dependencies"]["image"]]

    missing = {_name(requirement) for requirement in wanted} - set(pinned)

    assert not missing, f"run `make lock`: {missing}"


def test_the_extra_for_spark_is_pinned_in_a_file_of_its_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = (ROOT / "requirements" / "spark.in").read_text(encoding="utf-8").splitlines()

    assert [line for line in wanted if line[0] != "#"] == project["optional-dependencies"]["spark"]


def test_every_dependency_says_what_it_is_for() -> None:
    document = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [name for extra in project["project"]["optional-dependencies"].values() for name in extra]
    wanted += [
        line
        for line in (ROOT / "requirements" / "oracle.in").read_text("utf-8").splitlines()
        if line[0] != "#"
    ]

    names = {_name(requirement) for requirement in wanted}
    missing = sorted(name for name in names if f"| `{name}` |" not in document)

    assert not missing, f"docs/dependencies.md has no line for: {missing}"


def _name(requirement: str) -> str:
    return re.split(r"[<>=~!\[ ]", requirement)[0]
