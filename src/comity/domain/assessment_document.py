"""The assessment rulebook as a document: the form that is published, and refused when it breaks a rule.

A map of plain values (from JSON, CBOR or TOML). It cannot name green, cannot name a rule type outside the
closed list, cannot leave a colour without an end or a review, and cannot leave out a language (settled rule
10). Only a region writes one (C3.2). Who proposes and confirms a publication is not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from comity.domain.assessment_rules import (
    EVENT_RULE_REASONS,
    AfterDays,
    ArrivalRule,
    AssessmentEnd,
    AssessmentRule,
    AssessmentRulebook,
    EventRule,
    OnClearance,
    StayRule,
)
from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import RiskLevel
from comity.domain.instant import DAY, LAST_INSTANT, Instant
from comity.domain.region import RegionCode, is_area, is_region
from comity.domain.rulebook_document import refuse
from comity.domain.texts import Text

RULE_DAYS: Final = range(1, 22)
"""Days a rule may last, look back or wait between reviews: 1 to 21, as a measure."""
MOST_RULES: Final = 64
MOST_AREAS: Final = 400
PUBLICATION_LIMIT: Final = 14 * DAY
"""Seconds a version may be published ahead of its start."""
RULE_10: Final = "settled rule 10"

_RULEBOOK_KEYS: Final = frozenset({"region", "version", "valid_from", "rules"})
_EVENT_KEYS: Final = frozenset({"id", "reason", "colour", "ends", "text"})
_STAY_KEYS: Final = _EVENT_KEYS | {"level", "within_days"}
_ARRIVAL_KEYS: Final = _EVENT_KEYS | {"areas", "within_days"}
_RULE_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")


def read_assessment_rulebook(document: Mapping[str, object]) -> AssessmentRulebook:
    """Read an assessment rulebook document. Raises: PublicationRefused with what it breaks."""
    _only(document, _RULEBOOK_KEYS)
    region, version, valid_from = (document.get(name) for name in ("region", "version", "valid_from"))
    if not isinstance(region, str) or not is_region(region):
        refuse("unknown_word", "C3.2", word=str(region))
    if type(version) is not int or version < 1:
        refuse("version_not_next", RULE_10)
    if type(valid_from) is not int or not 0 <= valid_from <= LAST_INSTANT:
        refuse("rule_start_missing", RULE_10)
    rows = document.get("rules")
    if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= MOST_RULES:
        refuse("rule_count", RULE_10, most=MOST_RULES)
    rules = tuple(_rule(row) for row in rows)
    if len({rule.rule_id for rule in rules}) != len(rules):
        refuse("rule_twice", RULE_10)
    return AssessmentRulebook(region=RegionCode(region), version=version, valid_from=valid_from, rules=rules)


def check_assessment_publication(
    rulebook: AssessmentRulebook,
    *,
    region: RegionCode,
    previous: AssessmentRulebook | None,
    published_at: Instant,
) -> None:
    """Check a version against the one before it: region, number, and a start neither past nor far ahead.

    Raises: PublicationRefused.
    """
    if rulebook.region != region:
        refuse("wrong_signer", "C3.2")
    if rulebook.version != (1 if previous is None else previous.version + 1):
        refuse("version_not_next", RULE_10)
    if previous is not None and rulebook.valid_from < published_at:
        refuse("rule_start_past", RULE_10)
    if rulebook.valid_from > published_at + PUBLICATION_LIMIT:
        refuse("too_early", RULE_10)


def _only(given: Mapping[str, object], known: frozenset[str]) -> None:
    for key in given:
        if key not in known:
            refuse("unknown_word", "C3.2", word=str(key))


def _rule(row: object) -> AssessmentRule:
    if not isinstance(row, Mapping):
        refuse("unknown_word", RULE_10, word="rule")
    reason = row.get("reason")
    if not isinstance(reason, str) or reason not in tuple(ColourReason):
        refuse("no_rule_type", RULE_10, word=str(reason))
    if row.get("colour") == Colour.GREEN:
        refuse("rule_names_green", RULE_10)
    colour = row.get("colour")
    if not isinstance(colour, str) or colour not in tuple(Colour):
        refuse("unknown_word", RULE_10, word=str(colour))
    rule_id = row.get("id")
    if not isinstance(rule_id, str) or _RULE_ID.fullmatch(rule_id) is None:
        refuse("rule_id", RULE_10)
    words = _both_languages(row.get("text"))
    if ColourReason(reason) in EVENT_RULE_REASONS:
        _only(row, _EVENT_KEYS)
        return EventRule(
            rule_id=rule_id,
            reason=ColourReason(reason),
            colour=Colour(colour),
            ends=_ends(row.get("ends"), within=None),
            text=words,
        )
    return _exposure_rule(row, ColourReason(reason), rule_id=rule_id, colour=Colour(colour), words=words)


def _exposure_rule(
    row: Mapping[str, object], reason: ColourReason, *, rule_id: str, colour: Colour, words: Text
) -> AssessmentRule:
    is_stay = reason is ColourReason.RISK_AREA_STAY
    _only(row, _STAY_KEYS if is_stay else _ARRIVAL_KEYS)
    within = _days(row.get("within_days"))
    ends = _ends(row.get("ends", {"after_days": within}), within=within)
    if not is_stay:
        areas = _areas(row.get("areas"))
        return ArrivalRule(
            rule_id=rule_id, colour=colour, areas=areas, within_days=within, ends=ends, text=words
        )
    level = row.get("level")
    if not isinstance(level, str) or level not in tuple(RiskLevel):
        refuse("unknown_word", RULE_10, word=str(level))
    return StayRule(
        rule_id=rule_id, colour=colour, level=RiskLevel(level), within_days=within, ends=ends, text=words
    )


def _days(days: object) -> int:
    if type(days) is not int or days not in RULE_DAYS:
        refuse("rule_days_out_of_range", RULE_10, days=str(days)[:40])
    return days


def _ends(ends: object, *, within: int | None) -> AssessmentEnd:
    if not isinstance(ends, Mapping) or not ends:
        refuse("rule_without_end", RULE_10)
    if "after_days" in ends:
        _only(ends, frozenset({"after_days"}))
        days = _days(ends["after_days"])
        if within is not None and days > within:
            refuse("rule_outlasts_window", RULE_10)
        return AfterDays(days=days)
    _only(ends, frozenset({"review_days", "last_days"}))
    last = ends.get("last_days")
    return OnClearance(
        review_days=_days(ends.get("review_days")), last_days=None if last is None else _days(last)
    )


def _areas(areas: object) -> tuple[str, ...]:
    if not isinstance(areas, list | tuple) or not 1 <= len(areas) <= MOST_AREAS:
        refuse("rule_areas", RULE_10, most=MOST_AREAS)
    for area in areas:
        if not isinstance(area, str) or not is_area(area):
            refuse("unknown_word", RULE_10, word=str(area)[:40])
    if len(set(areas)) != len(areas):
        refuse("rule_areas", RULE_10, most=MOST_AREAS)
    return tuple(areas)


def _both_languages(words: object) -> Text:
    given = words if isinstance(words, Mapping) else {}
    for language in ("zh", "en"):
        written = given.get(language)
        if not isinstance(written, str) or not written.strip():
            refuse("missing_language", RULE_10, language=language)
    _only(given, frozenset({"zh", "en"}))
    return Text(zh=given["zh"], en=given["en"])


def write_assessment_rulebook(rulebook: AssessmentRulebook) -> dict[str, object]:
    """Write an assessment rulebook as the document that `read_assessment_rulebook` reads."""
    return {
        "region": str(rulebook.region),
        "version": rulebook.version,
        "valid_from": rulebook.valid_from,
        "rules": [_write_rule(rule) for rule in rulebook.rules],
    }


def _write_rule(rule: AssessmentRule) -> dict[str, object]:
    document: dict[str, object] = {
        "id": rule.rule_id,
        "reason": str(rule.reason),
        "colour": str(rule.colour),
        "ends": _write_ends(rule.ends),
        "text": {"zh": rule.text.zh, "en": rule.text.en},
    }
    if isinstance(rule, StayRule):
        document |= {"level": str(rule.level), "within_days": rule.within_days}
    if isinstance(rule, ArrivalRule):
        areas: Sequence[str] = list(rule.areas)
        document |= {"areas": areas, "within_days": rule.within_days}
    return document


def _write_ends(ends: AssessmentEnd) -> dict[str, int]:
    if isinstance(ends, AfterDays):
        return {"after_days": ends.days}
    last = {} if ends.last_days is None else {"last_days": ends.last_days}
    return {"review_days": ends.review_days} | last
