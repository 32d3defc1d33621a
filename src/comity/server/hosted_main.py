"""The front of hosted regions as a server starts it: `granian --factory comity.server.hosted_main:serve`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from comity.domain.region import RegionCode
from comity.errors import UsageError
from comity.server.hosted_forward import HostedForward
from comity.server.hosted_front import HostedFront
from comity.server.hosted_sites import HostedSite
from comity.server.logs import configure_logs
from comity.server.main import end_with_parent
from comity.server.proxies import TrustedProxies

SITES_SETTING: Final = "COMITY_HOSTED_SITES"
"""Names the file in which `comity serve hosted` wrote the regions: code, address and socket."""

PROXIES_SETTING: Final = "COMITY_TRUSTED_PROXIES"


def serve() -> HostedFront:
    """Make the front for the regions that `comity serve hosted` named. Raises: UsageError."""
    configure_logs("info")
    end_with_parent()
    return HostedFront(_read_sites(), proxies=_proxies())


def _proxies() -> TrustedProxies:
    """Give the proxies in front of this front, as the machine's environment sets them. Raises: UsageError."""
    told = os.environ.get(PROXIES_SETTING)
    return TrustedProxies(told) if told else TrustedProxies()


def _read_sites() -> list[HostedSite]:
    try:
        told = json.loads(Path(os.environ[SITES_SETTING]).read_text(encoding="utf-8"))
        return [
            HostedSite.at(
                site["url"], region=RegionCode(site["region"]), node=HostedForward(Path(site["socket"]))
            )
            for site in told
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            "the hosted regions are not named", next_step="Run `comity serve hosted`."
        ) from error
