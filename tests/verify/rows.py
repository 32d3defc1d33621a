"""What a row of the table of interface section 1 is, and the crossings that rows change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.domain.claims import DeviceKey, StatusReference
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY
from comity.domain.recognition import Suspension
from tests.builders import (
    AT,
    HOME,
    HUBEI,
    INDEX,
    PHONE,
    Crossing,
    altered,
    claims,
    crossing,
    list_uri,
    referral,
)

PAPER = crossing()
DEVICE = crossing(PassClass.DEVICE)
ONLINE = crossing(PassClass.ONLINE)
YELLOW = crossing(PassClass.PAPER, Colour.YELLOW)
STATUS = StatusReference(uri=list_uri(HOME), index=INDEX)
OTHER_Y = DeviceKey(x=PHONE.public.x, y_is_odd=not PHONE.as_device_key().y_is_odd)
OFF_CURVE = DeviceKey(x=b"\xff" * 32, y_is_odd=True)
SUSPENSION = Suspension(published_at=AT - 2 * DAY, effective_from=AT - DAY)


def signed(base: Crossing, **changes: object) -> Crossing:
    """The crossing with some claims changed before the issuer signs."""
    return replace(base, claims=altered(base.claims, **changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table and a crossing that meets it."""

    title: str
    given: Crossing
    step: str
    code: str
    outcome: str
    routes: tuple[str, ...]
    clause: str


def rows(step: str, code: str, outcome: str, routes: str, clause: str, **given: Crossing) -> list[Row]:
    return [
        Row(
            title=f"{step} {code}: {title.replace('_', ' ')}",
            given=each,
            step=step,
            code=code,
            outcome=outcome,
            routes=tuple(routes.split()),
            clause=clause,
        )
        for title, each in given.items()
    ]


WARN_AT = AT - DAY - 1
HUBEI_PASS = replace(PAPER, claims=claims(issuer=HUBEI), referrals=(referral(),))
