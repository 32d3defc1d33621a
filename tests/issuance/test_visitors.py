"""Visitors: the host asks the home region first; an answer that does not come is no evidence (rule 17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.evidence import EvidenceSource, HealthEvent
from comity.domain.identity import DocumentKind, IdentityDocument, check_character, read_identity
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.region import RegionCode
from comity.domain.texts import text
from comity.errors import NotPossibleNow
from comity.issuance.application import GrantedPass, PassRequest, WaitingApplication
from comity.issuance.duties import DUTIES
from comity.issuance.guardians import (
    CONSENT_VERSION,
    Dependant,
    declare_dependant,
    release_dependant,
)
from comity.issuance.home_region import HomeAnswer
from comity.issuance.id_cards import find_online_pass
from comity.issuance.issuer import Issuer
from comity.issuance.messages import messages_of, words_of
from comity.issuance.online import OnlineDesk
from comity.issuance.people import Relation, get_person, move_person
from comity.issuance.records import HolderKey
from comity.issuance.visitors import apply, continue_waiting
from comity.issuance.why import explain
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from tests.builders import AT, PHONE
from tests.issuance.test_application import let_carry
from tests.pass_office import add_holder, make_issuer, sign_in
from tests.people import resident

CONTACT = HealthEvent(
    ref="1", source=EvidenceSource.IMPORT, reason=ColourReason.CLOSE_CONTACT, happened_at=AT - DAY
)


class Home:
    """A home region that answers when a test says so: an adapter of the port."""

    def __init__(self, answer: HomeAnswer | None = None) -> None:
        self.answer = answer
        self.asked: list[RegionCode] = []

    def current_facts(
        self, home: RegionCode, document: IdentityDocument, *, at: Instant
    ) -> HomeAnswer | None:
        self.asked.append(home)
        return self.answer


def host(home: Home) -> tuple[Issuer, HolderKey]:
    """Guangdong, and somebody who lives in Hubei with it."""
    issuer = replace(make_issuer(), home=home)
    return issuer, add_holder(issuer, division="420100")


def paper(holder: HolderKey, request_id: str = "paper") -> PassRequest:
    return PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id=request_id)


def test_c2_7_a_visitor_whose_home_knows_nothing_against_them_gets_the_hosts_pass_at_once() -> None:
    home = Home(HomeAnswer())
    issuer, holder = host(home)

    answer = apply(issuer, paper(holder), at=AT)

    assert isinstance(answer, GrantedPass)
    assert (answer.issued.colour, home.asked) == (Colour.GREEN, ["420000"])


def test_what_the_home_region_knows_becomes_evidence_under_the_hosts_rules() -> None:
    issuer, holder = host(Home(HomeAnswer(evidence=(CONTACT,))))

    answer = apply(issuer, paper(holder), at=AT)

    assert isinstance(answer, GrantedPass)
    assert answer.issued.colour is not Colour.GREEN


def test_rule_17_without_an_answer_the_application_waits_24_hours_and_is_then_granted() -> None:
    issuer, holder = host(Home())
    waiting = apply(issuer, paper(holder), at=AT)
    early = continue_waiting(issuer, at=AT + DAY - 1)

    granted = continue_waiting(issuer, at=AT + DAY)

    assert isinstance(waiting, WaitingApplication)
    assert (waiting.inquiry.awaited_until, early, granted) == (AT + DAY, 0, 1)
    found = apply(issuer, paper(holder), at=AT + DAY + 1)
    assert isinstance(found, GrantedPass)
    assert (found.is_new, found.issued.colour) == (False, Colour.GREEN)
    with issuer.store.reading() as transaction:
        told = [message.text_key for message in messages_of(transaction, holder)]
    assert told == ["message.visitor_pass_issued", "message.home_asked"]


def test_an_answer_that_comes_later_ends_the_waiting() -> None:
    home = Home()
    issuer, holder = host(home)
    apply(issuer, paper(holder), at=AT)
    home.answer = HomeAnswer(evidence=(CONTACT,))

    assert continue_waiting(issuer, at=AT + HOUR) == 1
    assert continue_waiting(issuer, at=AT + 2 * HOUR) == 0
    found = apply(issuer, paper(holder), at=AT + 2 * HOUR)
    assert isinstance(found, GrantedPass)
    assert found.issued.colour is not Colour.GREEN


def test_the_same_request_asked_again_waits_on_and_opens_no_second_inquiry() -> None:
    issuer, holder = host(Home())
    first = apply(issuer, paper(holder), at=AT)

    again = apply(issuer, paper(holder), at=AT + 60)

    assert first == again


def test_a_recent_answer_serves_another_class_of_pass() -> None:
    home = Home(HomeAnswer())
    issuer, holder = host(home)
    apply(issuer, paper(holder), at=AT)
    home.answer = None

    on_phone = replace(
        paper(holder, "phone"),
        pass_class=PassClass.DEVICE,
        device_key=PHONE.as_device_key(),
    )
    assert isinstance(apply(issuer, on_phone, at=AT + HOUR), GrantedPass)
    assert len(home.asked) == 1


def test_c2_5_where_somebody_lives_counts_and_not_how_the_number_begins() -> None:
    home = Home()
    issuer = replace(make_issuer(), home=home)

    answer = apply(issuer, paper(add_holder(issuer, division="440100")), at=AT)

    assert isinstance(answer, GrantedPass)
    assert home.asked == []


def test_waiting_visitors_are_a_duty() -> None:
    assert "waiting-visitors" in {duty.name for duty in DUTIES}


def test_rule_17_neither_an_online_pass_nor_an_id_card_answers_before_the_home_region_was_asked() -> None:
    issuer, holder = host(Home())
    token = sign_in(issuer, holder)["authorization"].removeprefix("Bearer ").encode()
    with pytest.raises(NotPossibleNow, match="home region"):
        OnlineDesk(issuer).open(token, b"", at=AT)
    assert find_online_pass(issuer, resident(0), at=AT) is None

    apply(issuer, paper(holder), at=AT)
    with pytest.raises(NotPossibleNow, match="home region"):
        OnlineDesk(issuer).open(token, b"", at=AT + HOUR)
    continue_waiting(issuer, at=AT + DAY)

    view = OnlineDesk(issuer).open(token, b"", at=AT + DAY)
    assert (view.colour, view.ends_at) == (Colour.GREEN, AT + 15 * DAY)
    assert find_online_pass(issuer, resident(0), at=AT + DAY) is not None


def refused(issuer: Issuer, holder: HolderKey) -> str:
    """The words of the one message about a refusal, in Chinese and English."""
    with issuer.store.reading() as transaction:
        (message,) = [
            each for each in messages_of(transaction, holder) if each.text_key == "message.visitor_refused"
        ]
    words = words_of(message)
    return f"{words.zh} {words.en}"


def test_c2_7_a_waiting_application_that_is_refused_is_told_with_both_routes() -> None:
    issuer, holder = host(Home())
    on_phone = replace(paper(holder, "phone"), pass_class=PassClass.DEVICE, device_key=PHONE.as_device_key())
    apply(issuer, on_phone, at=AT)
    apply(issuer, replace(on_phone, request_id="again"), at=AT)

    assert continue_waiting(issuer, at=AT + DAY) == 1

    told = refused(issuer, holder)
    assert "湖北" in told
    assert "Hubei" in told
    assert "手机密钥" in told
    assert "apply here again" in told
    assert continue_waiting(issuer, at=AT + 2 * DAY) == 0


def test_who_lost_the_guardian_while_waiting_is_told_and_the_guardian_is_not() -> None:
    issuer, holder = host(Home())
    guardian = add_holder(issuer, 1)
    let_carry(issuer, guardian, holder)
    apply(issuer, replace(paper(holder), carrier=guardian), at=AT)
    with issuer.store.transaction() as transaction:
        release_dependant(transaction, holder, at=AT + 1)

    continue_waiting(issuer, at=AT + DAY)

    assert "your own phone" in refused(issuer, holder)
    with issuer.store.reading() as transaction:
        assert messages_of(transaction, guardian) == []
        acts = transaction.of(AuditRow).select(equal("act", "visitor_refused"))
    assert [act.subject for act in acts] == [holder]


def declared(
    issuer: Issuer, guardian: HolderKey, document: IdentityDocument, *, division: str = "440100"
) -> HolderKey:
    """Somebody whom a guardian declares, as living in Guangdong unless told otherwise."""
    dependant = Dependant(
        document=document,
        name="陈静",
        division=division,
        relation=Relation.PARENT,
        consent_version=CONSENT_VERSION,
    )
    with issuer.store.transaction() as transaction:
        return declare_dependant(transaction, issuer, guardian, dependant, at=AT)[0].dependant


def of_region(digits: str) -> IdentityDocument:
    """A child's number that a division gave."""
    first = f"{digits}20120101001"
    return read_identity(DocumentKind.RESIDENT_ID, first + check_character(first))


