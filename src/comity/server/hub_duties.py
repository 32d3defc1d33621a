"""The duties of a region that has a hub: fetch from it every ten minutes, publish changes within a minute.

Beside them, in a lane of its own: giving on the status lists of the other regions (`bootstrap.country`).
A hub that cannot be reached is logged and tried again; nothing else of the node waits for it (rule 13).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from comity.bootstrap.country import country_addresses, follow_country
from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_exchange import EXCHANGE_EVERY, exchange
from comity.bootstrap.region_hub import PUBLISH_EVERY, SYNC_EVERY, publish_region, sync_region
from comity.bootstrap.region_words import follow_national
from comity.domain.instant import MINUTE, Instant
from comity.domain.region import RegionCode
from comity.issuance.duties import Duty
from comity.issuance.exchange_faults import ExchangeFaults
from comity.issuance.issuer import Issuer
from comity.server.logs import log
from comity.server.metrics import EXCHANGE_FAULTS, HUB_AGE, HUB_WARNING

COUNTRY_EVERY: Final = 10 * MINUTE
"""Seconds between two fetches from the other regions; where they are found anew, within a minute."""


def hub_duties(region: OpenRegion) -> tuple[Duty, ...]:
    """Give the duties towards the hub that the settings name; none where they name no hub."""
    if region.settings.hub_url is None:
        return ()

    def sync(issuer: Issuer, folder: Path, at: Instant) -> None:
        synced = sync_region(region)
        HUB_AGE.set(synced.state.as_of)
        HUB_WARNING.set(0 if synced.state.warning is None else 1)
        if synced.state.warning is not None:
            log().warning("hub", warning=synced.state.warning)
        for row in follow_national(region):
            log().info("referral follows the national rulebook", statement=row.statement_id)
        for other, why in synced.synced.refused.items():
            log().warning("region not taken over", region=other, why=why)

    def publish(issuer: Issuer, folder: Path, at: Instant) -> None:
        version = publish_region(region)
        if version is not None:
            log().info("published through the hub", version=version)

    def exchange_with_others(issuer: Issuer, folder: Path, at: Instant) -> None:
        faults = ExchangeFaults()
        taken = exchange(region, faults=faults)
        for step, number in faults.by_step.items():
            EXCHANGE_FAULTS.labels(step=step).inc(number)
            log().warning("exchange failed about some people", step=step, number=number)
        if taken:
            log().info("messages taken in by other regions", messages=taken)

    return (
        Duty(name="exchange", every_seconds=EXCHANGE_EVERY, run=exchange_with_others),
        Duty(name="hub-sync", every_seconds=SYNC_EVERY, run=sync),
        Duty(name="hub-publication", every_seconds=PUBLISH_EVERY, run=publish),
    )


def country_duties(region: OpenRegion) -> tuple[Duty, ...]:
    """Give the duty towards the other regions' status lists; none where the settings name no hub."""
    if region.settings.hub_url is None:
        return ()
    due: Instant = 0
    followed: dict[RegionCode, str] = {}

    def follow(issuer: Issuer, folder: Path, at: Instant) -> None:
        nonlocal due, followed
        addresses = country_addresses(region)
        if at < due and addresses == followed:
            return
        due, followed = at + COUNTRY_EVERY, addresses
        for other, why in follow_country(region, addresses).refused.items():
            log().warning("lists of a region stay as they were", region=other, why=why)

    return (Duty(name="country-lists", every_seconds=MINUTE, run=follow),)
