"""Instants: whole seconds, aware times only, and the legal time of the regions for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from comity.domain.instant import DAY, HOUR, LAST_INSTANT, MINUTE, instant_of, plain_time, rfc3339


def test_a_day_is_24_hours() -> None:
    assert (MINUTE, HOUR, DAY) == (60, 3_600, 86_400)


@pytest.mark.parametrize(
    "text",
    ["2020-03-19T00:00:00+08:00", "2020-03-18T16:00:00+00:00", "2020-03-18T11:00:00-05:00"],
)
def test_c3_1_any_offset_names_the_same_instant(text: str) -> None:
    assert instant_of(datetime.fromisoformat(text)) == 1_584_547_200


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (0, "1970-01-01T08:00:00+08:00"),
        (1_584_547_200, "2020-03-19T00:00:00+08:00"),
        (LAST_INSTANT, "9999-01-01T00:00:00+08:00"),
    ],
)
def test_an_instant_is_written_in_beijing_time_and_read_back(instant: int, written: str) -> None:
    assert rfc3339(instant) == written
    assert instant_of(datetime.fromisoformat(written)) == instant


def test_an_instant_is_read_aloud_to_the_minute() -> None:
    assert plain_time(1_584_547_259) == "2020-03-19 00:00"


def test_fractions_of_a_second_are_dropped() -> None:
    assert instant_of(datetime(2020, 3, 19, 0, 0, 0, 999_999, tzinfo=UTC)) == 1_584_576_000


WRONG_TIMES = [
    ("no offset", datetime(2020, 3, 19)),  # noqa: DTZ001
    ("a second before 1970", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("a fraction before 1970", datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)),
    ("a second after the last", datetime.fromisoformat("9999-01-01T00:00:01+08:00")),
    ("the end of 9999", datetime(9999, 12, 31, tzinfo=UTC)),
    ("year 1", datetime(1, 1, 2, tzinfo=UTC)),
]


@pytest.mark.parametrize("at", [row[1] for row in WRONG_TIMES], ids=[row[0] for row in WRONG_TIMES])
def test_a_time_that_names_no_instant_is_misuse(at: datetime) -> None:
    with pytest.raises(ValueError, match="time"):
        instant_of(at)
