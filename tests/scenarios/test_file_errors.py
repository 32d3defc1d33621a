"""A wrong scenario file: exit 2; table, key and line are named; nothing is written (section 5)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.file_rules import check
from tests.scenarios.model import WrongFileError
from tests.scenarios.program import Answer, assert_misuse, comity
from tests.scenarios.wrong_files import GOOD, WRONG_FILES, WRONG_TIMES, Wrong

ROWS = [*WRONG_FILES, *WRONG_TIMES]
NO_HEADER = [
    ("not TOML", 'title = "x\n', ()),
    ("a value without key", GOOD + "= 1\n", ()),
    ("a key twice in a row", GOOD + 'host = "150000"\n', ()),
    ("no title", GOOD.split("\n", 1)[1], ("title",)),
    ("a title that is a number", GOOD.replace('"good"', "1", 1), ("title",)),
    ("an unknown key at the top", 'author = "x"\n' + GOOD, ("author",)),
    ("bytes that are not UTF-8", 'title = "\udcff"\n', ()),
    ("an empty file", "", ("title",)),
]
NO_LIVE_KEY = [
    ("issued before the only key", "not_before = 2020-03-20T00:00:01+08:00"),
    ("issued at the end of the only key", "not_after = 2020-03-20T00:00:00+08:00"),
]


def run(text: str, folder: Path) -> Answer:
    path = folder / "wrong.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    answer = comity("scenario", "run", path, "--json", "--out", folder / "out")
    assert not list((folder / "out").rglob("*")), "something was written"
    return answer


def test_the_good_file_of_the_table_is_good(tmp_path: Path) -> None:
    check(GOOD)
    path = tmp_path / "good.toml"
    path.write_text(GOOD, encoding="utf-8")
    answer = comity("scenario", "run", path, "--json")
    assert (answer.code, answer.document["encounters"][0]["decision"]["outcome"]) == (0, "PASS")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title.replace(" ", "-"))
def test_a_wrong_file_is_refused_with_table_key_and_line(row: Wrong, tmp_path: Path) -> None:
    with pytest.raises(WrongFileError):
        check(row.text)
    answer = run(row.text, tmp_path)
    assert_misuse(answer)
    assert row.table in answer.said
    assert any(key in answer.said for key in row.keys.split()), answer.said
    assert re.search(rf"(?<!\d){row.line}\b", answer.said), f"line {row.line} is not in: {answer.said}"


@pytest.mark.parametrize(("title", "text", "names"), NO_HEADER, ids=[row[0] for row in NO_HEADER])
def test_a_file_wrong_at_the_top_is_refused(
    title: str, text: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    answer = run(text, tmp_path)
    assert_misuse(answer)
    assert all(name in answer.said for name in names), answer.said


@pytest.mark.parametrize(("title", "window"), NO_LIVE_KEY, ids=[row[0] for row in NO_LIVE_KEY])
def test_a_pass_that_no_live_key_can_sign_is_refused(title: str, window: str, tmp_path: Path) -> None:
    text = GOOD.replace('id = "k1"', f'id = "k1"\n{window}')
    answer = run(text, tmp_path)
    assert_misuse(answer)
    assert "pass" in answer.said


def test_a_pass_issued_when_its_only_key_is_revoked_is_refused(tmp_path: Path) -> None:
    text = GOOD + '[[key_event]]\nissuer = "440000"\nat = 2020-03-20T00:00:00+08:00\nkind = "revoked"\n'
    assert_misuse(run(text, tmp_path))


def test_an_online_answer_that_no_live_key_can_sign_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace('id = "k1"', 'id = "k1"\nnot_after = 2020-03-21T00:00:00+08:00') + (
        '[[encounter]]\nid = "late"\npass = "online"\nhost = "150000"\nat = 2020-03-21T00:00:00+08:00\n'
        "shown_at = 2020-03-21T00:00:00+08:00\n"
    )
    assert_misuse(run(text, tmp_path))


@pytest.mark.parametrize("days", [13, 15])
def test_c2_4_inner_mongolia_has_exactly_14_days(days: int, tmp_path: Path) -> None:
    answer = run(GOOD.replace('code = "150000"', f'code = "150000"\nvalidity_days = {days}'), tmp_path)
    assert_misuse(answer)
    assert "region" in answer.said
    assert "validity_days" in answer.said
    assert re.search(r"\b2\b", answer.said), "the line of the header"


def test_a_file_that_is_not_there_is_misuse(tmp_path: Path) -> None:
    assert_misuse(comity("scenario", "run", tmp_path / "nowhere.toml", "--json"))


def test_a_fraction_inside_a_table_written_inline_is_told_with_table_and_key(tmp_path: Path) -> None:
    path = tmp_path / "inline.toml"
    path.write_text(
        'title = "inline"\nregion = [{code = "150000"}]\npass = [\n'
        '  {id = "p", issuer = "150000", issued_at = 2020-03-19T00:00:00.5+08:00},\n]\n',
        encoding="utf-8",
    )
    answer = comity("scenario", "run", path)
    assert answer.code == 2
    assert "line 3" in answer.said
    assert "[[pass]]" in answer.said
    assert "issued_at" in answer.said
