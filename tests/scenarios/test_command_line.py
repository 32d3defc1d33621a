"""Exit codes, output and complaints of the program, from outside (sections 3 and 6 of the interface)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageOps

from tests.scenarios.gate import GATE, Gate
from tests.scenarios.model import Row, World
from tests.scenarios.program import Answer, assert_misuse, comity
from tests.scenarios.test_model import KEYS, differences

EXIT = {"PASS": 0, "CONTROL": 10, "REFER": 11, "REAPPLY": 12, "REJECT": 13, "UNDECIDED": 14}
FILE: Row = tomllib.loads(GATE.read_text(encoding="utf-8"))
NAMES = [row["id"] for row in FILE["encounter"]]
QR_ONLY = zxingcpp.barcode_formats_from_str("QRCode")
FOREIGN = {
    "a URL": "https://example.org/c/1",
    "an EU code": "HC1:NCFOXN%TSMAHN-H3ZSUZK+.V0ET9",
    "a plain word": "hello",
    "a pass of a later version": "CM2:ABC",
    "a prefix alone": "CM1:",
    "small letters": "cm1:abc",
    "Chinese": "健康码",
}


def qr(text: str) -> Image.Image:
    """A QR code of this text with a quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=4, add_quiet_zones=True))


def side_by_side(*pictures: Image.Image) -> Image.Image:
    sheet = Image.new("L", (sum(p.width for p in pictures) + 40, max(p.height for p in pictures)), 255)
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + 40
    return sheet


def assert_unreadable(answer: Answer) -> None:
    assert answer.code == 13, (answer.code, answer.err)
    decision = answer.document
    assert set(decision) == KEYS
    assert (decision["outcome"], decision["reasons"][0]["code"]) == ("REJECT", "unreadable")
    assert decision["steps"] == [{"step": "V1", "ok": False}]


def test_the_scenario_holds_and_agrees_with_the_model(gate: Gate) -> None:
    assert gate.answer.code == 0, gate.answer.err
    wanted = [World(FILE).answer(meeting) for meeting in FILE["encounter"]]
    got = gate.answer.document["encounters"]
    assert [line for want, have in zip(wanted, got, strict=True) for line in differences(want, have)] == []


@pytest.mark.parametrize("name", NAMES)
def test_out_writes_text_picture_bundle_and_anchor(gate: Gate, name: str) -> None:
    assert gate.text(name) == "" or gate.text(name).startswith("CM1:")
    assert gate.picture(name).read_bytes().startswith(b"\x89PNG")
    assert gate.bundle(name).stat().st_size
    assert gate.anchor(name).stat().st_size
    lists = list((gate.folder / name / "status").glob("*"))
    assert name == "online" or bool(lists) == (name != "no-list"), "an online pass needs no list"


@pytest.mark.parametrize("name", NAMES)
def test_verify_of_the_written_text_gives_the_decision_of_the_scenario(gate: Gate, name: str) -> None:
    answer = gate.verify(name, gate.text(name))
    assert answer.document == gate.decision(name)
    assert answer.code == EXIT[gate.decision(name)["outcome"]]
    assert "anchor" not in answer.err


@pytest.mark.parametrize("name", ["device", "online", "paper", "child", "yellow", "wuhan", "forged"])
def test_verify_of_the_picture_gives_the_decision_of_the_text(gate: Gate, name: str) -> None:
    answer = gate.verify(name, "--image", gate.picture(name))
    assert answer.document == gate.decision(name)
    assert answer.code == EXIT[gate.decision(name)["outcome"]]


def test_the_picture_holds_the_text(gate: Gate) -> None:
    for name in NAMES:
        [found] = zxingcpp.read_barcodes(Image.open(gate.picture(name)), QR_ONLY)
        assert found.text == gate.text(name)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_stdin_is_read_and_its_line_end_dropped(gate: Gate, ending: str) -> None:
    answer = gate.verify("paper", "--stdin", stdin=gate.text("paper") + ending)
    assert answer.document == gate.decision("paper")


@pytest.mark.parametrize(
    "offset", ["2020-03-22T00:00:00Z", "2020-03-22T08:00:00+08:00", "2020-03-21T20:30:00-03:30"]
)
def test_at_is_read_in_any_offset_and_told_at_eight_hours(gate: Gate, offset: str) -> None:
    answer = comity("verify", gate.text("paper"), "--bundle", gate.bundle("paper"), "--at", offset, "--json")
    assert answer.document["decided_at"] == "2020-03-22T08:00:00+08:00"


