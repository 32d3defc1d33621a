"""A mass reissue killed again and again: everybody has one new pass, and nobody two.

`make soak REISSUED=1000000` tells how far it is, and how fast a million go.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from comity.domain.colour import PassClass
from comity.issuance.application import BATCH_LIMIT, PassRequest, apply_for_passes
from comity.issuance.key_reissue import KeyReissue, ReissuedPass
from comity.issuance.key_rotation import close_key
from comity.issuance.people import register_person
from comity.issuance.phone_keys import PhoneKey
from comity.issuance.records import IssuedPass
from comity.records.audit import verify_audit
from comity.records.ports import Store
from comity.storage.database_url import open_store
from comity.trust.keys import Usage
from tests.builders import AT, HOST, key
from tests.people import name, resident
from tests.region import list_keys, make_issuer, make_key_store

PEOPLE = int(os.environ.get("COMITY_REISSUED", "600"))
KILLS = 4
TOLD_EVERY = 3.0
"""Seconds between two lines of progress."""


class Progress:
    """Tells every few seconds how far a long run is."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._told = time.monotonic()

    def tell(self, done: int) -> None:
        """Hear how many are done."""
        if time.monotonic() - self._told >= TOLD_EVERY:
            self._told = time.monotonic()
            print(f"{self._what}: {min(done, PEOPLE):,} of {PEOPLE:,}", file=sys.stderr)


def give_passes(store: Store) -> str:
    """Give everybody a pass on a phone that deposited its next key, close the key, and give its kid."""
    keys = make_key_store(HOST)
    issuer = list_keys(make_issuer(store=store), keys)
    phone = key("phone").as_device_key()
    progress = Progress("passes given")
    for begin in range(0, PEOPLE, BATCH_LIMIT):
        progress.tell(begin)
        orders = range(begin, min(begin + BATCH_LIMIT, PEOPLE))
        with store.transaction() as transaction:
            holders = [
                register_person(transaction, issuer, resident(n), name(n), "150102", at=AT).holder
                for n in orders
            ]
        requests = [
            PassRequest(holder=h, carrier=h, pass_class=PassClass.DEVICE, device_key=phone, request_id=str(n))
            for n, h in zip(orders, holders, strict=True)
        ]
        answers = apply_for_passes(issuer, requests, at=AT)
        with store.transaction() as transaction:
            transaction.of(PhoneKey).add(
                *(
                    PhoneKey(
                        pass_id=each.issued.pass_id,  # type: ignore[union-attr]
                        holder=each.issued.holder,  # type: ignore[union-attr]
                        point=b"\2" + n.to_bytes(32, "big"),
                        deposited_at=AT,
                    )
                    for n, each in zip(orders, answers, strict=True)
                )
            )
    closed = issuer.keys.pass_entry.kid
    close_key(issuer, keys, Usage.PASS, closed, at=AT, actor="region")
    return closed.hex()


def work(url: str, kid: str, *, batches: int | None) -> None:
    """Run a worker and kill it after so many batches."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.reissue_worker", url, kid], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    progress = Progress("passes issued again")
    for number, line in enumerate(process.stdout, 1):
        progress.tell(int(line) if line.strip().isdigit() else 0)
        if number == batches:
            process.kill()
            break
    process.stdout.close()
    process.wait()
    assert batches is not None or process.returncode == 0


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_mass_reissue_that_is_killed_goes_on_and_does_nobody_twice(
    database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{database}_url")
    store = open_store(url)
    kid = give_passes(store)
    choose = random.Random(7)

    for _ in range(KILLS):
        work(url, kid, batches=choose.randint(1, 3))
    began = time.monotonic()
    work(url, kid, batches=None)
    seconds = time.monotonic() - began

    with store.reading() as transaction:
        done = transaction.of(KeyReissue).find(kid)
        passes = Counter(issued.holder for issued in transaction.of(IssuedPass).select())
        noted = len(transaction.of(ReissuedPass).select())
        assert verify_audit(transaction).faults == ()
    store.close()
    assert done is not None
    assert (done.issued, done.told, noted) == (PEOPLE, 0, PEOPLE)
    assert set(passes.values()) == {2}
    print(f"{database}: {PEOPLE:,} passes issued again, the last run took {seconds:.1f} s")
