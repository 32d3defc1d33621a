"""What a gate has at hand on its disk: the host's bundle, the lists it follows, the heights it reached."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.client.kept_list import read_kept_list, write_kept_list
from comity.codec import cbor
from comity.distribution.status_index import list_file
from comity.domain.instant import Instant
from comity.errors import ComityError, FormatError, StoreUnavailable
from comity.records.published_files import put_file
from comity.trust.bundle import VerifierBundle
from comity.trust.statements import Fields
from comity.trust.status import StatusList

BUNDLE: Final = "bundle.cbor"
KEPT_LISTS: Final = "lists"
_HEIGHTS: Final = "heights.cbor"
_TAGS: Final = "tags.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateHeights:
    """The highest version and times of a bundle verified, and the last time anything was."""

    version: int = 0
    issued_at: Instant = 0
    verified_at: Instant = 0


class GateFolder:
    """Reads and writes a gate's files. Methods that write raise StoreUnavailable."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @property
    def bundle(self) -> Path:
        """The host's bundle."""
        return self.path / BUNDLE

    def keep_bundle(self, data: bytes) -> None:
        """Replace the bundle."""
        put_file(self.path, BUNDLE, data)

    def heights(self) -> GateHeights:
        """Read the heights reached. Raises: StoreUnavailable when they cannot be read."""
        try:
            fields = Fields(cbor.read_map((self.path / _HEIGHTS).read_bytes()), of="heights")
            heights = GateHeights(
                version=fields.integer("version"),
                issued_at=fields.instant("issued_at"),
                verified_at=fields.instant("verified_at"),
            )
            fields.finish()
        except FileNotFoundError:
            return GateHeights()
        except (OSError, FormatError) as error:
            raise StoreUnavailable(
                f"'{self.path / _HEIGHTS}' cannot be read",
                next_step="Restore it, or remove the gate's folder whole and enrol the gate again.",
            ) from error
        return heights

    def keep_heights(self, heights: GateHeights) -> None:
        """Replace the heights."""
        put_file(
            self.path,
            _HEIGHTS,
            cbor.write(
                {
                    "version": heights.version,
                    "issued_at": heights.issued_at,
                    "verified_at": heights.verified_at,
                }
            ),
        )

    def tags(self) -> dict[str, str]:
        """Read the tags by which to ask whether a file changed; none where they cannot be read."""
        try:
            found = json.loads((self.path / _TAGS).read_text(encoding="utf-8"))
            return {str(name): str(tag) for name, tag in found.items()}
        except (OSError, ValueError, AttributeError):
            return {}

    def keep_tags(self, tags: dict[str, str]) -> None:
        """Replace the tags."""
        put_file(self.path, _TAGS, json.dumps(tags).encode())

    def find_list(self, region: str, number: int, bundle: VerifierBundle) -> StatusList | None:
        """Find a list as kept; None where there is none, or one that is damaged or whose key is gone."""
        try:
            data = (self.path / KEPT_LISTS / list_file(region, number)).read_bytes()
            return read_kept_list(data, bundle.key_lists)
        except (OSError, ComityError):
            return None

    def has_lists(self, region: str) -> bool:
        """Say whether any list of a region is kept."""
        return any((self.path / KEPT_LISTS).glob(f"{region}-*.cbor"))

    def keep_list(self, region: str, number: int, known: StatusList) -> None:
        """Replace a list."""
        put_file(self.path / KEPT_LISTS, list_file(region, number), write_kept_list(known))
