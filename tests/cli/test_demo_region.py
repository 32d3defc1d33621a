"""The scripted newcomer against two nodes in this process: the same steps as `comity demo`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.bootstrap.demo_people import demo_people
from comity.bootstrap.region import OpenRegion, init_region, recognise, sign_in_for_demo, take_over
from comity.bootstrap.settings import read_settings
from comity.cli.demo_region import DemoNewcomer, DemoSite
from comity.domain.decision import Outcome
from comity.domain.region import RegionCode
from comity.issuance.status_publication import PUBLISH_EVERY
from comity.records.audit import verify_audit
from comity.server.app import make_app
from comity.server.duty_runner import DutyRunner
from comity.server.main import open_node
from tests.builders import HOME, HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One region made by `init_region`, served in this process, and its timed duties."""

    opened: OpenRegion
    client: TestClient
    runner: DutyRunner

    @property
    def site(self) -> DemoSite:
        return DemoSite(
            region=self.opened.issuer.region,
            client=self.client,
            officers=lambda: (sign_in_for_demo(self.opened), sign_in_for_demo(self.opened)),
        )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[RegionCode, Served]]:
    made = {
        region: init_region(
            read_settings(region=region, data=tmp_path / region, demo=True, key_passphrase="correct horse")
        ).region
        for region in (HOST, HOME)
    }
    for region, other in ((HOST, HOME), (HOME, HOST)):
        statements = (tmp_path / other / "published" / "statements").glob("*.cbor")
        take_over(made[region], {path.name: path.read_bytes() for path in statements})
        recognise(made[region], other)
    with ExitStack() as stack:
        yield {
            region: Served(
                opened=opened,
                client=stack.enter_context(
                    TestClient(make_app(open_node(opened)), base_url="http://127.0.0.1:8150")
                ),
                runner=DutyRunner(open_node(opened)),
            )
            for region, opened in made.items()
        }
        for opened in made.values():
            opened.close()


@pytest.mark.slow
def test_a_newcomer_goes_from_sign_in_to_paper_and_every_step_verifies_offline(
    served: dict[RegionCode, Served], tmp_path: Path
) -> None:
    def pause() -> None:
        for each in served.values():
            each.opened.clock.put_forward(PUBLISH_EVERY)
            each.runner.run_due()

    def forward(seconds: int) -> None:
        for each in served.values():
            answer = each.client.post("/demo/clock", json={"seconds": seconds})
            assert answer.status_code == 200

    pause()
    newcomer = DemoNewcomer(
        home=served[HOST].site,
        host=served[HOME].site,
        person=demo_people()[0],
        number=0,
        out=tmp_path,
        pause=pause,
        forward=forward,
    )

    steps = [step() for step in newcomer.steps()]

    answers = {step.name: {visit.decision.outcome for visit in step.visits} for step in steps if step.visits}
    assert answers == {
        "applies": {Outcome.PASS},
        "shows online": {Outcome.PASS},
        "turns yellow": {Outcome.REAPPLY},
        "shows the new pass": {Outcome.CONTROL},
        "disputes": {Outcome.CONTROL},
        "comes back green": {Outcome.PASS},
        "prints paper": {Outcome.PASS},
    }
    with served[HOST].opened.issuer.store.reading() as transaction:
        assert not verify_audit(transaction).faults
