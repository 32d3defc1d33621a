"""Giving on the status lists of the whole country: a gate in a browser may ask its own node alone.

Where each region publishes comes from the hub's word as last verified; what is fetched lies in the folder of
published files, below `country/`. Without a hub nothing is fetched, and what is there stays.
"""

from __future__ import annotations

from contextlib import ExitStack

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_hub import hub_client
from comity.client.country_lists import CountryLists, CountrySynced
from comity.client.gate_sync import ConditionalSource
from comity.client.http_source import HttpSource
from comity.domain.region import RegionCode
from comity.records.published_files import BUNDLE_FILE, COUNTRY_FOLDER
from comity.trust.bundle import Anchor, open_bundle


def country_addresses(region: OpenRegion) -> dict[RegionCode, str]:
    """Give where each region publishes; nothing before the first fetch from the hub."""
    federation = hub_client(region).find_federation(at=region.clock())
    return {} if federation is None else federation.addresses()


def follow_country(region: OpenRegion, addresses: dict[RegionCode, str] | None = None) -> CountrySynced:
    """Fetch what changed of the lists of all regions that this one recognises or refers.

    Raises: BundleRefused, StoreUnavailable, OSError where no bundle is published yet.
    """
    published, issuer = region.folder.published, region.issuer
    anchor = Anchor(host=issuer.region, root=issuer.keys.key_list.root)
    bundle = open_bundle((published / BUNDLE_FILE).read_bytes(), anchor=anchor)
    with ExitStack() as stack:

        def source(address: str) -> ConditionalSource:
            made = HttpSource(address)
            stack.callback(made.close)
            return made

        lists = CountryLists(published / COUNTRY_FOLDER, source)
        return lists.sync(country_addresses(region) if addresses is None else addresses, bundle)
