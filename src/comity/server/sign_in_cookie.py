"""The one cookie of a node: its name, and how it is set (docs/sign-in.md).

`__Host-` keeps it from subdomains, and demands `Path=/`. Where nodes share a host name by paths, as hosted
test regions do, the name carries the region, and whoever stands in front of them hands each its own only.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response

from comity.domain.region import RegionCode

COOKIE: Final = "__Host-comity-sign-in"
LONGEST: Final = 128
"""Characters of its value that are looked at; what is longer was not set here."""


def cookie_name(public_url: str, region: RegionCode) -> str:
    """Give the name of the cookie of a node at this address."""
    return f"{COOKIE}-{region}" if urlsplit(public_url).path.strip("/") else COOKIE


def set_cookie(answer: Response, name: str, value: str, *, seconds: int) -> None:
    """Set the cookie for as many seconds; 0 takes it away."""
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
