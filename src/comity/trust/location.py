"""Where a region's node is reached, as signed bytes: its bundle, its status lists, evidence sent to it.

Signed by a usage-`statement` key of the region. Everything fetched from there is signed itself, so that a
wrong location can only be found empty or old.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address
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
_URL: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(\.{_LABEL})*)(:(?P<port>[0-9]{{1,5}}))?(/[A-Za-z0-9._~\-]+)*"
)
_PORTS: Final = range(1, 2**16)
_LOCAL: Final = frozenset({"localhost", "local", "internal", "localdomain"})
"""Names that mean this machine or this network (RFC 6761, RFC 6762)."""


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
            "url": _readable(location.url, is_test=is_test),
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
        url=_readable(fields.text("url"), is_test=is_test),
        exchange_key=fields.optional_key("exchange_key"),
    )
    fields.finish()
    return location


def _readable(url: str, *, is_test: bool) -> str:
    """Give an address that others may be sent to: nothing of this machine or a network behind it.

    1. A plain address without user, query or fragment, of bounded length.
    2. Encrypted; a test federation may do without on its own machine.
    3. Outside a test federation a public name or a public IPv4 address, written in the one usual way.
    """
    found = _URL.fullmatch(url) if len(url) <= URL_LENGTH else None
    if found is None or int(found["port"] or 1) not in _PORTS:  # 1
        raise UnreadableStatement(
            f"location: the url is not https://host/path of at most {URL_LENGTH} characters"
        )
    host = found["host"].lower()
    if found["scheme"] == "http" and not (is_test and _is_loopback(host)):  # 2
        raise UnreadableStatement("location: the url is not https, which only a test on one machine may be")
    if not is_test and not _is_public(host):  # 3
        raise UnreadableStatement("location: the url leads to this machine or into a private network")
    return url


def _is_loopback(host: str) -> bool:
    address = _find_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _is_public(host: str) -> bool:
    """Say whether a host may be public; a name that resolves into a private network is not found out here."""
    last = host.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):  # what clients take for an address (WHATWG URL section 3.5)
        address = _find_address(host)
        return address is not None and address.is_global and not address.is_multicast
    return last != host and last not in _LOCAL


def _find_address(host: str) -> IPv4Address | None:
    try:
        return IPv4Address(host)
    except ValueError:
        return None
