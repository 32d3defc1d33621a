"""`comity scenario run`: a federation told in a file, run on the real path (interface sections 5 and 6)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from comity import bootstrap
from comity.domain.decision import Outcome
from comity.domain.instant import rfc3339
from comity.errors import UsageError
from comity.scenario import EncounterResult, Scenario, read_scenario, run_encounters
from comity.trust.bundle import write_anchor
from comity.verify import as_json
from comity.verify.report import Json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from comity.scenario.attacks import AttackResult

UNMET: Final = 1


def run_command(
    file: Path,
    /,
    *,
    as_json_text: Annotated[bool, Parameter(name="--json")] = False,
    out: Path | None = None,
) -> int:
    """Run a scenario file.

    Exit code: 0 every expectation holds, 1 one does not, 2 the file is wrong.

    Parameters
    ----------
    file
        The scenario file.
    as_json_text
        Write every Decision as JSON.
    out
        Write text, picture, bundle, status lists and anchor of every encounter into this folder.
    """
    scenario = open_scenario(file)
    seed = bootstrap.fresh_seed()
    results = list(run_encounters(scenario, seed=seed))
    attacks = _run_attacks(scenario, seed)
    if out is not None:
        write_results(results, out)
    if as_json_text:
        told = results_as_json(scenario, results) | attacks_as_json(attacks)
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print_tables(scenario, results, attacks)
    has_held = all(result.holds for result in results) and all(attack.holds for attack in attacks)
    return 0 if has_held else UNMET


def _run_attacks(scenario: Scenario, seed: bytes) -> list[AttackResult]:
    """Run the attacks of a file, if it has any: they need more of the program than encounters do."""
    if not scenario.attacks:
        return []
    from comity.scenario.attacks import run_attacks

    results = []
    for number, result in enumerate(run_attacks(scenario, seed=seed), start=1):
        _progress(f"attack {number} of {len(scenario.attacks)}")
        results.append(result)
    _progress("")
    return results


def _print_tables(scenario: Scenario, results: list[EncounterResult], attacks: list[AttackResult]) -> None:
    shown = console()
    shown.print(results_table(scenario, results))
    unmet = sum(not result.holds for result in results)
    print(f"{len(results)} encounters, {unmet} not as expected")
    if attacks:
        shown.print(attacks_table(attacks))
        print(f"{len(attacks)} attacks, {sum(not attack.holds for attack in attacks)} not refused")


def open_scenario(path: Path) -> Scenario:
    """Read a scenario file. Raises: UsageError, ScenarioError."""
    try:
        text = bootstrap.read_file(path, what="scenario file").decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"scenario file '{path}' is not UTF-8 text (byte {error.start})", next_step="Save it as UTF-8."
        ) from error
    return read_scenario(text)


def results_as_json(scenario: Scenario, results: list[EncounterResult]) -> dict[str, Json]:
    """Give the results as the JSON object of interface section 6."""
    return {
        "title": scenario.title,
        "encounters": [
            {
                "id": result.plan.encounter_id,
                "decision": as_json(result.decision),
                "expected": _expected(result),
                "holds": result.holds,
            }
            for result in results
        ],
    }


def attacks_as_json(attacks: list[AttackResult]) -> dict[str, Json]:
    """Give the attacks as a further key of that object, left out where the file has none."""
    if not attacks:
        return {}
    told: list[Json] = [
        {
            "kind": str(attack.plan.kind),
            "host": attack.plan.host,
            "issuer": attack.plan.issuer,
            "at": rfc3339(attack.plan.begins),
            "refused": attack.holds,
            "refused_by": attack.refused_by,
            "why": attack.why,
        }
        for attack in attacks
    ]
    return {"attacks": told}


def attacks_table(attacks: list[AttackResult]) -> Table:
    """Lay the attacks out for people: what was tried on whom, who refused it and why."""
    from rich.table import Table

    table = Table(title="attacks", pad_edge=False, box=None, padding=(0, 1))
    for column in ("attack", "on", "at", "refused by", "why"):
        table.add_column(column, overflow="fold", header_style="bold underline")
    for attack in attacks:
        plan = attack.plan
        by = attack.refused_by if attack.holds and attack.refused_by else "NOT REFUSED"
        table.add_row(str(plan.kind), plan.host, rfc3339(plan.begins)[:19].replace("T", " "), by, attack.why)
    return table


def _expected(result: EncounterResult) -> Json:
    plan = result.plan
    if plan.expect is None:
        return None
    reason = None if plan.expect_reason is None else str(plan.expect_reason)
    return {"outcome": str(plan.expect), "reason": reason}


def results_table(scenario: Scenario, results: list[EncounterResult]) -> Table:
    """Lay the results out for people: who showed what where, the answer, the clause and the reason."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(f"[TEST] {scenario.title}"), pad_edge=False, box=None, padding=(0, 1))
    for column in ("encounter", "pass", "host", "at", "outcome", "clause", "reason", ""):
        table.add_column(column, overflow="fold", header_style="bold underline")
    for result in results:
        plan, decision = result.plan, result.decision
        shown = scenario.passes[plan.pass_id]
        table.add_row(
            plan.encounter_id,
            f"{shown.issuer} {shown.colour} {shown.pass_class}",
            plan.host,
            rfc3339(plan.at)[:19].replace("T", " "),
            Text(str(decision.outcome), style=STYLES[decision.outcome]),
            decision.clause,
            str(decision.reason),
            "-" if plan.expect is None else "ok" if result.holds else _unmet(result),
        )
    return table


