"""A checkpoint of the demo in Inner Mongolia: fetches as `comity client` does, and answers from its files.

Everything it knows lies in one folder; when the hub is gone it goes on with that, until its bundle is 7 days
behind the hub's word (V2, settled rule 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity import bootstrap
from comity.cli.client import fetch
from comity.cli.client_gate import supply
from comity.domain.decision import Decision
from comity.domain.instant import Instant
from comity.trust.bundle import Anchor, read_anchor
from comity.verify import verify

if TYPE_CHECKING:
    from comity.client.gate_sync import GateSynced
    from comity.client.repository_client import Synced

ANCHOR_FILE: Final = "anchor.cbor"
CODE_FILE: Final = "code.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointVisit:
    """Somebody at the checkpoint: when, who, and the answer; whether there was a hub to fetch from."""

    at: Instant
    who: str
    decision: Decision
    has_hub: bool


class DemoCheckpoint:
    """One checkpoint, in one folder, under the root of its hub and the anchor of its region."""

    def __init__(self, folder: Path, *, hub: str, root: Path, anchor: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder: Final = folder
        self._address = f"{hub}/repository"
        self._root = root.read_bytes()
        self.anchor_file.write_bytes(anchor)
        self._anchor: Anchor = read_anchor(anchor)
        self.visits: Final[list[CheckpointVisit]] = []

    @property
    def anchor_file(self) -> Path:
        """The anchor pinned at enrolment."""
        return self.folder / ANCHOR_FILE

    @property
    def bundle_file(self) -> Path:
        """The bundle it goes by."""
        return self.folder / "gate" / "bundle.cbor"

    def sync(self, *, at: Instant) -> Synced:
        """Fetch from the hub (`comity client sync`). Raises: DownloadFailed, RepositoryRefused."""
        from comity.client.repository_client import RepositoryClient

        return fetch(RepositoryClient(self.folder, root=self._root), self._address, at=at)

    def supply(self, *, at: Instant) -> GateSynced:
        """Fetch bundle and status lists from the regions (`comity client gate`)."""
        return supply(self._anchor, None, self.folder, at=at)

    def show(self, text: str, who: str, *, at: Instant, has_hub: bool) -> CheckpointVisit:
        """Answer a code from the files alone (`comity verify`). Raises: BundleRefused."""
        gate = bootstrap.open_gate(self.bundle_file, anchor=self.anchor_file, host=None, status=None)
        decision = verify(text, gate.bundle, at=datetime.fromtimestamp(at, UTC), lists=gate.lists)
        (self.folder / CODE_FILE).write_text(text + "\n", encoding="utf-8")
        return CheckpointVisit(at=at, who=who, decision=decision, has_hub=has_hub)
