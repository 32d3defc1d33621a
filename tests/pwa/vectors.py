"""The vectors as requests to the twins, and what the vectors say that the answers are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final

from tests.architecture.source import ROOT
from tests.pwa.twins import Answer, Request

FOLDER: Final = ROOT / "vectors"


@cache
def files() -> dict[str, dict[str, Any]]:
    """Every vector file by its name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def all_vectors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every vector with the name of its file."""
    for name, file in files().items():
        for vector in file["vectors"]:
            yield name, vector


def openings() -> list[Request]:
    """Open every bundle of the vectors with its anchor, and read every list with each bundle it goes with."""
    requests: dict[str, Request] = {}
    for name, vector in all_vectors():
        file, bundle = files()[name], f"{name}/{vector['bundle']}"
        requests[bundle] = {
            "do": "bundle",
            "name": bundle,
            "data": file["bundles"][vector["bundle"]],
            "anchor": file["anchors"][vector["anchor"]],
        }
        for each in vector["lists"].values():
            known = f"{bundle}/{each}"
            data = file["lists"][each]
            requests[known] = {"do": "list", "name": known, "bundle": bundle, "data": data}
    return list(requests.values())


def asked(name: str, vector: dict[str, Any]) -> Request:
    """What is asked of a vector."""
    bundle = f"{name}/{vector['bundle']}"
    return {
        "do": "verify",
        "text": vector["text"],
        "bundle": bundle,
        "lists": [f"{bundle}/{each}" for each in vector["lists"].values()],
        "at": int(datetime.fromisoformat(vector["at"]).timestamp()),
        "issuer_says": vector["issuer_says"],
    }


def staged(vector: dict[str, Any]) -> Request:
    """What is asked of its stages."""
    return {"do": "stages", "text": vector["text"], "test": "real" not in vector["name"]}


def expected_stages(vector: dict[str, Any]) -> Answer:
    """The two messages of its stages as a twin tells them: the claims are looked at apart."""
    told = vector["stages"]
    shown = dict(told["pass"])
    del shown["claims"]
    return {"presentation": told["presentation"], "pass": shown}
