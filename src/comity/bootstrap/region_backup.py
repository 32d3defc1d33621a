"""A whole region as a folder: its records as of one moment, its key file, its clock and what it published.

Keys and published files are copied after the records: what the records name is in them. The key file stays
sealed under its passphrase, which is in no backup. `region.json` comes last, here and when restoring, so that
a folder without it is known to be incomplete.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.bootstrap.region import open_region, require_passphrase
from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.region_store import database_kind, store_url
from comity.bootstrap.settings import NodeSettings
from comity.domain.region import RegionCode
from comity.errors import ComityError, UsageError
from comity.issuance.status_places import leave_last_list
from comity.records.audit import Act, AuditCheck, record_acts, verify_audit
from comity.storage.backup import read_backup, write_backup
from comity.storage.backup_files import Manifest
from comity.storage.keyfile import KeyFile

RECORDS: Final = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredRegion:
    """What a restore put into place, and what the check of its audit found."""

    region: RegionCode
    manifest: Manifest
    audit: AuditCheck


def backup_region(settings: NodeSettings, to: Path) -> Manifest:
    """Write a backup into a new or empty folder, while the region is served.

    Raises: UsageError when there is no region's data or the folder cannot take it, StoreUnavailable.
    """
    folder, backup = RegionFolder(path=settings.data), RegionFolder(path=to)
    folder.read(expected=None)
    backup.make()
    if any(to.iterdir()):
        raise UsageError(f"'{to}' is not empty", next_step="Name a new folder for each backup.")
    manifest = write_backup(store_url(settings, folder), to / RECORDS)
    _copy(folder, backup, with_about=True)
    return manifest


def restore_region(settings: NodeSettings, source: Path) -> RestoredRegion:
    """Put a backup into a data folder and a database that hold nothing, and prove it.

    The records are counted and digested after they went in, the key file is opened, the audit is checked from
    its first row. Then the last status list is left, so that no place given since the backup is given again.

    Raises: UsageError when there is no backup or data is there, FormatError when a file of the backup is not
    as it was written, KeyStoreError for a wrong passphrase, StoreUnavailable.
    """
    backup, folder = RegionFolder(path=source), RegionFolder(path=settings.data)
    if not backup.about.exists():
        raise UsageError(
            f"'{source}' is no backup, or one that was not completed: it has no region.json",
            next_step="Name the folder of a backup that was completed.",
        )
    region, is_test = backup.read(expected=None)
    folder.require_fresh()
    if not backup.keys.exists():
        raise UsageError(f"'{source}' has no key file", next_step="Put keys.cbor of that time into it.")
    KeyFile(backup.keys, passphrase=require_passphrase(settings))
    folder.make()
    manifest = _read_records(settings, source, folder)
    _copy(backup, folder, with_about=False)
    folder.complete(region, is_test=is_test, database=database_kind(settings, folder))
    with open_region(settings) as opened:
        with opened.issuer.store.reading() as transaction:
            audit = verify_audit(transaction)
        with opened.issuer.store.transaction() as transaction:
            left = leave_last_list(transaction)
            if left is not None:
                act = Act(actor="region", act="restore", subject=region, detail={"left_list": left})
                record_acts(transaction, [act], at=opened.clock())
    return RestoredRegion(region=region, manifest=manifest, audit=audit)


def _read_records(settings: NodeSettings, source: Path, folder: RegionFolder) -> Manifest:
    """Read the records into the database; a file made for them goes when the backup does not hold."""
    if settings.database_url is not None:
        return read_backup(source / RECORDS, store_url(settings, folder))
    folder.make_database()
    try:
        return read_backup(source / RECORDS, store_url(settings, folder))
    except ComityError:
        folder.remove_database()
        raise


def _copy(source: RegionFolder, target: RegionFolder, *, with_about: bool) -> None:
    """Copy all but the records, `region.json` last if at all. Raises: UsageError."""
    try:
        for path in sorted(source.published.rglob("*")):
            if path.is_file():
                with suppress(FileNotFoundError):  # a running node has just replaced it
                    _copy_file(path, target.published / path.relative_to(source.published))
        if source.clock.exists():
            _copy_file(source.clock, target.clock)
        _copy_file(source.keys, target.keys)
        if with_about:
            _copy_file(source.about, target.about)
    except OSError as error:
        raise UsageError(
            f"'{target.path}' cannot be written: {error.strerror}",
            next_step="Make room, or name another folder.",
        ) from error


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as data:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
            shutil.copyfileobj(data, copy)
            copy.flush()
            os.fsync(copy.fileno())
