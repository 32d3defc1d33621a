"""`comity bench hub` measures everything it promises; sizes and requests are exact and held here."""

from __future__ import annotations

import json

import pytest

from comity.cli import bench_hub
from comity.cli.bench_hub import HubCounts
from comity.cli.bench_report import HUB_DEMANDS
from comity.cli.main import run


@pytest.mark.slow
def test_every_figure_is_measured_and_sizes_keep_what_was_demanded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_hub, "SHORT", HubCounts(entries=20_000, hours=1, publications=1))

    assert run(["bench", "hub", "--short", "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert list(figures)[: len(HUB_DEMANDS)] == [demand.key for demand in HUB_DEMANDS]
    exact = ("sync_bytes", "sync_requests", "unchanged_bytes", "unchanged_requests")
    missed = [each.key for each in HUB_DEMANDS if each.key in exact and not each.is_met(figures[each.key])]
    assert not missed
    assert 0 < figures["change_to_gate_node_s"] <= 300
