"""What the hub orders: steps, locations, the national authority and its rulebook, read as written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.domain.national_rulebook import NationalRow, NationalRulebook, national_in_force
from comity.domain.recognition import RecognitionStep, Release, Step
from comity.domain.rulebook_document import read_rulebook
from comity.domain.texts import Text
from comity.errors import PublicationRefused, StatementRefused, UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.keys import Usage
from comity.trust.location import Location, read_location, write_location
from comity.trust.national_statements import (
    NationalAuthority,
    read_national_authority,
    read_national_rulebook,
    write_national_authority,
    write_national_rulebook,
)
from comity.trust.recognition_steps import read_step, write_step
from comity.trust.statements import Kind, write_statement
from tests.builders import AT, HOME, HOST, HUB, HUBEI, key, key_list

SIGNER = key(HOST, Usage.STATEMENT)
KEYS = key_list(HOST)
STEP = RecognitionStep(host=HOST, issuer=HOME, version=1, step=Step.INVITED, at=AT)
REPORT = replace(
    STEP,
    step=Step.DEVIATION_REPORTED,
    effective_from=AT + 90_000,
    reason=Text(zh="标准不同", en="Other standards"),
)
LOCATION = Location(region=HOST, version=1, url="https://pass.example:8443/150000")
AUTHORITY = NationalAuthority(version=1, key=key("authority").public, valid_from=AT)
HUBEI_ROW = NationalRow(
    issuer=HUBEI,
    authority="Hubei command",
    releases=(
        Release(effective_from=AT, areas_except=("420100",)),
        Release(effective_from=AT + 9),
    ),
    names_areas=True,
)
NATIONAL = NationalRulebook(version=1, published_at=AT, valid_from=AT, rows=(HUBEI_ROW,))


@pytest.mark.parametrize("step", [STEP, REPORT])
def test_c2_1_a_step_is_read_as_it_was_written(step: RecognitionStep) -> None:
    assert read_step(write_step(step, SIGNER, is_test=True), KEYS, at=AT, is_test=True) == step


def test_settled_rule_4_a_step_of_a_host_is_signed_by_that_host() -> None:
    with pytest.raises(StatementRefused):
        read_step(write_step(STEP, key(HOME, Usage.STATEMENT), is_test=True), KEYS, at=AT, is_test=True)
    other = write_step(replace(STEP, host=HOME, issuer=HOST), SIGNER, is_test=True)
    with pytest.raises(StatementRefused):
        read_step(other, KEYS, at=AT, is_test=True)


@pytest.mark.parametrize("exchange", [None, key("exchange").public])
def test_a_location_is_read_as_it_was_written(exchange: PublicKey | None) -> None:
    given = replace(LOCATION, exchange_key=exchange)
    assert read_location(write_location(given, SIGNER, is_test=True), KEYS, at=AT, is_test=True) == given


@pytest.mark.parametrize(
    "url",
    [
        "ftp://pass.example",
        "https://pass.example/",
        "https://user@pass.example",
        "https://pass.example?x=1",
        "javascript:alert(1)",
        "https://pass..example",
        "https://-.example",
        "https://" + "x" * 64 + ".example",
        "https://pass.example:0",
        "https://pass.example:99999",
        "https://pass.example/" + "x" * 200,
    ],
)
def test_a_location_that_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(UnreadableStatement):
        write_location(replace(LOCATION, url=url), SIGNER, is_test=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://pass.example",
        "http://127.0.0.1:8150",
        "https://localhost",
        "https://node.localhost",
        "https://printer.local",
        "https://node",
        "https://127.0.0.1",
        "https://127.1",
        "https://0x7f000001",
        "https://2130706433",
        "https://10.1.2.3",
        "https://172.16.0.1",
        "https://192.168.1.20",
        "https://169.254.169.254",
        "https://0.0.0.0",
        "https://224.0.0.1",
        "https://100.64.0.1",
    ],
)
def test_a_location_leads_nobody_into_a_private_network(url: str) -> None:
    with pytest.raises(UnreadableStatement):
        write_location(replace(LOCATION, url=url), SIGNER, is_test=False)
    forged = write_statement({"region": HOST, "version": 1, "url": url}, Kind.LOCATION, SIGNER, is_test=False)
    with pytest.raises(UnreadableStatement):
        read_location(forged, KEYS, at=AT, is_test=False)


@pytest.mark.parametrize(
    ("url", "is_test"),
    [
        ("https://pass.example:8443/150000", False),
        ("https://8.8.8.8:443", False),
        ("http://127.0.0.1:8150/a", True),
        ("http://localhost:8150", True),
        ("https://192.168.1.20", True),
    ],
)
def test_a_public_address_or_a_test_on_one_machine_is_a_location(url: str, is_test: bool) -> None:
    given = replace(LOCATION, url=url)
    data = write_location(given, SIGNER, is_test=is_test)

    assert read_location(data, KEYS, at=AT, is_test=is_test) == given


def test_a_test_federation_is_not_plain_http_between_machines() -> None:
    with pytest.raises(UnreadableStatement):
        write_location(replace(LOCATION, url="http://192.168.1.20:8150"), SIGNER, is_test=True)


@pytest.mark.parametrize("version", [2**53, 2**63, 2**64 - 1])
def test_a_number_that_no_database_keeps_is_refused_on_reading(version: int) -> None:
    step = write_step(replace(STEP, version=version), SIGNER, is_test=True)
    place = write_location(replace(LOCATION, version=version), SIGNER, is_test=True)
    named = write_national_authority(replace(AUTHORITY, version=version), HUB, is_test=True)

    with pytest.raises(UnreadableStatement):
        read_step(step, KEYS, at=AT, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_location(place, KEYS, at=AT, is_test=True)
    with pytest.raises(UnreadableStatement):
        read_national_authority(named, HUB.public, is_test=True)
    with pytest.raises(PublicationRefused):
        read_rulebook({"region": HOST, "version": version})


def test_c3_3_the_hub_names_the_authority_and_the_authority_signs_the_national_rulebook() -> None:
    named = write_national_authority(AUTHORITY, HUB, is_test=True)
    book = write_national_rulebook(NATIONAL, key("authority"), is_test=True)

    authority = read_national_authority(named, HUB.public, is_test=True)

    assert authority == AUTHORITY
    assert read_national_rulebook(book, authority.key, is_test=True) == NATIONAL


def test_c3_3_the_hub_cannot_speak_for_the_authority() -> None:
    forged = write_national_rulebook(NATIONAL, HUB, is_test=True)
    with pytest.raises(StatementRefused):
        read_national_rulebook(forged, AUTHORITY.key, is_test=True)


def test_two_rows_about_one_issuer_are_refused() -> None:
    twice = replace(NATIONAL, rows=(HUBEI_ROW, HUBEI_ROW))
    data = write_national_rulebook(twice, key("authority"), is_test=True)
    with pytest.raises(StatementRefused):
        read_national_rulebook(data, AUTHORITY.key, is_test=True)


def test_c3_3_the_newest_national_rulebook_that_has_begun_counts() -> None:
    later = replace(NATIONAL, version=2, valid_from=AT + 9)
    assert national_in_force([NATIONAL, later], AT + 8) == NATIONAL
    assert national_in_force([NATIONAL, later], AT + 9) == later
    assert national_in_force([NATIONAL], AT - 1) is None
