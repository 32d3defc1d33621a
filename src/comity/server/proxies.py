"""Who asks when proxies stand in between: X-Forwarded-For and Forwarded (RFC 7239), from trusted ones only.

Each proxy adds on the right whom it saw. So the chain is read from the right, past every proxy that is
trusted; the first address that is not is the client's. What an untrusted client says about itself counts
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import Scope

from comity.errors import UsageError

HERE: Final = "127.0.0.1,::1"
"""Proxies on this machine, which are trusted where nothing else is set."""
MOST_HOPS: Final = 16
_LONGEST_ADDRESS: Final = 45
_FOR: Final = re.compile(rb'(?:^|;)\s*for\s*=\s*"?\[?([0-9a-fA-F:.]+)\]?(?::\d+)?"?\s*(?=;|$)', re.IGNORECASE)


class TrustedProxies:
    """Addresses and networks whose word about the client counts; a client at a Unix socket has none.

    Raises: UsageError for text that is no list of addresses.
    """

    def __init__(self, text: str = HERE) -> None:
        try:
            self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
                ip_network(each.strip()) for each in text.split(",") if each.strip()
            )
        except ValueError as error:
            raise UsageError(
                f"COMITY_TRUSTED_PROXIES: {error}",
                next_step="List addresses or networks with commas between, such as 10.0.0.5,10.1.0.0/24.",
            ) from error
        self._known = lru_cache(maxsize=4_096)(self._is_trusted)

    def client_address(self, scope: Scope) -> str:
        """Give the address that asks, as far as it can be known."""
        client = scope.get("client")
        address = str(client[0]) if client else ""
        if address and not self._known(address):
            return address
        for seen in _forwarded(scope):
            address = seen
            if not self._known(seen):
                break
        return address[:_LONGEST_ADDRESS]

    def _is_trusted(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)


def _forwarded(scope: Scope) -> Iterator[str]:
    """Give the addresses that proxies saw, the nearest first, a bounded number of them."""
    listed = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    if listed:
        hops = [hop.strip() for value in listed for hop in value.split(b",")]
    else:
        told = [value for name, value in scope["headers"] if name == b"forwarded"]
        found = [_FOR.search(hop.strip()) for value in told for hop in value.split(b",")]
        hops = [b"" if hop is None else hop[1] for hop in found]
    for hop in reversed(hops[-MOST_HOPS:]):
        if not hop:
            return
        yield hop.decode("latin-1")[:_LONGEST_ADDRESS]
