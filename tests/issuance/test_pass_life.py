"""The life of a pass: which steps there are, what ends by itself, and that the holder is told of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comity.domain.colour import PassClass
from comity.domain.instant import DAY, HOUR
from comity.errors import NotPossibleNow, UnknownRecord
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.changes import changes_since, forget_changes, generation
from comity.issuance.issuer import Issuer
from comity.issuance.messages import messages_of, words_of
from comity.issuance.pass_life import (
    SupersessionReason,
    SuspensionReason,
    VoidReason,
    get_pass,
    moved,
    restore_overdue,
    restore_pass,
    supersede,
    suspend_pass,
    void_pass,
)
from comity.issuance.records import IssuedPass, PassState
from comity.issuance.reminders import remind
from comity.records.audit import verify_audit
from comity.records.ports import Transaction
from tests.builders import AT
from tests.pass_office import add_holder, make_issuer

Step = Callable[[Transaction, Issuer, str, int], object]

STEPS: dict[PassState, Step] = {
    PassState.VOID: lambda t, i, p, at: void_pass(t, i, p, VoidReason.LOST, at=at, actor="holder"),
    PassState.SUSPENDED: lambda t, i, p, at: suspend_pass(
        t, i, p, SuspensionReason.SUSPECTED_THEFT, at=at, actor="officer:1"
    ),
    PassState.CURRENT: lambda t, i, p, at: restore_pass(t, i, p, at=at, actor="officer:1"),
    PassState.SUPERSEDED: lambda t, i, p, at: supersede(
        t, [get_pass(t, p)], SupersessionReason.COLOUR, at=at, actor="region"
    ),
}
LEGAL = {
    (PassState.CURRENT, PassState.VOID),
    (PassState.CURRENT, PassState.SUSPENDED),
    (PassState.CURRENT, PassState.SUPERSEDED),
    (PassState.SUSPENDED, PassState.CURRENT),
    (PassState.SUSPENDED, PassState.VOID),
    (PassState.SUSPENDED, PassState.SUPERSEDED),
}


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


@pytest.fixture
def issued(issuer: Issuer) -> IssuedPass:
    return give(issuer)


def give(issuer: Issuer, request_id: str = "paper", *, at: int = AT, order: int = 0) -> IssuedPass:
    holder = add_holder(issuer, order)
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=request_id)
    return apply_for_pass(issuer, request, at=at).issued


def take(issuer: Issuer, issued: IssuedPass, state: PassState, *, at: int = AT + 1) -> None:
    with issuer.store.transaction() as transaction:
        STEPS[state](transaction, issuer, issued.pass_id, at)


def state_of(issuer: Issuer, issued: IssuedPass) -> PassState:
    with issuer.store.reading() as transaction:
        return get_pass(transaction, issued.pass_id).state


@pytest.mark.parametrize("begin", list(PassState))
@pytest.mark.parametrize("end", list(PassState))
def test_a_pass_takes_only_the_steps_there_are(
    issuer: Issuer, issued: IssuedPass, begin: PassState, end: PassState
) -> None:
    if begin is not PassState.CURRENT:
        take(issuer, issued, begin)

    if (begin, end) in LEGAL:
        take(issuer, issued, end, at=AT + 2)
        assert state_of(issuer, issued) is end
    else:
        with pytest.raises(NotPossibleNow):
            take(issuer, issued, end, at=AT + 2)
        assert state_of(issuer, issued) is begin


def test_an_expired_pass_changes_no_more(issued: IssuedPass) -> None:
    moved(issued, PassState.VOID, VoidReason.LOST, at=issued.expires_at - 1)
    with pytest.raises(NotPossibleNow):
        moved(issued, PassState.VOID, VoidReason.LOST, at=issued.expires_at)


@pytest.mark.parametrize("reason", list(VoidReason))
def test_rule_10_the_holder_is_told_of_a_void_pass_with_its_reason_and_both_routes(
    issuer: Issuer, issued: IssuedPass, reason: VoidReason
) -> None:
    with issuer.store.transaction() as transaction:
        void_pass(transaction, issuer, issued.pass_id, reason, at=AT + 1, actor="officer:1")

    with issuer.store.reading() as transaction:
        (message,) = messages_of(transaction, issued.holder)
        audited = verify_audit(transaction)
    assert "your own region, or where you are staying" in words_of(message).en
    assert (audited.rows, audited.faults) == (2, ())


def test_rule_10_a_suspension_ends_by_itself_after_24_hours(issuer: Issuer, issued: IssuedPass) -> None:
    take(issuer, issued, PassState.SUSPENDED, at=AT)

    counts = [restore_overdue(issuer, at=AT + DAY - 1), restore_overdue(issuer, at=AT + DAY)]

    assert counts == [0, 1]
    assert state_of(issuer, issued) is PassState.CURRENT


def test_every_step_is_noted_for_the_workers_and_forgotten_after_a_day(
    issuer: Issuer, issued: IssuedPass
) -> None:
    with issuer.store.reading() as transaction:
        before = generation(transaction)
    take(issuer, issued, PassState.SUSPENDED)
    take(issuer, issued, PassState.CURRENT, at=AT + 2)

    with issuer.store.transaction() as transaction:
        noted = changes_since(transaction, before, limit=10)
        removed = forget_changes(transaction, at=AT + 3 + DAY)
    assert [(change.number - before, change.holder) for change in noted] == [
        (1, issued.holder),
        (2, issued.holder),
    ]
    assert removed == 2


def test_a_pass_that_is_not_there_is_not_found(issuer: Issuer) -> None:
    with pytest.raises(UnknownRecord), issuer.store.transaction() as transaction:
        void_pass(transaction, issuer, "0" * 16, VoidReason.LOST, at=AT, actor="holder")


def test_c2_4_a_holder_is_reminded_three_days_and_one_day_before_and_once_each(
    issuer: Issuer, issued: IssuedPass
) -> None:
    hours = range(10 * 24, 14 * 24)

    told = {hour: count for hour in hours if (count := remind(issuer, at=AT + hour * HOUR))}

    assert told == {11 * 24: 1, 13 * 24: 1}


def test_a_node_that_was_down_catches_up_with_its_reminders(issuer: Issuer, issued: IssuedPass) -> None:
    remind(issuer, at=AT + 9 * DAY)

    assert remind(issuer, at=AT + 12 * DAY) == 1


def test_who_has_renewed_or_lost_the_pass_is_not_reminded(issuer: Issuer, issued: IssuedPass) -> None:
    lost = give(issuer, order=1)
    take(issuer, lost, PassState.VOID)
    give(issuer, "renewal", at=AT + 10 * DAY)

    assert sum(remind(issuer, at=AT + hour * HOUR) for hour in range(10 * 24, 14 * 24)) == 0
