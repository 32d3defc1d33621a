"""Examples of answers that would make no sense put together from their parts: each is one that a node gives.

Plain values, since the framework drops the nulls of an example that stands in a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_HOLDER: Final = "0123456789abcdef0123456789abcdef"
_ID: Final = "8f14e45fceea167a5a36dedd4bea2543"

DECISION: Final[dict[str, Any]] = {
    "outcome": "PASS",
    "host": "150000",
    "issuer": "440000",
    "class": "device",
    "holder": {"name": "张*", "id_last4": "0007"},
    "colour": "green",
    "compare_id": False,
    "authority": None,
    "measures": [],
    "routes": [],
    "reasons": [
        {
            "code": "green",
            "clause": "C2.3",
            "source": None,
            "text": {
                "zh": "健康码有效，请通行。不再要求其他任何证明。",
                "en": "The pass is valid; please go on. Nothing else is asked.",
            },
        }
    ],
    "steps": [
        {"step": "V1", "ok": True},
        {"step": "V2", "ok": True},
        {"step": "V3", "ok": True},
        {"step": "V4", "ok": True},
        {"step": "V5", "ok": True},
        {"step": "V6", "ok": True},
        {"step": "V7", "ok": True},
        {"step": "V8", "ok": True},
        {"step": "V10", "ok": True},
    ],
    "freshness": {"trust": "fresh", "status": "fresh"},
    "test": True,
    "decided_at": "2020-03-20T12:00:00+08:00",
}
"""A green pass of Guangdong at a gate of Inner Mongolia."""

_HEALTH: Final[dict[str, Any]] = {
    "holder": _HOLDER,
    "colour": "yellow",
    "since": "2020-03-20T12:00:00+08:00",
    "until": "2020-04-01T09:00:00+08:00",
    "rulebook_version": 1,
    "findings": [
        {
            "rule_id": "close-contact",
            "colour": "yellow",
            "reason": "close_contact",
            "rule": {
                "zh": "密切接触者：黄码，自最后接触起14天，到期自动恢复绿码。",
                "en": "Close contact: yellow for 14 days from the last contact, then green by itself.",
            },
            "evidence": {
                "zh": "2020-03-18 09:00最后一次接触病例（来源：hohhot-cdc的名单）",
                "en": "last contact with a case at 2020-03-18 09:00 (from the list of hohhot-cdc)",
            },
            "evidence_ref": "611cd07c74822e59fa3775572d316de6",
            "basis": "2020-03-18T09:00:00+08:00",
            "until": "2020-04-01T09:00:00+08:00",
            "way_back": {
                "zh": "到2020-04-01 09:00自动恢复，无需办理；如有异议，可申请纠错，24小时内答复。",
                "en": "It ends by itself at 2020-04-01 09:00; you need do nothing. If you think it is wrong, "
                "ask for a correction: the answer comes within 24 hours.",
            },
        }
    ],
    "what_to_do": {
        "zh": "请按所在地社区的要求配合观察；需要出行时，先联系社区。"
        "有新情况请申报；有异议可申请纠错，24小时内答复。",
        "en": "Follow what the community where you are asks, and call it before you travel. Declare what is "
        "new; if you think this is wrong, ask for a correction: the answer comes within 24 hours.",
    },
    "as_of": "2020-03-20T12:00:01+08:00",
    "dependants": [],
}
_CORRECTION: Final[dict[str, Any]] = {
    "correction_id": _ID,
    "kind": "colour",
    "identity_field": None,
    "issuer": None,
    "state": "open",
    "opened_at": "2020-03-20T12:00:00+08:00",
    "due_at": "2020-03-21T12:00:00+08:00",
    "seconds_left": 86_400,
    "clock": {
        "zh": "最迟于2020-03-21 12:00前答复；逾期将转督导人员办理。",
        "en": "You have an answer by 2020-03-21 12:00 at the latest; otherwise the supervisor takes it over.",
    },
    "decision": None,
    "decided_at": None,
    "relief": None,
}
_OPENED: Final[dict[str, Any]] = {
    "at": "2020-03-20T12:00:00+08:00",
    "step": "opened",
    "by": "holder",
    "text": {"zh": "您提交了纠错申请。", "en": "You asked for a correction."},
    "detail": {},
    "said": {"statement": "I was not in that place on that day."},
}
_MANUAL_CASE: Final[dict[str, Any]] = {
    "case_id": _ID,
    "division": "150102",
    "reason": "status_missing",
    "asked": "UNDECIDED",
    "opened_at": "2020-03-20T12:00:00+08:00",
    "due_at": "2020-03-20T12:30:00+08:00",
    "state": "open",
    "outcome": None,
    "means": None,
    "ended_at": None,
    "note": None,
    "text": {
        "zh": "正在人工核实，最迟 2020-03-20 12:30 有结果。到时没有结果，您可持临时凭条先行通过。",
        "en": "This is being checked by hand; there will be an answer by 2020-03-20 12:30 at the latest. "
        "Without one by then, you go on with an interim note.",
    },
}
_COUNTS: Final[dict[str, Any]] = {"looked_at": 320, "verified_PASS": 411, "verified_CONTROL": None}
_SUPERVISION: Final[dict[str, Any]] = {
    "since": "2020-03-13T12:00:00+08:00",
    "to": "2020-03-20T12:00:00+08:00",
    "hidden_below": 10,
    "counties": [
        {"division": "150102", "name": {"zh": "新城区", "en": "Xincheng District"}, "numbers": _COUNTS}
    ],
    "totals": _COUNTS,
}

WHOLE: Final[Mapping[str, Any]] = {
    "CaseView": _MANUAL_CASE,
    "CorrectionAnswer": _CORRECTION,
    "CorrectionFile": {**_CORRECTION, "events": [_OPENED]},
    "DecisionView": DECISION,
    "ForeignDecisionView": {
        **DECISION,
        "class": "online",
        "freshness": {"trust": "fresh", "status": "not_needed"},
        "rests_on": {
            "issuer": "440000",
            "answered_at": "2020-03-20T12:00:00+08:00",
            "steps": ["V1", "V5", "V7", "V8"],
        },
    },
    "HealthAnswer": _HEALTH,
    "SupervisionView": _SUPERVISION,
}
"""By the name of the model in the description."""
