"""The claims of a pass: everything one region says to another, and nothing else.

No identity number, address, telephone or place: a masked name and four digits are enough to compare
with an ID card (settled rule 15). The bytes are in `codec.cwt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, NewType

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import Instant
from comity.domain.region import NATION

PassId = NewType("PassId", bytes)
"""Eight random bytes, claim cti (RFC 8392 3.1.7)."""

PASS_ID_LENGTH: Final = 8
MASK_LIMIT: Final = 3


class DeviceKey(NamedTuple):
    """The phone's P-256 key: the 32-byte x coordinate and whether y is odd (RFC 9053 7.1.1)."""

    x: bytes
    y_is_odd: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReference:
    """Where the status of a pass stands: list `uri` and zero-based `index` (Token Status List 6.3)."""

    uri: str
    index: int


class PassClaims(NamedTuple):
    """What an issuer signs of one person; `reason`, `basis`, `until`, `origin` only with yellow or red."""

    issuer: str
    pass_id: PassId
    issued_at: Instant
    expires_at: Instant
    colour: Colour
    pass_class: PassClass
    masked_name: str
    id_last4: str
    reason: ColourReason | None = None
    basis: Instant | None = None
    until: Instant | None = None
    origin: str | None = None
    area: str | None = None
    is_guardian_held: bool = False
    device_key: DeviceKey | None = None
    status: StatusReference | None = None


def word_of(claims: PassClaims) -> tuple[str, str | None]:
    """Give the region whose word a pass carries, and the area inside it that the pass names, if any.

    It is the issuer, but for a national pass: that one is converted, and its area says from whose word
    (C3.3). The code of the whole region names no area inside it.
    """
    if claims.issuer != NATION or claims.area is None:
        return claims.issuer, claims.area
    region = f"{claims.area[:2]}0000"
    return region, None if claims.area == region else claims.area


def masked(name: str) -> str:
    """Mask a name: its first character, then one `*` per further one, at most three (interface 3).

    Raises: ValueError for an empty name.
    """
    if not name:
        raise ValueError("a name has at least one character")
    return name[0] + "*" * min(len(name) - 1, MASK_LIMIT)