@pytest.mark.parametrize("at", ["2020-03-22T08:00:00", "2020-03-22", "yesterday", ""])
def test_at_without_offset_is_misuse(gate: Gate, at: str) -> None:
    assert_misuse(
        comity("verify", gate.text("paper"), "--bundle", gate.bundle("paper"), "--at", at, "--json")
    )


def test_without_at_the_pass_is_judged_now(gate: Gate) -> None:
    answer = comity("verify", gate.text("paper"), "--bundle", gate.bundle("paper"), "--json")
    assert (answer.code, answer.document["reasons"][0]["code"]) == (14, "trust_stale")


def test_without_an_anchor_the_answer_stands_and_stderr_says_so(gate: Gate) -> None:
    answer = comity(
        "verify", gate.text("paper"), "--bundle", gate.bundle("paper"), "--at", gate.at("paper"), "--json"
    )
    assert answer.document == gate.decision("paper")
    assert "anchor not pinned" in answer.said


def test_the_anchor_of_another_host_is_misuse(gate: Gate) -> None:
    assert_misuse(
        comity(
            "verify",
            gate.text("paper"),
            "--bundle",
            gate.bundle("paper"),
            "--anchor",
            gate.anchor("yellow"),
            "--at",
            gate.at("paper"),
            "--json",
        )
    )


def test_the_bundles_own_host_may_be_named_and_another_is_misuse(gate: Gate) -> None:
    assert gate.verify("paper", gate.text("paper"), "--host", "150000").code == 0
    assert_misuse(gate.verify("paper", gate.text("paper"), "--host", "440000"))
    assert_misuse(gate.verify("paper", gate.text("paper"), "--host", "000000"))


def test_the_lists_of_another_folder_are_used_when_named(gate: Gate, tmp_path: Path) -> None:
    lists = gate.folder / "paper" / "status"
    assert gate.verify("no-list", gate.text("no-list"), "--status", lists).code == 0
    (tmp_path / "none").mkdir()
    answer = gate.verify("paper", gate.text("paper"), "--status", tmp_path / "none")
    assert (answer.code, answer.document["reasons"][0]["code"]) == (14, "status_missing")


def test_a_broken_list_is_no_list(gate: Gate, tmp_path: Path) -> None:
    for path in (gate.folder / "paper" / "status").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes()[:-7])
    answer = gate.verify("paper", gate.text("paper"), "--status", tmp_path)
    assert (answer.code, answer.document["reasons"][0]["code"]) == (14, "status_missing")


def test_what_lies_beside_a_good_list_takes_nothing_from_it(gate: Gate, tmp_path: Path) -> None:
    for path in (gate.folder / "paper" / "status").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "000").write_bytes(b"no list")
    (tmp_path / "zzz").write_bytes(gate.bundle("paper").read_bytes())
    (tmp_path / "folder").mkdir()
    assert gate.verify("paper", gate.text("paper"), "--status", tmp_path).document == gate.decision("paper")


def test_a_folder_in_place_of_a_file_is_misuse(gate: Gate, tmp_path: Path) -> None:
    text = gate.text("paper")
    assert_misuse(comity("verify", text, "--bundle", tmp_path))
    assert_misuse(comity("verify", text, "--bundle", gate.bundle("paper"), "--anchor", tmp_path))
    assert_misuse(gate.verify("paper", "--image", tmp_path))
    assert_misuse(comity("scenario", "run", tmp_path))


def test_an_out_that_is_a_file_is_misuse_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert_misuse(comity("scenario", "run", GATE, "--json", "--out", tmp_path / "out"))
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("spoil", ["empty", "cut", "badly signed", "longer", "not a bundle"])
def test_a_broken_bundle_is_misuse(gate: Gate, spoil: str, tmp_path: Path) -> None:
    whole = gate.bundle("paper").read_bytes()
    broken = {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "badly signed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "longer": whole + b"\x00",
        "not a bundle": GATE.read_bytes(),
    }[spoil]
    path = tmp_path / "bundle.cbor"
    path.write_bytes(broken)
    assert_misuse(comity("verify", gate.text("paper"), "--bundle", path, "--at", gate.at("paper"), "--json"))
    assert_misuse(comity("bundle", "show", path, "--json"))


