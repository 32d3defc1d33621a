"""`comity demo`: the notice as it happened, on embedded defaults: real keys, real codes, real pictures.

Then a synthetic region is assessed (`demo_assessment`), and two region nodes with sample people serve a
newcomer who goes through everything (`demo_tour`).
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from comity import bootstrap
from comity.cli.demo_assessment import assess_demo_region
from comity.cli.demo_tour import run_nodes
from comity.cli.scenario import UNMET, console, open_scenario, results_table, write_results
from comity.cli.screen import program_name
from comity.cli.verify import spoken
from comity.domain.decision import Outcome
from comity.domain.instant import rfc3339
from comity.domain.region import get_region
from comity.errors import ComityError
from comity.scenario import EncounterResult, Scenario, run_encounters
from comity.verify import verify

OUT: Final = Path("comity-demo")


def demo_command(*, once: bool = False, out: Path = OUT) -> int:
    """Run the federation of the notice, then serve Inner Mongolia and Guangdong with sample people.

    Parameters
    ----------
    once
        Print everything and end; without it, the crossings are told one by one, and the nodes stay.
    out
        Folder for the pictures, bundles and lists.
    """
    scenario = open_scenario(bootstrap.notice_file())
    print(_opening(scenario))
    results = list(run_encounters(scenario, seed=bootstrap.fresh_seed()))
    write_results(results, out)
    is_telling = not once and sys.stdin is not None and sys.stdin.isatty()
    for number, result in enumerate(results, start=1):
        _read_back(result, out)
        is_telling = is_telling and _tell(scenario, result, f"{number}/{len(results)}")
    console().print(results_table(scenario, results))
    print(_summary(results, out))
    if not all(result.holds for result in results):
        return UNMET
    assess_demo_region(out)
    return run_nodes(out, once=once)


def _read_back(result: EncounterResult, out: Path) -> None:
    """Scan the picture as a gate would and decide again from the files alone. Raises: ComityError."""
    from comity.cli.picture import scan  # the extra `image`, which another command must not need

    folder, name = out / result.plan.encounter_id, result.plan.encounter_id
    gate = bootstrap.open_gate(
        folder / "bundle.cbor", anchor=folder / "anchor.cbor", host=result.plan.host, status=folder / "status"
    )
    decision = verify(
        "".join(scan(out / f"{name}.png")),
        gate.bundle,
        at=datetime.fromtimestamp(result.plan.at, UTC),
        lists=gate.lists,
        issuer_says=result.plan.issuer_says,
    )
    if decision != result.decision:
        raise ComityError(f"the picture of '{name}' was not answered as its text was")


def _opening(scenario: Scenario) -> str:
    members = ", ".join(get_region(code).name_en for code in scenario.rulebooks)
    return (
        f"Comity demo [TEST 测试]: {scenario.title}\n"
        f"Regions: {members}.\n"
        "Every region makes its keys, signs its passes, lists and rules; every code is drawn as a picture,\n"
        "read back from it and answered by the host's signed bundle. No network is used.\n"
    )


def _tell(scenario: Scenario, result: EncounterResult, count: str) -> bool:
    """Tell one crossing and wait; give whether the next is to be told too."""
    shown, plan = scenario.passes[result.plan.pass_id], result.plan
    home, host = get_region(shown.issuer), get_region(plan.host)
    print(f"\n[{count}] {plan.encounter_id}: a pass of {home.name_en} ({home.short_zh}) in {host.name_en}")
    print(spoken(result.decision))
    return not input("Enter for the next crossing, s and Enter to go on without ").strip()


def _summary(results: list[EncounterResult], out: Path) -> str:
    counts = [f"{sum(r.decision.outcome is each for r in results)} {each}" for each in Outcome]
    held = sum(result.holds for result in results)
    example = next((r for r in results if r.decision.outcome is Outcome.CONTROL), results[0])
    name = example.plan.encounter_id
    at, comity = rfc3339(example.plan.at), program_name()
    return (
        f"\n{len(results)} crossings: {', '.join(counts)}. {held} of {len(results)} as the notice says.\n"
        f"Pictures, bundles, lists and anchors are in {out}/.\n\n"
        "What to try next:\n"
        f"  {comity} verify --image {out}/{name}.png --bundle {out}/{name}/bundle.cbor \\\n"
        f"      --anchor {out}/{name}/anchor.cbor --at {at}\n"
        f'  {comity} inspect "$(cat {out}/{name}.txt)"\n'
        f"  {comity} bundle show {out}/{name}/bundle.cbor\n"
        f"  {comity} scenario run scenarios/hubei-reopening.toml\n"
        "  change a date or a measure in a copy of scenarios/notice.toml and run it\n"
    )
