"""`comity region backup` and `comity region restore`: a whole region as a folder, proved when restored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from comity.cli.region import AsJson, Data, DatabaseUrl
from comity.cli.region_settings import node_settings
from comity.cli.screen import say, warn

FAULTY: Final = 1
"""Exit code of a restored region whose audit does not hold."""


def backup_command(
    folder: Path, /, *, data: Data = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """Write a backup of the region: records of one moment, key file (sealed), published files.

    The node may go on serving. The passphrase of the key file is in no backup: keep it elsewhere.

    Parameters
    ----------
    folder
        New or empty folder for this backup.
    """
    settings = node_settings(data=data, database_url=database_url)
    from comity.bootstrap.region_backup import backup_region

    manifest = backup_region(settings, folder)
    if as_json_text:
        tables = {each.table: each.rows for each in manifest.tables}
        print(json.dumps({"folder": str(folder), "rows": manifest.rows, "tables": tables}, indent=2))
    else:
        say(f"{manifest.rows} rows of {len(manifest.tables)} tables are in {folder}")
    return 0


def restore_command(
    folder: Path, /, *, data: Data = None, database_url: DatabaseUrl = None, as_json_text: AsJson = False
) -> int:
    """Restore a backup where there is no data yet, and prove it. Exit code: 1 when the audit does not hold.

    Parameters
    ----------
    folder
        Folder that `comity region backup` wrote.
    """
    settings = node_settings(data=data, database_url=database_url)
    from comity.bootstrap.region_backup import restore_region

    restored = restore_region(settings, folder)
    faults = restored.audit.faults
    if as_json_text:
        about = {"region": restored.region, "rows": restored.manifest.rows, "audit_rows": restored.audit.rows}
        print(json.dumps(about | {"audit_holds": not faults}, indent=2))
        return FAULTY if faults else 0
    for each in faults:
        warn(f"lane {each.lane}, place {each.place}: {each.what}")
    say(
        f"{restored.manifest.rows} rows are in place and equal the backup in count and digest; "
        f"{restored.audit.rows} rows of audit, {'which do NOT hold' if faults else 'which hold'}\n"
        f"\nNext: comity serve region --region {restored.region} --data {settings.data}"
        + (" --database-url URL, the same" if settings.database_url is not None else "")
    )
    return FAULTY if faults else 0
