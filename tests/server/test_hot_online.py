"""The online pass: signed from memory, never with a colour that may be an old one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.codec.cwt import write_claims
from comity.codec.qrtext import UnverifiedPass, read_text
from comity.domain.claims import PassClaims, PassId
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, HOUR
from comity.errors import ClockRefused, StoreUnavailable
from comity.issuance.changes import note_changes
from comity.issuance.issuer import Issuer
from comity.issuance.online import OnlineDesk, OnlineTemplate
from comity.issuance.records import HolderKey, Standing
from comity.issuance.sign_in import end_session
from comity.records.counter import Counter
from comity.records.ports import Transaction
from comity.server.app import make_app
from comity.server.hot_online import WATCH_LIMIT, HotOnline
from comity.storage.memory import MemoryStore
from comity.trust.issue import check_claims, issue
from comity.trust.signing import message_holds
from tests.builders import AT, HOME, altered, claims, key, pass_entry
from tests.pass_office import Clock, add_holder, make_issuer, make_node, sign_in


class Reachable:
    """A store that a test can put out of reach: an adapter of the port like any other."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self.is_reachable = True

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self._check()
        with self._store.transaction() as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        self._check()
        with self._store.reading() as transaction:
            yield transaction

    def close(self) -> None:
        self._store.close()

    def _check(self) -> None:
        if not self.is_reachable:
            raise StoreUnavailable("the records are out of reach")


class Office:
    """A region with one holder signed in, and any number of workers that serve it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.store = folder, Clock(), Reachable()
        self.issuer: Issuer = make_issuer(self.store)
        self.holder: HolderKey = add_holder(self.issuer)
        self.headers = sign_in(self.issuer, self.holder)

    def worker(self) -> TestClient:
        return TestClient(make_app(make_node(self.issuer, self.folder, self.clock)))

    def turn(self, colour: Colour) -> None:
        """Change the holder's standing as an assessment does."""
        with self.store.transaction() as transaction:
            standing = transaction.of(Standing).find(self.holder)
            assert standing is not None
            changed = replace(
                standing, colour=colour, reason=ColourReason.CLOSE_CONTACT, basis=AT, until=AT + 14 * DAY
            )
            transaction.of(Standing).replace(changed)
            note_changes(transaction, [self.holder], at=self.clock.at)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def look(worker: TestClient) -> HotOnline:
    hot = worker.app.state.hot_online  # type: ignore[attr-defined]  # the app is a FastAPI
    assert isinstance(hot, HotOnline)
    hot.look()
    return hot


def shown(worker: TestClient, office: Office, body: object = None) -> PassClaims:
    answer = worker.post("/codes/online", headers=office.headers, json=body)
    assert answer.status_code == 200, answer.json()
    read = read_text(answer.json()["text"], is_test=True)
    assert isinstance(read, UnverifiedPass)
    assert message_holds(read.message, key(HOME, "pass").public)
    return read.claims


def test_v5_the_pass_of_this_minute_is_signed_for_sixty_seconds(office: Office) -> None:
    found = shown(office.worker(), office)

    assert (found.pass_class, found.colour) == (PassClass.ONLINE, Colour.GREEN)
    assert (found.issued_at, found.expires_at) == (AT, AT + 60)
    assert found.masked_name.endswith("*")


def test_every_pass_has_an_id_of_its_own_and_the_time_of_its_asking(office: Office) -> None:
    worker = office.worker()
    first = shown(worker, office)
    office.clock.at += 7
    second = shown(worker, office)

    assert first.pass_id != second.pass_id
    assert second.issued_at == AT + 7


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("at", [AT, AT + 1, 2**31, 2**32 - 61])
def test_what_is_cut_from_a_template_is_what_the_usual_path_signs(colour: Colour, at: int) -> None:
    given = claims(PassClass.ONLINE, colour)
    template = OnlineTemplate(check_claims(given, pass_entry()), key(HOME, "pass"), is_test=True)
    later = altered(given, issued_at=at, expires_at=at + 60, pass_id=PassId(b"other id"))

    text = template.sign(b"other id", at=at)

    read = read_text(text.decode(), is_test=True)
    assert isinstance(read, UnverifiedPass)
    assert read.claims == later
    assert read.message.payload == write_claims(later)
    expected = issue(check_claims(later, pass_entry()), key(HOME, "pass"), is_test=True)
    assert expected.endswith(read.message.signature)


def test_a_change_of_colour_is_seen_by_every_worker_at_its_next_look(office: Office) -> None:
    workers = [office.worker(), office.worker()]
    before = [shown(worker, office).colour for worker in workers]
    office.turn(Colour.YELLOW)
    for worker in workers:
        look(worker)

    after = [shown(worker, office) for worker in workers]

    assert before == [Colour.GREEN] * 2
    assert [each.colour for each in after] == [Colour.YELLOW] * 2
    assert [each.reason for each in after] == [ColourReason.CLOSE_CONTACT] * 2


