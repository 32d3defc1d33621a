"""The node that the phone apps are tried against: its files answer as they must, a browser opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from comity import Decision, StatusLists, open_bundle, read_status_list, verify
from comity.domain.colour import Colour
from comity.domain.decision import Outcome
from comity.domain.instant import DAY
from comity.trust.bundle import read_anchor
from comity.trust.status import VOID
from tests.builders import HOME, HOST, HUBEI, moment
from tests.e2e.node_site import OpenPhone, RegionSite


def answered(site: RegionSite, text: str) -> Decision:
    """Answer a text from what a browser can fetch of this node alone."""
    ask = site.client
    bundle = open_bundle(ask.get("/bundle").content, anchor=read_anchor(ask.get("/anchor").content))
    lists = [
        read_status_list(
            ask.get(f"/country/{region}/status-hourly/{region}-1.cbor").content, bundle.key_lists
        )
        for region in (HOME, HUBEI)
    ]
    return verify(text, bundle, at=moment(site.now()), lists=StatusLists(tuple(lists)))


def test_c3_1_passes_of_guangdong_are_answered_from_the_files_of_this_node_alone(
    region_site: RegionSite,
) -> None:
    at = region_site.now()
    green = answered(region_site, region_site.guangdong.paper_pass(at=at))
    yellow = answered(region_site, region_site.guangdong.device_pass(at=at, colour=Colour.YELLOW))
    region_site.guangdong.publish_lists({7: VOID}, at=at + 1)
    void = answered(region_site, region_site.guangdong.paper_pass(at=at, index=7))

    assert (green.outcome, yellow.outcome, void.reason) == (Outcome.PASS, Outcome.CONTROL, "void")


def test_c3_3_passes_of_hubei_are_referred(region_site: RegionSite) -> None:
    decision = answered(region_site, region_site.hubei.paper_pass(at=region_site.now(), area="420100"))

    assert (decision.outcome, decision.reason) == (Outcome.REFER, "referred")


def test_a_resident_signs_in_and_applies_and_a_gate_enrols(region_site: RegionSite) -> None:
    newcomer = region_site.sign_in(1)
    applied = region_site.paper_pass(newcomer)
    prefix, region, code, url = region_site.enrolment_code().split(" ")
    device = region_site.client.post("/gates/enrol", json={"enrolment_code": code}).json()

    assert applied.startswith("CM1:")
    assert (prefix, region, url) == ("CMG1", "150000", region_site.url)
    assert (device["region"], device["is_test"]) == ("150000", True)


def test_time_goes_on_and_the_server_can_be_gone_and_back(region_site: RegionSite) -> None:
    before = region_site.now()
    region_site.forward(8 * DAY)
    region_site.stop()
    region_site.start()

    decision = answered(region_site, region_site.guangdong.paper_pass(at=region_site.now()))

    assert region_site.now() >= before + 8 * DAY
    assert (decision.outcome, decision.trust_freshness) == (Outcome.PASS, "fresh")


@pytest.mark.parametrize("app", ["wallet"])
def test_an_app_opens_under_the_policy_of_the_node(open_phone: OpenPhone, app: str) -> None:
    page: Any = open_phone(f"/{app}")

    assert page.url.endswith(f"/{app}/")
    page.locator("#app > *").first.wait_for()


def test_a_trip_within_the_own_region_is_answered_and_one_to_a_region_nobody_told_of_is_not(
    region_site: RegionSite,
) -> None:
    newcomer = region_site.sign_in(2)
    region_site.paper_pass(newcomer)
    day = (moment(region_site.now()) + timedelta(days=2)).date().isoformat()

    own, other = (
        region_site.asked("GET", f"/trip-check?region={region}&day={day}", newcomer)
        for region in (HOST, HOME)
    )

    assert (own["decision"]["outcome"], own["is_known"]) == ("PASS", True)
    assert (other["decision"], other["is_known"]) == (None, False)
