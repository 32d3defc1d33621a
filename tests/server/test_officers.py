"""Officers over HTTP: accounts, passkeys, recovery, sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typing_extensions import override

from comity.domain.instant import DAY, HOUR, MINUTE
from comity.officers.accounts import NewAccount, found_officers
from comity.officers.passkeys import PasskeyCredential
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.sessions import Session
from comity.storage.memory import MemoryStore
from tests.region import PUBLIC_URL, RegionNode, headers
from tests.server.authenticator import Authenticator

SUPERVISOR = NewAccount(display_name="Supervision", roles=[Role.SUPERVISOR], division="150000")


class Desk:
    """An officer at a browser."""

    def __init__(self, client: TestClient, label: str) -> None:
        self.client = client
        self.passkey = Authenticator(PUBLIC_URL, label=label)
        self.recovery_codes: list[str] = []
        self.officer_id = ""

    def enrol(self, code: str, **flaws: Any) -> Any:
        begun = self.client.post("/officers/enrolment/options", json={"code": code})
        if begun.status_code != 200:
            return begun
        asked = begun.json()
        answer = self.client.post(
            "/officers/enrolment",
            json={
                "code": code,
                "challenge_id": asked["challenge_id"],
                "credential": self.passkey.register(asked["options"], **flaws),
            },
        )
        if answer.status_code == 201:
            self.recovery_codes = answer.json()["recovery_codes"]
            self.officer_id = answer.json()["officer"]["officer_id"]
        return answer

    def sign_in(self, **flaws: Any) -> Any:
        asked = self.client.post("/officers/sign-in/options").json()
        credential = self.passkey.sign_in(asked["options"], **flaws)
        return self.client.post(
            "/officers/sign-in", json={"challenge_id": asked["challenge_id"], "credential": credential}
        )

    def signed_in(self) -> dict[str, str]:
        return headers(self.sign_in().json()["token"])


@pytest.fixture
def region(tmp_path: Path) -> RegionNode:
    return RegionNode(tmp_path)


@pytest.fixture
def client(region: RegionNode) -> Iterator[TestClient]:
    with TestClient(region.app()) as client:
        yield client


@pytest.fixture
def supervisor(region: RegionNode, client: TestClient) -> Desk:
    with region.issuer.store.transaction() as transaction:
        ((_, code),) = found_officers(transaction, region.issuer, [SUPERVISOR], at=region.at)
    desk = Desk(client, "supervisor")
    assert desk.enrol(code).status_code == 201
    return desk


def add(desk: Desk, roles: list[str], division: str = "150100") -> Any:
    return desk.client.post(
        "/officers",
        json={"display_name": "Desk", "roles": roles, "division": division},
        headers=desk.signed_in(),
    )


def new_desk(supervisor: Desk, label: str, roles: list[str], division: str = "150100") -> Desk:
    desk = Desk(supervisor.client, label)
    assert desk.enrol(add(supervisor, roles, division).json()["enrolment_code"]).status_code == 201
    return desk


def test_the_first_supervisor_enrols_by_code_signs_in_and_adds_another_officer(supervisor: Desk) -> None:
    added = add(supervisor, ["epidemiologist"])

    clerk = Desk(supervisor.client, "clerk")
    enrolled = clerk.enrol(added.json()["enrolment_code"])
    me = supervisor.client.get("/officers/me", headers=clerk.signed_in())

    assert added.status_code == 201
    assert enrolled.status_code == 201
    assert len(clerk.recovery_codes) == 10
    assert me.json()["roles"] == ["epidemiologist"]


def test_a_code_enrols_once(supervisor: Desk) -> None:
    code = add(supervisor, ["epidemiologist"]).json()["enrolment_code"]
    Desk(supervisor.client, "one").enrol(code)

    again = Desk(supervisor.client, "two").enrol(code)

    assert again.status_code == 401


def test_a_code_is_good_for_three_days(region: RegionNode, supervisor: Desk) -> None:
    code = add(supervisor, ["epidemiologist"]).json()["enrolment_code"]
    region.at += 3 * DAY

    assert Desk(supervisor.client, "late").enrol(code).status_code == 401


def test_a_challenge_is_good_for_five_minutes_and_for_once(region: RegionNode, supervisor: Desk) -> None:
    def answer(asked: Any) -> int:
        credential = supervisor.passkey.sign_in(asked["options"])
        body = {"challenge_id": asked["challenge_id"], "credential": credential}
        return supervisor.client.post("/officers/sign-in", json=body).status_code

    first, second = (supervisor.client.post("/officers/sign-in/options").json() for _ in range(2))
    region.at += 5 * MINUTE - 1
    in_time, again = answer(first), answer(first)
    region.at += 1

    assert (in_time, again, answer(second)) == (200, 401, 401)


@pytest.mark.parametrize("flaw", ["unverified user", "other origin", "other key", "no credential"])
def test_a_passkey_that_does_not_hold_signs_nobody_in(supervisor: Desk, flaw: str) -> None:
    flaws = {"is_user_verified": False} if flaw == "unverified user" else {}
    if flaw == "other origin":
        supervisor.passkey.origin = "https://node.example.org"
    if flaw == "other key":
        other = Authenticator(PUBLIC_URL, label="stranger")
        other.credential_id = supervisor.passkey.credential_id
        other.sign_count = 5
        supervisor.passkey = other
    if flaw == "no credential":
        supervisor.passkey.credential_id = b"nobody's"

    assert supervisor.sign_in(**flaws).status_code == 401


def test_a_passkey_of_an_unverified_user_is_not_enrolled(supervisor: Desk) -> None:
    code = add(supervisor, ["epidemiologist"]).json()["enrolment_code"]

    refused = Desk(supervisor.client, "desk").enrol(code, is_user_verified=False)

    assert refused.status_code == 422
    assert Desk(supervisor.client, "desk").enrol(code).status_code == 201


def test_a_sign_count_that_does_not_rise_is_refused_and_recorded(
    region: RegionNode, supervisor: Desk
) -> None:
    supervisor.sign_in()

    refused = supervisor.sign_in(counts=False)

    assert refused.status_code == 401
    with region.issuer.store.reading() as transaction:
        assert transaction.of(AuditRow).select(equal("act", "passkey_count_fell"))


@pytest.mark.parametrize("body", [{}, {"id": 3}, {"id": "AQ", "rawId": "AQ", "type": "public-key"}])
def test_a_credential_that_is_none_is_told_and_no_fault(supervisor: Desk, body: dict[str, Any]) -> None:
    asked = supervisor.client.post("/officers/sign-in/options").json()

    refused = supervisor.client.post(
        "/officers/sign-in", json={"challenge_id": asked["challenge_id"], "credential": body}
    )

    assert refused.status_code == 422


def test_a_session_lasts_eight_hours_and_ends_by_signing_out(region: RegionNode, supervisor: Desk) -> None:
    signed_in, other = supervisor.signed_in(), supervisor.signed_in()
    supervisor.client.post("/officers/sign-out", headers=other)
    region.at += 8 * HOUR - 1

    assert supervisor.client.get("/officers/me", headers=signed_in).status_code == 200
    assert supervisor.client.get("/officers/me", headers=other).status_code == 401
    region.at += 1
    assert supervisor.client.get("/officers/me", headers=signed_in).status_code == 401


def test_c0_a_supervisor_adds_officers_only_within_the_own_division(supervisor: Desk) -> None:
    city = new_desk(supervisor, "city", ["supervisor"])

    assert add(city, ["epidemiologist"], "150102").status_code == 201
    assert add(city, ["epidemiologist"], "150200").status_code == 403
    assert add(city, ["epidemiologist"], "150000").status_code == 403
    assert add(city, ["key_custodian"]).status_code == 403
    assert add(supervisor, ["epidemiologist"], "440100").status_code == 403
    listed = city.client.get("/officers", headers=city.signed_in()).json()
    assert {officer["division"] for officer in listed} == {"150100", "150102"}


def test_a_closed_account_is_shut_out_at_once(supervisor: Desk) -> None:
    clerk = new_desk(supervisor, "clerk", ["applicant_clerk"])
    session = clerk.signed_in()

    closed = supervisor.client.post(f"/officers/{clerk.officer_id}/closing", headers=supervisor.signed_in())

    assert closed.json()["is_active"] is False
    assert supervisor.client.get("/officers/me", headers=session).status_code == 401
    assert clerk.sign_in().status_code == 401


def test_nobody_changes_their_own_account(supervisor: Desk) -> None:
    own = f"/officers/{supervisor.officer_id}"
    session = supervisor.signed_in()

    assert supervisor.client.post(f"{own}/closing", headers=session).status_code == 403
    roles = {"roles": ["supervisor", "key_custodian"]}
    assert supervisor.client.put(f"{own}/roles", json=roles, headers=session).status_code == 403


def test_a_recovery_serves_only_after_another_officer_confirmed(supervisor: Desk) -> None:
    clerk = new_desk(supervisor, "clerk", ["applicant_clerk"])
    begun = recover(clerk, clerk.recovery_codes[2]).json()
    replacement = Desk(supervisor.client, "new phone")

    before = replacement.enrol(begun["enrolment_code"]).status_code
    confirmed = confirm(supervisor, begun["recovery_id"])
    after = replacement.enrol(begun["enrolment_code"]).status_code

    assert (before, confirmed, after) == (401, 204, 201)
    assert clerk.sign_in().status_code == 401
    assert replacement.sign_in().status_code == 200


def test_nobody_confirms_their_own_recovery_or_one_outside_the_division(supervisor: Desk) -> None:
    second = new_desk(supervisor, "second", ["second_officer"])
    elsewhere = new_desk(supervisor, "elsewhere", ["second_officer"], "150200")
    begun = recover(second, second.recovery_codes[0]).json()["recovery_id"]

    assert confirm(second, begun) == 403
    assert confirm(elsewhere, begun) == 403
    waiting = supervisor.client.get("/officers/recovery", headers=supervisor.signed_in()).json()
    assert [one["recovery_id"] for one in waiting] == [begun]


def test_a_recovery_code_serves_once_and_guessing_is_stopped(supervisor: Desk) -> None:
    code = supervisor.recovery_codes[0]

    first = recover(supervisor, code).status_code
    rest = [recover(supervisor, code).status_code for _ in range(6)]

    assert first == 201
    assert rest == [401, 401, 401, 401, 401, 429]


def test_every_act_on_an_account_is_in_the_audit(region: RegionNode, supervisor: Desk) -> None:
    clerk = new_desk(supervisor, "clerk", ["applicant_clerk"])
    supervisor.client.post(f"/officers/{clerk.officer_id}/closing", headers=supervisor.signed_in())

    with region.issuer.store.reading() as transaction:
        acts = [row.act for row in transaction.of(AuditRow).select(equal("subject", clerk.officer_id))]
        assert verify_audit(transaction).faults == ()
    assert acts == ["officer_added", "passkey_added", "officer_closed"]


def recover(desk: Desk, code: str) -> Any:
    return desk.client.post("/officers/recovery", json={"officer_id": desk.officer_id, "code": code})


def confirm(desk: Desk, recovery_id: str) -> int:
    answer = desk.client.post(f"/officers/recovery/{recovery_id}/confirmation", headers=desk.signed_in())
    return answer.status_code


class Meanwhile(MemoryStore):
    """Records in memory; `then` happens once, right after something was read."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], object] | None = None

    @contextmanager
    @override
    def reading(self) -> Iterator[Transaction]:
        with super().reading() as transaction:
            yield transaction
        then, self.then = self.then, None
        if then is not None:
            then()


def test_a_session_that_a_recovery_ends_at_this_moment_adds_no_passkey(tmp_path: Path) -> None:
    region = RegionNode(tmp_path, store=(store := Meanwhile()))
    with region.issuer.store.transaction() as transaction:
        ((officer, code),) = found_officers(transaction, region.issuer, [SUPERVISOR], at=region.at)
    with TestClient(region.app()) as client:
        desk = Desk(client, "supervisor")
        desk.enrol(code)
        thief = desk.signed_in()
        asked = client.post("/officers/me/passkeys/options", headers=thief).json()
        body = {
            "challenge_id": asked["challenge_id"],
            "credential": Desk(client, "thief").passkey.register(asked["options"]),
        }

        def end() -> None:
            with store.transaction() as transaction:
                transaction.of(Session).remove(equal("who", officer.officer_id))

        store.then = end
        answer = client.post("/officers/me/passkeys", json=body, headers=thief)

    assert answer.status_code == 401
    with store.reading() as transaction:
        assert len(transaction.of(PasskeyCredential).select()) == 1
