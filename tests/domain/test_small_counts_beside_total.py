"""Numbers hidden where their total is known (C3.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.domain.small_counts import SMALLEST_SHOWN, hide_beside_total

TABLE = {
    "nothing small": ({"a": 10, "b": 0}, {"a": 10, "b": 0}),
    "one small takes the next smallest with it": (
        {"a": 3, "b": 12, "c": 40},
        {"a": None, "b": None, "c": 40},
    ),
    "two small of less than ten take another": ({"a": 1, "b": 2, "c": 50}, {"a": None, "b": None, "c": None}),
    "two small of ten or more are enough": ({"a": 6, "b": 7, "c": 50}, {"a": None, "b": None, "c": 50}),
    "the only one": ({"a": 4, "b": 0}, {"a": None, "b": 0}),
}


@pytest.mark.parametrize(("counts", "shown"), TABLE.values(), ids=TABLE)
def test_c3_2_what_would_tell_a_small_number_is_hidden_too(
    counts: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert hide_beside_total(counts) == shown


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 60), max_size=8))
def test_c3_2_no_small_number_is_shown_and_what_is_shown_is_true(counts: dict[str, int]) -> None:
    shown = hide_beside_total(counts)

    assert all(count is None or count == counts[name] for name, count in shown.items())
    assert not [count for count in shown.values() if count is not None and 0 < count < SMALLEST_SHOWN]
