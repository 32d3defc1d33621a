"""`make oracle`: hold our formats against other people's implementations, in a venv of their own.

    python tests/oracle/run.py --oracle-python .venv-oracle/bin/python

Our code writes material into a temporary folder, outside.py judges it there with other libraries and writes
its answers and things of its own, agreement.py compares. Exit status 1 on any disagreement, 2 when the other
side cannot be run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.oracle import pictures  # noqa: E402
from tests.oracle.agreement import Finding, findings  # noqa: E402
from tests.oracle.material import Json, Made, as_json  # noqa: E402

OUTSIDE: Final = Path(__file__).with_name("outside.py")
TIMEOUT: Final = 600
"""Seconds the other side may take; it takes a few."""
_SHOWN_FAULTS: Final = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print the table, give the exit status."""
    parser = argparse.ArgumentParser(description="Hold our formats against other people's implementations.")
    parser.add_argument(
        "--oracle-python", required=True, help="Python of the venv of requirements/oracle.txt"
    )
    python: str = parser.parse_args(arguments).oracle_python
    made = Made()
    with TemporaryDirectory(prefix="comity-oracle-") as name:
        folder = Path(name)
        (folder / "material.json").write_text(json.dumps(as_json(made)), encoding="utf-8")
        drawn = pictures.draw_all(folder, {each.plan.encounter_id: each.text for each in made.genuine})
        answers = _ask(python, folder)
        if answers is None:
            return 2
        found = list(findings(made, answers, folder, drawn))
    print("oracle: " + ", ".join(f"{name} {number}" for name, number in answers["versions"].items()))
    return _report(found)


def _ask(python: str, folder: Path) -> Json | None:
    try:
        subprocess.run([python, str(OUTSIDE), str(folder)], check=True, timeout=TIMEOUT)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"oracle: the other side could not be run: {error}; `make oracle` sets it up", file=sys.stderr)
        return None
    answers: Json = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return answers


def _report(found: list[Finding]) -> int:
    shown, library = (max(len(text) for text in texts) for texts in zip(*map(_head, found), strict=True))
    for each in found:
        verdict = "agree" if each.count and not each.disagreements else "DISAGREE"
        print(f"{each.shown:<{shown}}  {each.library:<{library}}  {each.count:>6}  {verdict}")
        if each.remark:
            print(f"    ({each.remark})")
        for fault in each.disagreements[:_SHOWN_FAULTS]:
            print(f"    {fault}")
        if len(each.disagreements) > _SHOWN_FAULTS:
            print(f"    and {len(each.disagreements) - _SHOWN_FAULTS} more")
    faults = sum(len(each.disagreements) or not each.count for each in found)
    total = sum(each.count for each in found)
    print(f"oracle: {total} comparisons in {len(found)} rows, {faults} disagreements")
    return 1 if faults else 0


def _head(finding: Finding) -> tuple[str, str]:
    return finding.shown, finding.library


if __name__ == "__main__":
    sys.exit(main())
