"""The hub of the demo: a test hub of its own, made anew, served on loopback, killed and started again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.cli.demo_processes import LOOPBACK, DemoProcess, clear_folder
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.region import RegionCode
from comity.trust.algorithm import private_key
from comity.trust.national_statements import write_national_rulebook

if TYPE_CHECKING:
    from comity.bootstrap.hub import OpenHub

ROOT_FILE: Final = "hub-root.json"
_FIRST_ROOT: Final = "1.root.json"
_SECRET_LENGTH: Final = 40


class DemoHub:
    """One test hub; `out` is the folder of the demo, below which it keeps its data and its root."""

    def __init__(self, out: Path, *, port: int, passphrase: str) -> None:
        self.data: Final = out / "hub"
        self.root: Final = out / ROOT_FILE
        self.url: Final = f"http://{LOOPBACK}:{port}"
        self._passphrase = passphrase
        words = ("hub", "--data", str(self.data), "--port", str(port), "--demo")
        self.process: Final = DemoProcess(self.data, words, {"COMITY_KEY_PASSPHRASE": passphrase})
        self._rulebooks = 0

    @property
    def clock_file(self) -> Path:
        """Where its clock keeps what it has seen."""
        from comity.bootstrap.hub_folder import HubFolder

        return HubFolder(path=self.data).clock

    def clear(self) -> None:
        """Remove the hub of an earlier demo. Raises: UsageError."""
        clear_folder(self.data, "hub.json")

    def make(self, draw: Callable[[int], bytes]) -> None:
        """Make it, copy its root to be pinned, and make the national authority's key."""
        from comity.bootstrap.hub import init_hub
        from comity.bootstrap.settings import read_settings
        from comity.hub.national import name_authority

        self._authority = private_key(draw(_SECRET_LENGTH))
        settings = read_settings(data=self.data, demo=True, key_passphrase=self._passphrase)
        with init_hub(settings).opened as opened:
            root = opened.folder.repository / "metadata" / _FIRST_ROOT
            self.root.write_bytes(root.read_bytes())
            with opened.hub.store.transaction() as transaction:
                name_authority(
                    transaction, opened.hub, self._authority.public, actor="demo", at=opened.clock()
                )

    def start(self) -> None:
        """Serve it. Raises: UsageError when it does not get ready."""
        self.process.start()
        self.wait()

    def wait(self) -> None:
        """Wait until it is ready; after time was put forward: until it has signed its timestamp again."""
        import httpx2

        with httpx2.Client(base_url=self.url, timeout=30) as client:
            self.process.wait_until_ready(client)

    def admit(self, region: RegionCode) -> None:
        """Let two officers who are nobody let a region in."""
        from comity.bootstrap.hub_members import admit_for_test

        with self._opened() as opened:
            admit_for_test(opened, region)

    def publish_national(self, row: NationalRow) -> None:
        """Let the national authority sign the next national rulebook, of one row, and the hub order it."""
        from comity.bootstrap.hub_publication import order_hub_statements
        from comity.hub.national import accept_national_rulebook

        self._rulebooks += 1
        with self._opened() as opened:
            at = opened.clock()
            book = NationalRulebook(version=self._rulebooks, published_at=at, valid_from=at, rows=(row,))
            data = write_national_rulebook(book, self._authority, is_test=True)
            with opened.hub.store.transaction() as transaction:
                accept_national_rulebook(transaction, opened.hub, data, actor="demo", at=at)
            order_hub_statements(opened)

    def _opened(self) -> OpenHub:
        from comity.bootstrap.hub import open_hub
        from comity.bootstrap.settings import read_settings

        return open_hub(read_settings(data=self.data, demo=True, key_passphrase=self._passphrase))