def test_a_worker_that_could_not_look_for_five_seconds_refuses_rather_than_shows(office: Office) -> None:
    worker = office.worker()
    shown(worker, office)
    office.store.is_reachable = False
    hot = look(worker)
    hot._looked_at -= WATCH_LIMIT

    refused = worker.post("/codes/online", headers=office.headers)

    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["content-type"] == "application/problem+json"


def test_with_the_records_out_of_reach_for_less_the_colour_is_still_shown(office: Office) -> None:
    worker = office.worker()
    shown(worker, office)
    office.store.is_reachable = False

    assert shown(worker, office).colour is Colour.GREEN


def test_a_view_read_before_a_change_is_not_kept_after_it(office: Office) -> None:
    desk = OnlineDesk(office.issuer)
    token = office.headers["authorization"].removeprefix("Bearer ").encode()
    view = desk.open(token, b"", at=AT)
    office.turn(Colour.RED)
    desk.follow()

    assert desk._remember((token, b""), view, office.issuer, 0) is False
    assert desk.find(token, b"", at=AT) is None
    assert desk.open(token, b"", at=AT).colour is Colour.RED


def test_more_changes_than_are_kept_make_a_worker_forget_everybody(office: Office) -> None:
    desk = OnlineDesk(office.issuer)
    token = office.headers["authorization"].removeprefix("Bearer ").encode()
    desk.follow()
    desk.open(token, b"", at=AT)
    with office.store.transaction() as transaction:
        counters = transaction.of(Counter)
        (counters.add if counters.find("change") is None else counters.replace)(
            Counter(name="change", value=9)
        )

    desk.follow()

    assert desk.find(token, b"", at=AT) is None


def test_a_session_that_ended_shows_nothing_any_more(office: Office) -> None:
    worker = office.worker()
    shown(worker, office)
    token = office.headers["authorization"].removeprefix("Bearer ")
    with office.store.transaction() as transaction:
        end_session(transaction, token, office.holder, at=AT)
    look(worker)

    assert worker.post("/codes/online", headers=office.headers).status_code == 401


def test_a_yellow_whose_end_has_come_is_assessed_again_before_it_is_shown(office: Office) -> None:
    worker = office.worker()
    shown(worker, office)
    with office.store.transaction() as transaction:
        standing = transaction.of(Standing).find(office.holder)
        assert standing is not None
        yellow = replace(
            standing,
            colour=Colour.YELLOW,
            reason=ColourReason.SYMPTOMS,
            rule="symptoms",
            basis=AT,
            until=AT + HOUR,
            next_at=AT + HOUR,
        )
        transaction.of(Standing).replace(yellow)
        note_changes(transaction, [office.holder], at=AT)
    look(worker)
    before = shown(worker, office).colour
    office.clock.at = AT + HOUR

    assert (before, shown(worker, office).colour) == (Colour.YELLOW, Colour.GREEN)


def test_a_clock_that_steps_back_more_than_a_minute_signs_nothing(office: Office) -> None:
    worker = office.worker()
    shown(worker, office)
    office.clock.at = AT - 60
    shown(worker, office)
    office.clock.at = AT - 61

    refused = worker.post("/codes/online", headers=office.headers)

    assert refused.status_code == 503
    assert refused.json()["type"].endswith(ClockRefused.code)


REFUSED: list[tuple[str, dict[str, str], bytes, int]] = [
    ("no session", {"authorization": ""}, b"", 401),
    ("an unknown session", {"authorization": "Bearer 00"}, b"", 401),
    ("another scheme", {"authorization": "Basic 00"}, b"", 401),
    ("no JSON", {}, b"{", 422),
    ("a list", {}, b"[]", 422),
    ("another field", {}, b'{"colour":"green"}', 422),
    ("a holder key that is none", {}, b'{"holder":"1"}', 422),
    ("a body too long", {}, b" " * 300, 422),
    ("somebody else", {}, b'{"holder":"' + b"0" * 32 + b'"}', 404),
]


@pytest.mark.parametrize(
    ("headers", "body", "status"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_is_not_asked_rightly_is_told(
    office: Office, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = office.worker().post("/codes/online", headers=office.headers | headers, content=body)

    assert answer.status_code == status
    assert answer.json()["next_step"]


def test_the_thread_beside_sees_a_change_by_itself(office: Office) -> None:
    hot = HotOnline(make_node(office.issuer, office.folder, office.clock))
    hot.begin()
    hot.close()

    assert hot._looked_at > 0
