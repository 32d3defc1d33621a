"""The region table and the questions asked of it (C0, C2.5, C3.3)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.domain.region import (
    HUBEI,
    INNER_MONGOLIA,
    REGION_CODES,
    Division,
    Region,
    area_covers,
    divisions_of,
    find_division,
    get_region,
    is_area,
    is_area_code,
    is_region,
    path_of,
)
from comity.domain.region_data import DIVISION_ROWS, REGION_ROWS
from comity.errors import UnknownRegion

AREA_CODES = st.from_regex(r"[0-9]{6}", fullmatch=True)


def counties_of(region: str) -> list[Division]:
    return [county for league in divisions_of(region) for county in divisions_of(league.code)]


def test_there_are_31_regions_and_every_code_ends_in_four_zeros() -> None:
    assert len(REGION_CODES) == len(REGION_ROWS) == 31
    assert all(is_area_code(code) and code.endswith("0000") for code in REGION_CODES)


def test_c0_inner_mongolia_has_nine_cities_and_three_leagues() -> None:
    endings = Counter(division.name_zh[-1] for division in divisions_of(INNER_MONGOLIA))
    assert endings == {"市": 9, "盟": 3}


def test_c0_inner_mongolia_has_103_banners_counties_districts_and_cities_under_them() -> None:
    endings = Counter(county.name_zh[-1] for county in counties_of(INNER_MONGOLIA))
    assert endings == {"旗": 52, "区": 23, "县": 17, "市": 11}
    assert endings.total() == 103


def test_c0_each_league_and_city_has_the_counties_the_ministry_lists() -> None:
    counts = {league.name_en: len(divisions_of(league.code)) for league in divisions_of(INNER_MONGOLIA)}
    assert counts == {
        "Hohhot": 9,
        "Baotou": 9,
        "Wuhai": 3,
        "Chifeng": 12,
        "Tongliao": 8,
        "Ordos": 9,
        "Hulunbuir": 14,
        "Bayannur": 7,
        "Ulanqab": 11,
        "Hinggan League": 6,
        "Xilingol League": 12,
        "Alxa League": 3,
    }


def test_c0_the_autonomous_banners_are_the_three_of_hulunbuir() -> None:
    autonomous = [county.code for county in counties_of(INNER_MONGOLIA) if "自治旗" in county.name_zh]
    assert autonomous == ["150722", "150723", "150724"]


def test_c3_3_hubei_has_13_prefectures_and_4_units_it_administers_directly() -> None:
    codes = [division.code for division in divisions_of(HUBEI)]
    assert [code for code in codes if not code.endswith("00")] == ["429004", "429005", "429006", "429021"]
    assert len(codes) == 13 + 4


def test_nothing_is_listed_but_inner_mongolia_and_hubei_below_the_regions() -> None:
    assert len(DIVISION_ROWS) == 12 + 103 + 17
    assert {row[0][:2] for row in DIVISION_ROWS} == {"15", "42"}


def test_codes_are_unique_well_formed_and_in_order() -> None:
    for rows in (REGION_ROWS, DIVISION_ROWS):
        codes = [row[0] for row in rows]
        assert codes == sorted(set(codes))
        assert all(is_area_code(code) for code in codes)


def test_every_name_is_there_and_bare_of_stray_spaces() -> None:
    names = [name for row in (*REGION_ROWS, *DIVISION_ROWS) for name in row]
    assert all(name and name == name.strip() for name in names)


def test_chinese_names_are_han_and_english_names_are_ascii_letters() -> None:
    han = [name for row in REGION_ROWS for name in row[1:3]] + [row[2] for row in DIVISION_ROWS]
    english = [row[3] for row in (*REGION_ROWS, *DIVISION_ROWS)]
    assert all("\u4e00" <= character <= "\u9fff" for name in han for character in name)
    assert all(name.replace(" ", "").isalpha() and name.isascii() for name in english)


def test_no_two_regions_and_no_two_siblings_share_a_name() -> None:
    for column in (1, 2, 3):
        assert len({row[column] for row in REGION_ROWS}) == 31
    for column in (2, 3):
        assert len({(row[1], row[column]) for row in DIVISION_ROWS}) == len(DIVISION_ROWS)


def test_a_short_name_begins_the_full_name() -> None:
    assert all(name_zh.startswith(short_zh) for _, name_zh, short_zh, _ in REGION_ROWS)


@pytest.mark.parametrize(
    ("mark", "word"), [("旗", "Banner"), ("县", "County"), ("区", "District"), ("盟", "League")]
)
def test_the_english_word_for_a_level_follows_the_chinese_one(mark: str, word: str) -> None:
    for _, _, name_zh, name_en in DIVISION_ROWS:
        assert name_zh.endswith(mark) == name_en.endswith(word)


def test_every_parent_exists_and_covers_its_division() -> None:
    for code, parent, _, _ in DIVISION_ROWS:
        assert is_region(parent) or find_division(parent) is not None
        assert area_covers(parent, code)


@pytest.mark.parametrize(
    ("code", "name_zh", "name_en", "parent"),
    [
        pytest.param("150105", "赛罕区", "Saihan District", "150100", id="a district of the capital"),
        pytest.param(
            "150206", "白云鄂博矿区", "Bayan Obo Mining District", "150200", id="no longer 白云矿区"
        ),
        pytest.param("150603", "康巴什区", "Kangbashi District", "150600", id="created in 2016"),
        pytest.param("150703", "扎赉诺尔区", "Jalainur District", "150700", id="created in 2013"),
        pytest.param("152501", "二连浩特市", "Erenhot", "152500", id="a port of entry whose code ends in 01"),
        pytest.param("152921", "阿拉善左旗", "Alxa Left Banner", "152900", id="a banner"),
        pytest.param("152923", "额济纳旗", "Ejin Banner", "152900", id="the last row of the region"),
        pytest.param("420600", "襄阳市", "Xiangyang", "420000", id="no longer 襄樊"),
        pytest.param(
            "429021", "神农架林区", "Shennongjia Forestry District", "420000", id="no level between"
        ),
    ],
)
def test_a_division_is_found_as_it_stood_in_march_2020(
    code: str, name_zh: str, name_en: str, parent: str
) -> None:
    division = find_division(code)
    assert division is not None
    assert (division.name_zh, division.name_en, division.parent) == (name_zh, name_en, parent)


@pytest.mark.parametrize("code", ["150000", "150101", "420106", "440100", "429000", "", "15010"])
def test_a_code_that_is_not_listed_as_a_division_is_not_found(code: str) -> None:
    assert find_division(code) is None


def test_a_region_is_got_with_its_names() -> None:
    assert get_region("150000") == Region(
        code=INNER_MONGOLIA, name_zh="内蒙古自治区", short_zh="内蒙古", name_en="Inner Mongolia"
    )


def test_shanxi_and_shaanxi_are_told_apart_in_english() -> None:
    assert (get_region("140000").name_zh, get_region("140000").name_en) == ("山西省", "Shanxi")
    assert (get_region("610000").name_zh, get_region("610000").name_en) == ("陕西省", "Shaanxi")


@pytest.mark.parametrize(
    "code",
    ["710000", "810000", "820000", "150100", "000000", "15", "", "\uff11\uff15\uff10\uff10\uff10\uff10"],
)
def test_a_code_that_is_none_of_the_31_is_refused(code: str) -> None:
    assert not is_region(code)
    with pytest.raises(UnknownRegion) as refused:
        get_region(code)
    assert refused.value.region == code


@pytest.mark.parametrize("parent", ["150102", "440000", "999999", ""])
def test_a_code_with_nothing_listed_under_it_has_no_divisions(parent: str) -> None:
    assert divisions_of(parent) == ()


def test_c0_the_path_of_a_county_leads_from_region_to_league_to_county() -> None:
    assert [step.name_en for step in path_of("152923")] == ["Inner Mongolia", "Alxa League", "Ejin Banner"]


def test_the_path_of_a_directly_administered_city_has_no_prefecture() -> None:
    assert [step.name_en for step in path_of("429004")] == ["Hubei", "Xiantao"]


def test_the_path_of_a_region_is_itself_and_an_unlisted_code_has_none() -> None:
    assert path_of("440000") == (get_region("440000"),)
    assert path_of("440106") == ()


@pytest.mark.parametrize(
    ("area", "code", "covered"),
    [
        pytest.param("420100", "420100", True, id="a city covers itself"),
        pytest.param("420100", "420106", True, id="a city covers its district"),
        pytest.param("420100", "420200", False, id="a city does not cover another city"),
        pytest.param("420100", "420206", False, id="a city does not cover another city's district"),
        pytest.param("420100", "420000", False, id="a city does not cover its region"),
        pytest.param("420000", "420000", True, id="a region covers itself"),
        pytest.param("420000", "420100", True, id="a region covers its city"),
        pytest.param("420000", "429021", True, id="a region covers what it administers directly"),
        pytest.param("420000", "430100", False, id="a region does not cover its neighbour's city"),
        pytest.param("420106", "420106", True, id="a district covers itself"),
        pytest.param("420106", "420107", False, id="a district does not cover another"),
        pytest.param("420106", "420100", False, id="a district does not cover its city"),
        pytest.param("429004", "429005", False, id="a directly administered city covers itself only"),
        pytest.param("421000", "421003", True, id="a city whose code has a zero before the pair"),
        pytest.param("421000", "421100", False, id="that city is not a region"),
        pytest.param("150110", "150110", True, id="one trailing zero is no pair"),
        pytest.param("150110", "150111", False, id="one trailing zero covers nothing more"),
    ],
)
def test_c3_3_an_area_covers_exactly_the_codes_under_it(area: str, code: str, covered: bool) -> None:
    assert area_covers(area, code) is covered


@given(AREA_CODES)
def test_every_area_covers_itself(code: str) -> None:
    assert area_covers(code, code)


@given(AREA_CODES, AREA_CODES)
def test_two_areas_that_cover_each_other_are_the_same(one: str, other: str) -> None:
    assert (area_covers(one, other) and area_covers(other, one)) == (one == other)


@pytest.mark.parametrize("text", ["150000", "000000", "420106", "999999"])
def test_six_ascii_digits_are_an_area_code(text: str) -> None:
    assert is_area_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15000",
        "1500000",
        "15000a",
        " 15000",
        "15000\n",
        "-15000",
        "\uff11\uff15\uff10\uff10\uff10\uff10",
        "15000\u00b2",
        "\u0661\u0665\u0660\u0660\u0660\u0660",
    ],
)
def test_anything_else_is_no_area_code(text: str) -> None:
    assert not is_area_code(text)


@pytest.mark.parametrize("code", ["150102", "110000", "420100", "710000", "810000", "820000"])
def test_an_area_lies_in_a_province_of_the_standard(code: str) -> None:
    assert is_area(code)


@pytest.mark.parametrize("code", ["000000", "990106", "160000", "15010", "15010a", "１50102", ""])
def test_six_digits_alone_are_no_area(code: str) -> None:
    assert not is_area(code)
