"""Where a region's node is reached, as signed bytes: its bundle, its status lists, evidence sent to it.

Signed by a usage-`statement` key of the region. Everything fetched from there is signed itself, so that a
wrong location can only be found empty or old.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.errors import UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyList
from comity.trust.ports import Signer
from comity.trust.recognition_statements import own_region, signed_fields
from comity.trust.statements import Kind, write_statement

URL_LENGTH: Final = 200
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_URL: Final = re.compile(rf"https?://{_LABEL}(\.{_LABEL})*(:(?P<port>[0-9]{{1,5}}))?(/[A-Za-z0-9._~\-]+)*")
_PORTS: Final = range(1, 2**16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where `region` publishes, without a slash at the end; the key that evidence is encrypted to, if any."""

    region: RegionCode
    version: int
    url: str
    exchange_key: PublicKey | None = None


def write_location(location: Location, region: Signer, *, is_test: bool) -> bytes:
    """Sign a location with the region's key. Raises: UnreadableStatement for a URL nobody could read back."""
    return write_statement(
        {
            "region": location.region,
            "version": location.version,
            "url": _readable(location.url),
            "exchange_key": None if location.exchange_key is None else location.exchange_key.point,
        },
        Kind.LOCATION,
        region,
        is_test=is_test,
    )


def read_location(data: bytes, keys: KeyList, *, at: Instant, is_test: bool) -> Location:
    """Read a location signed by the region whose keys these are.

    Raises: UnreadableStatement, StatementRefused.
    """
    fields = signed_fields(data, Kind.LOCATION, keys, at=at, is_test=is_test)
    location = Location(
        region=own_region(fields.region("region"), keys),
        version=fields.integer("version"),
        url=_readable(fields.text("url")),
        exchange_key=fields.optional_key("exchange_key"),
    )
    fields.finish()
    return location


def _readable(url: str) -> str:
    found = _URL.fullmatch(url) if len(url) <= URL_LENGTH else None
    if found is None or int(found["port"] or 1) not in _PORTS:
        raise UnreadableStatement(
            f"location: the url is not http(s)://host/path of at most {URL_LENGTH} characters"
        )
    return url