@pytest.mark.parametrize("title", list(FOREIGN))
def test_a_foreign_text_is_unreadable(gate: Gate, title: str) -> None:
    assert_unreadable(gate.verify("paper", FOREIGN[title]))


@pytest.mark.parametrize(("title", "named"), [("a URL", "web address"), ("an EU code", "HC1")])
def test_people_are_told_what_a_foreign_code_is(gate: Gate, title: str, named: str) -> None:
    answer = comity("verify", FOREIGN[title], "--bundle", gate.bundle("paper"), "--at", gate.at("paper"))
    assert answer.code == 13
    assert named in answer.out + answer.err


def test_an_empty_text_is_unreadable(gate: Gate) -> None:
    assert_unreadable(gate.verify("paper", ""))
    assert_unreadable(gate.verify("paper", "--stdin", stdin=""))
    assert_unreadable(gate.verify("paper", "--stdin", stdin="\r\n"))


def test_bytes_that_are_no_text_are_unreadable(gate: Gate) -> None:
    assert_unreadable(gate.verify("paper", "--stdin", stdin=b"\xff\xfe\x00CM1:"))


def test_no_input_is_misuse(gate: Gate) -> None:
    assert_misuse(gate.verify("paper"))


def test_two_inputs_are_misuse(gate: Gate) -> None:
    text, picture = gate.text("paper"), gate.picture("paper")
    assert_misuse(gate.verify("paper", text, "--image", picture))
    assert_misuse(gate.verify("paper", text, "--stdin", stdin=text))
    assert_misuse(gate.verify("paper", "--image", picture, "--stdin", stdin=text))
    assert_misuse(gate.verify("paper", text, "--jsonl", stdin=text))


def test_a_missing_file_is_misuse(gate: Gate, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert_misuse(gate.verify("paper", "--image", nowhere))
    assert_misuse(comity("verify", gate.text("paper"), "--bundle", nowhere, "--json"))
    assert_misuse(comity("verify", gate.text("paper"), "--json"))
    assert_misuse(comity("bundle", "show", nowhere))
    assert_misuse(comity("verify", gate.text("paper"), "--bundle", gate.bundle("paper"), "--anchor", nowhere))


def test_a_picture_that_is_none_is_misuse(gate: Gate, tmp_path: Path) -> None:
    assert_misuse(gate.verify("paper", "--image", gate.bundle("paper")))
    (tmp_path / "empty.png").write_bytes(b"")
    assert_misuse(gate.verify("paper", "--image", tmp_path / "empty.png"))
    (tmp_path / "cut.png").write_bytes(gate.picture("paper").read_bytes()[:200])
    assert_misuse(gate.verify("paper", "--image", tmp_path / "cut.png"))


def test_a_picture_without_code_is_unreadable(gate: Gate, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "white").save(tmp_path / "white.png")
    assert_unreadable(gate.verify("paper", "--image", tmp_path / "white.png"))


def test_of_several_codes_the_one_of_comity_is_read(gate: Gate, tmp_path: Path) -> None:
    both = side_by_side(qr(FOREIGN["a URL"]), qr(gate.text("paper")))
    both.save(tmp_path / "both.png")
    assert gate.verify("paper", "--image", tmp_path / "both.png").document == gate.decision("paper")


def test_several_foreign_codes_are_unreadable(gate: Gate, tmp_path: Path) -> None:
    side_by_side(qr(FOREIGN["a URL"]), qr(FOREIGN["an EU code"])).save(tmp_path / "foreign.png")
    assert_unreadable(gate.verify("paper", "--image", tmp_path / "foreign.png"))


def test_a_picture_with_a_transparent_ground_is_read_as_a_viewer_shows_it(gate: Gate, tmp_path: Path) -> None:
    with Image.open(gate.picture("paper")) as opened:
        ink = ImageOps.invert(opened.convert("L"))
    clear = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=ink)
    clear.save(tmp_path / "clear.png")
    assert gate.verify("paper", "--image", tmp_path / "clear.png").code == 0


def test_two_codes_of_comity_in_one_picture_are_misuse(gate: Gate, tmp_path: Path) -> None:
    side_by_side(qr(gate.text("paper")), qr(gate.text("online"))).save(tmp_path / "two.png")
    assert_misuse(gate.verify("paper", "--image", tmp_path / "two.png"))


