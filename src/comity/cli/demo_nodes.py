"""Hub and nodes of the demo, made anew, on loopback, each a process of its own that ends with the demo."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.cli.demo_hub import DemoHub
from comity.cli.demo_processes import LOOPBACK, DemoProcess, clear_folder, free_ports
from comity.cli.demo_regions import DemoRegions, demo_regions
from comity.cli.demo_time import DemoTime
from comity.domain.instant import Instant
from comity.domain.region import INNER_MONGOLIA, RegionCode

if TYPE_CHECKING:
    import httpx2

    from comity.bootstrap.region import OpenRegion
    from comity.bootstrap.settings import NodeSettings

GUANGDONG: Final = RegionCode("440000")
REGIONS: Final = (INNER_MONGOLIA, GUANGDONG)
PASSPHRASE_FILE: Final = "passphrase"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNode:
    """One node of the demo: where, its data, and what opens its keys."""

    region: RegionCode
    url: str
    settings: NodeSettings
    process: DemoProcess
    client: httpx2.Client

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.settings.data

    def opened(self) -> OpenRegion:
        """Open its data beside the node."""
        from comity.bootstrap.region import open_region

        return open_region(self.settings)

    def officers(self) -> tuple[str, str]:
        """TEST: sign two officers in, as if by passkey, and give their tokens."""
        from comity.bootstrap.region import sign_in_for_demo

        with self.opened() as opened:
            return sign_in_for_demo(opened), sign_in_for_demo(opened)

    def serve(self) -> None:
        """Start it; `wait` says when it answers."""
        self.process.start()

    def wait(self) -> None:
        """Wait until it is ready. Raises: UsageError."""
        self.process.wait_until_ready(self.client)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFederation:
    """Everything of the demo that is served, and its calendar."""

    hub: DemoHub
    nodes: tuple[DemoNode, ...]
    regions: DemoRegions
    time: DemoTime

    def serve_nodes(self) -> None:
        """Serve the nodes. Raises: UsageError when one does not get ready."""
        for node in self.nodes:
            node.serve()
        for node in self.nodes:
            node.wait()

    def forward_to(self, at: Instant) -> None:
        """Put time forward and let everybody follow: timestamps, bundles, and what is signed once a day."""
        self.time.forward_to(at)
        if self.hub.process.is_served:
            self.hub.wait()
            self.regions.publish(self.hub.url, at=self.time())
        for node in self.nodes:
            if node.process.is_served:
                node.wait()


@contextmanager
def demo_federation(out: Path, *, begins_at: Instant) -> Iterator[DemoFederation]:
    """Make hub and nodes, which nobody serves yet; all that is served ends with the block.

    Raises: UsageError, MissingExtra.
    """
    passphrase = secrets.token_hex(16)
    out.mkdir(parents=True, exist_ok=True)
    (out / PASSPHRASE_FILE).write_text(passphrase + "\n", encoding="utf-8")  # TEST keys only
    hub_port, *ports = free_ports(1 + len(REGIONS))
    hub = DemoHub(out, port=hub_port, passphrase=passphrase)
    hub.clear()
    for region in REGIONS:
        clear_folder(out / f"node-{region}", "region.json")
    with ExitStack() as stack:
        regions = stack.enter_context(demo_regions())
        nodes = tuple(
            _node(stack, out, hub, region, port, passphrase)
            for region, port in zip(REGIONS, ports, strict=True)
        )
        clocks = [hub.clock_file, *(node.data / "clock.json" for node in nodes)]
        calendar = DemoTime(clocks, begins_at=begins_at)
        processes = [hub.process, *(node.process for node in nodes)]
        stack.callback(_stop, processes)
        yield DemoFederation(hub=hub, nodes=nodes, regions=regions, time=calendar)


def _node(
    stack: ExitStack, out: Path, hub: DemoHub, region: RegionCode, port: int, passphrase: str
) -> DemoNode:
    import httpx2

    from comity.bootstrap.settings import read_settings

    data, url = out / f"node-{region}", f"http://{LOOPBACK}:{port}"
    words = ("region", "--region", region, "--data", str(data), "--port", str(port), "--demo")
    environment = {
        "COMITY_KEY_PASSPHRASE": passphrase,
        "COMITY_PUBLIC_URL": url,
        "COMITY_HUB_URL": hub.url,
        "COMITY_HUB_ROOT": str(hub.root),
    }
    settings = read_settings(
        region=region,
        data=data,
        demo=True,
        key_passphrase=passphrase,
        public_url=url,
        hub_url=hub.url,
        hub_root=hub.root,
    )
    return DemoNode(
        region=region,
        url=url,
        settings=settings,
        process=DemoProcess(data, words, environment),
        client=stack.enter_context(httpx2.Client(base_url=url, timeout=30)),
    )


def _stop(processes: list[DemoProcess]) -> None:
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.stop()
