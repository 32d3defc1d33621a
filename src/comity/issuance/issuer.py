"""The issuer: one region as the one who signs: its code, its keys by usage, its records and its vault.

Everything that issuance does takes an `Issuer` and an instant `at`; neither clock nor randomness is read
elsewhere (style rule 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from comity.codec.cose import Kid
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.domain.validity import VALIDITY_DAYS
from comity.issuance.home_region import HomeRegion, NoAnswer
from comity.issuance.status_places import PlaceReserve
from comity.issuance.vault import Vault
from comity.records.ports import Store
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.ports import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKeys:
    """The keys a region signs with at present, one a usage, and the key list that publishes them."""

    key_list: KeyList
    pass_entry: KeyEntry
    passes: Signer
    status: Signer
    statements: Signer
    bundles: Signer

    def is_closed(self, kid: str, *, at: Instant) -> bool:
        """Say whether the pass key with this id, in hexadecimal digits, has been closed by an instant."""
        entry = (
            None
            if kid == self.pass_entry.kid.hex()
            else self.key_list.find(Kid(bytes.fromhex(kid)), Usage.PASS)
        )
        return entry is not None and entry.is_revoked(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A region that issues passes; `draw(n)` gives n random bytes.

    `validity_days` is that of the region's rulebook: how long its device and paper passes are valid (C2.4).
    `exchange_keys` open what other regions seal to this one, the newest last.
    """

    region: RegionCode
    is_test: bool
    keys: IssuerKeys
    store: Store
    vault: Vault
    draw: Callable[[int], bytes]
    validity_days: int = VALIDITY_DAYS
    exchange_keys: Sequence[EllipticCurvePrivateKey] = field(default=(), repr=False, compare=False)
    home: HomeRegion = field(default_factory=NoAnswer, repr=False, compare=False)
    places: PlaceReserve = field(default_factory=PlaceReserve, repr=False, compare=False)

    @property
    def division(self) -> str:
        """What its officers lie within: the whole region (C0)."""
        return self.region

    def new_id(self) -> str:
        """Draw an id of 16 random bytes, in hexadecimal digits."""
        return self.draw(16).hex()
