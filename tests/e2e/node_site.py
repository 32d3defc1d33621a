"""A region node as the phone apps meet it: Inner Mongolia, `comity serve region --demo` on loopback.

It is a test region with the demo provider, the sample people and a clock that is a setting; it recognises
Guangdong and refers Hubei, whose passes `guangdong` and `hubei` issue. The apps are those `make pwa` built.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from comity.bootstrap.clock import NodeClock
from comity.bootstrap.region import (
    OpenRegion,
    init_region,
    open_region,
    recognise,
    sign_in_for_demo,
    take_over,
)
from comity.bootstrap.settings import NodeSettings, read_settings
from comity.cli.demo_processes import LOOPBACK, DemoProcess, free_ports
from comity.cli.demo_time import DemoTime
from comity.domain.instant import Instant, rfc3339
from comity.domain.recognition import Referral, Release
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.statements import StatementRow, find_newest, statement_row
from comity.records.statement_kinds import StatementKind
from comity.server import apps
from comity.trust.recognition_statements import write_referral
from tests.builders import HOME, HOST, HUBEI
from tests.e2e.foreign_region import ForeignRegion
from tests.server.newcomer import Newcomer, sign_in

COUNTY: Final = "150102"
HUBEI_AUTHORITY: Final = "湖北省新冠肺炎疫情防控指挥部 (Hubei provincial COVID-19 command)"
OpenPhone = Callable[..., Any]
GIVEN_UP: Final = "net::ERR_ABORTED"
"""How a request fails that the browser itself gave up, since the page was left."""
_PASSPHRASE: Final = "correct horse"


@dataclass(kw_only=True)
class RegionSite:
    """The node: where it is, what it is made of, and how to stop it and start it again."""

    url: str
    settings: NodeSettings
    process: DemoProcess
    client: httpx2.Client
    guangdong: ForeignRegion
    hubei: ForeignRegion

    @property
    def wallet(self) -> str:
        """The address of the wallet."""
        return f"{self.url}/wallet/"

    @property
    def checkpoint(self) -> str:
        """The address of the checkpoint."""
        return f"{self.url}/checkpoint/"

    def start(self) -> None:
        """Serve it, and wait until it is ready."""
        self.process.start()
        self.process.wait_until_ready(self.client)

    def stop(self) -> None:
        """Stop the server: from now on nobody answers at its address."""
        self.process.stop()

    def now(self) -> Instant:
        """Read the node's clock, whether it is served or not."""
        return NodeClock(self.settings.data / "clock.json", is_demo=True)()

    def forward(self, seconds: int) -> None:
        """Put the node's clock forward; what the other regions signed is brought anew, as it would be."""
        self.client.post("/demo/clock", json={"seconds": seconds}).raise_for_status()
        self.bring_others()

    def bring_others(self) -> None:
        """Take over statements and lists of the other regions again, as of now."""
        with self.opened() as region:
            _take_over_others(region, self.guangdong, self.hubei)
        for other in (self.guangdong, self.hubei):
            other.publish_lists(at=self.now())

    def opened(self) -> OpenRegion:
        """Open its data beside the server."""
        return open_region(self.settings)

    def officer(self) -> dict[str, str]:
        """TEST: sign an officer with every role in; give the headers of their requests."""
        with self.opened() as region:
            return {"authorization": f"Bearer {sign_in_for_demo(region)}"}

    def enrolment_code(self, name: str = "Railway station, exit 2", *, division: str = COUNTY) -> str:
        """Plan a gate; give the text of the code that enrols its device (`CMG1 ...`)."""
        plan = {"division": division, "name": name}
        answer = self.client.post("/gates", json=plan, headers=self.officer()).raise_for_status()
        return str(answer.json()["qr_text"])

    def sign_in(self, person: int = 0) -> Newcomer:
        """Sign a sample person in without a browser."""
        return sign_in(self.client, person)

    def asked(self, method: str, path: str, newcomer: Newcomer, **given: Any) -> Any:
        """Ask the node as that person; give the JSON."""
        answer = self.client.request(method, path, headers=newcomer.headers, **given)
        return answer.raise_for_status().json()

    def paper_pass(self, newcomer: Newcomer) -> str:
        """Give the text of that person's paper pass; tests share a node, so one may be there already."""
        now = rfc3339(self.now())
        for known in self.asked("GET", "/codes", newcomer):
            if known["pass_class"] == "paper" and known["text"] and known["renewable_from"] > now:
                return str(known["text"])
        request = {"request_id": secrets.token_hex(8), "pass_class": "paper"}
        return str(self.asked("POST", "/codes", newcomer, json=request)["text"])


