"""A person's own data and dependants over HTTP: theirs, and nobody else's (settled rules 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.issuance.guardians import CONSENT_VERSION
from comity.issuance.records import HolderKey, Person
from comity.officers.permissions import Role
from tests.builders import HOST
from tests.people import name, resident, resident_number
from tests.region import RegionNode, headers

CHILD = resident_number(9, born="20120101")


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path)


@pytest.fixture
def client(region: RegionNode) -> Iterator[TestClient]:
    with TestClient(region.app(), base_url=region.node.public_url) as served:
        yield served


@pytest.fixture
def guardian(region: RegionNode) -> dict[str, str]:
    return headers(region.token(region.person(1)))


def declaration(**changed: object) -> dict[str, object]:
    given: dict[str, object] = {
        "kind": "resident_id",
        "number": CHILD,
        "name": name(9),
        "relation": "parent",
        "consent_version": CONSENT_VERSION,
    }
    return given | changed


def test_a_guardian_declares_lists_and_stops_carrying_a_child(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    before = client.get("/dependants", headers=guardian).json()
    made = client.post("/dependants", json=declaration(), headers=guardian)
    again = client.post("/dependants", json=declaration(), headers=guardian)
    listed = client.get("/dependants", headers=guardian)

    assert before["dependants"] == []
    assert (before["most"], before["consent"]["version"]) == (10, CONSENT_VERSION)
    assert before["consent"]["zh"].startswith("我是此人的监护人")
    assert made.status_code == 201
    assert again.json() == made.json()
    assert listed.json()["dependants"] == [made.json()]
    assert made.json() | {"guardianship_id": "", "holder": ""} == {
        "guardianship_id": "",
        "holder": "",
        "name": name(9),
        "last4": CHILD[-4:],
        "relation": "parent",
        "consent_version": CONSENT_VERSION,
        "since": "2020-03-20T12:00:00+08:00",
    }
    child = region.find(Person, made.json()["holder"])
    assert child.division == "150102"

    path = f"/dependants/{made.json()['guardianship_id']}"
    assert client.delete(path, headers=guardian).status_code == 204
    assert client.delete(path, headers=guardian).status_code == 404
    assert client.get("/dependants", headers=guardian).json()["dependants"] == []


def test_settled_rule_14_a_guardian_gets_a_pass_for_a_dependant_and_nobody_else_does(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    holder = client.post("/dependants", json=declaration(), headers=guardian).json()["holder"]
    stranger = headers(region.token(region.person(2)))
    asked = {"request_id": "r1", "pass_class": "paper", "holder": holder}

    assert client.post("/codes", json=asked, headers=stranger).status_code == 404
    made = client.post("/codes", json=asked, headers=guardian)
    assert made.status_code in {200, 201}, made.text


WRONG = [
    ("an unknown kind", {"kind": "library_card"}, 422, "kind"),
    ("a wrong number", {"number": "990000201201010000"}, 422, "number"),
    ("a name that is none", {"name": "<b>"}, 422, "name"),
    ("a division that is none", {"division": "000000"}, 422, "division"),
    ("a division of letters", {"division": "abcdef"}, 422, "division"),
    ("another relation", {"relation": "friend"}, 422, "relation"),
    ("an old consent", {"consent_version": 99}, 422, "consent_version"),
    ("the guardian's own document", {"number": resident_number(1)}, 422, "number"),
    ("more than is asked", {"phone": "1"}, 422, "phone"),
]


@pytest.mark.parametrize(
    ("changed", "status", "field"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_declaration_that_breaks_a_rule_is_refused_by_its_field(
    client: TestClient, guardian: dict[str, str], changed: dict[str, object], status: int, field: str
) -> None:
    answer = client.post("/dependants", json=declaration(**changed), headers=guardian)

    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert CHILD not in answer.text


def test_another_guardian_of_the_same_child_is_refused(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    client.post("/dependants", json=declaration(), headers=guardian)
    other = headers(region.token(region.person(2)))

    answer = client.post("/dependants", json=declaration(), headers=other)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:comity:error:not-possible-now")


def test_a_clerk_of_the_division_allows_a_guardian_and_the_audit_says_so(
    region: RegionNode, client: TestClient
) -> None:
    person = region.person(3)
    token = headers(region.token(person))
    asked = {"kind": "resident_id", "number": resident(3).number}
    clerk = headers(region.token(region.officer(Role.APPLICANT_CLERK, division="150100")))
    far = headers(region.token(region.officer(Role.APPLICANT_CLERK, division="150200")))
    other = headers(region.token(region.officer(Role.SUPERVISOR)))

    assert client.post("/guardian-permissions", json=asked, headers=far).status_code == 404
    assert client.post("/guardian-permissions", json=asked, headers=other).status_code == 403
    assert client.post("/guardian-permissions", json=asked, headers=token).status_code == 401
    assert client.post("/guardian-permissions", json=asked, headers=clerk).status_code == 204
    assert client.get("/me", headers=token).status_code == 401


def test_a_person_sees_what_the_region_knows_them_by_and_says_where_they_live(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    shown = client.get("/me", headers=guardian)

    assert shown.headers["cache-control"] == "no-store"
    assert shown.json() | {"holder": ""} == {
        "holder": "",
        "name": name(1),
        "document_kind": "resident_id",
        "last4": resident(1).last4,
        "division": "150102",
        "added_at": "2020-03-20T12:00:00+08:00",
    }
    moved = client.put("/me/home", json={"division": "440100"}, headers=guardian)
    assert moved.json()["division"] == "440100"
    assert client.get("/me", headers=guardian).json()["division"] == "440100"
    assert client.put("/me/home", json={"division": "000000"}, headers=guardian).status_code == 422
    back = client.put("/me/home", json={"division": "150102"}, headers=guardian)
    assert (back.status_code, back.json()["clause"]) == (409, "settled rule 17")


def test_an_export_is_the_own_and_not_to_be_kept_on_the_way(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    answer = client.get("/me/export", headers=guardian)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["person"]["document_number"] == resident(1).number


def test_c0_an_officer_exports_with_the_permission_and_for_the_own_division(
    region: RegionNode, client: TestClient
) -> None:
    region.person(4, division="150203")
    asked = {"kind": "resident_id", "number": resident(4).number}
    cases = [
        (region.officer(Role.SUPERVISOR), 200),
        (region.officer(Role.SUPERVISOR, division="150200"), 200),
        (region.officer(Role.SUPERVISOR, division="150100"), 404),
        (region.officer(Role.EPIDEMIOLOGIST), 403),
    ]

    for officer, status in cases:
        token = headers(region.token(officer))
        assert client.post("/person-exports", json=asked, headers=token).status_code == status
    token = headers(region.token(cases[0][0]))
    unknown = asked | {"number": resident(5).number}
    assert client.post("/person-exports", json=unknown, headers=token).status_code == 404


def test_a_person_takes_the_data_back(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    holder = client.get("/me", headers=guardian).json()["holder"]
    assert client.post("/me/deletion", json={"delete": False}, headers=guardian).status_code == 422
    answer = client.post("/me/deletion", json={"delete": True}, headers=guardian)

    assert answer.status_code == 200
    assert answer.json()["counts"] == {"person": 1, "session": 1}
    assert client.get("/me", headers=guardian).status_code == 401
    with region.node.store.reading() as transaction:
        assert transaction.of(Person).find(HolderKey(holder)) is None


ROUTES = [
    ("GET", "/me"),
    ("PUT", "/me/home"),
    ("GET", "/me/export"),
    ("POST", "/me/deletion"),
    ("GET", "/dependants"),
    ("POST", "/dependants"),
    ("DELETE", f"/dependants/{'0' * 32}"),
    ("POST", "/guardian-permissions"),
    ("POST", "/person-exports"),
    ("DELETE", "/sign-in/session"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_with_a_wrong_or_with_an_expired_session(
    region: RegionNode, client: TestClient, method: str, path: str
) -> None:
    is_officers = path in ("/guardian-permissions", "/person-exports")
    roles = (Role.SUPERVISOR, Role.APPLICANT_CLERK)
    own, other = region.token(region.person(1)), region.token(region.officer(*roles, division=HOST))
    body = {"kind": "resident_id", "number": resident_number(1), "division": "150102", "delete": True}
    wrong = [{}, headers("0" * 64), headers(own if is_officers else other), {"authorization": "Basic x"}]

    for given in wrong:
        assert client.request(method, path, json=body, headers=given).status_code == 401
    region.at += 31 * 86_400
    expired = headers(other if is_officers else own)
    assert client.request(method, path, json=body, headers=expired).status_code == 401


def test_c2_2_a_guardian_is_told_of_a_dependant_before_standing_at_a_gate(
    region: RegionNode, client: TestClient, guardian: dict[str, str]
) -> None:
    child = client.post("/dependants", json=declaration(), headers=guardian).json()["holder"]
    began = "2020-03-20T08:00:00+08:00"
    declared = {"symptoms": ["fever"], "symptoms_began_at": began, "holder": child}
    client.post("/health-declarations", json=declared, headers=guardian)

    (told,) = client.get("/messages", headers=guardian).json()
    read = client.post(f"/messages/{told['message_id']}/read", headers=guardian)
    other = client.post(
        f"/messages/{told['message_id']}/read", headers=headers(region.token(region.person(3)))
    )

    assert (told["holder"], told["kind"]) == (child, "message.turned")
    assert (read.status_code, other.status_code) == (200, 404)
