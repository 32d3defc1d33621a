"""Travellers at the checkpoint of the demo: before and after the list takes effect, and with the hub killed.

Gates need no hub to answer (C3.3, settled rule 13): what they have goes on for 7 days, and then they say so.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from comity.cli.demo_notice import EQUAL, OUTSIDE_WUHAN, WUHAN, WUHAN_CITY, Tell, day
from comity.cli.demo_processes import patiently
from comity.cli.demo_regions import HUBEI
from comity.cli.demo_sign_in import sign_in
from comity.cli.verify import spoken
from comity.domain.decision import Outcome, ReasonCode
from comity.domain.instant import DAY, MINUTE, Instant
from comity.errors import BundleRefused, ComityError

if TYPE_CHECKING:
    from comity.cli.demo_checkpoint import CheckpointVisit, DemoCheckpoint
    from comity.cli.demo_nodes import DemoFederation

PATIENCE: Final = 60.0
"""Seconds until an answer must be as expected: nodes fetch and publish at their own pace."""
PAUSE: Final = 0.3
TICK: Final = 30
"""Seconds by which time goes on with every pause."""
PERSON: Final = 6
"""Who travels from Guangdong, of the sample people."""
YICHANG: Final = "420500"
_PASS: Final = (Outcome.PASS, ReasonCode.GREEN)
_REFER: Final = (Outcome.REFER, ReasonCode.REFERRED)
_NOT_YET: Final = (Outcome.REAPPLY, ReasonCode.NOT_RECOGNISED)
_STALE: Final = (Outcome.UNDECIDED, ReasonCode.TRUST_STALE)

Answer = tuple[Outcome, ReasonCode]
Making = Callable[[Instant], str]
"""Gives the text of a code as shown at an instant."""


class DemoTravellers:
    """Somebody from Guangdong with paper, and two from Hubei with codes of the minute, at one checkpoint."""

    def __init__(self, federation: DemoFederation, checkpoint: DemoCheckpoint, tell: Tell) -> None:
        self._tell = tell
        self._federation, self._checkpoint, self._time = federation, checkpoint, federation.time
        self._issuer = federation.nodes[1]
        self._paper = ""

    def before_the_list_holds(self) -> None:
        """The evening of 18 March: published, not yet in force (C2.1)."""
        self._federation.forward_to(day("03-18 20:00"))
        self._paper = self._apply()
        self._guangdong(_NOT_YET)
        self._yichang(_REFER)

    def the_list_holds(self) -> None:
        """The first instant of 19 March."""
        self._federation.forward_to(EQUAL)
        self._guangdong(_PASS)
        self._yichang(_REFER)

    def hubei_outside_wuhan_is_released(self) -> None:
        """25 March, as the national rulebook says."""
        self._federation.forward_to(OUTSIDE_WUHAN)
        self._yichang(_PASS)
        self._wuhan(_REFER)

    def wuhan_is_released(self) -> None:
        """8 April, by the date alone: nobody does anything."""
        self._federation.forward_to(WUHAN)
        self._wuhan(_PASS)
        self._paper = self._apply()
        self._guangdong(_PASS)

    def the_hub_is_killed(self) -> None:
        """Killed: an hour and a day later every answer is as before."""
        killed_at = self._time()
        self._federation.hub.process.kill()
        self._tell(killed_at, "the hub is killed; nothing else is done about it")
        self._federation.forward_to(killed_at + DAY)
        self._guangdong(_PASS, with_hub=False)
        self._wuhan(_PASS, with_hub=False)

    def the_hub_stays_away(self) -> None:
        """Eight days on, no answer relies on what the hub last said; it says why."""
        self._federation.forward_to(self._time() + 7 * DAY)
        stale = self._guangdong(_STALE, with_hub=False)
        for line in spoken(stale.decision).splitlines():
            self._tell(stale.at, f"  {line}")

    def the_hub_is_back(self) -> None:
        """Started again on its data: regions fetch within ten minutes, and gates answer again."""
        self._federation.hub.start()
        self._tell(self._time(), "the hub is started again")
        self._federation.forward_to(self._time() + 10 * MINUTE)
        self._guangdong(_PASS)

    def _guangdong(self, answer: Answer, *, with_hub: bool = True) -> CheckpointVisit:
        who = "Guangdong, on paper"
        return self._until(lambda at: self._paper, who, answer, with_hub=with_hub)

    def _yichang(self, answer: Answer) -> None:
        self._hubei("Hubei, Yichang, online", YICHANG, answer, with_hub=True)

    def _wuhan(self, answer: Answer, *, with_hub: bool = True) -> None:
        self._hubei("Hubei, Wuhan, online", WUHAN_CITY, answer, with_hub=with_hub)

    def _hubei(self, who: str, area: str, answer: Answer, *, with_hub: bool) -> None:
        region = self._federation.regions.by_code[HUBEI]
        making: Making = lambda at: region.online_pass("胡某某", area=area, at=at)  # noqa: E731
        self._until(making, who, answer, with_hub=with_hub)

    def _until(self, making: Making, who: str, answer: Answer, *, with_hub: bool) -> CheckpointVisit:
        """Show a code until it is answered as it must be: what changed reaches a gate within minutes.

        Raises: ComityError when it does not.
        """
        end, got = time.monotonic() + PATIENCE, "nothing"
        while time.monotonic() < end:
            at = self._time()
            try:
                visit = self._visit(making, who, at=at, with_hub=with_hub)
            except BundleRefused as error:
                got = str(error)  # time was put forward, and the node has not made the next bundle yet
            else:
                got = f"{visit.decision.outcome} ({visit.decision.reason})"
                if (visit.decision.outcome, visit.decision.reason) == answer:
                    self._checkpoint.visits.append(visit)
                    self._tell(at, f"{who}: {got}")
                    return visit
            time.sleep(PAUSE)
            self._time.forward(TICK)
        raise ComityError(f"{who} was answered {got}, not {answer[0]} ({answer[1]})")

    def _visit(self, making: Making, who: str, *, at: Instant, with_hub: bool) -> CheckpointVisit:
        """Fetch what there is, and show the code."""
        if with_hub:
            patiently(partial(self._checkpoint.sync, at=at))
        patiently(partial(self._checkpoint.supply, at=at))
        return self._checkpoint.show(making(at), who, at=at, has_hub=with_hub)

    def _apply(self) -> str:
        """Sign in at the traveller's own region and apply for a paper pass. Raises: ComityError."""
        client = self._issuer.client
        headers = {"authorization": f"Bearer {sign_in(client, PERSON)}"}
        asked = {"request_id": secrets.token_hex(8), "pass_class": "paper"}
        answer = client.post("/codes", json=asked, headers=headers)
        if answer.status_code != 201:
            raise ComityError(f"the demo could not apply in Guangdong: status {answer.status_code}")
        return str(answer.json()["text"])
