"""What one scenario wrote with `--out`: the texts, pictures, bundles and lists other tests start from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.model import Row, World
from tests.scenarios.program import Answer, comity, process

GATE = Path(__file__).with_name("gate.toml")


@dataclass(frozen=True, slots=True)
class Gate:
    """What `scenario run --out` wrote, and what it answered."""

    folder: Path
    answer: Answer

    def text(self, name: str) -> str:
        return (self.folder / f"{name}.txt").read_text(encoding="utf-8").strip("\r\n")

    def picture(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def bundle(self, name: str) -> Path:
        return self.folder / name / "bundle.cbor"

    def anchor(self, name: str) -> Path:
        return self.folder / name / "anchor.cbor"

    def meeting(self, name: str) -> Row:
        file = tomllib.loads(GATE.read_text(encoding="utf-8"))
        return World(file).rows("encounter", id=name)[0]

    def decision(self, name: str) -> Row:
        found: list[Row] = [e["decision"] for e in self.answer.document["encounters"] if e["id"] == name]
        return found[0]

    def at(self, name: str) -> str:
        moment: str = self.meeting(name)["at"].isoformat()
        return moment

    def verify(self, name: str, *arguments: str | Path, stdin: str | bytes = "") -> Answer:
        """`verify --json` with the bundle, anchor and time of an encounter."""
        run = process if "--jsonl" in arguments else comity
        return run(
            "verify",
            *arguments,
            "--bundle",
            self.bundle(name),
            "--anchor",
            self.anchor(name),
            "--at",
            self.at(name),
            "--json",
            stdin=stdin,
        )
