"""Regions, the divisions inside them, and which area covers which code (C0, C2.5, C3.3).

A region is a province-level unit of GB/T 2260; a division is a league, city, banner, county or district
inside one. The rows, their source and their date are in `region_data.py`; typed values are built from them
on first use. What a region recognises, signs or demands is not here, and nothing here looks at a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NewType, TypeGuard

from comity.domain.region_data import DIVISION_ROWS, REGION_ROWS
from comity.errors import UnknownRegion

RegionCode = NewType("RegionCode", str)
"""Six digits naming one of the 31 regions, such as 150000."""
AreaCode = NewType("AreaCode", str)
"""Six digits naming any division or region, listed here or not, such as 420106."""

AREA_CODE_LENGTH: Final = 6
"""Digits of a GB/T 2260 code: two each for region, prefecture and county, 00 for "all of it"."""

INNER_MONGOLIA: Final = RegionCode("150000")
HUBEI: Final = RegionCode("420000")
NATION: Final = RegionCode("000000")
"""The whole country, in no list of regions: the division of whoever acts for the hub, and the issuer of
passes that the hub converts (ADR 0016)."""
_BEYOND: Final = ("71", "81", "82")
"""Provinces of GB/T 2260 that issue no passes here; people come from there all the same."""

REGION_CODES: Final[frozenset[RegionCode]] = frozenset(RegionCode(row[0]) for row in REGION_ROWS)
ISSUER_CODES: Final = REGION_CODES | {NATION}
"""Who may issue passes: the 31 regions and the nation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A province-level unit: the level at which passes are issued and rulebooks exist (C3.2)."""

    code: RegionCode
    name_zh: str
    short_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A unit inside a region; `parent` is the code of the division or region directly above it (C0)."""

    code: AreaCode
    name_zh: str
    name_en: str
    parent: AreaCode


@cache
def _regions() -> dict[str, Region]:
    return {
        code: Region(code=RegionCode(code), name_zh=name_zh, short_zh=short_zh, name_en=name_en)
        for code, name_zh, short_zh, name_en in REGION_ROWS
    }


@cache
def _divisions() -> dict[str, Division]:
    return {
        code: Division(code=AreaCode(code), name_zh=name_zh, name_en=name_en, parent=AreaCode(parent))
        for code, parent, name_zh, name_en in DIVISION_ROWS
    }


@cache
def _divisions_by_parent() -> dict[str, tuple[Division, ...]]:
    grouped: dict[str, list[Division]] = {}
    for division in _divisions().values():
        grouped.setdefault(division.parent, []).append(division)
    return {parent: tuple(divisions) for parent, divisions in grouped.items()}


def is_region(code: str) -> TypeGuard[RegionCode]:
    """Say whether `code` is one of the 31 regions (GB/T 2260)."""
    return code in REGION_CODES


def is_issuer(code: str) -> TypeGuard[RegionCode]:
    """Say whether `code` may issue passes: one of the 31 regions, or the nation (ADR 0016)."""
    return code in ISSUER_CODES


def is_area_code(text: str) -> TypeGuard[AreaCode]:
    """Say whether `text` has the shape of a code: exactly six ASCII digits, listed or not (GB/T 2260)."""
    return len(text) == AREA_CODE_LENGTH and text.isascii() and text.isdigit()


def is_area(text: str) -> TypeGuard[AreaCode]:
    """Say whether `text` is a code that lies in a province of GB/T 2260: the 31 regions, 71, 81 or 82."""
    return is_area_code(text) and (is_region(f"{text[:2]}0000") or text[:2] in _BEYOND)


def get_region(code: str) -> Region:
    """Return the region with this code (GB/T 2260).

    Raises:
        UnknownRegion: `code` is none of the 31.
    """
    region = _regions().get(code)
    if region is None:
        raise UnknownRegion(code=code)
    return region


def find_division(code: str) -> Division | None:
    """Return the listed division with this code; a region is no division (GB/T 2260)."""
    return _divisions().get(code)


def divisions_of(parent: str) -> tuple[Division, ...]:
    """Return the listed divisions directly under a region or division, in order of code (C0)."""
    return _divisions_by_parent().get(parent, ())


def path_of(code: str) -> tuple[Region | Division, ...]:
    """Return the region, league or city, and county that lead to a listed code; () for any other (C0)."""
    steps: list[Region | Division] = []
    division = find_division(code)
    while division is not None:
        steps.append(division)
        code = division.parent
        division = find_division(code)
    if is_region(code):
        steps.append(get_region(code))
    return tuple(reversed(steps))


def area_covers(area: str, code: str) -> bool:
    """Say whether `area` covers `code`, both of six digits, by their pairs alone (C3.3).

    420000 covers every 42xxxx; 420100 covers 420100 and every 4201xx; 420106 covers itself only.
    """
    if not area.endswith("00"):
        return area == code
    return code.startswith(area[:2] if area.endswith("0000") else area[:4])
