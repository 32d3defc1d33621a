"""`comity region extra-demands`: reports without reporters, counts without small numbers (C3.2)."""

from __future__ import annotations

from comity.cli.extra_demands import describe_counts, describe_demands
from comity.issuance.extra_demands import DemandKind, report_demand
from comity.issuance.issuer import Issuer
from tests.builders import AT
from tests.region import make_issuer


def reported(issuer: Issuer, division: str, times: int, contact: str | None = None) -> None:
    for _ in range(times):
        with issuer.store.transaction() as transaction:
            report_demand(
                transaction,
                issuer,
                division=division,
                kind=DemandKind.QUARANTINE,
                words="at the bridge",
                contact=contact,
                at=AT,
            )


def test_counts_below_ten_are_hidden() -> None:
    issuer = make_issuer()
    reported(issuer, "150102", 9)
    reported(issuer, "150202", 10)

    with issuer.store.reading() as transaction:
        counts = describe_counts(transaction, since=AT)

    assert counts == {
        "150102": {"reported": None, "answered": 0, "escalated": 0},
        "150202": {"reported": 10, "answered": 0, "escalated": 0},
    }


def test_the_list_has_no_reporter_and_no_hour() -> None:
    issuer = make_issuer()
    reported(issuer, "150102", 1, contact="138 0000 0000")
    reported(issuer, "150202", 1)

    with issuer.store.reading() as transaction:
        everything = describe_demands(transaction, county=None, since=AT)
        (one,) = describe_demands(transaction, county="150102", since=AT)
        later = describe_demands(transaction, county=None, since=AT + 1)

    assert (len(everything), later) == (2, [])
    assert (one["reported_on"], one["kind"], one["words"]) == ("2020-03-20", "quarantine", "at the bridge")
    assert "138" not in str(one)
    assert not {"contact", "token", "token_hash", "reported_at"} & set(one)
