"""A worker of a region node, made to be killed: `python -m tests.faults.worker URL FOLDER AT SEED WORK ...`.

Each kind of work goes on in a thread of its own until the process dies. What the database has confirmed is
promised by one line on the standard output, written at once; what was refused is told by a line too.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from comity.domain.colour import PassClass
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.instant import HOUR, Instant, rfc3339
from comity.errors import ComityError, NotPossibleNow
from comity.issuance import import_effect, imports
from comity.issuance.application import GrantedPass, PassRequest, apply_for_passes
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.due_standings import reassess_due
from comity.issuance.evidence import EvidenceRow
from comity.issuance.import_records import ImportKind, ImportState
from comity.issuance.import_release import apply_import, confirm_import, go_on_with_imports, release_import
from comity.issuance.imports import ImportFile, RawRow, prepare_import
from comity.issuance.issuer import Issuer
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey
from comity.issuance.standing import lock_holders, reassess
from comity.issuance.status_publication import publish_status
from comity.records.search import equal
from comity.storage.database_url import open_store
from tests.faults.office import (
    EPIDEMIOLOGIST,
    RESIDENTS,
    SECOND,
    THIRD,
    colour_line,
    open_issuer,
    pass_line,
    phone,
)
from tests.people import name, resident, resident_number

STRANGERS: Final = 1_000_000
"""People who come once and get a paper."""
SMALL: Final = {"people": 4, "rows": 6}
"""Sizes of the batches of an import, small so that kills fall between them."""
SPEED: Final = 20
"""Seconds that pass at the region in one: lists are published all the time, each at a later second."""
_OUTPUT: Final = 1
PAUSE: Final = 0.02
"""Seconds between two turns of a duty."""


def promise(line: str) -> None:
    """Write a line at once and whole."""
    os.write(_OUTPUT, f"{line}\n".encode())


class Worker:
    """What the threads of one worker share."""

    def __init__(self, issuer: Issuer, folder: Path, *, at: Instant, seed: str) -> None:
        self.issuer, self.folder = issuer, folder
        self._begun, self._began_at, self._seed = time.monotonic(), at, seed

    def at(self) -> Instant:
        """The time now."""
        return self._began_at + int(SPEED * (time.monotonic() - self._begun))

    def run(self, work: str) -> None:
        """Do one kind of work over and over."""
        lots = Random(f"{self._seed}/{work}")
        while True:
            try:
                WORK[work](self, lots)
            except ComityError as error:
                promise(f"refused {work} {error.code} {error}")
                time.sleep(PAUSE)

    def register(self, order: int) -> HolderKey:
        """Register somebody, who may be known already."""
        with self.issuer.store.transaction() as transaction:
            return register_person(
                transaction, self.issuer, resident(order), name(order), "440100", at=self.at()
            ).holder


def issue_passes(worker: Worker, lots: Random) -> None:
    """Give a resident a pass on another phone, or some strangers a paper each."""
    issuer = worker.issuer
    if lots.random() < 0.7:
        holder, request_id = worker.register(lots.randrange(RESIDENTS)), issuer.new_id()
        asked = [
            PassRequest(
                holder=holder,
                carrier=holder,
                pass_class=PassClass.DEVICE,
                device_key=phone(request_id).as_device_key(),
                next_device_key=phone(f"{request_id}-next").as_device_key(),
                request_id=request_id,
            )
        ]
    else:
        holders = [worker.register(RESIDENTS + lots.randrange(STRANGERS)) for _ in range(3)]
        asked = [
            PassRequest(holder=h, carrier=h, pass_class=PassClass.PAPER, request_id=issuer.new_id())
            for h in holders
        ]
    for answer in apply_for_passes(issuer, asked, at=worker.at()):
        if isinstance(answer, GrantedPass):
            promise(pass_line(answer.issued))
        elif not isinstance(answer, NotPossibleNow):
            raise AssertionError(f"no such answer was to come: {answer!r}")


def change_colours(worker: Worker, lots: Random) -> None:
    """Bring evidence against a resident, or withdraw what was brought before."""
    issuer, at, document = worker.issuer, worker.at(), resident(lots.randrange(RESIDENTS))
    holder = issuer.vault.holder_key(document.kind, document.number)
    with issuer.store.transaction() as transaction:
        lock_holders(transaction, [holder])
        rows = transaction.of(EvidenceRow)
        known = rows.select(
            equal("holder", holder), equal("source_name", "desk"), equal("withdrawn_at", None)
        )
        for row in known:
            rows.replace(replace(row, withdrawn_at=at))
        if not known:
            rows.add(
                EvidenceRow(
                    ref=issuer.new_id(),
                    holder=holder,
                    kind=EvidenceKind.CLOSE_CONTACT,
                    source=EvidenceSource.IMPORT,
                    source_name="desk",
                    began_at=at,
                    added_at=at,
                )
            )
        changes = reassess(transaction, issuer, [holder], at=at, actor="officer:desk")
    for change in changes:
        promise(colour_line(change.after))


def import_evidence(worker: Worker, lots: Random) -> None:
    """Bring a contact list in, release it and let the people follow, batch by batch."""
    issuer, at, source = worker.issuer, worker.at(), worker.issuer.new_id()
    rows = [
        RawRow(
            line=line,
            fields={
                "document_kind": "resident_id",
                "document_number": resident_number(lots.randrange(2 * RESIDENTS)),
                "last_contact_at": rfc3339(at - lots.randrange(24 * HOUR)),
            },
        )
        for line in range(2, 2 + lots.choice((8, 14, 40)))
    ]
    file = ImportFile(kind=ImportKind.CONTACTS, source_name=source, digest=source)
    given = prepare_import(issuer, EPIDEMIOLOGIST, file, rows, at=at)
    promise(f"import {given.import_id} {given.state}")
    given = release_import(issuer, SECOND, given.import_id, at=worker.at())
    if given.state is ImportState.HELD:
        given = confirm_import(issuer, THIRD, given.import_id, at=worker.at())
    promise(f"import {given.import_id} {given.state}")
    given = apply_import(issuer, given.import_id, at=worker.at())
    promise(f"import {given.import_id} {given.state}")


def do_duties(worker: Worker, lots: Random) -> None:
    """Publish the lists, and go on with what was cut short or has become due."""
    issuer = worker.issuer
    if publish_status(issuer, worker.folder, at=worker.at()):
        promise(f"lists {worker.at()}")
    go_on_with_imports(issuer, at=worker.at())
    reassess_due(issuer, at=worker.at())
    time.sleep(PAUSE * lots.random())


WORK: Final[Mapping[str, Callable[[Worker, Random], None]]] = {
    "passes": issue_passes,
    "colours": change_colours,
    "imports": import_evidence,
    "duties": do_duties,
}


def main(words: Sequence[str] | None = None) -> None:
    """Work until killed."""
    parser = argparse.ArgumentParser(description="A worker of a region node, made to be killed.")
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("at", type=int)
    parser.add_argument("seed")
    parser.add_argument("work", nargs="+", choices=sorted(WORK))
    parser.add_argument("--list-size", type=int, default=300)
    options = parser.parse_args(words)
    vars(import_effect)["PEOPLE"], vars(imports)["BLOCK"] = SMALL["people"], SMALL["rows"]
    issuer = open_issuer(open_store(options.url), list_size=options.list_size)
    worker = Worker(issuer, options.folder, at=options.at, seed=options.seed)
    with issuer.store.reading() as transaction:
        rulebook_in_force(transaction, issuer, at=options.at)
    promise("ready")
    threads = [threading.Thread(target=worker.run, args=(work,)) for work in options.work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
