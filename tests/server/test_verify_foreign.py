"""`POST /codes/verify-foreign`: a code of another format, answered by the issuer's word and our rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity import bootstrap
from comity.bootstrap.foreign_formats import read_formats
from comity.cli.main import run
from comity.client.opaque_codes import OpaqueCodes
from comity.domain.instant import instant_of
from comity.errors import UsageError
from comity.issuance.gate_log import GateLog, VerifiedBy
from comity.trust.bundle import Anchor, write_anchor
from tests.builders import AT, HOME, HOST, bundle_parts, key, signed_bundle
from tests.client.code_office import CODE, TOKEN, CodeOffice, served
from tests.logs import collected_logs
from tests.server.gate_node import GateNode

PATH = "/codes/verify-foreign"


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


@pytest.fixture
def office() -> Iterator[CodeOffice]:
    with served(CodeOffice()) as one:
        yield one


def opaque(office: CodeOffice) -> OpaqueCodes:
    return OpaqueCodes(issuer=HOME, prefix="YKM:", url=office.url, is_test=True)


def test_a_gate_gets_the_decision_and_what_rests_on_the_issuers_word(
    gate_node: GateNode, office: CodeOffice
) -> None:
    with gate_node.served(opaque(office)) as client:
        answer = gate_node.enrol(client).post(client, PATH, {"text": CODE}, created=AT)

    told = answer.json()
    assert answer.status_code == 200
    assert (told["outcome"], told["issuer"], told["class"]) == ("PASS", "440000", "online")
    assert told["rests_on"]["steps"] == ["V1", "V5", "V7", "V8"]
    assert told["compare_id"] is True


def test_settled_rule_15_the_log_has_device_and_outcome_and_no_line_has_the_code(
    gate_node: GateNode, office: CodeOffice
) -> None:
    with collected_logs() as lines, gate_node.served(opaque(office)) as client:
        gate = gate_node.enrol(client)
        gate.post(client, PATH, {"text": CODE}, created=AT)
        office.flaw = "out of order"
        undecided = gate.post(client, PATH, {"text": CODE}, created=AT)
        unknown = gate.post(client, PATH, {"text": "OTHER:" + TOKEN}, created=AT)

    assert TOKEN not in "\n".join(lines)
    assert undecided.json()["outcome"] == "UNDECIDED"
    assert undecided.json()["rests_on"] is None
    assert unknown.status_code == 422
    assert TOKEN not in undecided.text + unknown.text
    with gate_node.issuer.store.reading() as transaction:
        rows = transaction.of(GateLog).select()
    assert {(row.verified_by, row.outcome) for row in rows} == {
        (VerifiedBy.FOREIGN_CODE, "PASS"),
        (VerifiedBy.FOREIGN_CODE, "UNDECIDED"),
    }


def test_nobody_but_an_enrolled_gate_has_another_region_asked(
    gate_node: GateNode, office: CodeOffice
) -> None:
    with gate_node.served(opaque(office)) as client:
        gate = gate_node.enrol(client)
        answers = [
            client.post(PATH, json={"text": CODE}).status_code,
            client.post(PATH, json={"text": CODE}, headers=gate_node.signed_in()).status_code,
            gate.but(keyid="0" * 32).post(client, PATH, {"text": CODE}, created=AT).status_code,
        ]

    assert answers == [401, 401, 401]
    assert office.asked == []


def write_formats(folder: Path, *lines: str) -> Path:
    file = folder / "formats.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_comity_client_check_asks_and_answers_in_words_and_exit_codes(
    tmp_path: Path, office: CodeOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    office.at = instant_of(bootstrap.now())
    formats = write_formats(tmp_path, "[[format]]", 'issuer="440000"', 'prefix="YKM:"', f'url="{office.url}"')
    (tmp_path / "bundle.cbor").write_bytes(
        signed_bundle(replace(bundle_parts(), issued_at=office.at, hub_as_of=office.at))
    )
    anchor = write_anchor(Anchor(host=HOST, root=key(HOST, "root").public))
    (tmp_path / "anchor.cbor").write_bytes(anchor)
    words = ["--bundle", str(tmp_path / "bundle.cbor"), "--anchor", str(tmp_path / "anchor.cbor")]
    words += ["--formats", str(formats)]

    assert run(["client", "check", CODE, *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rests_on"]["issuer"] == "440000"
    office.flaw = "signed by another"
    assert run(["client", "check", CODE, *words]) == 14
    told = capsys.readouterr()
    assert "no fault of yours" in told.out
    assert TOKEN not in told.out + told.err
    assert run(["client", "check", "CM1:ABC", *words]) == 2


@pytest.mark.parametrize(
    "lines",
    [
        ["["],
        ["[other]"],
        ["[[format]]", 'issuer="440000"', 'prefix="YKM:"'],
        ["[[format]]", 'issuer="990000"', 'prefix="YKM:"', 'url="https://x.example"'],
        ["[[format]]", 'issuer="440000"', 'prefix="CM1:"', 'url="https://x.example"'],
        ["[[format]]", 'issuer="440000"', 'prefix="YKM:"', 'url="http://x.example"'],
        ["[[format]]", 'issuer="440000"', 'prefix="YKM:"', 'url="https://x.example"'] * 2,
    ],
)
def test_a_file_of_formats_that_is_wrong_is_told(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(UsageError):
        read_formats(write_formats(tmp_path, *lines), is_test=False)
