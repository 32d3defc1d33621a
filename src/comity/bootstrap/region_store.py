"""Which database the records of a node are in: SQLite in the data folder, or the one a URL names."""

from __future__ import annotations

from comity.bootstrap.data_folder import DataFolder
from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.settings import NodeSettings
from comity.records.ports import Store
from comity.storage import database_url
from comity.storage.migration import upgrade


def store_url(settings: NodeSettings, folder: DataFolder) -> str:
    """Give the URL of the database, password included: it goes into no message."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    folder.require_sqlite()
    return database_url.sqlite_url(folder.database)


def database_kind(settings: NodeSettings, folder: DataFolder) -> str:
    """Give the kind of database, as region.json names it: `sqlite` or `postgresql`."""
    return store_url(settings, folder).partition(":")[0].partition("+")[0]


def create_store(settings: NodeSettings, folder: DataFolder) -> Store:
    """Make or upgrade the tables, and open the records. Raises: UsageError, StoreUnavailable."""
    if settings.database_url is None:
        folder.make_database()
    upgrade(store_url(settings, folder))
    return open_store(settings, folder)


def upgrade_store(settings: NodeSettings) -> None:
    """Bring the tables of a region that was made before up to this release.

    Raises: UsageError when there is no region's data, StoreUnavailable.
    """
    folder = RegionFolder(path=settings.data)
    folder.read(expected=None)
    upgrade(store_url(settings, folder), may_create=False)


def open_store(settings: NodeSettings, folder: DataFolder) -> Store:
    """Open the records. Raises: UsageError for a URL that names no database Comity works with."""
    return database_url.open_store(store_url(settings, folder))
