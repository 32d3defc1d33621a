"""The end of what the hub keeps for a while only: sessions, challenges, enrolment codes of its officers."""

from __future__ import annotations

from comity.domain.instant import DAY, Instant
from comity.hub.hub import Hub
from comity.officers.enrolment import Enrolment
from comity.officers.passkeys import PasskeyChallenge
from comity.officers.recovery import RecoveryFailures
from comity.records.search import at_most
from comity.records.sessions import Session


def purge_hub(hub: Hub, *, at: Instant) -> int:
    """Remove what has ended, by the clocks of docs/retention.md; say how many records."""
    with hub.store.transaction() as transaction:
        return (
            transaction.of(Session).remove(at_most("ends_at", at))
            + transaction.of(PasskeyChallenge).remove(at_most("ends_at", at))
            + transaction.of(Enrolment).remove(at_most("ends_at", at - 28 * DAY))
            + transaction.of(RecoveryFailures).remove(at_most("since", at - DAY))
        )
