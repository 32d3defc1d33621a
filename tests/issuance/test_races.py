"""Many at once over the same people, on real databases: nobody waits in a ring, nothing is given twice."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from comity.domain.colour import PassClass
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.errors import NotPossibleNow
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.changes import generation
from comity.issuance.evidence import EvidenceRow
from comity.issuance.guardians import CONSENT_VERSION, MOST_DEPENDANTS, Dependant, declare_dependant
from comity.issuance.issuer import Issuer
from comity.issuance.pass_life import VoidReason, void_pass
from comity.issuance.people import Relation, guardianships_of
from comity.issuance.records import Change, HolderKey, IssuedPass, PassState, Standing
from comity.issuance.reissue import follow_identity
from comity.issuance.standing import reassess
from comity.records.audit import record_acts, verify_audit
from comity.storage.database_url import open_store
from tests.builders import AT, key
from tests.pass_office import add_holders, make_issuer
from tests.people import name, resident

PEOPLE = 20
Job = Callable[[], object]


@pytest.fixture(params=["postgresql_url", "sqlite_url"])
def issuer(request: pytest.FixtureRequest) -> Iterator[Issuer]:
    store = open_store(request.getfixturevalue(request.param))
    yield make_issuer(store, block=2, list_size=10**6)
    store.close()


def at_once(jobs: Sequence[Job]) -> list[object]:
    """Do them all with eight hands; what is refused is given as its refusal."""

    def done(job: Job) -> object:
        try:
            return job()
        except NotPossibleNow as refusal:
            return refusal

    with ThreadPoolExecutor(8) as hands:
        return list(hands.map(done, jobs))


def apply(issuer: Issuer, holder: HolderKey, request: str, phone: int) -> str:
    asked = PassRequest(
        holder=holder,
        carrier=holder,
        pass_class=PassClass.DEVICE,
        device_key=key("phone", str(phone)).as_device_key(),
        next_device_key=key("phone", str(phone + 1)).as_device_key(),
        request_id=request,
    )
    return apply_for_pass(issuer, asked, at=AT).issued.pass_id


def turn_yellow(issuer: Issuer, holder: HolderKey) -> None:
    row = EvidenceRow(
        ref=holder,
        holder=holder,
        kind=EvidenceKind.CLOSE_CONTACT,
        source=EvidenceSource.IMPORT,
        source_name="cdc",
        began_at=AT,
        added_at=AT,
    )
    with issuer.store.transaction() as transaction:
        transaction.lock(f"holder-{holder}")
        transaction.of(EvidenceRow).add(row)
        reassess(transaction, issuer, [holder], at=AT, actor="region")


def assess_all(issuer: Issuer, holders: Sequence[HolderKey]) -> None:
    with issuer.store.transaction() as transaction:
        reassess(transaction, issuer, holders, at=AT, actor="region")


def correct_name(issuer: Issuer, holder: HolderKey) -> None:
    with issuer.store.transaction() as transaction:
        transaction.lock(f"holder-{holder}")
        standing = transaction.of(Standing).find(holder)
        assert standing is not None
        record_acts(transaction, follow_identity(transaction, issuer, holder, standing, at=AT), at=AT)


def void(issuer: Issuer, pass_id: str) -> None:
    with issuer.store.transaction() as transaction:
        void_pass(transaction, issuer, pass_id, VoidReason.STOLEN, at=AT, actor="holder")


def test_one_request_sent_many_times_at_once_gets_one_pass(issuer: Issuer) -> None:
    holders = add_holders(issuer, PEOPLE)

    given = at_once(
        [lambda h=h, n=n: apply(issuer, h, "r", 10 * n) for n, h in enumerate(holders) for _ in range(3)]  # type: ignore[misc]
    )

    assert Tally(Tally(given).values()) == {3: PEOPLE}


def test_changes_renewals_and_voiding_of_the_same_people_leave_one_pass_of_the_right_colour(
    issuer: Issuer,
) -> None:
    holders = add_holders(issuer, PEOPLE)
    jobs: list[Job] = []
    for number, holder in enumerate(holders):
        first = apply(issuer, holder, "first", 10 * number)
        jobs += [
            lambda h=holder: turn_yellow(issuer, h),  # type: ignore[misc]
            lambda h=holder: correct_name(issuer, h),  # type: ignore[misc]
            lambda p=first: void(issuer, p),  # type: ignore[misc]
            lambda h=holder, n=number: apply(issuer, h, "again", 1_000 + 10 * n),  # type: ignore[misc]
        ]
        if number % 4 == 0:
            jobs.append(lambda: assess_all(issuer, holders[::-1]))

    at_once(jobs)

    with issuer.store.reading() as transaction:
        passes = transaction.of(IssuedPass).select()
        current = [issued for issued in passes if issued.state is PassState.CURRENT]
        colours = {standing.holder: standing.colour for standing in transaction.of(Standing).select()}
        changes = [change.number for change in transaction.of(Change).select()]
        assert verify_audit(transaction).faults == ()
        assert sorted(changes) == list(range(1, generation(transaction) + 1))
    assert len({(issued.list_number, issued.list_index) for issued in passes}) == len(passes)
    assert max(Tally(issued.holder for issued in current).values()) == 1
    assert all(issued.colour is colours[issued.holder] for issued in current)


def test_settled_rule_14_nobody_has_more_than_ten_dependants_by_declaring_them_all_at_once(
    issuer: Issuer,
) -> None:
    (guardian,) = add_holders(issuer, 1)

    def declare(order: int) -> None:
        dependant = Dependant(
            document=resident(order),
            name=name(order),
            division="440100",
            relation=Relation.PARENT,
            consent_version=CONSENT_VERSION,
        )
        with issuer.store.transaction() as transaction:
            _, acts = declare_dependant(transaction, issuer, guardian, dependant, at=AT)
            record_acts(transaction, acts, at=AT)

    at_once([lambda order=order: declare(order) for order in range(100, 120)])  # type: ignore[misc]

    with issuer.store.reading() as transaction:
        assert len(guardianships_of(transaction, guardian)) == MOST_DEPENDANTS
