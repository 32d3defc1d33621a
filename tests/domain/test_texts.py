"""The words people see: complete in both languages, filled rightly, and compiled from locales/."""

from __future__ import annotations

import re
import runpy
import shutil
import string
from pathlib import Path

import pytest

from comity.domain.catalogue import CATALOGUE
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.decision import Freshness, Outcome, ReasonCode, Route, Step
from comity.domain.rulebook import Appeal, Ends, MeasureKind, Responsible
from comity.domain.texts import Text, text

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "compile_catalogue.py"
LATIN_ALLOWED = {"ID", "PDF", "TEST", "DEMO", "HC1", "CMG1", "Comity"}
CLAUSE = re.compile(r"C[123]\.[1-7]|(?<=settled rule )\d+|(?<=既定规则)\d+")
CLOSED_LISTS = {
    "outcome": Outcome,
    "reason": ReasonCode,
    "route": Route,
    "freshness": Freshness,
    "colour": Colour,
    "class": PassClass,
    "colour_reason": ColourReason,
    "measure": MeasureKind,
    "responsible": Responsible,
    "ends": Ends,
    "appeal": Appeal,
}
JARGON = re.compile(r"\b(kid|COSE|CBOR|claims?|payload|token|bundle|cnf|hash)\b", re.IGNORECASE)
COLOUR_WORDS = re.compile(r"\b(green|yellow|red|amber|orange)\b|[绿黄红橙]", re.IGNORECASE | re.ASCII)


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def compile_catalogue(*arguments: str) -> None:
    runpy.run_path(str(TOOL))["main"](list(arguments))


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """Copy locales/ to where a test may spoil it."""
    return Path(shutil.copytree(ROOT / "locales", tmp_path / "locales"))


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_text_has_both_languages_with_the_same_placeholders(key: str) -> None:
    zh, en = CATALOGUE[key]

    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert re.search(r"[A-Za-z]", en)
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", en)
    assert placeholders(zh) == placeholders(en)


@pytest.mark.parametrize("key", CATALOGUE)
def test_chinese_texts_hold_no_latin_words_but_the_allowed(key: str) -> None:
    words = CLAUSE.sub("", re.sub(r"\{\w+\}", "", CATALOGUE[key][0]))

    assert set(re.findall(r"[A-Za-z][A-Za-z0-9]*", words)) <= LATIN_ALLOWED


@pytest.mark.parametrize("key", CATALOGUE)
def test_no_text_uses_the_words_of_the_format(key: str) -> None:
    assert not JARGON.search(CATALOGUE[key][1])


@pytest.mark.parametrize("prefix", CLOSED_LISTS)
def test_every_word_of_every_closed_list_has_a_text(prefix: str) -> None:
    missing = [word.value for word in CLOSED_LISTS[prefix] if f"{prefix}.{word.value}" not in CATALOGUE]

    assert missing == []


def test_every_step_has_a_question() -> None:
    for step in Step:
        question = text(f"step.{step.name}")

        assert question.zh.endswith("\uff1f")
        assert question.en.endswith("?")


def test_no_outcome_reason_or_route_names_a_colour() -> None:
    keys = [key for key in CATALOGUE if key.startswith(("outcome.", "route.", "reason."))]

    assert [key for key in keys if COLOUR_WORDS.search(" ".join(CATALOGUE[key]))] == []


def test_every_refusal_of_a_rulebook_cites_its_clause_in_both_languages() -> None:
    for key in (key for key in CATALOGUE if key.startswith("publication.")):
        zh, en = ("".join(CLAUSE.findall(words)) for words in CATALOGUE[key])

        assert zh, key
        assert zh == en, key


def test_rule_5_a_suspension_tells_those_already_on_the_way_that_they_are_not_turned_back() -> None:
    suspended = text("reason.recognition_suspended")

    assert "not turned back" in suspended.en
    assert "不会被劝返" in suspended.zh


def test_rule_16_the_manual_path_names_its_end() -> None:
    manual = text("route.manual")

    assert "30 minutes" in manual.en
    assert "30分钟" in manual.zh


def test_rule_19_there_are_three_reasons_to_refuse_a_pass_and_no_other() -> None:
    refusals = {key for key in CATALOGUE if key.startswith("refusal.")}

    assert refusals == {"refusal.id_mismatch", "refusal.other_law", "refusal.person_left"}


def test_a_text_without_placeholders_is_given_as_it_stands() -> None:
    assert text("colour.green") == Text(zh="绿码", en="green")


def test_a_text_without_placeholders_is_made_once() -> None:
    assert text("reason.expired") is text("reason.expired")


def test_placeholders_are_filled_each_language_with_its_own_words() -> None:
    filled = text("reason.contradicted", pass_colour=text("colour.green"), issuer_colour=text("colour.red"))

    assert "绿码" in filled.zh
    assert "红码" in filled.zh
    assert "says green" in filled.en
    assert "answers red" in filled.en


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert "{days}" in text("reason.referred", authority="{days}").en


@pytest.mark.parametrize("kind", MeasureKind)
def test_a_measure_names_its_days_its_body_and_its_end(kind: MeasureKind) -> None:
    measure = text(
        f"measure.{kind}",
        days=1,
        responsible=text("responsible.community"),
        ends=text("ends.after_days"),
        ends_at="2020-04-02 00:00",
        onward="Hohhot East station",
    )

    for words, body in ((measure.zh, "社区"), (measure.en, "the neighbourhood community")):
        assert "1" in words
        assert body in words
        assert "2020-04-02 00:00" in words
        assert "{" not in words


def test_an_open_medical_referral_names_no_days() -> None:
    assert placeholders(CATALOGUE["measure.medical_referral.open"][1]) == {"responsible", "ends", "ends_at"}


def test_an_unknown_key_is_misuse() -> None:
    with pytest.raises(KeyError, match=r"reason\.no_such_word"):
        text("reason.no_such_word")


def test_a_placeholder_without_a_value_is_misuse() -> None:
    with pytest.raises(KeyError, match="authority"):
        text("reason.referred")


def test_the_committed_catalogue_is_current() -> None:
    compile_catalogue("--check")


@pytest.mark.parametrize(
    ("title", "old", "new", "sentence"),
    [
        ("a changed text", '"New pass"', '"Newer pass"', "not current"),
        ("an empty text", 'msgstr "New pass"', 'msgstr ""', "outcome.REAPPLY is empty"),
        ("a fuzzy text", 'msgid "route.home"', '#, fuzzy\nmsgid "route.home"', "route.home is marked fuzzy"),
        ("a renamed key", 'msgid "route.home"', 'msgid "route.house"', "zh_Hans.po lacks route.house"),
        ("a key there twice", 'msgid "route.home"', 'msgid "route.host"', "route.host is there twice"),
        ("another placeholder", "{authority}", "{office}", "placeholders of the two languages differ"),
        ("a placeholder with a format", "{authority}", "{authority:>5}", "no plain name in braces"),
    ],
)
def test_the_tool_refuses(locales: Path, title: str, old: str, new: str, sentence: str) -> None:
    english = locales / "en.po"
    before = english.read_text(encoding="utf-8")
    assert old in before, title
    english.write_text(before.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(SystemExit) as refused:
        compile_catalogue("--check", "--locales", str(locales))

    assert sentence in str(refused.value), title
