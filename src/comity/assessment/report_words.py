"""The words of a run's report: names of places and rules, and what is unusual, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.assessment.report_numbers import DivisionNumbers, ReportNumbers, Shown
from comity.assessment.run_manifest import Unusual
from comity.domain.assessment_rules import AssessmentRule, StayRule
from comity.domain.region import find_division, get_region, path_of
from comity.domain.texts import Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionWords:
    """A division with its names and numbers."""

    name: Text
    short: Text
    people: int
    yellow: Shown
    red: Shown
    turned: Shown
    counties: tuple[DivisionWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """A rule with its published words, a few words for a chart, and its numbers."""

    rule_id: str
    colour: str
    text: Text
    short: Text
    people: Shown
    findings: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualWords:
    """Something unusual in words, and its share in percent where it is one of a whole."""

    words: Text
    stops: bool
    share: str | None


def plain(words: Text) -> dict[str, str]:
    """Give a text as the page's script reads it."""
    return {"zh": words.zh, "en": words.en}


def title_of(numbers: ReportNumbers) -> Text:
    """Give the title of a report."""
    region = get_region(numbers.run.manifest.region)
    return text("assessment_report.title", region=Text(zh=region.name_zh, en=region.name_en))


def division_words(divisions: Iterable[DivisionNumbers]) -> tuple[DivisionWords, ...]:
    """Name divisions and the counties in them."""
    return tuple(
        DivisionWords(
            name=_name(each.code),
            short=_short(_name(each.code)),
            people=each.people,
            yellow=each.yellow,
            red=each.red,
            turned=each.turned,
            counties=division_words(each.counties),
        )
        for each in divisions
    )


def rule_words(numbers: ReportNumbers) -> tuple[RuleWords, ...]:
    """Give the rules of a run their words."""
    rules = {rule.rule_id: rule for rule in numbers.run.rulebook.rules}
    return tuple(
        RuleWords(
            rule_id=each.rule_id,
            colour=each.colour,
            text=rules[each.rule_id].text,
            short=_reason(rules[each.rule_id]),
            people=each.people,
            findings=each.findings,
        )
        for each in numbers.rules
    )


def rule_named(numbers: ReportNumbers, rule_id: str | None) -> Text:
    """Name a rule of this run or of the one before in a few words; one that is no more by its id."""
    rule = None if rule_id is None else numbers.run.rulebook.find_rule(rule_id)
    return Text(zh=rule_id or "", en=rule_id or "") if rule is None else _reason(rule)


def unusual_words(unusual: Unusual) -> UnusualWords:
    """Say what is unusual; a kind that has no words of its own is named."""
    about = unusual.about
    place = _place(about)
    kinds = ("division_changed", "one_source", "unpublished_rules", "place_codes_alone")
    kind = unusual.kind if unusual.kind in kinds else "other"
    return UnusualWords(
        words=text(
            f"assessment_report.unusual.{kind}",
            about=place if kind != "other" else f"{unusual.kind}, {about}",
            count=f"{unusual.count:,}",
            of=f"{unusual.of:,}",
        ),
        stops=unusual.stops,
        share=f"{100 * unusual.count / unusual.of:.1f}" if unusual.stops and unusual.of else None,
    )


def _place(about: str) -> Text:
    """Name the divisions in what something unusual is about, which gives codes."""
    parts = [_path(part) for part in about.split(", ")]
    return Text(zh="，".join(part.zh for part in parts), en=", ".join(part.en for part in parts))


def _path(code: str) -> Text:
    path = path_of(code)[1:]
    if not path:
        return Text(zh=code, en=code)
    return Text(
        zh="".join(each.name_zh for each in path), en=", ".join(each.name_en for each in reversed(path))
    )


def _name(code: str) -> Text:
    division = find_division(code)
    return Text(zh=code, en=code) if division is None else Text(zh=division.name_zh, en=division.name_en)


def _short(name: Text) -> Text:
    """Leave out what kind of division it is."""
    return Text(zh=name.zh.rstrip("市盟"), en=name.en.removesuffix(" League"))


def _reason(rule: AssessmentRule) -> Text:
    reason = text(f"colour_reason.{rule.reason}")
    if isinstance(rule, StayRule):
        level = text(f"assessment_report.level.{rule.level}")
        return Text(zh=f"{reason.zh}（{level.zh}）", en=f"{reason.en} ({level.en})")
    return reason
