"""The description of the interface says of each route who may ask, with examples that hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from comity import as_json
from comity.domain.colour import PassClass
from comity.domain.texts import text
from comity.server.app import make_app
from comity.server.whole_examples import WHOLE
from tests.builders import crossing
from tests.server.authorisation import documented_officers, documented_others
from tests.server.gate_node import GateNode

Way = dict[str, list[str]]
SESSION: Final[Way] = {"session": []}
SIGNATURE: Final[Way] = {"signature": []}


WAYS: Final[dict[str, list[Way] | None]] = {
    "resident": [SESSION],
    "gate": [SIGNATURE],
    "application": [SIGNATURE],
    "anybody": None,
}
"""Who the table says may ask, and how the description says it."""


def test_every_route_says_who_may_ask_as_the_table_does(tmp_path: Path) -> None:
    described = make_app(GateNode(folder=tmp_path).node).openapi()
    expected = {name: WAYS[who] for name, who in documented_others().items()}
    expected |= {name: [SESSION] for name in documented_officers()}
    expected |= {name: [SESSION, SIGNATURE] for name in ("POST /manual-cases", "GET /manual-cases/{case_id}")}
    expected["POST /demo/clock"] = None  # in demo mode alone, and in no table

    told = {
        f"{method.upper()} {path}": operation.get("security")
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    }

    assert told == {name: expected[name] for name in told}


def examples_of(media: dict[str, Any], schemas: dict[str, Any]) -> list[Any]:
    """The examples of a body: its own, or those of the model it names."""
    if "example" in media:
        return [media["example"]]
    if "examples" in media:
        return [each["value"] for each in media["examples"].values()]
    schema = media["schema"]
    if "$ref" not in schema:
        return []
    model = schemas[schema["$ref"].rsplit("/", 1)[1]]
    fields = model.get("properties", {})
    given = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
    return model.get("examples") or ([given] if set(model.get("required", ())) <= set(given) else [])


def test_every_example_holds_against_its_schema_and_every_answer_has_one(tmp_path: Path) -> None:
    described = make_app(GateNode(folder=tmp_path).node).openapi()
    schemas = described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for content in [operation.get("requestBody", {}), *good]:
                media = content.get("content", {}).get("application/json")
                if media is None:
                    continue
                found = examples_of(media, schemas)
                assert found or content not in good, f"{method} {path} has an answer without example"
                whole = {**media.get("schema", {}), "components": described["components"]}
                validator = jsonschema_rs.validator_for(whole)
                for example in found:
                    assert not [str(error) for error in validator.iter_errors(example)], (method, path)


def test_the_example_of_a_decision_is_one_that_is_made(tmp_path: Path) -> None:
    described = make_app(GateNode(folder=tmp_path).node).openapi()
    answer = described["paths"]["/codes/verify"]["post"]["responses"]["200"]

    assert answer["content"]["application/json"]["example"] == as_json(crossing(PassClass.DEVICE).decide())


def test_no_example_is_kept_for_a_model_that_the_description_does_not_have(tmp_path: Path) -> None:
    described = make_app(GateNode(folder=tmp_path).node).openapi()

    assert set(WHOLE) <= set(described["components"]["schemas"])


def test_rule_10_the_example_of_a_colour_names_what_it_rests_on() -> None:
    health = WHOLE["HealthAnswer"]

    assert health["colour"] == health["findings"][0]["colour"]
    assert health["what_to_do"]["en"] == text(f"what_to_do.{health['colour']}").en
