"""The core install: without the extra `image` other commands work; an unknown one is told plainly."""

from __future__ import annotations

import subprocess
import sys

import pytest

HIDDEN = "import sys; sys.modules['zxingcpp'] = None; sys.modules['PIL'] = None; "
RUN = "from comity.cli.main import run; sys.exit(run(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nonsense"], 2, "nonsense"),
        (["demo", "--once"], 2, "comity[image]"),
        (["verify", "--help"], 0, ""),
        (["--help"], 0, ""),
    ],
    ids=["an unknown command", "the demo", "help of a command", "help of all"],
)
def test_no_command_fails_for_the_pictures_of_another(words: list[str], code: int, told: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HIDDEN + RUN, *words], capture_output=True, text=True, check=False
    )

    assert ended.returncode == code
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
