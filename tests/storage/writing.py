"""A process that writes until it is killed: what the fault tests kill, and what must hold afterwards.

Run as a program it reads lines `URL FIRST LIMIT` and forks a child for each, which writes transactions
numbered from FIRST on and says each number once it was confirmed; forking spares the time of starting Python.
LIMIT is the largest file in bytes that the child may write, 0 for no limit. A child that is refused says why
and ends.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from comity.domain.colour import Colour
from comity.errors import StoreUnavailable
from comity.issuance.records import HolderKey, Person, Standing
from comity.records.audit import Act, record_acts, verify_audit
from comity.records.audit_records import AuditRow
from comity.records.counter import Counter
from comity.records.ports import Store
from comity.storage.database_url import open_store
from comity.storage.schema import metadata

SEALED: Final = bytes(range(256)) * 8
AT: Final = 1_584_576_000


def holder(number: int) -> HolderKey:
    """The holder key that transaction `number` writes."""
    return HolderKey(f"h{number:09}")


def write_one(store: Store, number: int) -> None:
    """One transaction of the shape that issuing has: counter, person, standing, audit."""
    with store.transaction() as transaction:
        transaction.lock("places", f"holder-{holder(number)}")
        counters = transaction.of(Counter)
        places = counters.find("places")
        if places is None:
            counters.add(Counter(name="places", value=1))
        else:
            counters.replace(replace(places, value=places.value + 1))
        person = Person(holder=holder(number), sealed=SEALED, vault_key="v", division="150100", added_at=AT)
        transaction.of(Person).add(person)
        transaction.of(Standing).add(standing(number))
        act = Act(actor="region", act="colour.assessed", subject=holder(number))
        record_acts(transaction, [act], at=AT)


def standing(number: int) -> Standing:
    """The standing that transaction `number` writes."""
    return Standing(
        holder=holder(number),
        colour=Colour.GREEN,
        reason=None,
        rule=None,
        rulebook_version=1,
        basis=None,
        until=None,
        next_at=None,
        origin=None,
        since=AT,
        assessed_at=AT,
        changes=0,
    )


def require_whole(store: Store, confirmed: set[int]) -> int:
    """Assert that all confirmed transactions are there and none is half there; give how many are there."""
    with store.reading() as transaction:
        people = {each.holder for each in transaction.of(Person).select()}
        standings = {each.holder for each in transaction.of(Standing).select()}
        audited = [each.subject for each in transaction.of(AuditRow).select()]
        places = transaction.of(Counter).find("places")
        faults = verify_audit(transaction).faults
    lost = {holder(number) for number in confirmed} - people
    assert not lost, f"confirmed, and lost: {sorted(lost)[:5]}"
    assert people == standings == set(audited)
    assert len(audited) == len(people) == (places.value if places else 0)
    assert faults == ()
    return len(people)


@dataclass
class Writer:
    """One child: its process id, and what it said until it ended."""

    pid: int
    confirmed: set[int] = field(default_factory=set)
    refused: str = ""


class Nursery:
    """Starts writers and listens to them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, url: str, first: int, *, limit: int = 0) -> Writer:
        """Start a writer; only one is listened to at a time."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{url} {first} {limit}\n")
        self._process.stdin.flush()
        return Writer(pid=int(self._line().removeprefix("pid ")))

    def listen(self, writer: Writer, *, until: int) -> None:
        """Listen until a writer has confirmed `until` transactions, or has ended."""
        while len(writer.confirmed) < until and self._heard(writer):
            pass

    def listen_to_the_end(self, writer: Writer) -> None:
        """Listen until a writer has ended."""
        while self._heard(writer):
            pass

    def _heard(self, writer: Writer) -> bool:
        line = self._line()
        if line.startswith("refused "):
            writer.refused = line.removeprefix("refused ")
        elif line != "ended":
            writer.confirmed.add(int(line))
        return line != "ended"

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery has ended"
        return line.rstrip("\n")


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Run the nursery."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def _write(url: str, first: int, limit: int) -> None:
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    store = open_store(url)
    number = first
    while True:
        try:
            write_one(store, number)
        except StoreUnavailable as error:
            _say(f"refused {error}")
            require_whole(store, set())  # it can still be read
            return
        _say(str(number))
        number += 1


def main() -> None:
    """Fork a writer for each line of the input."""
    metadata()  # once, so that no child has to
    for line in sys.stdin:
        url, first, limit = line.split()
        child = os.fork()
        if child == 0:
            try:
                _write(url, int(first), int(limit))
            finally:
                os._exit(0)
        _say(f"pid {child}")
        os.waitpid(child, 0)
        _say("ended")


if __name__ == "__main__":
    main()