PASSPORT = read_identity(DocumentKind.PASSPORT, "E12345678")
ASKED: list[tuple[str, str, IdentityDocument, str, list[str]]] = [
    ("a number of another region", "440100", of_region("420106"), "440100", ["420000"]),
    ("a number of this region", "440100", of_region("440106"), "440100", []),
    ("a number of this region, with a visitor", "420100", of_region("440106"), "440100", []),
    ("no number, with a resident", "440100", PASSPORT, "440100", []),
    ("no number, with a visitor", "420100", PASSPORT, "440100", ["420000"]),
    ("a home that is declared elsewhere", "440100", of_region("420106"), "150100", ["150000"]),
]


@pytest.mark.parametrize(
    ("guardians", "document", "division", "asked"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED]
)
def test_rule_17_a_guardians_word_does_not_keep_a_home_region_from_being_asked(
    guardians: str, document: IdentityDocument, division: str, asked: list[str]
) -> None:
    home = Home(HomeAnswer())
    issuer = replace(make_issuer(), home=home)
    guardian = add_holder(issuer, division=guardians)
    dependant = declared(issuer, guardian, document, division=division)

    answer = apply(issuer, replace(paper(dependant), carrier=guardian), at=AT)

    assert isinstance(answer, GrantedPass)
    assert home.asked == asked


