"""Opaque codes checked online: good answers, and every way in which an issuer can fail a gate."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comity.client.foreign_gate import ForeignGate
from comity.client.opaque_codes import OpaqueCodes
from comity.domain.colour import Colour, PassClass
from comity.errors import DownloadFailed, UsageError
from comity.trust.attested_answers import AttestedState
from comity.verify.foreign_codes import ForeignDecision
from tests.builders import AT, HOME, Crossing, claims, moment
from tests.client.code_office import CODE, TOKEN, CodeOffice, served
from tests.region import Lots

FORMAT: Final = OpaqueCodes(issuer=HOME, prefix="YKM:", url="http://127.0.0.1:1/answers", is_test=True)


@pytest.fixture
def office() -> Iterator[CodeOffice]:
    with served(CodeOffice()) as one:
        yield one


def gate(url: str, **changes: Any) -> ForeignGate:
    return ForeignGate([replace(FORMAT, url=url, **changes)], draw=Lots("nonce").draw)


def answered(at_gate: ForeignGate, text: str = CODE) -> ForeignDecision:
    answer = at_gate.answer(text, Crossing(claims=claims()).bundle(), clock=lambda: moment(AT))
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("colour", "outcome"), [(Colour.GREEN, "PASS"), (Colour.YELLOW, "CONTROL"), (Colour.RED, "CONTROL")]
)
def test_c2_2_a_code_that_says_nothing_by_itself_is_answered_by_the_hosts_rules(
    office: CodeOffice, colour: Colour, outcome: str
) -> None:
    office.codes = {CODE: claims(PassClass.ONLINE, colour)}

    assert answered(gate(office.url)).decision.outcome == outcome


def test_settled_rule_7_a_code_that_is_not_current_or_not_known_has_no_colour(office: CodeOffice) -> None:
    office.codes = {CODE: AttestedState.SUPERSEDED}

    assert answered(gate(office.url)).decision.reason == "superseded"
    assert answered(gate(office.url), CODE + "x").decision.reason == "unreadable"


def test_settled_rule_15_the_code_stands_in_the_body_alone_and_each_question_is_another(
    office: CodeOffice,
) -> None:
    at_gate = gate(office.url)
    answered(at_gate)
    answered(at_gate)

    assert office.paths == ["/answers"] * 2
    assert [asked["code"] for asked in office.asked] == [CODE] * 2
    assert len({asked["nonce"] for asked in office.asked}) == 2


@pytest.mark.parametrize(
    "flaw",
    [
        "no word",
        "slow",
        "out of order",
        "moved",
        "unknown",
        "a web page",
        "endless",
        "cut off",
        "empty",
        "signed by another",
    ],
)
def test_an_issuer_that_fails_leads_to_the_manual_path_and_its_code_into_no_message(
    office: CodeOffice, flaw: str
) -> None:
    office.flaw = flaw

    answer = answered(gate(office.url, seconds=0.3))

    assert (answer.decision.outcome, answer.decision.reason) == ("UNDECIDED", "status_missing")
    assert answer.decision.colour is None
    assert office.paths in ([], ["/answers"])


@pytest.mark.parametrize("flaw", ["no word", "out of order", "endless", "a web page"])
def test_settled_rule_15_no_error_has_the_code_in_it(office: CodeOffice, flaw: str) -> None:
    office.flaw = flaw

    with pytest.raises(DownloadFailed) as failed:
        replace(FORMAT, url=office.url).ask(CODE, nonce=bytes(16))

    error = failed.value
    assert TOKEN not in f"{error}{error.next_step}{error.__cause__}{error.__context__}"


def test_an_issuer_that_is_gone_leads_to_the_manual_path() -> None:
    assert answered(gate("http://127.0.0.1:9/answers")).decision.outcome == "UNDECIDED"


def test_an_answer_that_comes_late_by_its_clock_is_none(office: CodeOffice) -> None:
    office.at = AT - 60

    assert answered(gate(office.url)).decision.detail == "reason.status_missing.answer_not_fresh"


def test_beyond_a_number_of_questions_a_gate_waits_for_nobody(office: CodeOffice) -> None:
    office.flaw = "slow"
    at_gate = ForeignGate([replace(FORMAT, url=office.url)], draw=Lots("n").draw, most_asked=1)
    first: list[ForeignDecision] = []
    waiting = threading.Thread(target=lambda: first.append(answered(at_gate)))
    waiting.start()
    while not office.asked:
        pass

    assert answered(at_gate).decision.outcome == "UNDECIDED"
    waiting.join()
    assert [each.decision.outcome for each in first] == ["PASS"]
    office.flaw = ""
    assert answered(at_gate).decision.outcome == "PASS"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        (CODE, True),
        ("YKM:" + "a" * 15, False),
        ("YKM:" + "a" * 129, False),
        ("YKM:" + "a" * 16 + "\n", False),
        ("YKM:" + "a b" * 8, False),
        ("ykm:" + TOKEN, False),
        ("CM1:" + TOKEN, False),
        ("", False),
    ],
)
def test_a_format_is_known_by_its_prefix_and_a_token(text: str, reads: bool) -> None:
    assert gate("http://127.0.0.1:9/").reads(text) is reads


@pytest.mark.parametrize(
    "changes",
    [
        {"prefix": "CM1:"},
        {"prefix": "CMN1:"},
        {"prefix": ""},
        {"prefix": "ykm:"},
        {"url": "https://x.example/a?token=1"},
        {"url": "ftp://x.example"},
        {"url": "https:///a"},
        {"url": "http://x.example/a", "is_test": False},
    ],
)
def test_a_format_that_cannot_be_one_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        replace(FORMAT, **changes)


def test_an_issuer_is_asked_over_tls_and_under_a_certificate_that_holds(tmp_path: Path) -> None:
    certificate, secret = self_signed(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate, secret)
    with served(CodeOffice(), tls=theirs) as office:
        trusting = ssl.create_default_context(cafile=str(certificate))

        assert answered(gate(office.url, is_test=False, tls=trusting)).decision.outcome == "PASS"
        assert answered(gate(office.url, is_test=False)).decision.outcome == "UNDECIDED"


def self_signed(folder: Path) -> tuple[Path, Path]:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key_file