def console() -> Console:
    """Make a console that does not squeeze tables when its output goes to a file or a log."""
    from rich.console import Console

    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=LOG_WIDTH)


LOG_WIDTH: Final = 132

STYLES: Final = {
    Outcome.PASS: "bold green",
    Outcome.CONTROL: "bold yellow",
    Outcome.REFER: "bold magenta",
    Outcome.REAPPLY: "bold cyan",
    Outcome.REJECT: "bold red",
    Outcome.UNDECIDED: "bold blue",
}


def _unmet(result: EncounterResult) -> str:
    plan = result.plan
    return f"expected {plan.expect} {plan.expect_reason or ''}, got {result.decision.reason}"


def write_results(results: list[EncounterResult], out: Path) -> None:
    """Write what each gate had at hand: `<id>.txt`, `<id>.png`, `<id>/bundle.cbor`, lists and anchor.

    Everything is drawn before anything is written. Raises: UsageError, MissingExtra.
    """
    from comity.cli.picture import draw

    files: dict[Path, bytes] = {}
    for number, result in enumerate(results, start=1):
        _progress(f"drawing {number} of {len(results)}")
        name, folder = result.plan.encounter_id, out / result.plan.encounter_id
        files[out / f"{name}.txt"] = result.text.encode() + b"\n"
        files[out / f"{name}.png"] = draw(result.text)
        files[folder / "bundle.cbor"] = result.bundle
        files[folder / "anchor.cbor"] = write_anchor(result.anchor)
        for file_name, data in result.lists.items():
            files[folder / "status" / file_name] = data
    _progress("")
    folders = [out / result.plan.encounter_id / "status" for result in results]
    try:
        _put_in_place(files, folders, out)
    except OSError as error:
        raise UsageError(
            f"'{error.filename}' cannot be written: {error.strerror}",
            next_step="Choose another --out folder.",
        ) from error


def _put_in_place(files: dict[Path, bytes], folders: list[Path], out: Path) -> None:
    """Write everything into a folder inside `out`, then move it into place, so that nothing is half-written.

    What a `status/` folder held from an earlier run goes last. Raises: OSError, UsageError when something of
    another kind stands where a file or folder must go.
    """
    for path in files:
        if path.is_dir():
            raise UsageError(f"'{path}' is a folder where a file must go", next_step="Choose another --out.")
    for folder in (out, *(each.parent for each in folders), *folders):
        if folder.exists() and not folder.is_dir():
            raise UsageError(
                f"'{folder}' is a file where a folder must go", next_step="Choose another --out."
            )
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".comity-", dir=out) as staged:
        places = {path: Path(staged) / str(number) for number, path in enumerate(files)}
        for path, data in files.items():
            places[path].write_bytes(data)
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for path, place in places.items():
            place.replace(path)
    for folder in folders:
        for old in set(folder.iterdir()) - files.keys():
            old.unlink()


def _progress(message: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)
