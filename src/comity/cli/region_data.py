"""`comity region purge` and `comity region vault`: the end of people's data, and the keys that seal it."""

from __future__ import annotations

import json

from comity.cli.region import AsJson, Data, DatabaseUrl, opened_region
from comity.cli.region_settings import node_settings
from comity.cli.screen import say


def purge_command(
    *, data: Data = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """Destroy what the retention clocks end (docs/retention.md), and keep the record of how much.

    A running node does so by itself once a day.
    """
    with opened_region(data, database_url) as region:
        from comity.issuance.purge import purge

        record = purge(region.issuer, at=region.clock())
    counts = record.counted()
    if as_json_text:
        print(json.dumps({"destruction_id": record.destruction_id, "counts": counts}, indent=2))
        return 0
    for kind, count in sorted(counts.items()):
        say(f"{count:>12,}  {kind}")
    say(f"{sum(counts.values()):,} records destroyed; the audit has it as {record.destruction_id}")
    return 0


def rotate_vault_command(*, data: Data = None, database_url: DatabaseUrl = None) -> int:
    """Add a vault key and wrap every sealed record again under it, while the node goes on.

    Workers that run already seal with the key they know until they are started again; they read what stands
    under the new one. Their records follow within ten minutes of that.
    """
    settings = node_settings(data=data, database_url=database_url)
    from comity.bootstrap.region import open_region
    from comity.bootstrap.region_vault import add_vault_key, rewrap_region

    with open_region(settings) as region:
        key = add_vault_key(region)
    count = rewrap_region(settings)
    say(f"Vault key {key} seals from now on; {count:,} records are wrapped again under it.")
    say("Back up the key file, then start the workers again one after the other (docs/operations.md).")
    return 0


def show_vault_command(
    *, data: Data = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """Show how many records each vault key still wraps."""
    with opened_region(data, database_url) as region:
        from comity.issuance.vault_rotation import COUNTED, vault_uses

        with region.issuer.store.reading() as transaction:
            uses = vault_uses(transaction, region.issuer)
    rows = [{"key": use.key, "is_current": use.is_current, "records": use.records} for use in uses]
    if as_json_text:
        print(json.dumps({"keys": rows, "counted_to": COUNTED}, indent=2))
        return 0
    for use in uses:
        mark = "seals" if use.is_current else "reads"
        count = f"{use.records:,} or more" if use.records >= COUNTED else f"{use.records:,}"
        say(f"{use.key}  {mark}  {count} records")
    return 0