def test_rule_17_an_id_card_of_a_dependant_does_not_answer_before_the_region_was_asked() -> None:
    issuer = replace(make_issuer(), home=Home())
    guardian = add_holder(issuer)
    dependant = declared(issuer, guardian, of_region("420106"))
    token = sign_in(issuer, guardian)["authorization"].removeprefix("Bearer ").encode()

    with pytest.raises(NotPossibleNow, match="home region"):
        OnlineDesk(issuer).open(token, dependant.encode(), at=AT)
    assert find_online_pass(issuer, of_region("420106"), at=AT) is None


def test_c2_5_an_officer_who_enters_the_division_ends_the_asking() -> None:
    home = Home()
    issuer = replace(make_issuer(), home=home)
    guardian = add_holder(issuer)
    dependant = declared(issuer, guardian, of_region("420106"))
    with issuer.store.transaction() as transaction:
        move_person(transaction, get_person(transaction, dependant), "440106")

    answer = apply(issuer, replace(paper(dependant), carrier=guardian), at=AT)

    assert isinstance(answer, GrantedPass)
    assert home.asked == []


def test_rule_17_a_visitor_is_not_told_to_travel_with_a_green_that_nobody_can_show_yet() -> None:
    home = Home()
    issuer, holder = host(home)

    def told(at: Instant) -> tuple[Colour, str]:
        with issuer.store.reading() as transaction:
            found = explain(transaction, issuer, holder, at=at)
        return found.colour, found.what_to_do.en

    before = told(AT)
    apply(issuer, paper(holder), at=AT)
    waiting = told(AT)
    continue_waiting(issuer, at=AT + DAY)

    assert before == waiting == (Colour.GREEN, text("what_to_do.visitor").en)
    assert told(AT + DAY) == (Colour.GREEN, text("what_to_do.green").en)
