"""Texts written wrongly on purpose, each through the program (section 2 of the interface)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.scenarios.gate import Gate
from tests.scenarios.hostile_texts import CLAIMS, ENVELOPE, HEADERS, KIDS, TEXTS, WELL_FORMED, Make
from tests.scenarios.model import Row
from tests.scenarios.wire import (
    ALG,
    COMITY,
    KID,
    TYP,
    Message,
    as_text,
    base45,
    pairs,
    plain,
    present,
    unbase45,
)

PHONE = ec.generate_private_key(ec.SECP256R1())
BROKEN = [*ENVELOPE, *HEADERS, *KIDS, *CLAIMS]
OUTER = [*ENVELOPE, *HEADERS]


def titled(rows: list[tuple[str, Make]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "make", [pytest.param(make, id=title.replace(" ", "-")) for title, make in rows]
    )


def message(gate: Gate, name: str) -> Message:
    return Message.read(unbase45(gate.text(name)[4:]))


def reason(gate: Gate, name: str, text: str) -> str:
    """The deciding reason for a text at the time and with the bundle of an encounter."""
    answer = gate.verify(name, "--stdin", stdin=text)
    assert "Traceback" not in answer.err
    decision: Row = answer.document
    if decision["reasons"][0]["code"] == "unreadable":
        assert [decision[key] for key in ("issuer", "class", "holder", "colour")] == [None] * 4
    code: str = decision["reasons"][0]["code"]
    return code


def test_our_second_base45_and_envelope_agree_with_the_written_text(gate: Gate) -> None:
    for name in ("paper", "online", "device"):
        raw = unbase45(gate.text(name)[4:])
        assert as_text(raw) == gate.text(name)
        assert Message.read(raw).build() == raw
    assert base45(b"ietf!") == "QED8WEX0"


def test_the_header_and_claims_are_those_of_the_interface(gate: Gate) -> None:
    paper, online, device = (message(gate, name) for name in ("paper", "online", "device"))
    assert list(paper.header) == [1, 4, 16]
    assert len(paper.header[4]) == 4
    assert paper.header[16] == 65101
    assert list(paper.claims) == [1, 4, 6, 7, 65535, -65537]
    assert len(paper.claims[7]) == 8
    assert list(online.claims) == [1, 4, 6, 7, -65537]
    assert online.claims[4] - online.claims[6] == 60
    assert list(device.header) == [1, 16]
    assert device.header[16] == 65102
    assert list(device.inner.claims) == [1, 4, 6, 7, 8, 65535, -65537]
    key = device.inner.claims[8][1]
    assert (key[1], key[-1], len(key[-2]), type(key[-3])) == (2, 1, 32, bool)
    assert set(paper.claims[65535]["status_list"]) == {"idx", "uri"}
    assert list(paper.claims[-65537])[2:] == ["张*", "002X"]


def test_c2_5_nothing_on_the_wire_holds_the_whole_name_or_number(gate: Gate) -> None:
    for name in ("paper", "device", "online"):
        raw = unbase45(gate.text(name)[4:])
        assert "乌兰".encode() not in raw
        assert "张三".encode() not in raw
        assert b"42010019800101" not in raw
        assert b"99000019900101" not in raw


@pytest.mark.parametrize(
    ("change", "code"), [pytest.param(c, r, id=t.replace(" ", "-")) for t, c, r in TEXTS]
)
def test_the_text_is_read_strictly(gate: Gate, change: Callable[[str], str], code: str) -> None:
    assert reason(gate, "paper", change(gate.text("paper"))) == code


@titled(BROKEN)
def test_a_pass_of_broken_form_is_unreadable(gate: Gate, make: Make) -> None:
    assert reason(gate, "paper", as_text(make(message(gate, "paper")))) == "unreadable"


@titled(WELL_FORMED)
def test_a_pass_changed_in_good_form_has_a_bad_signature(gate: Gate, make: Make) -> None:
    assert reason(gate, "paper", as_text(make(message(gate, "paper")))) == "bad_signature"


@pytest.mark.parametrize("name", ["paper", "online", "device"])
def test_the_mirrored_signature_is_accepted(gate: Gate, name: str) -> None:
    assert reason(gate, name, as_text(message(gate, name).mirrored)) == "green"


def test_an_algorithm_that_is_not_the_keys_own_is_a_bad_signature(gate: Gate) -> None:
    paper = message(gate, "paper")
    assert reason(gate, "paper", as_text(paper.with_header(paper.header | {ALG: -8}))) == "bad_signature"


def test_a_kid_of_no_key_and_an_issuer_of_no_list_are_an_unknown_key(gate: Gate) -> None:
    paper = message(gate, "paper")
    assert (
        reason(gate, "paper", as_text(paper.with_header(paper.header | {KID: b"\x00" * 4}))) == "unknown_key"
    )
    assert reason(gate, "paper", as_text(paper.with_claims(iss="150000"))) == "unknown_key"


def test_a_text_of_2047_characters_is_read_and_one_of_2049_is_not(gate: Gate) -> None:
    """No base45 text has 2,048 characters with the prefix: its length is never 1 modulo 3."""
    paper = message(gate, "paper")
    texts = {len(t): t for n in range(1300) if (t := as_text(paper.with_claims(iss="x" * n)))}
    assert 2048 not in texts
    assert reason(gate, "paper", texts[2047]) == "unknown_key"
    assert reason(gate, "paper", texts[2047] + "\r\n") == "unknown_key"
    assert reason(gate, "paper", texts[2049]) == "unreadable"


@pytest.mark.parametrize("claim", ["exp", "iat", "exp and idx"])
def test_numbers_as_large_as_cbor_allows_are_answered(gate: Gate, claim: str) -> None:
    paper = message(gate, "paper")
    most = 2**64 - 1
    made = {
        "exp": paper.with_claims(exp=most),
        "iat": paper.with_claims(iat=most - 1, exp=most),
        "exp and idx": paper.with_claims(
            exp=2**63, status={"status_list": {"idx": most, "uri": "cm:440000/1"}}
        ),
    }[claim]
    assert reason(gate, "paper", as_text(made)) in ("unreadable", "unknown_key", "bad_signature")


def coloured(gate: Gate, claim: Callable[[list[object], list[object]], list[object]]) -> str:
    """The reason for the red paper pass with a Comity claim made of its own and a green one."""
    red = message(gate, "red-paper")
    green = list(message(gate, "paper").claims[COMITY])
    return reason(gate, "red-paper", as_text(red.with_claims(comity=claim(list(red.claims[COMITY]), green))))


@pytest.mark.parametrize("length", [4, 5, 6])
def test_red_without_reason_basis_or_until_is_unreadable(gate: Gate, length: int) -> None:
    assert coloured(gate, lambda red, green: red[:length]) == "unreadable"


@pytest.mark.parametrize("place", [4, 5, 6])
def test_red_with_an_empty_reason_basis_or_until_is_unreadable(gate: Gate, place: int) -> None:
    assert coloured(gate, lambda red, green: [*red[:place], None, *red[place + 1 :]]) == "unreadable"


@pytest.mark.parametrize("value", ["2020", -1, 1.5, True])
def test_red_with_a_basis_of_another_type_is_unreadable(gate: Gate, value: object) -> None:
    assert coloured(gate, lambda red, green: [*red[:5], value, *red[6:]]) == "unreadable"


@pytest.mark.parametrize("length", [5, 6, 7])
def test_green_with_reason_basis_or_until_is_unreadable(gate: Gate, length: int) -> None:
    assert coloured(gate, lambda red, green: [green[0], *red[1:length]]) == "unreadable"


def test_red_made_a_good_green_has_a_bad_signature(gate: Gate) -> None:
    assert coloured(gate, lambda red, green: [green[0], *red[1:4]]) == "bad_signature"


def test_an_area_of_another_region_is_unreadable(gate: Gate) -> None:
    wuhan = message(gate, "wuhan").inner
    other = wuhan.with_claims(iss="440000")
    assert reason(gate, "wuhan", as_text(present(PHONE, 0, other, wuhan.header[ALG]))) == "unreadable"
    assert reason(gate, "wuhan", as_text(other)) == "unreadable"


@titled(OUTER)
def test_a_presentation_of_broken_form_is_unreadable(gate: Gate, make: Make) -> None:
    assert reason(gate, "device", as_text(make(message(gate, "device")))) == "unreadable"


@titled(BROKEN)
def test_a_broken_pass_inside_a_good_presentation_is_unreadable(gate: Gate, make: Make) -> None:
    inner = message(gate, "device").inner
    text = as_text(
        present(PHONE, int(gate.meeting("device")["at"].timestamp()), make(inner), inner.header[ALG])
    )
    assert reason(gate, "device", text) == "unreadable"


@pytest.mark.parametrize("t", ["now", 1.0, None, True, b"", [1]], ids=repr)
def test_a_presentation_whose_time_is_no_integer_is_unreadable(gate: Gate, t: object) -> None:
    device = message(gate, "device")
    assert reason(gate, "device", as_text(device.with_payload([t, device.presented[1]]))) == "unreadable"


def test_a_presentation_of_other_shape_is_unreadable(gate: Gate) -> None:
    device = message(gate, "device")
    t, inner = device.presented
    shapes: list[dict[int, object] | list[object]] = [
        [t],
        [t, inner, 0],
        [inner, t],
        [t, inner.hex()],
        [t, b""],
        {0: t, 1: inner},
    ]
    shapes.append([t, device.build()])
    assert {reason(gate, "device", as_text(device.with_payload(shape))) for shape in shapes} == {"unreadable"}
    assert reason(gate, "device", as_text(device.with_payload(device.payload + b"\x00"))) == "unreadable"


def test_a_presentation_with_a_kid_or_the_typ_of_a_pass_is_unreadable(gate: Gate) -> None:
    device = message(gate, "device")
    with_kid = pairs([(ALG, device.header[ALG]), (KID, b"abcd"), (TYP, device.header[TYP])])
    assert reason(gate, "device", as_text(device.with_header(with_kid))) == "unreadable"
    assert reason(gate, "device", as_text(device.with_header(device.header | {TYP: 65101}))) == "unreadable"


def test_a_moved_or_badly_signed_presentation_is_a_bad_presentation(gate: Gate) -> None:
    device = message(gate, "device")
    t, inner = device.presented
    flipped = device.signature[:-1] + bytes([device.signature[-1] ^ 1])
    for changed in (
        device.with_payload([t + 1, inner]),
        device.build(signature=plain(flipped)),
        present(PHONE, t, inner, device.header[ALG]),
    ):
        assert reason(gate, "device", as_text(changed)) == "bad_presentation"


def test_a_bare_device_pass_and_a_wrapped_paper_pass_are_told_apart(gate: Gate) -> None:
    inner = message(gate, "device").presented[1]
    assert reason(gate, "device", as_text(inner)) == "presentation_missing"
    paper = message(gate, "paper")
    wrapped = present(PHONE, 0, paper.build(), paper.header[ALG])
    assert reason(gate, "paper", as_text(wrapped)) == "class_violation"


def test_the_lines_of_jsonl_get_the_answers_of_single_texts(gate: Gate) -> None:
    paper = message(gate, "paper")
    texts = [as_text(make(paper)) for _, make in BROKEN] + [as_text(make(paper)) for _, make in WELL_FORMED]
    wanted = ["unreadable"] * len(BROKEN) + ["bad_signature"] * len(WELL_FORMED)
    odd = [
        "a\x0bb\x0cc\x1cd\x1ee\x85f\u2028g\u2029h",
        "\0",
        "\ufeff" + gate.text("paper"),
        as_text(paper.mirrored),
    ]
    answer = gate.verify("paper", "--jsonl", stdin="\n".join([*texts, *odd]) + "\n")
    got = [json.loads(line)["reasons"][0]["code"] for line in answer.out.splitlines()]
    assert got == [*wanted, "unreadable", "unreadable", "unreadable", "green"]
