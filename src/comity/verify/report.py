"""The numbered report: a Decision as JSON, with its texts in Chinese and English (interface section 3)."""

from __future__ import annotations

from typing import TypeAlias

from comity.domain.decision import Decision, Measure, ReasonCode, Source
from comity.domain.instant import plain_time, rfc3339
from comity.domain.rulebook_document import ENDS_AT, words_of
from comity.domain.texts import Text, text

Json: TypeAlias = "str | int | bool | None | list[Json] | dict[str, Json]"


def reason_text(decision: Decision) -> Text:
    """Say why, plainly enough to be read out at a gate."""
    key = decision.detail or f"reason.{decision.reason}"
    if decision.reason is ReasonCode.REFERRED:
        return text(key, authority=decision.authority or "")
    if decision.reason is ReasonCode.CONTRADICTED and decision.claims and decision.issuer_colour:
        signed, said = decision.claims.colour, decision.issuer_colour
        return text(key, pass_colour=text(f"colour.{signed}"), issuer_colour=text(f"colour.{said}"))
    return text(key)


def measure_text(measure: Measure) -> Text:
    """Say what is required, until when, by whom."""
    words, end = words_of(measure.row), plain_time(measure.ends_at)
    return Text(zh=words.zh.replace(ENDS_AT, end), en=words.en.replace(ENDS_AT, end))


def as_json(decision: Decision) -> dict[str, Json]:
    """Give a Decision as the JSON object of interface section 3, every key present."""
    holder = decision.holder
    return {
        "outcome": str(decision.outcome),
        "host": decision.host,
        "issuer": decision.issuer,
        "class": _word(decision.pass_class),
        "holder": None if holder is None else {"name": holder[0], "id_last4": holder[1]},
        "colour": _word(decision.colour),
        "compare_id": decision.compare_id,
        "authority": decision.authority,
        "measures": [_measure(measure) for measure in decision.measures],
        "routes": [str(route) for route in decision.routes],
        "reasons": [
            {
                "code": str(decision.reason),
                "clause": decision.clause,
                "source": _source(decision.source),
                "text": _text(reason_text(decision)),
            }
        ],
        "steps": [{"step": step.name, "ok": held} for step, held in decision.steps],
        "freshness": {
            "trust": str(decision.trust_freshness),
            "status": _word(decision.status_freshness),
        },
        "test": decision.is_test,
        "decided_at": rfc3339(decision.at),
    }


def _word(value: str | None) -> str | None:
    return None if value is None else str(value)


def _text(words: Text) -> dict[str, Json]:
    return {"zh": words.zh, "en": words.en}


def _source(source: Source | None) -> Json:
    if source is None:
        return None
    return {"kind": str(source.kind), "issuer": source.issuer, "version": source.version}


def _measure(measure: Measure) -> Json:
    return {
        "kind": str(measure.kind),
        "days": measure.days,
        "responsible": str(measure.responsible),
        "ends": str(measure.ends),
        "ends_at": rfc3339(measure.ends_at),
        "appeal": str(measure.appeal),
        "text": _text(measure_text(measure)),
    }
