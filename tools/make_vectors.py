"""Write vectors/*.json: texts, what the gate has at hand, every stage and the expected Decision.

`python tools/make_vectors.py` writes them, `--check` compares them with what is committed. One seed makes
every key, and signatures are deterministic (RFC 6979), so that the same code writes the same bytes. The
schema is docs/vectors.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from comity.domain.colour import PassClass  # noqa: E402
from comity.domain.instant import rfc3339  # noqa: E402
from comity.scenario import EncounterResult, Scenario, read_scenario, run_encounters  # noqa: E402
from comity.scenario.federation import Federation  # noqa: E402
from comity.trust.bundle import BundleParts, open_bundle, write_anchor, write_bundle  # noqa: E402
from comity.trust.keys import Usage  # noqa: E402
from comity.trust.membership import write_key_list, write_membership  # noqa: E402
from comity.trust.recognition_statements import write_recognition, write_signed_rulebook  # noqa: E402
from comity.trust.status import StatusLists, read_status_list  # noqa: E402
from comity.verify import as_json, verify  # noqa: E402
from tools.vectors_cases import REGIONS, Case, passes_as_toml  # noqa: E402
from tools.vectors_hands import Hands  # noqa: E402
from tools.vectors_stages import stages  # noqa: E402
from tools.vectors_steps import FILES  # noqa: E402

SEED: Final = b"comity vectors, first edition"
FOLDER: Final = ROOT / "vectors"


class Shelf:
    """Files shared by reference: the same bytes get the same name."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.names: dict[bytes, str] = {}

    def put(self, data: bytes) -> str:
        """Keep the bytes and give their name."""
        return self.names.setdefault(data, f"{self._prefix}{len(self.names) + 1}")

    def as_json(self) -> dict[str, str]:
        """Write every kept file by name, in hex."""
        return {name: data.hex() for data, name in self.names.items()}


def make_file(title: str, cases: list[Case]) -> dict[str, Any]:
    """Make one file of vectors."""
    tables = "\n".join(case.as_toml() for case in cases)
    scenario = read_scenario(f"{REGIONS}\n{passes_as_toml()}\n{tables}")
    federation = Federation(scenario, SEED)
    bundles, lists = Shelf("bundle-"), Shelf("list-")
    hosts = sorted({case.host for case in cases})
    vectors = [
        make_vector(case, result, federation, bundles, lists)
        for case, result in zip(cases, run_encounters(scenario, seed=SEED), strict=True)
    ]
    anchors = {host: write_anchor(federation.anchor(scenario_host(scenario, host))).hex() for host in hosts}
    return {
        "title": title,
        "schema": 1,
        "anchors": anchors,
        "bundles": bundles.as_json(),
        "lists": lists.as_json(),
        "vectors": vectors,
    }


def scenario_host(scenario: Scenario, host: str) -> Any:
    """Give the host as the region code it is in the scenario."""
    return next(code for code in scenario.rulebooks if code == host)


def make_vector(
    case: Case, result: EncounterResult, federation: Federation, bundles: Shelf, lists: Shelf
) -> dict[str, Any]:
    """Make one vector from an encounter and what the case does to it."""
    text, data = rewritten(case, result, federation), result.bundle
    tokens = result.lists if case.relist is None else case.relist(federation)
    if case.in_production:
        data = in_production(data, federation)
    bundle = open_bundle(data, anchor=result.anchor, host=result.plan.host)
    at = rfc3339(result.plan.at)
    read = tuple(read_status_list(token, bundle.key_lists) for token in tokens.values())
    decision = verify(
        text,
        bundle,
        at=datetime.fromisoformat(at),
        lists=StatusLists(read),
        issuer_says=result.plan.issuer_says,
    )
    return {
        "name": case.name,
        "shows": case.shows,
        "step": decision.step.name,
        "reason": str(decision.reason),
        "text": text,
        "bundle": bundles.put(data),
        "anchor": str(result.plan.host),
        "lists": {name: lists.put(token) for name, token in tokens.items()},
        "at": at,
        "issuer_says": None if result.plan.issuer_says is None else str(result.plan.issuer_says),
        "stages": stages(text, is_test=bundle.is_test),
        "decision": as_json(decision),
    }


def rewritten(case: Case, result: EncounterResult, federation: Federation) -> str:
    """Give the text of the encounter, written again where the case wants that."""
    if case.rewrite is None:
        return result.text
    scenario, plan = federation.scenario, federation.scenario.passes[case.shown]
    shown_at = result.plan.at if result.plan.shown_at is None else result.plan.shown_at
    issued_at = shown_at if plan.pass_class is PassClass.ONLINE else plan.issued_at
    key = scenario.find_signing_key(plan, issued_at)
    if key is None:
        raise ValueError(f"{case.name}: the issuer has no key")
    hands = Hands.of(
        result.text,
        issuer_key=federation.pass_key(key),
        phone_key=federation.key("phone", plan.pass_id, "own"),
    )
    return case.rewrite(hands, result.text)


def in_production(data: bytes, federation: Federation) -> bytes:
    """Sign a bundle again as that of a real federation."""
    test = open_bundle(data)
    own = federation.key(test.host, Usage.STATEMENT)
    hub = federation.key("hub")
    parts = BundleParts(
        host=test.host,
        version=test.version,
        issued_at=test.issued_at,
        hub_as_of=test.hub_as_of,
        expires_at=test.expires_at,
        is_test=False,
        hub=hub.public,
        memberships=tuple(write_membership(each, hub, is_test=False) for each in test.memberships),
        key_lists=tuple(
            write_key_list(each, federation.key(each.region, "root"), is_test=False)
            for each in test.key_lists
        ),
        recognitions=tuple(
            write_recognition(each, own, is_test=False) for each in test.recognitions.values()
        ),
        rulebooks=tuple(write_signed_rulebook(each, own, is_test=False) for each in test.rulebooks),
    )
    return write_bundle(parts, federation.key(test.host, Usage.BUNDLE))


def make_all() -> dict[str, str]:
    """Give the text of every file by its name."""
    return {
        f"{name}.json": json.dumps(make_file(title, cases), ensure_ascii=False, indent=1) + "\n"
        for name, (title, cases) in FILES.items()
    }


def check(made: dict[str, str]) -> list[str]:
    """Name every file that is not as it would be written now."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    faults = [f"vectors/{name} is missing" for name in made if name not in kept]
    faults += [f"vectors/{name} belongs to no file of vectors" for name in kept if name not in made]
    faults += [
        f"vectors/{name} is not what the code writes now"
        for name in made
        if name in kept and kept[name] != made[name]
    ]
    return faults


def main() -> int:
    """Write the vectors, or check them."""
    parser = argparse.ArgumentParser(description="Write vectors/*.json, or check that they are current.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()
    made = make_all()
    if options.check:
        faults = check(made)
        for fault in faults:
            print(f"{fault}; run `make vectors` and look at what changed.", file=sys.stderr)
        return 1 if faults else 0
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    size = sum(len(text.encode()) for text in made.values())
    count = sum(len(cases) for _, cases in FILES.values())
    print(f"{count} vectors in {len(made)} files, {size / 1_000_000:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
