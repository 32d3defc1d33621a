"""Retention at the hub: every kind of record that it defines has a reason to stay, in code and document."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import cast

import comity.hub
from comity.hub.retention import KEPT
from comity.records.ports import Record
from tests.architecture.source import document


def test_every_kind_of_record_of_the_hub_has_a_reason_to_stay() -> None:
    found: set[type[Record]] = set()
    for module in pkgutil.iter_modules(comity.hub.__path__):
        for kind in vars(importlib.import_module(f"comity.hub.{module.name}")).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__.startswith("comity.hub."):
                found |= {cast("type[Record]", kind)} if hasattr(kind, "TABLE") else set()

    text = document("retention.md")

    assert found == set(KEPT)
    assert not [kind.TABLE for kind in KEPT if f"`{kind.TABLE}`" not in text]
