"""Declarations and the health query over HTTP: what a resident says, and what the resident is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.domain.instant import DAY, HOUR, rfc3339
from comity.issuance.declarations import DeclarationKind, HealthDeclaration, declare, read_for_dependant
from comity.issuance.due_standings import reassess_due
from comity.issuance.guardians import CONSENT_VERSION
from comity.issuance.people import Guardianship, Relation, register_person
from comity.issuance.records import HolderKey
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from tests.builders import AT
from tests.issuance.holding import assess_now, contact, high_risk, keep
from tests.people import name, resident, resident_number
from tests.region import RegionNode, headers


class Town:
    """A region with residents of nobody who are signed in."""

    def __init__(self, folder: Path) -> None:
        self.region = RegionNode(folder)
        self.client = TestClient(self.region.app())
        self.one, self.child = self.register(0), self.register(1)
        self.signed_in = headers(self.region.token(self.one))

    def register(self, order: int) -> HolderKey:
        with self.region.issuer.store.transaction() as transaction:
            person = register_person(
                transaction, self.region.issuer, resident(order), name(order), "150102", at=AT
            )
        return person.holder

    def stand_for_the_child(self) -> None:
        guardianship = Guardianship(
            guardianship_id="g1",
            guardian=self.one,
            dependant=self.child,
            relation=Relation.PARENT,
            consent_version=1,
            consented_at=AT,
        )
        with self.region.issuer.store.transaction() as transaction:
            transaction.of(Guardianship).add(guardianship)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, json=body, headers=self.signed_in)

    def health(self) -> Any:
        return self.client.get("/health-query", headers=self.signed_in).json()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def stay(area: str = "110106", *, began_at: int = AT - DAY, ended_at: int = AT) -> dict[str, str]:
    return {"area": area, "began_at": rfc3339(began_at), "ended_at": rfc3339(ended_at)}


def test_c1_1_who_has_nothing_against_green_is_green_and_told_what_to_do(town: Town) -> None:
    told = town.health()

    assert (told["colour"], told["findings"], told["dependants"]) == ("green", [], [])
    assert "绿码" in told["what_to_do"]["zh"]
    assert "no other proof" in told["what_to_do"]["en"]


def test_all_well_is_kept_and_changes_nothing(town: Town) -> None:
    answer = town.post("/health-declarations", symptoms=[])

    assert answer.status_code == 201
    assert town.health()["colour"] == "green"
    (kept,) = town.client.get("/health-declarations", headers=town.signed_in).json()
    assert kept == answer.json()
    assert (kept["symptoms"], kept["is_by_guardian"]) == ([], False)


def test_symptoms_turn_yellow_and_the_resident_is_told_rule_evidence_since_and_until(town: Town) -> None:
    onset = rfc3339(AT - HOUR)
    town.post("/health-declarations", symptoms=["fever", "dry_cough"], symptoms_began_at=onset)

    told = town.health()

    (finding,) = told["findings"]
    assert (told["colour"], told["since"]) == ("yellow", rfc3339(AT))
    assert told["until"] == finding["until"] == rfc3339(AT - HOUR + 7 * DAY)
    assert (finding["rule_id"], finding["basis"]) == ("symptoms", onset)
    assert "发热" in finding["rule"]["zh"]
    assert finding["evidence"]["en"] == "symptoms began at 2020-03-20 11:00 (from your own declaration)"
    assert "physician" in finding["way_back"]["en"]


def test_a_contact_is_told_as_the_list_that_names_it_and_ends_by_itself(town: Town) -> None:
    keep(town.region.issuer, contact(town.one))
    assess_now(town.region.issuer, town.one)

    assert "the list of hohhot-cdc" in town.health()["findings"][0]["evidence"]["en"]

    town.region.at = AT + 14 * DAY
    reassess_due(town.region.issuer, at=town.region.at)
    assert (town.health()["colour"], town.health()["since"]) == ("green", rfc3339(AT + 14 * DAY))


def test_a_declared_stay_in_a_risk_area_is_red_with_the_place_by_name(town: Town) -> None:
    keep(town.region.issuer, high_risk("420106"))
    answer = town.post("/trip-declarations", stays=[stay("420106")])

    assert answer.status_code == 201
    (finding,) = town.health()["findings"]
    assert (finding["colour"], finding["reason"]) == ("red", "risk_area_stay")
    assert "420106" in finding["evidence"]["zh"] or "武汉" in finding["evidence"]["zh"]
    assert town.client.get("/trip-declarations", headers=town.signed_in).json() == [answer.json()]


def test_c2_5_a_declared_arrival_counts_by_place(town: Town) -> None:
    town.post("/trip-declarations", arrivals=[{"area": "420100", "arrived_at": rfc3339(AT)}])

    assert town.health()["findings"][0]["rule_id"] == "hubei-arrival"


def test_settled_rule_14_a_guardian_declares_for_a_dependant_and_is_told(town: Town) -> None:
    body = {"symptoms": ["fever"], "symptoms_began_at": rfc3339(AT), "holder": town.child}
    assert town.post("/health-declarations", **body).status_code == 404

    town.stand_for_the_child()
    answer = town.post("/health-declarations", **body)

    assert answer.json()["is_by_guardian"] is True
    told = town.health()
    assert (told["colour"], [each["colour"] for each in told["dependants"]]) == ("green", ["yellow"])
    with town.region.issuer.store.reading() as transaction:
        acts = transaction.of(AuditRow).select(equal("subject", town.child))
    assert [(each.actor, each.act) for each in acts] == [
        ("guardian", "declaration.made"),
        ("guardian", "standing.changed"),
    ]


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("symptoms without onset", "/health-declarations", {"symptoms": ["fever"]}),
    ("onset without symptoms", "/health-declarations", {"symptoms": [], "symptoms_began_at": rfc3339(AT)}),
    (
        "a symptom twice",
        "/health-declarations",
        {"symptoms": ["fever", "fever"], "symptoms_began_at": rfc3339(AT)},
    ),
    ("an unknown symptom", "/health-declarations", {"symptoms": ["sadness"]}),
    ("a temperature", "/health-declarations", {"symptoms": [], "temperature": 37.3}),
    ("a contact to come", "/health-declarations", {"symptoms": [], "last_contact_at": rfc3339(AT + HOUR)}),
    (
        "a contact long ago",
        "/health-declarations",
        {"symptoms": [], "last_contact_at": rfc3339(AT - 31 * DAY)},
    ),
    ("a time without offset", "/health-declarations", {"symptoms": [], "last_contact_at": "2020-03-20"}),
    ("nothing", "/trip-declarations", {}),
    ("too many stays", "/trip-declarations", {"stays": [stay()] * 21}),
    ("a stay that lies ahead", "/trip-declarations", {"stays": [stay(ended_at=AT + DAY)]}),
    ("a stay that ends before it began", "/trip-declarations", {"stays": [stay(began_at=AT)]}),
    ("a place in words", "/trip-declarations", {"stays": [stay("Wuhan")]}),
    ("a scanned place code", "/trip-declarations", {"stays": [{**stay(), "record": "place_code"}]}),
]


@pytest.mark.parametrize(("title", "path", "body"), WRONG, ids=[row[0] for row in WRONG])
def test_what_cannot_be_is_refused_and_leaves_nothing(
    town: Town, title: str, path: str, body: dict[str, Any]
) -> None:
    answer = town.post(path, **body)

    assert answer.status_code == 422, title
    assert answer.json()["type"] == "urn:comity:error:invalid-input"
    assert town.client.get(path, headers=town.signed_in).json() == []


def test_a_day_has_a_bounded_number_of_declarations(town: Town) -> None:
    answers = [town.post("/health-declarations", symptoms=[]).status_code for _ in range(21)]

    assert answers == [201] * 20 + [429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health-query"),
        ("GET", "/health-declarations"),
        ("POST", "/health-declarations"),
        ("GET", "/trip-declarations"),
        ("POST", "/trip-declarations"),
    ],
)
def test_nobody_is_told_or_heard_without_signing_in(town: Town, method: str, path: str) -> None:
    body = {"symptoms": []} if path == "/health-declarations" else {"stays": [stay()]}
    sent = {} if method == "GET" else {"json": body}

    assert town.client.request(method, path, **sent).status_code == 401  # type: ignore[arg-type]


def test_a_guardian_reads_what_was_declared_about_a_dependant_since_the_consent(town: Town) -> None:
    consent = {"kind": "resident_id", "number": resident_number(7), "name": name(7), "relation": "parent"}
    given = town.post("/dependants", **consent, consent_version=CONSENT_VERSION).json()
    address = f"/dependants/{given['guardianship_id']}"
    town.post("/health-declarations", symptoms=[], holder=given["holder"])
    town.post(
        "/trip-declarations", arrivals=[{"area": "110106", "arrived_at": rfc3339(AT)}], holder=given["holder"]
    )

    health = town.client.get(f"{address}/health-declarations", headers=town.signed_in)
    trips = town.client.get(f"{address}/trip-declarations", headers=town.signed_in)

    assert [each["is_by_guardian"] for each in health.json()] == [True]
    assert [each["arrivals"][0]["area"] for each in trips.json()] == ["110106"]
    assert health.headers["cache-control"] == "no-store"
    with town.region.issuer.store.reading() as transaction:
        acts = transaction.of(AuditRow).select(equal("act", "declaration.read"))
    assert [(act.actor, act.subject) for act in acts] == [("guardian", given["holder"])] * 2


def test_nobody_reads_a_dependants_declarations_without_a_consent_that_stands(town: Town) -> None:
    consent = {"kind": "resident_id", "number": resident_number(7), "name": name(7), "relation": "parent"}
    given = town.post("/dependants", **consent, consent_version=CONSENT_VERSION).json()
    address = f"/dependants/{given['guardianship_id']}"
    stranger = headers(town.region.token(town.child))

    by_stranger = town.client.get(f"{address}/health-declarations", headers=stranger)
    town.client.delete(address, headers=town.signed_in)
    afterwards = town.client.get(f"{address}/health-declarations", headers=town.signed_in)

    assert (by_stranger.status_code, afterwards.status_code) == (404, 404)


def test_a_guardian_does_not_read_what_was_declared_before_the_consent(town: Town) -> None:
    before = HealthDeclaration()
    declare(town.region.issuer, before, holder=town.child, carrier=town.child, at=AT - 1)
    town.stand_for_the_child()
    declare(town.region.issuer, before, holder=town.child, carrier=town.one, at=AT)

    with town.region.issuer.store.transaction() as transaction:
        found = read_for_dependant(transaction, town.one, "g1", DeclarationKind.HEALTH, at=AT)

    assert [each.declared_by for each in found] == [town.one]
