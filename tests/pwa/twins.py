"""The two twins asked the same: the Python code here, the core of the phone apps in Node or in a browser."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from comity.domain.colour import Colour
from comity.errors import ComityError
from comity.trust.bundle import Anchor, VerifierBundle, open_bundle, read_anchor
from comity.trust.delta import apply_delta
from comity.trust.status import StatusList, StatusLists, read_status_list
from comity.verify import as_json, verify
from comity.verify.interim_note import find_note, note_as_json
from tests.architecture.source import ROOT

CORE: Final = ROOT / "pwa" / "build" / "core.js"
HERE: Final = Path(__file__).resolve().parent
Request = dict[str, Any]
Answer = Any


@cache
def node() -> Path:
    """The Node of this machine; without it, or without a built core, the test is skipped and says so."""
    if not CORE.exists():
        pytest.skip("the core of the phone apps is not built; run `make pwa`")
    spec = importlib.util.spec_from_file_location("build_pwa", ROOT / "tools" / "build_pwa.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder: Path | None = module.find_node()
    if folder is None:
        pytest.skip("no Node on this machine; `make pwa` brings one")
    return folder / "node"


def ask_node(requests: Sequence[Request]) -> list[Answer]:
    """Let the core in Node answer."""
    lines = "".join(f"{json.dumps(request)}\n" for request in requests)
    done = subprocess.run(
        [node(), HERE / "node_twin.mjs", CORE], input=lines.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def ask_python(requests: Sequence[Request]) -> list[Answer]:
    """Let the Python code answer."""
    twin = PythonTwin()
    return [twin.answer(request) for request in requests]


class PythonTwin:
    """Answers requests by the Python code; bundles and lists are kept by name."""

    def __init__(self) -> None:
        self._bundles: dict[str, VerifierBundle] = {}
        self._lists: dict[str, StatusList] = {}

    def answer(self, request: Request) -> Answer:
        try:
            return getattr(self, f"_{request['do']}")(request)
        except ComityError:
            return {"refused": request["do"]}

    def _bundle(self, request: Request) -> Answer:
        self._bundles.pop(request["name"], None)
        anchor = None if request["anchor"] is None else read_anchor(bytes.fromhex(request["anchor"]))
        bundle = open_bundle(bytes.fromhex(request["data"]), anchor=anchor)
        self._bundles[request["name"]] = bundle
        return opened(bundle)

    def _list(self, request: Request) -> Answer:
        self._lists.pop(request["name"], None)
        key_lists = self._bundles[request["bundle"]].key_lists
        read = read_status_list(bytes.fromhex(request["data"]), key_lists)
        self._lists[request["name"]] = read
        return listed(read)

    def _delta(self, request: Request) -> Answer:
        before, bundle = self._lists[request["list"]], self._bundles[request["bundle"]]
        keys = next(each for each in bundle.key_lists if each.region == before.signer)
        return listed(apply_delta(bytes.fromhex(request["data"]), before, keys, is_test=bundle.is_test))

    def _anchor(self, request: Request) -> Answer:
        anchor: Anchor = read_anchor(bytes.fromhex(request["data"]))
        return [anchor.host, anchor.root.point.hex()]

    def _verify(self, request: Request) -> Answer:
        bundle = self._bundles.get(request["bundle"])
        if bundle is None:
            return "no bundle"
        lists = tuple(self._lists[name] for name in request["lists"] if name in self._lists)
        says = request["issuer_says"]
        decision = verify(
            request["text"],
            bundle,
            at=datetime.fromtimestamp(request["at"], UTC),
            lists=StatusLists(lists),
            issuer_says=None if says is None else Colour(says),
        )
        return as_json(decision)

    def _note(self, request: Request) -> Answer:
        note = find_note(request["text"], self._bundles[request["bundle"]], at=request["at"])
        return None if note is None else note_as_json(note)


def opened(bundle: VerifierBundle) -> Answer:
    return {
        "host": bundle.host,
        "version": str(bundle.version),
        "instants": [bundle.issued_at, bundle.hub_as_of, bundle.expires_at],
        "test": bundle.is_test,
        "keys": [[each.region, *(entry.kid.hex() for entry in each.entries)] for each in bundle.key_lists],
        "recognitions": sorted([code, str(row.version)] for code, row in bundle.recognitions.items()),
        "referrals": sorted([code, str(row.version)] for code, row in bundle.referrals.items()),
        "rulebooks": [str(each.version) for each in bundle.rulebooks],
        "ends": sorted([code, end] for code, end in bundle.member_ends.items()),
    }


def listed(status_list: StatusList) -> Answer:
    return {
        "signer": status_list.signer,
        "uri": status_list.uri,
        "issued_at": status_list.issued_at,
        "bits": status_list.array.bits,
        "data": sha256(status_list.array.data).hexdigest(),
    }
