"""Recognition and referral as dated data: from which instant, in which direction, for which areas."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.recognition import EQUAL_SINCE, SUSPENSION_NOTICE, Referral, Release, Suspension
from comity.domain.region import RegionCode
from tests.builders import AT, HOME, HOST, HUBEI, instant, recognition, referral

ELSEWHERE = replace(recognition(), host=HOME, issuer=HOST)


def test_c3_1_equality_begins_with_19_march_2020() -> None:
    assert instant("2020-03-19T00:00:00+08:00") == EQUAL_SINCE
    assert SUSPENSION_NOTICE == 86_400


@pytest.mark.parametrize(
    ("published_at", "effective_from", "in_force"),
    [(AT, AT, True), (AT - 9, AT, True), (AT, AT - 9, True), (AT + 1, AT, False), (AT, AT + 1, False)],
)
def test_c2_1_a_recognition_holds_from_the_later_of_publication_and_effect(
    published_at: int, effective_from: int, in_force: bool
) -> None:
    for row in (recognition(), ELSEWHERE):
        dated = replace(row, published_at=published_at, effective_from=effective_from)
        assert dated.is_in_force(AT) is in_force


@pytest.mark.parametrize(("at", "in_force"), [(EQUAL_SINCE - 1, False), (EQUAL_SINCE, True)])
def test_c3_1_inner_mongolia_recognises_nobody_before_19_march(at: int, in_force: bool) -> None:
    assert replace(recognition(), published_at=0, effective_from=0).is_in_force(at) is in_force
    assert replace(ELSEWHERE, published_at=0, effective_from=0).is_in_force(at)


SUSPENDED = Suspension(published_at=AT - 10, effective_from=AT)


@pytest.mark.parametrize(
    ("suspension", "resumption", "suspended"),
    [
        (None, None, False),
        (SUSPENDED, None, True),
        (Suspension(published_at=AT - 10, effective_from=AT + 1), None, False),
        (Suspension(published_at=AT + 1, effective_from=AT), None, False),
        (SUSPENDED, Suspension(published_at=AT, effective_from=AT), False),
        (SUSPENDED, Suspension(published_at=AT + 1, effective_from=AT), True),
        (SUSPENDED, Suspension(published_at=AT, effective_from=AT + 1), True),
    ],
)
def test_a_suspension_holds_from_the_instant_itself_until_a_resumption(
    suspension: Suspension | None, resumption: Suspension | None, suspended: bool
) -> None:
    row = replace(recognition(), suspension=suspension, resumption=resumption)
    assert row.is_suspended(AT) is suspended
    assert row.is_in_force(AT)


WUHAN = ("420100",)
HISTORY = (
    Release(effective_from=instant("2020-03-25T00:00:00+08:00"), areas_except=WUHAN),
    Release(effective_from=instant("2020-04-08T00:00:00+08:00")),
)
HUBEI_2020 = [
    ("2020-03-24T23:59:59+08:00", "420500", False),
    ("2020-03-25T00:00:00+08:00", "420500", True),
    ("2020-03-25T00:00:00+08:00", "420100", False),
    ("2020-03-25T00:00:00+08:00", "420106", False),
    ("2020-03-25T00:00:00+08:00", "420000", True),
    ("2020-03-25T00:00:00+08:00", None, False),
    ("2020-04-07T23:59:59+08:00", "420106", False),
    ("2020-04-08T00:00:00+08:00", "420106", True),
    ("2020-04-08T00:00:00+08:00", None, True),
]


@pytest.mark.parametrize(("at", "area", "released"), HUBEI_2020)
def test_c3_3_hubei_is_released_by_dated_data_alone(at: str, area: str | None, released: bool) -> None:
    for releases in (HISTORY, HISTORY[::-1]):
        assert replace(referral(), releases=releases).is_released(instant(at), area=area) is released


@pytest.mark.parametrize("area", [None, "420100", "420500"])
def test_c3_3_a_referral_without_release_refers_everybody(area: str | None) -> None:
    assert not referral().is_released(AT, area=area)


def test_c3_3_of_releases_at_one_instant_the_later_listed_counts() -> None:
    strict, plain = Release(effective_from=AT, areas_except=WUHAN), Release(effective_from=AT)
    assert replace(referral(), releases=(strict, plain)).is_released(AT, area="420106")
    assert not replace(referral(), releases=(plain, strict)).is_released(AT, area="420106")


def test_c3_3_a_later_release_may_take_areas_back() -> None:
    back = Release(effective_from=AT, areas_except=("420500",))
    given = replace(referral(), releases=(Release(effective_from=AT - 1), back))
    assert given.is_released(AT - 1, area="420506")
    assert not given.is_released(AT, area="420506")


def test_c2_5_a_referral_is_of_an_issuer_and_has_no_place_for_a_person() -> None:
    assert set(Referral.__annotations__) == {
        "host",
        "issuer",
        "version",
        "authority",
        "releases",
    }
    assert (referral().issuer, referral().host) == (RegionCode(HUBEI), HOST)
