"""Reminders: who holds a pass that runs out is told three days and one day before (C2.4).

How far they went is a counter kept with the messages, so that a stop loses none and repeats none. Who has
renewed already is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from comity.domain.instant import DAY, HOUR, MINUTE, Instant, plain_time
from comity.domain.texts import text
from comity.issuance.issuer import Issuer
from comity.issuance.messages import write_message
from comity.issuance.records import IssuedPass, Message, PassState
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.records.search import at_least, at_most, equal, one_of

DAYS_BEFORE: Final = (3, 1)
"""Days before its end at which the holder of a pass is reminded."""
REMIND_EVERY: Final = HOUR
"""Seconds between two rounds."""
_STRIDE: Final = 10 * MINUTE
"""Seconds of expiries that are dealt with in one transaction."""


def remind(issuer: Issuer, *, at: Instant) -> int:
    """Write the reminders that are due, and say how many. Raises: StoreUnavailable."""
    return sum(_remind(issuer, days, at=at) for days in DAYS_BEFORE)


def _remind(issuer: Issuer, days: int, *, at: Instant) -> int:
    """Go on with the passes that run out until so many days from now."""
    horizon, count, is_done = at + days * DAY, 0, False
    while not is_done:
        with issuer.store.transaction() as transaction:
            name = f"reminded-{days}"
            transaction.lock(name)
            counters = transaction.of(Counter)
            known = counters.find(name)
            begin = horizon - REMIND_EVERY if known is None else max(known.value, at)
            end = min(begin + _STRIDE, horizon)
            is_done = end >= horizon
            if end <= begin:
                break
            messages = _messages(transaction, issuer, begin, end, at=at)
            transaction.of(Message).add(*messages)
            after = Counter(name=name, value=end)
            if known is None:
                counters.add(after)
            else:
                counters.replace(after)
        count += len(messages)
    return count


def _messages(
    transaction: Transaction, issuer: Issuer, begin: Instant, end: Instant, *, at: Instant
) -> list[Message]:
    """Make the messages about passes that run out after `begin` and until `end`."""
    ending = transaction.of(IssuedPass).select(
        at_least("expires_at", begin + 1), at_most("expires_at", end), equal("state", PassState.CURRENT)
    )
    renewed = _renewed(transaction, ending, end)
    return [
        write_message(
            issuer.new_id(),
            issued.holder,
            "message.pass_expires",
            {"class": text(f"class.{issued.pass_class}"), "when": plain_time(issued.expires_at)},
            at=at,
        )
        for issued in ending
        if (issued.holder, issued.pass_class) not in renewed
    ]


def _renewed(transaction: Transaction, ending: Sequence[IssuedPass], end: Instant) -> set[tuple[str, str]]:
    if not ending:
        return set()
    later = transaction.of(IssuedPass).select(
        one_of("holder", list({issued.holder for issued in ending})),
        equal("state", PassState.CURRENT),
        at_least("expires_at", end + 1),
    )
    return {(issued.holder, issued.pass_class) for issued in later}
