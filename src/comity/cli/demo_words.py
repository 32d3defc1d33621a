"""What the demo prints of its hub and nodes: tables, where to look, what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from comity.cli.screen import program_name
from comity.domain.instant import Instant, rfc3339
from comity.domain.region import get_region

if TYPE_CHECKING:
    from rich.table import Table

    from comity.cli.demo_checkpoint import CheckpointVisit, DemoCheckpoint
    from comity.cli.demo_nodes import DemoFederation, DemoNode
    from comity.cli.demo_region import DemoStep


def short_time(at: Instant) -> str:
    """Write an instant of the demo's year for the screen, such as `03-19 00:00`."""
    return rfc3339(at)[5:16].replace("T", " ")


def newcomer_table(steps: Sequence[DemoStep], nodes: Sequence[DemoNode]) -> Table:
    """Show what gates answered at each step of the newcomer."""
    from rich.table import Table

    table = Table(title="A newcomer, each step verified offline at gates")
    table.add_column("step", no_wrap=True)
    for node in nodes:
        table.add_column(f"gate in {get_region(node.region).name_en}")
    for step in steps:
        answers = [f"{visit.decision.outcome} ({visit.decision.reason})" for visit in step.visits]
        table.add_row(step.name, *(answers or ["-"] * len(nodes)))
    return table


def checkpoint_table(visits: Sequence[CheckpointVisit]) -> Table:
    """Show what the checkpoint answered when."""
    from rich.table import Table

    table = Table(title="A checkpoint in Inner Mongolia, which follows the hub")
    for name in ("when", "who", "answer", "why", "clause"):
        table.add_column(name, no_wrap=True)
    for visit in visits:
        decision = visit.decision
        table.add_row(
            short_time(visit.at),
            visit.who,
            str(decision.outcome),
            str(decision.reason) if visit.has_hub else f"{decision.reason} (hub gone)",
            decision.clause,
        )
    return table


def where_to_look(federation: DemoFederation) -> str:
    """Say where a browser finds everything."""
    hub = federation.hub
    lines = [
        "",
        f"  The hub (全国平台): {hub.url}",
        f"    register     {hub.url}/zh/ and {hub.url}/en/ (matrix: {hub.url}/en/matrix)",
        f"    interface    {hub.url}/openapi.json",
        f"    data, log    {hub.data}/",
    ]
    for node in federation.nodes:
        region = get_region(node.region)
        lines += [
            f"  {region.name_en} ({region.code}, {region.short_zh}): {node.url}",
            f"    sign in      {node.url}/sign-in",
            f"    interface    {node.url}/openapi.json",
            f"    how it does  {node.url}/health/ready and {node.url}/metrics",
            f"    data, log    {node.data}/",
        ]
    return "\n".join([*lines, ""])


def what_to_try(
    federation: DemoFederation, checkpoint: DemoCheckpoint, steps: Sequence[DemoStep], out: Path
) -> str:
    """Give commands that answer again from what the demo left."""
    from comity.cli.demo_nodes import PASSPHRASE_FILE

    comity, folder = program_name(), checkpoint.folder
    visit = next(visit for step in reversed(steps) for visit in step.visits)
    last = checkpoint.visits[-1]
    return (
        "\nThe same answers again, from the files alone:\n"
        f'  {comity} verify "$(cat {visit.files}/code.txt)" --bundle {visit.files}/bundle.cbor \\\n'
        f"      --anchor {visit.files}/anchor.cbor --at {rfc3339(visit.at)}\n"
        f'  {comity} verify "$(cat {folder}/code.txt)" --bundle {checkpoint.bundle_file} \\\n'
        f"      --anchor {checkpoint.anchor_file} --at {rfc3339(last.at)}\n"
        f"  COMITY_DEMO=1 {comity} client show --cache {folder} --at {rfc3339(last.at)}\n"
        f"  COMITY_KEY_PASSPHRASE_FILE={out / PASSPHRASE_FILE} {comity} region audit verify "
        f"--data {federation.nodes[0].data}\n"
    )
