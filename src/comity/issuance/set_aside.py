"""People set aside: a record that cannot be assessed holds up nobody else, and shows no old colour meanwhile.

A batch that fails is tried in halves until whoever fails is alone. They are set aside: on record, in the
audit, counted for the monitors, tried again every hour. What fails for everybody alike, such as records or
keys out of reach, sets nobody aside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from comity.domain.colour import Colour
from comity.domain.instant import HOUR, Instant
from comity.errors import ClockRefused, StoreUnavailable
from comity.issuance.assessment_rulebooks import rulebook_in_force
from comity.issuance.changes import note_changes
from comity.issuance.issuer import Issuer
from comity.issuance.records import HolderKey, SetAside, Standing
from comity.records.audit import Act, record_acts
from comity.records.ports import Store, Transaction

TRIED_AGAIN: Final = HOUR
"""Seconds after which somebody set aside is assessed again."""
MOST_FAILING: Final = 20
"""People that may fail before anybody has succeeded; then it is not their records that are wrong."""


def assess_apart(
    issuer: Issuer,
    holders: Sequence[HolderKey],
    run: Callable[[Sequence[HolderKey]], object],
    *,
    at: Instant,
    actor: str,
    beside: Callable[[Transaction, HolderKey], object] = lambda *_: None,
) -> list[HolderKey]:
    """Run an assessment of these people in one transaction, or apart where it fails; gives who was set aside.

    `run` has a transaction of its own; `beside` is done with the setting aside of one of them.
    Raises: StoreUnavailable, ClockRefused, and what fails for everybody.
    """
    waiting, failed, done = [list(holders)], dict[HolderKey, str](), 0
    while waiting:
        some = waiting.pop()
        try:
            run(some)
            done += len(some)
        except (StoreUnavailable, ClockRefused):
            raise
        except Exception as error:
            if len(some) > 1:
                half = len(some) // 2
                waiting += [some[half:], some[:half]]
                continue
            failed |= {holder: type(error).__name__ for holder in some}
            if not some or (not done and len(failed) >= MOST_FAILING):
                raise
    for holder, kind in failed.items():
        with issuer.store.transaction() as transaction:
            transaction.lock(f"holder-{holder}")
            beside(transaction, holder)
            _set_aside(transaction, issuer, holder, kind, at=at, actor=actor)
    return list(failed)


def count_set_aside(store: Store) -> int:
    """Count who is set aside. Raises: StoreUnavailable."""
    with store.reading() as transaction:
        return len(transaction.of(SetAside).select())


def _set_aside(
    transaction: Transaction, issuer: Issuer, holder: HolderKey, kind: str, *, at: Instant, actor: str
) -> None:
    """Mark the standing, so that no colour is given by it, and let every worker forget the holder."""
    standings, known = transaction.of(Standing), transaction.of(Standing).find(holder)
    if known is None:
        version = rulebook_in_force(transaction, issuer, at=at).version
        standings.add(_unknown(holder, version, at=at))
    else:
        standings.replace(replace(known, set_aside_at=at, next_at=at + TRIED_AGAIN))
    records = transaction.of(SetAside)
    found = records.find(holder)
    if found is None:
        records.add(SetAside(holder=holder, kind=kind, since=at, tried_at=at))
    else:
        records.replace(replace(found, kind=kind, tried_at=at))
    note_changes(transaction, [holder], at=at)
    if found is None:
        record_acts(
            transaction,
            [Act(actor=actor, act="standing.set_aside", subject=holder, detail={"kind": kind})],
            at=at,
        )


def _unknown(holder: HolderKey, version: int, *, at: Instant) -> Standing:
    """Make the record of somebody who was never assessed; nothing is shown by it while it is set aside."""
    return Standing(
        holder=holder,
        colour=Colour.GREEN,
        reason=None,
        rule=None,
        rulebook_version=version,
        basis=None,
        until=None,
        origin=None,
        since=at,
        assessed_at=at,
        changes=0,
        next_at=at + TRIED_AGAIN,
        set_aside_at=at,
    )
