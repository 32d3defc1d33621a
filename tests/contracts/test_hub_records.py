"""The hub on every kind of store: who takes part, what is published, two regions at once, one twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comity.bootstrap.hub_publication import order_hub_statements, publish
from comity.domain.region import RegionCode
from comity.errors import ComityError, NotPossibleNow, PublicationRefused, UnreadableStatement
from comity.hub.membership import MembershipChange, approve_membership
from comity.hub.register import read_register
from comity.hub.statements import AcceptedStatement
from comity.records.audit import verify_audit
from comity.records.ports import Store
from comity.storage.database_url import open_store
from comity.storage.memory import MemoryStore
from tests.builders import HOME, HOST, HUB, HUBEI
from tests.hub_office import Pair, location, rulebook
from tests.server.hub_server import HubServer, Publisher


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = (
        MemoryStore()
        if request.param == "memory"
        else open_store(request.getfixturevalue(f"{request.param}_url"))
    )
    yield opened
    opened.close()


@pytest.fixture
def hub(store: Store, tmp_path: Path) -> HubServer:
    made = HubServer(tmp_path / "hub", store=store)
    made.admit(HOST, HOME, HUBEI)
    order_hub_statements(made.opened)
    return made


def publishing(region: RegionCode, other: RegionCode) -> Publisher:
    """A region with something to say about another."""
    publisher, pair = Publisher(region), Pair(host=region, issuer=other)
    publisher.history = pair.until_confirmed()
    publisher.recognitions[other] = pair.publication()
    publisher.rulebooks.append(rulebook(region))
    return publisher


def test_what_was_accepted_is_in_the_register_and_in_the_audit(hub: HubServer) -> None:
    publish(hub.opened, publishing(HOST, HOME).body())

    with hub.hub.store.reading() as transaction:
        rows = transaction.of(AcceptedStatement).select(order=("accepted_at",))
        check = verify_audit(transaction)
    register = read_register(rows, hub=HUB.public, is_test=True)

    assert str(register.state_of(HOST, HOME, hub.at).step) == "in_force"
    assert register.left_out == 0
    assert not check.faults


def test_two_regions_publishing_at_once_both_land(hub: HubServer) -> None:
    bodies = [publishing(HOST, HOME).body(), publishing(HOME, HOST).body(), publishing(HUBEI, HOST).body()]

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda body: publish(hub.opened, body), bodies))

    assert [len(rows) for _, rows in done] == [5, 5, 5]
    assert [hub.opened.repository.version_of(region) for region in (HOST, HOME, HUBEI)] == [1, 1, 1]


def test_the_same_publication_twice_at_once_is_taken_once(hub: HubServer) -> None:
    body = publishing(HOST, HOME).body()

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda each: publish(hub.opened, each), [body, body]))

    assert sorted(len(rows) for _, rows in done) == [0, 5]
    assert hub.opened.repository.version_of(HOST) == 1


def test_two_publications_of_one_version_leave_one_and_a_refusal(hub: HubServer) -> None:
    first, second = publishing(HOST, HOME), Publisher(HOST)
    second.rulebooks.append(rulebook())

    def attempt(body: bytes) -> bool:
        try:
            publish(hub.opened, body)
        except ComityError:
            return False
        return True

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(attempt, [first.body(), second.body()]))

    assert sum(done) == 1
    assert hub.opened.repository.version_of(HOST) == 1


def test_two_officers_approving_at_once_sign_one_membership(store: Store, tmp_path: Path) -> None:
    hub = HubServer(tmp_path / "hub", store=store)
    proposal = hub.propose(HOST, MembershipChange.ADMISSION)

    def attempt(number: int) -> bool:
        officer = hub.second if number else third
        try:
            approve_membership(hub.hub, officer, proposal.proposal_id, root=proposal.root, at=hub.at)
        except NotPossibleNow:
            return False
        return True

    from comity.officers.permissions import Role

    third = hub.officer(Role.HUB_OFFICER)
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(attempt, [0, 1]))

    assert sorted(done) == [False, True]


def test_a_refused_publication_leaves_nothing_at_all(hub: HubServer) -> None:
    publisher = publishing(HOST, HOME)
    publisher.history = publisher.history[1:]
    with hub.hub.store.reading() as transaction:
        before = transaction.of(AcceptedStatement).select()

    with pytest.raises(PublicationRefused):
        publish(hub.opened, publisher.body())

    with hub.hub.store.reading() as transaction:
        assert transaction.of(AcceptedStatement).select() == before
    assert hub.opened.repository.version_of(HOST) == 0


@pytest.mark.parametrize("version", [2**53, 2**63, 2**64 - 1])
def test_a_version_that_no_database_keeps_is_refused(hub: HubServer, version: int) -> None:
    publisher = Publisher(HOST)
    publisher.location = location(HOST, version=version)

    with pytest.raises(UnreadableStatement):
        publish(hub.opened, publisher.body())
    assert hub.opened.repository.version_of(HOST) == 0
