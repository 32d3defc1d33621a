"""Where each hosted region is reached, and which of them a request is for.

A request is for a region by the host name it names and the first part of its path as it was sent, nothing
else: no forwarding header, no decoded or tidied path, no name that is merely similar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Scope

from comity.domain.region import RegionCode
from comity.server.sign_in_cookie import cookie_name

_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedSite:
    """One hosted region: the host name and path at which it is reached, and what answers there."""

    region: RegionCode
    authority: bytes
    prefix: bytes
    cookie: bytes
    node: ASGIApp

    @classmethod
    def at(cls, url: str, *, region: RegionCode, node: ASGIApp) -> HostedSite:
        """Give the site of a region with this public address."""
        parts = urlsplit(url)
        authority = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ":"))
        return cls(
            region=region,
            authority=authority.encode(),
            prefix=parts.path.rstrip("/").encode(),
            cookie=cookie_name(url, region).encode(),
            node=node,
        )


class HostedSites:
    """All hosted regions by where they are reached."""

    def __init__(self, sites: Iterable[HostedSite]) -> None:
        self._at: dict[bytes, list[HostedSite]] = {}
        for site in sorted(sites, key=lambda each: len(each.prefix), reverse=True):
            self._at.setdefault(site.authority, []).append(site)

    def __iter__(self) -> Iterator[HostedSite]:
        return (site for sites in self._at.values() for site in sites)

    def find(self, scope: Scope) -> HostedSite | None:
        """Find the region a request is for; of several at one host name the longest path that fits."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return None
        authority = hosts[0].strip().lower()
        for port in _PORTS.values():
            authority = authority.removesuffix(port.encode())
        path = sent_path(scope)
        return next(
            (each for each in self._at.get(authority, ()) if path.startswith(each.prefix + b"/")), None
        )


def sent_path(scope: Scope) -> bytes:
    """Give the path of a request as it was sent, without its query."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0]
