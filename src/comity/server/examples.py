"""Examples of answers, composed for the description of the interface where a model has none of its own.

A field's own example comes first, then its name, then its type. What is composed holds against the schema it
stands beside; a test tries every one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from comity.server.whole_examples import WHOLE

Schema = Mapping[str, Any]

_AT: Final = "2020-03-20T12:00:00+08:00"
_ID: Final = "8f14e45fceea167a5a36dedd4bea2543"
_DIGEST: Final = "0123456789abcdef" * 4
_BY_NAME: Final[Mapping[str, Any]] = {
    "act": "pass_issued",
    "actor": "region",
    "alg": "hmac-sha256",
    "anchor": "omRob3N0ZjE1MDAwMA==",
    "answer": "The estate has been told; a code suffices.",
    "appeal": "12345",
    "area": "110106",
    "asked": "UNDECIDED",
    "at": _AT,
    "bundle_url": "https://region.example/bundle",
    "by": "holder",
    "chained": _DIGEST,
    "class": "device",
    "clause": "C2.3",
    "code": "green",
    "colour": "green",
    "contact": "reporter@example.cn",
    "days": 14,
    "description": "What this stands for",
    "digest": _DIGEST,
    "display_name": "Epidemiologist, Saihan",
    "division": "150102",
    "en": "The pass is valid; please go on. Nothing else is asked.",
    "ends": "after_days",
    "enrolment_code": "4DMPFY4S4UBI3UEMOHFRGPXCZZ3ES2CG",
    "hidden_below": 10,
    "host": "150000",
    "id_last4": "037X",
    "is_by_guardian": False,
    "is_escalated": False,
    "is_expired": False,
    "is_guardian_held": False,
    "issuer": "440000",
    "kind": "close_contact",
    "last4": "037X",
    "masked_name": "张*",
    "means": "issuer_telephoned",
    "name": "Railway station, exit 2",
    "outcome": "PASS",
    "period": "2020-03-20T11:00:00+08:00",
    "purpose": "Read the shown code when a ticket is collected",
    "qr_text": "CMG1 150000 4DMPFY4S4UBI3UEMOHFRGPXCZZ3ES2CG https://region.example",
    "reason": "close_contact",
    "recovery_code": "3-MFRG-GZDF-MZTW-Q2LK",
    "reference": "list 12, row 3",
    "region": "150000",
    "reported_on": "2020-03-20",
    "responsible": "community",
    "route": "home",
    "rule_id": "close-contact",
    "seconds_left": 86_400,
    "secret": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    "since": _AT,
    "source": "import",
    "source_name": "hohhot-cdc",
    "state": "open",
    "status": "fresh",
    "status_url": "https://region.example/status/",
    "step": "V1",
    "tag": "comity-gate",
    "thumbprint": _DIGEST,
    "to": _AT,
    "token": "5e" * 32,
    "trust": "fresh",
    "until": "2020-04-03T12:00:00+08:00",
    "valid_from": _AT,
    "why": "Licence seen, key compared",
    "words": "Asked at the estate gate, 8 am",
    "x": "q" * 43,
    "y": "q" * 43,
    "zh": "健康码有效，请通行。不再要求其他任何证明。",
}


def add_examples(described: dict[str, Any]) -> None:
    """Give every JSON answer and every part of an address an example, unless it has its own."""
    schemas = described["components"]["schemas"]
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                if parameter["in"] == "path" and "example" not in parameter and "examples" not in schema:
                    parameter["example"] = compose(schema, schemas, parameter["name"])
            for status, answer in operation["responses"].items():
                media = answer.get("content", {}).get("application/json")
                if status.startswith("2") and media is not None and not {"example", "examples"} & set(media):
                    media["example"] = compose(media.get("schema", {}), schemas, "")


def compose(schema: Schema, schemas: Mapping[str, Schema], name: str) -> Any:
    """Compose an example of a schema; `name` is that of the field it is for."""
    if "$ref" in schema:
        model = schema["$ref"].rsplit("/", 1)[1]
        return WHOLE[model] if model in WHOLE else compose(schemas[model], schemas, name)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    if "anyOf" in schema:
        return None if _is_left_out(schema["anyOf"], name) else compose(schema["anyOf"][0], schemas, name)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {field: compose(below, schemas, field) for field, below in fields.items()}
        case "array":
            return [compose(schema.get("items", {}), schemas, name.removesuffix("s"))]
        case kind:
            return _plain(kind, name)


def _is_left_out(choices: Sequence[Schema], name: str) -> bool:
    """Say whether a field that may be null is null in an example: a plain one of which nothing is known."""
    is_plain = set(choices[0]) <= {"type"} and choices[0].get("type") != "array"
    return {"type": "null"} in choices and is_plain and name not in _BY_NAME


def _plain(kind: str | None, name: str) -> Any:
    by_name = _BY_NAME.get(name)
    if by_name is not None and isinstance(by_name, str) is (kind == "string"):
        return by_name
    if kind == "string":
        return _AT if name.endswith("_at") else _ID
    return {"integer": 2, "number": 2, "boolean": True}.get(kind or "")
