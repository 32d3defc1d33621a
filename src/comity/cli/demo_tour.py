"""The second part of `comity demo`: two region nodes on loopback, and a newcomer's way through them."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.cli.scenario import console
from comity.cli.screen import program_name
from comity.domain.instant import rfc3339
from comity.domain.region import get_region

if TYPE_CHECKING:
    from comity.cli.demo_nodes import DemoNode
    from comity.cli.demo_region import DemoNewcomer, DemoStep

PAUSE: Final = 0.5
_PERSON: Final = 0


def run_nodes(out: Path, *, once: bool) -> int:
    """Serve the nodes, take the newcomer through, print where to look; without `once` stay until stopped."""
    try:
        import fastapi  # noqa: F401 - looked for before anything is made
        import httpx2  # noqa: F401
    except ModuleNotFoundError:
        print(
            "The region nodes were left out: they need the extra 'services' (pip install 'comity[services]')."
        )
        return 0
    from comity.cli.demo_nodes import demo_nodes

    print("\nNow two region nodes [TEST 测试], each a process on this machine; a minute or two, please.")
    with demo_nodes(out) as nodes:
        print(_where_to_look(nodes))
        steps = list(_tour(nodes, out))
        _print_table(steps, nodes)
        print(_what_to_try(steps, nodes, out))
        if not once:
            _stay()
    return 0


def _tour(nodes: tuple[DemoNode, ...], out: Path) -> Iterable[DemoStep]:
    from comity.bootstrap.demo_people import demo_people
    from comity.cli.demo_region import DemoNewcomer, DemoSite

    home, host = (DemoSite(region=node.region, client=node.client, officers=node.officers) for node in nodes)
    newcomer: DemoNewcomer = DemoNewcomer(
        home=home,
        host=host,
        person=demo_people()[_PERSON],
        number=_PERSON,
        out=out / "newcomer",
        pause=lambda: time.sleep(PAUSE),
    )
    for step in newcomer.steps():
        done = step()
        print(f"  {done.name}: {done.what}", flush=True)
        yield done


def _print_table(steps: list[DemoStep], nodes: tuple[DemoNode, ...]) -> None:
    from rich.table import Table

    table = Table(title="A newcomer, each step verified offline at gates")
    table.add_column("step", no_wrap=True)
    for node in nodes:
        table.add_column(f"gate in {get_region(node.region).name_en}")
    for step in steps:
        answers = [f"{visit.decision.outcome} ({visit.decision.reason})" for visit in step.visits]
        table.add_row(step.name, *(answers or ["-"] * len(nodes)))
    console().print(table)


def _where_to_look(nodes: tuple[DemoNode, ...]) -> str:
    lines = []
    for node in nodes:
        region = get_region(node.region)
        lines.append(f"  {region.name_en} ({region.code}, {region.short_zh}): {node.url}")
        lines.append(f"    sign in      {node.url}/sign-in")
        lines.append(f"    interface    {node.url}/openapi.json")
        lines.append(f"    how it does  {node.url}/health/ready and {node.url}/metrics")
        lines.append(f"    data, log    {node.data}/")
    return "\n".join(lines)


def _what_to_try(steps: list[DemoStep], nodes: tuple[DemoNode, ...], out: Path) -> str:
    from comity.cli.demo_nodes import PASSPHRASE_FILE

    visit = next(visit for step in reversed(steps) for visit in step.visits)
    comity = program_name()
    return (
        "\nThe same answer again, from the files alone:\n"
        f'  {comity} verify "$(cat {visit.files}/code.txt)" --bundle {visit.files}/bundle.cbor \\\n'
        f"      --anchor {visit.files}/anchor.cbor --at {rfc3339(visit.at)}\n"
        f"  COMITY_KEY_PASSPHRASE_FILE={out / PASSPHRASE_FILE} {comity} region audit verify "
        f"--data {nodes[0].data}\n"
    )


def _stay() -> None:
    print("The nodes stay until you stop them with Ctrl-C.", flush=True)
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        while not ended.wait(PAUSE):
            pass
    except KeyboardInterrupt:
        print("\nThe nodes are stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)
