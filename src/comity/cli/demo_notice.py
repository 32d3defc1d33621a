"""The list of the notice published through the hub of the demo, day by day, as March 2020 would have seen it.

Regions ask to take part and are let in; Inner Mongolia invites, notes each reply, confirms, and publishes
with the instant of effect; Hubei is referred by the national rulebook and released by date (C2.1, C3.3).
The dates of Hubei are example data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from comity.cli.demo_processes import patiently
from comity.cli.demo_regions import BEIJING, HEILONGJIANG, HUBEI, JIANGSU, SHANGHAI, ZHEJIANG
from comity.domain.instant import Instant, instant_of
from comity.domain.national_rulebook import NationalRow
from comity.domain.recognition import Release
from comity.domain.region import INNER_MONGOLIA, RegionCode, get_region
from comity.errors import DownloadFailed

if TYPE_CHECKING:
    from comity.bootstrap.region import OpenRegion
    from comity.cli.demo_nodes import DemoFederation, DemoNode


def day(text: str) -> Instant:
    """Give an instant of Beijing time in 2020, such as `03-19 00:00`."""
    return instant_of(datetime.fromisoformat(f"2020-{text}+08:00"))


BEGINS: Final = day("03-16 09:00")
PUBLISHED: Final = day("03-18 18:00")
EQUAL: Final = day("03-19 00:00")
OUTSIDE_WUHAN: Final = day("03-25 00:00")
WUHAN: Final = day("04-08 00:00")
WUHAN_CITY: Final = "420100"
_GUANGDONG: Final = RegionCode("440000")
_AUTHORITY: Final = "Hubei provincial COVID-19 command (湖北省新冠肺炎疫情防控指挥部)"
_REPLIES: Final = (
    (day("03-17 09:00"), _GUANGDONG),
    (day("03-17 11:30"), BEIJING),
    (day("03-17 16:00"), SHANGHAI),
    (day("03-18 09:00"), ZHEJIANG),
    (day("03-18 11:00"), HEILONGJIANG),
)
"""Heilongjiang replies too late to be confirmed for this list; Jiangsu has not replied yet."""
LISTED: Final = (_GUANGDONG, BEIJING, SHANGHAI, ZHEJIANG)
_RELEASES: Final = (
    Release(effective_from=OUTSIDE_WUHAN, areas_except=(WUHAN_CITY,)),
    Release(effective_from=WUHAN),
)

Tell = Callable[[Instant, str], None]
"""Tells one thing that happened: when by the demo's calendar, and what."""


class DemoNotice:
    """Publishes the list through a hub that is served; `tell` hears of every step."""

    def __init__(self, federation: DemoFederation, tell: Tell) -> None:
        self._federation, self._hub, self._tell = federation, federation.hub, tell
        self._nodes: Mapping[RegionCode, DemoNode] = {node.region: node for node in federation.nodes}

    def begin(self) -> None:
        """Let every region ask, be let in, and publish its keys; the national rulebook refers Hubei."""
        from comity.bootstrap.region import init_region
        from comity.bootstrap.region_application import apply_for_membership

        for code, region in self._federation.regions.by_code.items():
            patiently(partial(region.apply, self._hub.url))
            self._hub.admit(code)
        for node in self._federation.nodes:
            with init_region(node.settings).region as opened:
                patiently(partial(apply_for_membership, opened, certificate=b"TEST", asked_by="TEST"))
                self._hub.admit(node.region)
        names = ", ".join(
            get_region(code).short_zh for code in (*self._nodes, *self._federation.regions.by_code)
        )
        self._say(f"the hub lets in, by two officers each: {names}")
        self._hub.publish_national(NationalRow(issuer=HUBEI, authority=_AUTHORITY, names_areas=True))
        self._federation.regions.publish(self._hub.url, at=self._federation.time())
        for node in self._federation.nodes:
            with node.opened() as opened:
                _follow(opened)
        self._say("the national rulebook refers Hubei to its own command (C3.3)")

    def collect_replies(self) -> None:
        """Inner Mongolia refers Hubei, invites the others, and notes each reply; none counts yet."""
        with self._nodes[INNER_MONGOLIA].opened() as home, self._nodes[_GUANGDONG].opened() as guangdong:
            _say(home, "refer", HUBEI)
            for code in (*LISTED, HEILONGJIANG, JIANGSU):
                _say(home, "invite", code)
            _say(guangdong, "invite", INNER_MONGOLIA)
            self._say("Inner Mongolia refers Hubei and invites six regions")
            for at, code in _REPLIES:
                self._federation.time.forward_to(at)
                self._hub.wait()
                _say(home, "reply", code)
                self._say(f"{get_region(code).name_en} replies; a reply changes nothing (C2.1)")
            _say(guangdong, "reply", INNER_MONGOLIA)
            for code in LISTED:
                _say(home, "confirm", code)
            _say(guangdong, "confirm", INNER_MONGOLIA)
            self._say("four are confirmed")

    def publish(self) -> None:
        """Publish the list, in force from the first instant of 19 March."""
        self._federation.forward_to(PUBLISHED)
        with self._nodes[INNER_MONGOLIA].opened() as home, self._nodes[_GUANGDONG].opened() as guangdong:
            _follow(home)
            for code in LISTED:
                _say(home, "publish", code, effective_from=EQUAL)
            names = ", ".join(get_region(code).name_en for code in LISTED)
            self._say(f"Inner Mongolia publishes {names}, in force from 19 March 00:00")
            _follow(guangdong)
            _say(guangdong, "publish", INNER_MONGOLIA, effective_from=EQUAL)
            self._say("Guangdong publishes Inner Mongolia")

    def release_hubei(self) -> None:
        """The national authority announces the releases by date, and the host's referral follows."""
        from comity.bootstrap.region_words import follow_national

        self._federation.forward_to(day("03-24 10:00"))
        row = NationalRow(issuer=HUBEI, authority=_AUTHORITY, releases=_RELEASES, names_areas=True)
        self._hub.publish_national(row)
        with self._nodes[INNER_MONGOLIA].opened() as home:
            _follow(home)
            patiently(partial(follow_national, home))
        self._say("the national rulebook releases Hubei: outside Wuhan on 25 March, Wuhan on 8 April")

    def _say(self, what: str) -> None:
        self._tell(self._federation.time(), what)


def _follow(region: OpenRegion) -> None:
    """Fetch from the hub, and publish what is due."""
    from comity.bootstrap.region_hub import publish_region, sync_region

    patiently(partial(sync_region, region))
    patiently(partial(publish_region, region))


def _say(region: OpenRegion, word: str, other: RegionCode, *, effective_from: Instant | None = None) -> None:
    """Say a word as host; one that was sent and not answered is sent again, byte for byte."""
    from comity.bootstrap.region_hub import publish_region
    from comity.bootstrap.region_words import say_through_hub
    from comity.issuance.host_words import HostWord, Wording

    wording = Wording(word=HostWord(word), issuer=other, effective_from=effective_from)
    try:
        say_through_hub(region, wording)
    except DownloadFailed:
        patiently(partial(publish_region, region))