@pytest.fixture(scope="module")
def region_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegionSite]:
    """The node, served for the tests of one file: what they do to people and clock no other file meets."""
    missing = [name for name in (apps.WALLET, apps.CHECKPOINT) if not apps.is_built(apps.FOLDER, name)]
    if missing:
        pytest.skip(f"the phone apps are not built ({', '.join(missing)}); run make pwa")
    site = make_site(tmp_path_factory.mktemp("node"))
    try:
        site.start()
        yield site
    finally:
        site.stop()
        site.client.close()


@pytest.fixture
def open_phone(browser: Any, region_site: RegionSite) -> Iterator[OpenPhone]:
    """Open a page of the node on a phone of its own (`page.context` is the phone).

    What the browser complains about fails the test, unless `may_fail` says that requests go nowhere in it.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(path: str, *, may_fail: bool = False, **given: Any) -> Any:
        phone = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
        context = browser.new_context(**{**phone, "locale": "zh-CN", "base_url": region_site.url, **given})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if not may_fail:
            page.on("response", lambda answer: complaints.extend(_failed(answer)))
            page.on("console", lambda message: complaints.append(message.text))
            page.on("requestfailed", lambda request: complaints.extend(unanswered(request)))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def _failed(answer: Any) -> Iterator[str]:
    if answer.status >= httpx2.codes.BAD_REQUEST:
        yield f"{answer.status} {answer.url}: {answer.headers.get('retry-after')}"


def unanswered(request: Any) -> Iterator[str]:
    """Complain of a request that got no answer, unless the page was left before."""
    if request.failure != GIVEN_UP:
        yield f"failed: {request.url}: {request.failure}"


def make_site(folder: Path, *, begins_at: Instant | None = None) -> RegionSite:
    """Make a node that nobody serves yet; its clock is that of this machine, or begins at an instant."""
    port = free_ports(1)[0]
    url, data = f"http://{LOOPBACK}:{port}", folder / HOST
    settings = read_settings(
        region=HOST, data=data, demo=True, key_passphrase=_PASSPHRASE, public_url=url, port=port
    )
    published = data / "published"
    if begins_at is not None:
        DemoTime([data / "clock.json"], begins_at=begins_at)
    guangdong, hubei = ForeignRegion(HOME, published), ForeignRegion(HUBEI, published)
    with init_region(settings).region as region:
        _take_over_others(region, guangdong, hubei)
        recognise(region, HOME)
        refer_hubei(region)
        at = region.clock()
    for other in (guangdong, hubei):
        other.publish_lists(at=at)
    words = ("region", "--region", HOST, "--data", str(data), "--port", str(port), "--demo")
    environment = {
        "COMITY_KEY_PASSPHRASE": _PASSPHRASE,
        "COMITY_PUBLIC_URL": url,
        "COMITY_RATE_PER_MINUTE": "100000",
    }
    return RegionSite(
        url=url,
        settings=settings,
        process=DemoProcess(data, words, environment),
        client=httpx2.Client(base_url=url, timeout=30),
        guangdong=guangdong,
        hubei=hubei,
    )


def refer_hubei(region: OpenRegion, *releases: Release) -> None:
    """Publish the host's next referral of Hubei, with these releases (C3.3)."""
    issuer, at = region.issuer, region.clock()
    with issuer.store.transaction() as transaction:
        last = find_newest(transaction, StatementKind.REFERRAL, issuer.region)
        referral = Referral(
            host=issuer.region,
            issuer=HUBEI,
            version=1 if last is None else last.version + 1,
            authority=HUBEI_AUTHORITY,
            releases=releases,
        )
        data = write_referral(referral, issuer.keys.statements, is_test=True)
        kind = StatementKind.REFERRAL
        row = statement_row(kind, issuer.region, referral.version, data, at=at, about=HUBEI)
        transaction.of(StatementRow).add(row)
    publish_bundle(issuer, region.folder.published, at=at)


def _take_over_others(region: OpenRegion, *others: ForeignRegion) -> None:
    take_over(region, {name: data for other in others for name, data in other.statements().items()})
