"""The public API is what `comity` exports (style rule 18)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import comity

MOST_NAMES: Final = 12
SNAPSHOT: Final = Path(__file__).with_name("exports.txt")


def test_the_public_api_is_the_one_that_was_agreed() -> None:
    agreed = SNAPSHOT.read_text(encoding="utf-8").split()

    assert sorted(comity.__all__) == agreed, f"a change of the public API is a change of {SNAPSHOT.name} too"


def test_the_public_api_has_at_most_12_names() -> None:
    assert len(comity.__all__) <= MOST_NAMES


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    mute = [name for name in comity.__all__ if not getattr(comity, name).__doc__]

    assert not mute
