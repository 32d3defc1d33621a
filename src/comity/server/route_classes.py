"""Which requests matter most when there are too many: the colour last to be shed, extras first (rule 13)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RouteClass(StrEnum):
    """What a request is for: seen from the person at the gate."""

    COLOUR = "colour"
    PASS = "pass"  # noqa: S105
    EXTRA = "extra"
    IMPORT = "import"
    PUBLICATION = "publication"
    WATCH = "watch"
    __hash__ = str.__hash__


_BY_SEGMENT: Final = {
    "status": RouteClass.COLOUR,
    "statements": RouteClass.COLOUR,
    "bundle": RouteClass.COLOUR,
    "anchor": RouteClass.COLOUR,
    "clock": RouteClass.COLOUR,
    "country": RouteClass.COLOUR,
    "wallet": RouteClass.COLOUR,
    "checkpoint": RouteClass.COLOUR,
    "health-query": RouteClass.COLOUR,
    "codes": RouteClass.PASS,
    "conversions": RouteClass.PASS,
    "sign-in": RouteClass.PASS,
    "demo-provider": RouteClass.PASS,
    "health-declarations": RouteClass.PASS,
    "trip-declarations": RouteClass.PASS,
    "dependants": RouteClass.PASS,
    "corrections": RouteClass.PASS,
    "manual-cases": RouteClass.PASS,
    "evidence-imports": RouteClass.IMPORT,
    "repository": RouteClass.COLOUR,
    "publications": RouteClass.PUBLICATION,
    "health": RouteClass.WATCH,
    "metrics": RouteClass.WATCH,
}
_COLOUR_PATHS: Final = frozenset(
    {"/codes/online", "/codes/verify", "/codes/verify-by-id", "/codes/verify-foreign"}
)

OPEN_PATHS: Final = frozenset(
    {
        "/access-applications",
        "/evidence-exchange",
        "/extra-demands",
        "/extra-demands/follow",
        "/gates/enrol",
        "/membership-applications",
        "/publications",
        "/officers/enrolment",
        "/officers/enrolment/options",
        "/officers/recovery",
        "/officers/sign-in",
        "/officers/sign-in/options",
        "/sign-in",
        "/sign-in/callback",
        "/sign-in/session",
    }
)
"""Routes of anybody that write, or try a code: counted by address whatever token is sent along."""

_KNOWN: dict[str, RouteClass] = dict.fromkeys(_COLOUR_PATHS, RouteClass.COLOUR)


def route_class(path: str) -> RouteClass:
    """Give the class of a path; what is not listed is an extra."""
    known = _KNOWN.get(path)
    if known is not None:
        return known
    return _BY_SEGMENT.get(path.split("/", 2)[1] if "/" in path else "", RouteClass.EXTRA)
