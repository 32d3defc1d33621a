"""Counties: the level at which checkpoints stand and extra demands are answered for (C0, C3.2).

A listed county is the lowest division of the list; where the list has none of a region's counties, the form
of the code decides.
"""

from __future__ import annotations

from comity.domain.region import (
    AreaCode,
    RegionCode,
    area_covers,
    divisions_of,
    find_division,
    is_area_code,
)
from comity.errors import InvalidInput


def get_county(code: str, region: RegionCode, *, field: str = "division") -> AreaCode:
    """Give the code of a banner, county or district of the region. Raises: InvalidInput naming `field`."""
    if not is_area_code(code) or not area_covers(region, code) or code.endswith("00"):
        raise InvalidInput(
            f"{field}: not the code of a county of {region}",
            field=field,
            next_step="Give the six digits of a banner, county or district, such as 150102.",
            clause="C0",
        )
    parent = find_division(f"{code[:4]}00") or find_division(code)
    if parent is not None and divisions_of(parent.code) and find_division(code) is None:
        raise InvalidInput(f"{field}: {parent.code} has no such county", field=field, clause="C0")
    return code
