"""Examples of answers, composed for the description of the interface where a model has none of its own.

A field's own example comes first, then its name, then its type. What is composed holds against the schema it
stands beside; a test tries every one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_AT: Final = "2020-03-20T12:00:00+08:00"
_ID: Final = "8f14e45fceea167a5a36dedd4bea2543"
_BY_NAME: Final[Mapping[str, Any]] = {
    "act": "pass_issued",
    "actor": "region",
    "alg": "hmac-sha256",
    "answer": "The estate has been told; a code suffices.",
    "appeal": "12345",
    "area": "110106",
    "at": _AT,
    "bundle_url": "https://region.example/bundle",
    "by": "holder",
    "clause": "C2.3",
    "class": "device",
    "code": "green",
    "colour": "green",
    "description": "What this stands for",
    "display_name": "Epidemiologist, Saihan",
    "division": "150102",
    "en": "The pass is valid; please go on. Nothing else is asked.",
    "enrolment_code": "4DMPFY4S4UBI3UEMOHFRGPXCZZ3ES2CG",
    "hidden_below": 10,
    "host": "150000",
    "id_last4": "037X",
    "issuer": "440000",
    "kind": "close_contact",
    "last4": "037X",
    "masked_name": "张*",
    "means": "issuer_telephoned",
    "name": "Railway station, exit 2",
    "outcome": "PASS",
    "period": "2020-03-20T11:00:00+08:00",
    "qr_text": "CMG1 150000 4DMPFY4S4UBI3UEMOHFRGPXCZZ3ES2CG https://region.example",
    "reason": "close_contact",
    "reference": "list 12, row 3",
    "region": "150000",
    "reported_on": "2020-03-20",
    "responsible": "community",
    "route": "home",
    "rule_id": "close-contact",
    "seconds_left": 86_400,
    "since": _AT,
    "source": "import",
    "source_name": "hohhot-cdc",
    "state": "open",
    "status": "fresh",
    "status_url": "https://region.example/status/",
    "step": "V1",
    "tag": "comity-gate",
    "to": _AT,
    "trust": "fresh",
    "until": "2020-04-03T12:00:00+08:00",
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
        return compose(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, name)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    if "anyOf" in schema:
        return compose(schema["anyOf"][0], schemas, name)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {field: compose(below, schemas, field) for field, below in fields.items()}
        case "array":
            return [compose(schema.get("items", {}), schemas, name.removesuffix("s"))]
        case kind:
            return _plain(kind, name)


def _plain(kind: str | None, name: str) -> Any:
    by_name = _BY_NAME.get(name)
    if by_name is not None and isinstance(by_name, str) is (kind == "string"):
        return by_name
    if kind == "string":
        return _AT if name.endswith("_at") else _ID
    return {"integer": 2, "number": 2, "boolean": True}.get(kind or "")
