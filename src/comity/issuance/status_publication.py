"""Status lists published: one signed file a shard, and signed deltas beside, for anybody to fetch (rule 10).

Within 60 s of a change and at least every hour. A stop between any two steps leaves files that hold: every
file is put in place whole, a delta before the list it leads to, and last comes the note that the list is
published, so that what was cut short is done again. A list holds places and states, nothing of a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final

from comity.distribution.status_index import (
    DELTAS_FOLDER,
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    INDEX_FILE,
    delta_file,
    list_file,
)
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import ClockRefused, StoreUnavailable
from comity.issuance.changes import generation
from comity.issuance.hourly_status import HOURLY_DELTAS_KEPT, find_list, publish_hourly, publish_index
from comity.issuance.issuer import Issuer
from comity.issuance.records import IssuedPass, PassState
from comity.issuance.status_places import StatusShard, list_uri
from comity.records.ports import Transaction
from comity.records.published_files import STATUS_FOLDER, alone, put_file
from comity.records.search import at_least, differs, equal
from comity.trust.delta import write_delta
from comity.trust.status import (
    SUPERSEDED,
    SUSPENDED,
    VOID,
    StatusArray,
    pack,
    write_status_list,
)

REPUBLISHED_EVERY: Final = HOUR
"""Seconds after which a list is published again without any change."""
PUBLISH_EVERY: Final = 20
"""Seconds between looks for changes: a list follows a change within 60 s, making it included."""
DELTAS_KEPT: Final = DAY
"""Seconds for which a delta from an earlier list stays; who has an older one fetches the whole list."""
_LOCK_FILE: Final = ".status-publication"

STATUSES: Final = {PassState.VOID: VOID, PassState.SUSPENDED: SUSPENDED, PassState.SUPERSEDED: SUPERSEDED}
"""What a list says of each state; 0 is current (Token Status List section 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """The newest publication of one list: `issued_at` is given once, `generation` set when it is in place."""

    list_number: int
    issued_at: Instant
    generation: int

    TABLE: ClassVar[str] = "published_list"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()


def publish_status(issuer: Issuer, folder: Path, *, at: Instant) -> int:
    """Publish every list that something changed in or that is an hour old; gives how many.

    One process at a time. Raises: ClockRefused, KeyStoreError, StoreUnavailable.
    """
    with alone(folder, _LOCK_FILE):
        for left in (folder / STATUS_FOLDER).glob(".*"):
            left.unlink(missing_ok=True)
        with issuer.store.reading() as transaction:
            now = generation(transaction)
            shards = transaction.of(StatusShard).select(order=("number",))
            known = {each.list_number: each for each in transaction.of(PublishedList).select()}
        count = 0
        for shard in shards:
            if shard.retired_at is not None or _retire(issuer, shard, shards[-1], at=at):
                _remove_files(folder, issuer.region, shard.number)
            elif _is_due(folder / STATUS_FOLDER, issuer.region, known.get(shard.number), shard, now, at):
                _publish(issuer, folder, shard, at=at)
                count += 1
        if count or not (folder / INDEX_FILE).exists():
            publish_index(issuer, folder, [shard.number for shard in shards if shard.retired_at is None])
        _prune_deltas(folder / DELTAS_FOLDER, at=at - DELTAS_KEPT)
        _prune_deltas(folder / HOURLY_DELTAS_FOLDER, at=at - HOURLY_DELTAS_KEPT)
    return count


def _is_due(
    lists: Path, region: str, known: PublishedList | None, shard: StatusShard, now: int, at: Instant
) -> bool:
    if known is None or not (lists / list_file(region, shard.number)).exists():
        return True
    return known.generation != now or at >= known.issued_at + REPUBLISHED_EVERY


def _publish(issuer: Issuer, folder: Path, shard: StatusShard, *, at: Instant) -> None:
    """Publish one list.

    1. Take the instant of issue, later than that of every list before.
    2. Read the states; the generation first, so that a change meanwhile makes the list due again.
    3. Sign the list, and the delta from the list that lies there.
    4. Put the delta in place, then the list.
    5. Note that it is published.
    """
    region, keys = issuer.region, issuer.keys
    issued_at = _take_instant(issuer, shard, at=at)  # 1
    with issuer.store.reading() as transaction:  # 2
        now = generation(transaction)
        array = read_states(transaction, shard, at=at)
    uri = list_uri(region, shard.number)
    token = write_status_list(array, keys.status, uri=uri, issued_at=issued_at)  # 3
    before = find_list(issuer, folder / STATUS_FOLDER / list_file(region, shard.number))
    if before is not None and before.array.size == array.size and before.issued_at < issued_at:
        after = replace(before, issued_at=issued_at, array=array)
        delta = write_delta(before, after, keys.status, is_test=issuer.is_test)
        put_file(folder / DELTAS_FOLDER, delta_file(region, shard.number, before.issued_at), delta)  # 4
    put_file(folder / STATUS_FOLDER, list_file(region, shard.number), token)
    publish_hourly(issuer, folder, shard.number, token)
    with issuer.store.transaction() as transaction:  # 5
        transaction.lock("status-publication")
        known = transaction.of(PublishedList).find(shard.number)
        if known is not None and known.issued_at == issued_at:  # else another publisher went on from there
            transaction.of(PublishedList).replace(replace(known, generation=now))


def read_states(transaction: Transaction, shard: StatusShard, *, at: Instant) -> StatusArray:
    """Read the states of the passes in a shard that have not expired, as the array of its list."""
    found = transaction.of(IssuedPass).select(
        equal("list_number", shard.number),
        differs("state", PassState.CURRENT),
        at_least("expires_at", at + 1),
    )
    return pack({issued.list_index: STATUSES[issued.state] for issued in found}, size=shard.size)


def _take_instant(issuer: Issuer, shard: StatusShard, *, at: Instant) -> Instant:
    """Take an instant of issue that no list of this shard has; two publishers never take the same.

    Raises: ClockRefused when the clock stands more than 60 s before the last list.
    """
    with issuer.store.transaction() as transaction:
        transaction.lock("status-publication")
        records = transaction.of(PublishedList)
        known = records.find(shard.number)
        if known is None:
            records.add(PublishedList(list_number=shard.number, issued_at=at, generation=-1))
            return at
        if at < known.issued_at - CLOCK_LEEWAY:
            raise ClockRefused("the clock stands before the status list that was published last")
        issued_at = max(at, known.issued_at + 1)
        records.replace(replace(known, issued_at=issued_at, generation=-1))
        return issued_at


def _retire(issuer: Issuer, shard: StatusShard, newest: StatusShard, *, at: Instant) -> bool:
    """Retire a shard that is full and in which every pass has expired; says whether it did."""
    if shard.number == newest.number:
        return False
    with issuer.store.transaction() as transaction:
        live = transaction.of(IssuedPass).select(
            equal("list_number", shard.number), at_least("expires_at", at + 1), limit=1
        )
        # A worker may still hold places of a full shard: they are used within days or never.
        if live or at < newest.opened_at + DAY:
            return False
        transaction.of(StatusShard).replace(replace(shard, retired_at=at))
    return True


def _remove_files(folder: Path, region: str, list_number: int) -> None:
    try:
        for lists in (STATUS_FOLDER, HOURLY_FOLDER):
            (folder / lists / list_file(region, list_number)).unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"a retired list cannot be removed: {error.strerror}") from error


def _prune_deltas(folder: Path, *, at: Instant) -> None:
    """Remove deltas from lists of before `at`, and what a killed process left half written."""
    for path in folder.iterdir() if folder.is_dir() else ():
        named = re.fullmatch(r"\d{6}-\d+-(\d+)\.cbor", path.name)
        if named is None or int(named[1]) < at:
            path.unlink(missing_ok=True)