def test_jsonl_answers_every_line_in_order(gate: Gate) -> None:
    names = ["paper", "device", "forged", "cut", "online", "void", "red-paper"]
    lines = [gate.text(name) for name in names] + ["", "hello", gate.text("paper") + " "]
    answer = gate.verify("paper", "--jsonl", stdin="\n".join(lines) + "\n")
    assert answer.code == 0, answer.err
    decisions = [json.loads(line) for line in answer.out.splitlines()]
    assert [decision.pop("line") for decision in decisions] == list(range(1, len(lines) + 1))
    assert decisions[: len(names)] == [gate.decision(name) for name in names]
    assert [d["reasons"][0]["code"] for d in decisions[len(names) :]] == ["unreadable"] * 3


def test_jsonl_takes_crlf_a_missing_last_line_end_and_nothing(gate: Gate) -> None:
    text = gate.text("paper")
    answer = gate.verify("paper", "--jsonl", stdin=f"{text}\r\n{text}")
    assert [json.loads(line)["outcome"] for line in answer.out.splitlines()] == ["PASS", "PASS"]
    empty = gate.verify("paper", "--jsonl")
    assert (empty.code, empty.out) == (0, "")


def test_jsonl_answers_many_lines_as_it_answers_one(gate: Gate) -> None:
    names = ["paper", "device", "forged", "cut", "online"] * 100
    answer = gate.verify("paper", "--jsonl", stdin="".join(gate.text(name) + "\n" for name in names))
    decisions = [json.loads(line) for line in answer.out.splitlines()]
    assert [d.pop("line") for d in decisions] == list(range(1, len(names) + 1))
    assert decisions == [gate.decision(name) for name in names]


def test_jsonl_answers_bytes_that_are_no_text(gate: Gate) -> None:
    answer = gate.verify("paper", "--jsonl", stdin=b"\xff\xfe\n" + gate.text("paper").encode() + b"\n")
    assert [json.loads(line)["outcome"] for line in answer.out.splitlines()] == ["REJECT", "PASS"]


def test_the_scenario_exits_1_when_an_expectation_fails(tmp_path: Path) -> None:
    path = tmp_path / "fails.toml"
    path.write_text(
        GATE.read_text(encoding="utf-8").replace('expect = "REFER"', 'expect = "PASS"'), encoding="utf-8"
    )
    answer = comity("scenario", "run", path, "--json")
    assert answer.code == 1
    assert [e["id"] for e in answer.document["encounters"] if not e["holds"]] == ["wuhan"]
    assert comity("scenario", "run", path).code == 1


def test_people_get_a_table_of_the_scenario() -> None:
    answer = comity("scenario", "run", GATE)
    assert answer.code == 0
    assert all(name in answer.out for name in NAMES)


@pytest.mark.parametrize("name", ["paper", "yellow", "wuhan", "forged", "no-list", "cut"])
def test_people_get_the_outcome_and_that_it_is_a_test(gate: Gate, name: str) -> None:
    answer = comity("verify", gate.text(name), "--bundle", gate.bundle(name), "--at", gate.at(name))
    assert answer.code == EXIT[gate.decision(name)["outcome"]]
    assert gate.decision(name)["outcome"] in answer.out
    assert "TEST" in answer.out


def test_inspect_and_bundle_show_speak_json(gate: Gate) -> None:
    for name in ("paper", "device", "online"):
        answer = comity("inspect", gate.text(name), "--json")
        assert answer.code == 0
        assert isinstance(answer.document, dict)
        assert "440000" in answer.out
    shown = comity("bundle", "show", gate.bundle("paper"), "--json")
    assert shown.code == 0
    assert isinstance(shown.document, dict)
    assert "150000" in shown.out
    assert comity("bundle", "show", gate.bundle("paper")).code == 0
    assert "TEST" in comity("inspect", gate.text("paper")).out


@pytest.mark.parametrize("title", list(FOREIGN))
def test_inspect_of_a_foreign_text_fails_without_traceback(title: str) -> None:
    answer = comity("inspect", FOREIGN[title], "--json")
    assert answer.code != 0
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments", [("verify", "--nonsense"), ("nonsense",), ("scenario", "run"), ("scenario", "fly")]
)
def test_an_unknown_word_is_misuse(arguments: tuple[str, ...]) -> None:
    answer = comity(*arguments)
    assert answer.code == 2
    assert "Traceback" not in answer.err
