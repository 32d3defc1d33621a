"""Killed at any moment: nothing promised is lost, nothing is given twice, nothing is left half done.

COMITY_KILLS says how often the workers of each database are killed; `make soak` asks for 200.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from comity.issuance.import_records import ImportState
from comity.storage.database_url import open_store
from tests.faults.kills import TOLD_EVERY, Workers, kills_asked, tell
from tests.faults.ledger import (
    check_codes,
    check_colours,
    check_imports,
    check_places,
    check_promises,
    check_standings,
)
from tests.faults.nursery import nursery
from tests.faults.office import begin_of, open_issuer


@pytest.fixture(params=["sqlite", "postgresql"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Workers:
    """Workers on each kind of database, which has its tables and nothing else."""
    url = str(request.getfixturevalue(f"{request.param}_url"))
    return Workers(url=url, folder=tmp_path, seed=2020, list_size=max(300, 40 * kills_asked()))


@pytest.mark.slow
def test_workers_killed_at_random_moments_keep_every_promise(workers: Workers) -> None:
    kills, began = kills_asked(), time.monotonic()
    told_at, store = began, open_store(workers.url)

    with nursery() as started:
        while workers.lives < kills:
            promised = workers.live_and_die(started)
            assert promised.refusals == []
            check_promises(store, promised)
            workers.check_published()
            if time.monotonic() - told_at >= TOLD_EVERY:
                told_at = time.monotonic()
                tell(workers, kills, began)

    at = workers.settle()
    issuer = open_issuer(store, list_size=workers.list_size)
    check_promises(store, workers.promises)
    passes = check_places(store)
    acts = check_colours(store)
    imports = check_imports(store)
    check_standings(issuer, at=at)
    workers.check_published()
    answers = check_codes(issuer, workers.published, workers.promises, at=at)
    store.close()
    told = ", ".join(f"{count:,} {answer}" for answer, count in sorted(answers.items()))
    print(
        f"kills: {kills} in {time.monotonic() - began:.0f} s; {passes:,} passes, {acts:,} changes of colour, "
        f"{imports[ImportState.DONE]:,} of {sum(imports.values()):,} imports done, "
        f"{workers.promises.publications:,} publications; {len(workers.promises.passes):,} passes were "
        f"promised and answer {told}"
    )
    assert len(workers.promises) > kills
    assert at > begin_of(workers.lives)
