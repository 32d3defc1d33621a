"""The hub over HTTP: regions ask, officers decide, regions publish, and everybody fetches what was signed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.bootstrap.hub_publication import order_hub_statements
from comity.codec.cose import read_sign1
from comity.distribution.names import CURRENT, HISTORY
from comity.distribution.publication import sign_publication, write_publication
from comity.distribution.statement_file import read_hub_file, read_statement_file
from comity.domain.instant import DAY, rfc3339
from comity.domain.national_rulebook import NationalRow, NationalRulebook
from comity.domain.region import RegionCode
from comity.hub.national import name_authority
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.location import Location, write_location
from comity.trust.membership import write_key_list
from comity.trust.national_statements import write_national_rulebook
from comity.trust.signing import sign_message
from tests.builders import AT, HOME, HOST, HUBEI, key, key_list
from tests.distribution.hub import current_file
from tests.hub_office import AUTHORITY, Pair, rulebook
from tests.region import headers
from tests.server.hub_server import HubServer, Publisher, application

CBOR = {"content-type": "application/cbor"}


@pytest.fixture
def hub(tmp_path: Path) -> HubServer:
    return HubServer(tmp_path)


@pytest.fixture
def client(hub: HubServer) -> Iterator[TestClient]:
    with hub.client() as client:
        yield client


def post(hub: HubServer, client: TestClient, officer: Officer, path: str, body: Any) -> Any:
    return client.post(path, json=body, headers=headers(hub.token(officer)))


def admit(hub: HubServer, *regions: RegionCode) -> None:
    hub.admit(*regions)
    order_hub_statements(hub.opened)


def publish(client: TestClient, publisher: Publisher) -> Any:
    return client.post("/publications", content=publisher.body(), headers=CBOR)


def target(hub: HubServer, path: str) -> bytes:
    """What a region's or the hub's file holds now, as everybody fetches it."""
    folder, _, name = path.rpartition("/")
    found = sorted(
        (hub.opened.folder.repository / "targets" / folder).glob(f"*.{name}"),
        key=lambda file: file.stat().st_mtime_ns,
    )
    return found[-1].read_bytes()


def test_a_region_asks_two_officers_let_it_in_and_the_repository_says_so(
    hub: HubServer, client: TestClient
) -> None:
    asked = client.post("/membership-applications", json=application(HOST))
    waiting = client.get("/membership-applications", headers=headers(hub.token(hub.first))).json()
    proposed = post(
        hub,
        client,
        hub.first,
        "/membership-proposals",
        {"region": HOST, "change": "admission", "application_id": asked.json()["application_id"]},
    ).json()
    path = f"/membership-proposals/{proposed['proposal_id']}/approval"
    own = post(hub, client, hub.first, path, {"root": proposed["root"]})
    approved = post(hub, client, hub.second, path, {"root": proposed["root"]})

    assert asked.status_code == 201
    assert waiting[0]["root"] == key(HOST, "root").public.thumbprint.hex() == proposed["root"]
    assert own.status_code == 403
    assert approved.json()["state"] == "approved"
    assert len(read_hub_file(target(hub, "hub/current.cbor")).memberships) == 1
    assert hub.opened.repository.state().is_delegated(HOST)


def test_settled_rule_5_an_exit_with_short_notice_is_refused_with_the_clause(
    hub: HubServer, client: TestClient
) -> None:
    admit(hub, HOST)
    asked = {
        "region": HOST,
        "change": "exit",
        "effective_from": rfc3339(AT + DAY - 1),
        "reason": {"zh": "系统更换", "en": "The system is replaced"},
    }

    refused = post(hub, client, hub.first, "/membership-proposals", asked)
    asked["effective_from"] = rfc3339(AT + DAY)
    taken = post(hub, client, hub.first, "/membership-proposals", asked)

    assert (refused.status_code, refused.json()["clause"]) == (422, "settled rule 5")
    assert refused.json()["reason"] == "short_notice"
    assert taken.status_code == 201


def test_c2_1_what_a_region_publishes_is_what_everybody_fetches(hub: HubServer, client: TestClient) -> None:
    admit(hub, HOST, HOME)
    host, pair = Publisher(HOST), Pair()
    host.history = pair.until_confirmed()
    host.recognitions[HOME] = pair.publication()
    host.rulebooks.append(rulebook())

    answer = publish(client, host)

    assert answer.status_code == 200, answer.text
    assert [each["kind"] for each in answer.json()["accepted"]] == [
        "rulebook",
        "recognition_step",
        "recognition_step",
        "recognition_step",
        "recognition",
    ]
    fetched = read_statement_file(target(hub, f"regions/{HOST}/current.cbor"), region=HOST)
    assert fetched.recognitions == (host.recognitions[HOME],)


def test_sending_a_publication_again_is_safe(hub: HubServer, client: TestClient) -> None:
    admit(hub, HOST)
    body = Publisher(HOST).body()

    answers = [client.post("/publications", content=body, headers=CBOR) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert hub.opened.repository.version_of(HOST) == 1


def test_a_publication_of_a_region_that_is_no_member_is_refused(hub: HubServer, client: TestClient) -> None:
    admit(hub, HOST)

    answer = publish(client, Publisher(HOME))

    assert (answer.status_code, answer.json()["reason"]) == (422, "not_a_member")


def test_settled_rule_5_something_in_force_cannot_simply_be_left_out(
    hub: HubServer, client: TestClient
) -> None:
    admit(hub, HOST, HOME)
    host, pair = Publisher(HOST), Pair()
    host.history = pair.until_confirmed()
    host.recognitions[HOME] = pair.publication()
    publish(client, host)
    host.recognitions.clear()

    answer = publish(client, host)

    assert (answer.status_code, answer.json()["reason"]) == (422, "left_out")
    assert hub.opened.repository.version_of(HOST) == 1


def test_metadata_signed_by_another_region_are_refused_and_nothing_is_kept(
    hub: HubServer, client: TestClient
) -> None:
    admit(hub, HOST, HOME)
    host = Publisher(HOST)
    host.rulebooks.append(rulebook())
    host.signer = key(HOME, "statement")

    answer = publish(client, host)

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:comity:error:statement-refused")
    assert hub.publish(HOST, rulebook())  # it was not kept before


def test_nothing_of_a_publication_is_opened_before_its_signature_is_known(
    hub: HubServer, client: TestClient
) -> None:
    admit(hub, HOST)
    stranger = key("stranger")
    bomb = zlib.compress(bytes(2**22))
    for files in ({CURRENT: b"no zlib"}, {CURRENT: bomb}, {CURRENT: current_file(HOME), HISTORY: bomb}):
        forged = sign_publication(HOST, 1, files, stranger, at=AT)
        answer = client.post("/publications", content=write_publication(forged), headers=CBOR)

        assert (answer.status_code, answer.json()["type"]) == (422, "urn:comity:error:statement-refused")
        assert "not signed by the keys" in answer.json()["detail"]


def test_a_statement_signed_again_by_nobody_does_not_get_into_the_history(
    hub: HubServer, client: TestClient
) -> None:
    admit(hub, HOST)
    host = Publisher(HOST)
    host.rulebooks.append(rulebook())
    publish(client, host)
    signed = read_sign1(rulebook())
    host.history = [sign_message(signed.payload, key("stranger"), typ=signed.header.typ)]

    refused = publish(client, host)

    assert (refused.status_code, refused.json()["reason"]) == (422, "another_regions_key")
    assert hub.opened.repository.version_of(HOST) == 1


def test_a_version_that_leaps_ahead_is_refused(hub: HubServer, client: TestClient) -> None:
    admit(hub, HOST)
    host = Publisher(HOST)
    host.version = 7

    assert publish(client, host).status_code == 422


def test_new_keys_and_what_they_sign_come_in_with_one_publication(hub: HubServer, client: TestClient) -> None:
    admit(hub, HOST)
    host, new = Publisher(HOST), key("new statement")
    publish(client, host)
    entries = tuple(
        replace(entry, revoked_at=AT) if entry.usage is Usage.STATEMENT else entry
        for entry in key_list(HOST).entries
    )
    known = KeyList(
        region=HOST,
        version=2,
        root=key(HOST, "root").public,
        entries=(*entries, KeyEntry(key=new.public, usage=Usage.STATEMENT)),
    )
    host.key_list = write_key_list(known, key(HOST, "root"), is_test=True)
    host.signer = new
    assert publish(client, host).status_code == 422  # the location is still under the old key

    host.version -= 1
    host.location = write_location(
        Location(region=HOST, version=2, url="https://node.example/150000"), new, is_test=True
    )

    assert publish(client, host).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"\xa0", b"\xff" * 100, b"\xa1\x66region\x66150000", bytes(4 * 2**20)],
    ids=["nothing", "an empty map", "no CBOR", "a map without metadata", "four megabytes"],
)
def test_what_is_no_publication_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/publications", content=body, headers=CBOR)

    assert answer.status_code in (413, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_c3_3_the_authoritys_officer_brings_what_the_authority_signed(
    hub: HubServer, client: TestClient
) -> None:
    admit(hub, HUBEI)
    with hub.hub.store.transaction() as transaction:
        name_authority(transaction, hub.hub, AUTHORITY.public, actor="test", at=AT)
    row = NationalRow(issuer=HUBEI, authority="Hubei command")
    book = NationalRulebook(version=1, published_at=AT, valid_from=AT, rows=(row,))
    data = write_national_rulebook(book, AUTHORITY, is_test=True)
    officer = hub.officer(Role.NATIONAL_AUTHORITY)

    given = headers(hub.token(officer)) | CBOR
    answer = client.post("/national-rulebooks", content=data, headers=given)
    forged = client.post(
        "/national-rulebooks",
        content=write_national_rulebook(book, key("hub"), is_test=True),
        headers=given,
    )

    assert answer.status_code == 201, answer.text
    assert answer.json()["issuers"] == [HUBEI]
    assert forged.status_code == 422
    assert read_hub_file(target(hub, "hub/current.cbor")).rulebooks == (data,)


def test_the_repository_is_served_with_the_caching_each_file_deserves(
    hub: HubServer, client: TestClient
) -> None:
    timestamp = client.get("/repository/metadata/timestamp.json")
    root = client.get("/repository/metadata/1.root.json")
    again = client.get(
        "/repository/metadata/timestamp.json", headers={"if-none-match": timestamp.headers["etag"]}
    )
    missing = client.get("/repository/metadata/9.root.json")

    assert timestamp.headers["cache-control"] == "public, max-age=60"
    assert "immutable" in root.headers["cache-control"]
    assert again.status_code == 304
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "metadata/..%2f..%2fkeys.cbor",
        "metadata/keys.cbor",
        "targets/../../keys.cbor",
        "targets/hub/..%2f..%2f..%2fkeys.cbor",
        "targets/regions/150000/current.cbor",
    ],
)
def test_nothing_beside_the_repository_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/repository/{path}").status_code in (404, 422)


def test_the_hub_says_whether_it_is_ready(hub: HubServer, client: TestClient) -> None:
    admit(hub, HOST)

    ready = client.get("/health/ready")
    hub.at = AT + 3 * DAY
    late = client.get("/health/ready")

    assert (ready.status_code, ready.json()["members"]) == (200, 1)
    assert (late.status_code, late.json()["status"]) == (503, "not ready")
