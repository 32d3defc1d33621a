"""A held run is released by two officers who have read what is unusual; until then nobody builds on it.

The release names the checksum of the run: it is worth nothing for another result (settled rule 10).
"""

from __future__ import annotations

import json
from typing import Final

from comity.assessment.run_manifest import RELEASE, Run, RunState, write_json
from comity.assessment.safeguards import OFFICERS
from comity.domain.instant import Instant
from comity.errors import NotPermitted, NotPossibleNow, UsageError

_LONGEST_OFFICER: Final = 60


def release_run(run: Run, *, officer: str, at: Instant) -> tuple[str, ...]:
    """Note that an officer releases a held run; give all who have. The second one releases it.

    Raises: UsageError, NotPermitted for the same officer again, NotPossibleNow when it is not held.
    """
    if not 1 <= len(officer) <= _LONGEST_OFFICER:
        raise UsageError("an officer is named by an account of 1 to 60 characters")
    if run.manifest.state is not RunState.HELD:
        raise NotPossibleNow("this run is not held: nothing about it was unusual")
    given = released_by(run)
    if officer in given:
        raise NotPermitted(
            "a run is released by two different officers",
            next_step="Ask another officer to read what is unusual and release it.",
            clause="settled rule 10",
        )
    officers = (*given, officer)[:OFFICERS]
    write_json(
        run.path / RELEASE,
        {"checksum": run.manifest.checksum, "officers": list(officers), "released_at": at},
    )
    return officers


def is_released(run: Run) -> bool:
    """Say whether the changes of a run may be handed over."""
    return run.manifest.state is RunState.READY or len(released_by(run)) >= OFFICERS


def require_released(run: Run) -> None:
    """Let nobody build on a held run. Raises: NotPossibleNow."""
    if not is_released(run):
        raise NotPossibleNow(
            "this run is held: something about it is unusual, and two officers have not released it",
            next_step=f"Read its manifest; then comity assess release {run.path} --officer ID, by two.",
        )


def released_by(run: Run) -> tuple[str, ...]:
    """Give the accounts that a release of this very result names."""
    path = run.path / RELEASE
    if not path.exists():
        return ()
    given = json.loads(path.read_text(encoding="utf-8"))
    if given.get("checksum") != run.manifest.checksum:
        return ()
    return tuple(str(each) for each in given["officers"])
