"""From the release of an import on, no colour is given by what was assessed before (rules 7 and 8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comity.codec.cose import read_sign1
from comity.codec.cwt import read_claims
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, Instant
from comity.errors import StoreUnavailable
from comity.issuance import outdated_standings
from comity.issuance.application import apply_for_pass
from comity.issuance.id_cards import find_online_pass
from comity.issuance.import_records import ImportKind, ImportState
from comity.issuance.import_release import apply_import, release_import
from comity.issuance.issuer import Issuer
from comity.issuance.online import OnlineDesk
from comity.issuance.outdated_standings import find_outdated
from comity.issuance.pass_request import PassRequest
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey, IssuedPass, Standing
from comity.issuance.standing import assess_outdated
from comity.records.search import equal
from comity.records.sessions import SessionKind, begin_session
from comity.server.recent_changes import present_colour
from tests.builders import AT
from tests.issuance.holding import keep, standing_of, stay
from tests.issuance.test_imports import SECOND, contact, prepare, risk
from tests.people import name, resident
from tests.region import make_issuer


class Town:
    """Two people with green passes; an import names the first of them."""

    def __init__(self) -> None:
        self.issuer: Issuer = make_issuer()
        self.one, self.other = self.register(0), self.register(1)
        self.desk = OnlineDesk(self.issuer)
        self.tokens = {each: self.sign_in(each) for each in (self.one, self.other)}

    def register(self, order: int) -> HolderKey:
        with self.issuer.store.transaction() as transaction:
            known = register_person(
                transaction, self.issuer, resident(order), name(order), "150102", at=AT
            ).holder
        self.apply(known, "first", at=AT - 1)
        return known

    def sign_in(self, who: HolderKey) -> bytes:
        with self.issuer.store.transaction() as transaction:
            return begin_session(transaction, self.issuer, SessionKind.RESIDENT, who, at=AT).encode()

    def apply(self, who: HolderKey, request_id: str, *, at: Instant) -> Colour:
        request = PassRequest(holder=who, carrier=who, pass_class=PassClass.PAPER, request_id=request_id)
        return apply_for_pass(self.issuer, request, at=at).issued.colour

    def online(self, who: HolderKey, *, at: Instant) -> Colour:
        """The colour of the online pass of this moment, remembered or not."""
        self.desk.follow()
        token = self.tokens[who]
        return (self.desk.find(token, b"", at=at) or self.desk.open(token, b"", at=at)).colour

    def by_id_card(self, who: HolderKey, *, at: Instant) -> Colour:
        made = find_online_pass(self.issuer, resident(0 if who == self.one else 1), at=at)
        assert made is not None
        return read_claims(read_sign1(made).payload).colour

    def renewed(self, who: HolderKey, *, at: Instant) -> Colour:
        return self.apply(who, "renewal", at=at)

    def outdated(self) -> frozenset[HolderKey]:
        with self.issuer.store.reading() as transaction:
            return find_outdated(transaction, transaction.of(Standing).select())


@pytest.fixture
def town() -> Town:
    return Town()


WAYS: list[tuple[str, Callable[..., Colour]]] = [
    ("online", Town.online),
    ("ID card", Town.by_id_card),
]


@pytest.mark.parametrize("way", [row[1] for row in WAYS], ids=[row[0] for row in WAYS])
@pytest.mark.parametrize("seconds", [0, 1, 5])
def test_rule_8_a_released_import_shows_before_its_people_are_assessed(
    town: Town, way: Callable[..., Colour], seconds: int
) -> None:
    told = prepare(town.issuer, [contact(0)])
    assert way(town, town.one, at=AT) is Colour.GREEN
    release_import(town.issuer, SECOND, told.import_id, at=AT)

    assert way(town, town.one, at=AT + seconds) is Colour.YELLOW
    assert way(town, town.other, at=AT + seconds) is Colour.GREEN

    assert apply_import(town.issuer, told.import_id, at=AT + 6).state is ImportState.DONE
    standing = standing_of(town.issuer, town.one)
    assert standing is not None
    assert (standing.colour, standing.since) == (Colour.YELLOW, AT + seconds)


def test_rule_9_an_application_between_release_and_assessment_gets_the_new_colour(town: Town) -> None:
    told = prepare(town.issuer, [contact(0)], at=AT + 11 * DAY)
    release_import(town.issuer, SECOND, told.import_id, at=AT + 11 * DAY)

    assert town.renewed(town.one, at=AT + 11 * DAY) is Colour.YELLOW
    assert town.renewed(town.other, at=AT + 11 * DAY) is Colour.GREEN


def test_only_whom_the_import_names_is_outdated_once_it_is_noted_whom(town: Town) -> None:
    told = prepare(town.issuer, [contact(0), contact(9)])
    release_import(town.issuer, SECOND, told.import_id, at=AT)
    assert town.outdated() == {town.one, town.other}

    half = apply_import(town.issuer, told.import_id, at=AT, batches=1)

    assert half.state is ImportState.ASSESSING
    assert town.outdated() == frozenset()


def test_a_remembered_online_pass_is_forgotten_at_the_release_of_risk_areas(town: Town) -> None:
    keep(town.issuer, stay(town.one))
    told = prepare(town.issuer, [risk("110106")], ImportKind.RISK_AREAS)
    assert town.online(town.one, at=AT) is Colour.GREEN

    release_import(town.issuer, SECOND, told.import_id, at=AT)

    assert town.online(town.one, at=AT + 1) is not Colour.GREEN
    assert town.online(town.other, at=AT + 1) is Colour.GREEN


def test_an_import_of_many_lets_workers_forget_everybody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outdated_standings, "NOTED_ONE_BY_ONE", 1)
    told = prepare(town.issuer, [contact(0), contact(9)])
    town.online(town.other, at=AT)

    release_import(town.issuer, SECOND, told.import_id, at=AT)
    town.desk.follow()

    assert town.desk.find(town.tokens[town.other], b"", at=AT) is None
    assert town.online(town.one, at=AT) is Colour.YELLOW


def test_passes_are_followed_before_they_are_read(town: Town) -> None:
    told = prepare(town.issuer, [contact(0)])
    assert not assess_outdated(town.issuer, [town.one], at=AT)
    release_import(town.issuer, SECOND, told.import_id, at=AT)

    assert assess_outdated(town.issuer, [town.one, town.other], at=AT)

    standing = standing_of(town.issuer, town.one)
    assert standing is not None
    assert standing.colour is Colour.YELLOW


def test_a_health_query_is_told_to_come_again_meanwhile(town: Town) -> None:
    told = prepare(town.issuer, [contact(0)])
    with town.issuer.store.reading() as transaction:
        (issued,) = transaction.of(IssuedPass).select(equal("holder", town.one))
    release_import(town.issuer, SECOND, told.import_id, at=AT)

    with pytest.raises(StoreUnavailable):
        present_colour(town.issuer.store, bytes.fromhex(issued.pass_id))
    apply_import(town.issuer, told.import_id, at=AT)
    assert present_colour(town.issuer.store, bytes.fromhex(issued.pass_id)) is Colour.YELLOW
