"""Workers killed while they issue: no acknowledged pass lost, no place given twice, none without its act."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from comity.domain.colour import PassClass
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.records import HolderKey, IssuedPass
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from comity.storage.database_url import open_store
from tests.builders import AT
from tests.pass_office import add_holders, make_issuer

ROUNDS = 3
WORKERS = 2
PEOPLE = 60


def issue_until_killed(url: str, holders: list[HolderKey], acknowledged: int, seed: str) -> None:
    """Issue in this process, one after another, telling each pass that was acknowledged."""
    issuer = make_issuer(open_store(url), seed=seed, list_size=40, block=8)
    for number in range(10_000):
        holder = holders[number % len(holders)]
        request = PassRequest(
            holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=f"{seed}-{number}"
        )
        with suppress(Exception):  # refused before day 10, or the other worker was killed with the lock
            issued = apply_for_pass(issuer, request, at=AT + number * 86_400 // 4).issued
            os.write(acknowledged, f"{issued.pass_id}\n".encode())


def begin_worker(url: str, holders: list[HolderKey], acknowledged: int, seed: str) -> int:
    child = os.fork()
    if not child:
        try:
            issue_until_killed(url, holders, acknowledged, seed)
        finally:
            os._exit(1)
    return child


def test_what_a_killed_worker_leaves_is_whole(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    holders = add_holders(make_issuer(store), PEOPLE)
    store.close()
    told, acknowledged = os.pipe()

    for turn in range(ROUNDS):
        children = [
            begin_worker(sqlite_url, holders[each::WORKERS], acknowledged, f"{turn}-{each}")
            for each in range(WORKERS)
        ]
        time.sleep(0.25 + 0.13 * turn)
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    os.close(acknowledged)
    with os.fdopen(told) as file:
        known = {line.strip() for line in file}

    store = open_store(sqlite_url)
    with store.reading() as transaction:
        passes = transaction.of(IssuedPass).select()
        acts = {row.subject for row in transaction.of(AuditRow).select(equal("act", "pass_issued"))}
        audited = verify_audit(transaction)
    store.close()
    kept = {issued.pass_id for issued in passes}
    assert known
    assert known <= kept
    assert kept == acts
    assert not audited.faults
    assert len({(issued.list_number, issued.list_index) for issued in passes}) == len(passes)
