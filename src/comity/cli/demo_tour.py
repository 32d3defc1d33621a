"""The second part of `comity demo`: the hub and two region nodes on loopback, and people's way through them.

The list of the notice is published through the hub, a checkpoint follows it, a newcomer goes from sign-in to
paper, and the hub is killed.
"""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from comity.cli.demo_words import (
    checkpoint_table,
    newcomer_table,
    short_time,
    what_to_try,
    where_to_look,
)
from comity.cli.scenario import console
from comity.domain.instant import Instant

if TYPE_CHECKING:
    from comity.cli.demo_checkpoint import DemoCheckpoint
    from comity.cli.demo_nodes import DemoFederation
    from comity.cli.demo_region import DemoStep

PAUSE: Final = 0.5
TICK: Final = 20
"""Seconds by which time goes on with every pause of the newcomer."""
_PERSON: Final = 0
_TERMINATED: Final = 128 + signal.SIGTERM


def run_nodes(out: Path, *, once: bool) -> int:
    """Serve hub and nodes, tell what happens, print where to look; without `once` stay until stopped."""
    try:
        import fastapi  # noqa: F401 - looked for before anything is made
        import httpx2  # noqa: F401
    except ModuleNotFoundError:
        print(
            "The hub and the region nodes were left out: they need the extra 'services' "
            "(pip install 'comity[services]')."
        )
        return 0
    from comity.cli.demo_nodes import demo_federation
    from comity.cli.demo_notice import BEGINS
    from comity.cli.demo_phones import DRAWN_EVERY, draw_hubei, phones_to_open

    print(
        "\nNow the hub and two region nodes [TEST 测试], each a process on this machine, and six regions of\n"
        "statements only; a minute or two, please. Their calendar begins on 16 March 2020 and is put forward."
    )
    with _ended_by_sigterm(), demo_federation(out, begins_at=BEGINS) as federation:
        checkpoint, steps = _happens(federation, out)
        print(what_to_try(federation, checkpoint, steps, out))
        if not once:
            print(where_to_look(federation))
        print(phones_to_open(federation.nodes[0], federation.nodes[1:], out))
        if not once:
            _stay(lambda: draw_hubei(federation.regions, out, at=federation.time()), every=DRAWN_EVERY)
    return 0


def _happens(federation: DemoFederation, out: Path) -> tuple[DemoCheckpoint, list[DemoStep]]:
    """Let everything happen, and tell it."""
    from comity.cli.demo_checkpoint import DemoCheckpoint
    from comity.cli.demo_notice import DemoNotice
    from comity.cli.demo_outage import DemoTravellers

    notice = DemoNotice(federation, tell)
    federation.hub.make(secrets.token_bytes)
    federation.hub.start()
    notice.begin()
    notice.collect_replies()
    notice.publish()
    federation.serve_nodes()
    print(where_to_look(federation))
    home = federation.nodes[0]
    checkpoint = DemoCheckpoint(
        out / "checkpoint",
        hub=federation.hub.url,
        root=federation.hub.root,
        anchor=home.client.get("/anchor").content,
    )
    travellers = DemoTravellers(federation, checkpoint, tell)
    travellers.before_the_list_holds()
    travellers.the_list_holds()
    notice.release_hubei()
    travellers.hubei_outside_wuhan_is_released()
    print("\nA newcomer in Inner Mongolia:")
    steps = list(_tour(federation, out))
    console().print(newcomer_table(steps, federation.nodes))
    travellers.wuhan_is_released()
    travellers.the_hub_is_killed()
    travellers.the_hub_stays_away()
    travellers.the_hub_is_back()
    console().print(checkpoint_table(checkpoint.visits))
    return checkpoint, steps


def tell(at: Instant, what: str) -> None:
    """Tell one thing that happened, by the calendar of the demo."""
    print(f"  {short_time(at)}  {what}", flush=True)


def _tour(federation: DemoFederation, out: Path) -> Iterable[DemoStep]:
    from comity.bootstrap.demo_people import demo_people
    from comity.cli.demo_region import DemoNewcomer, DemoSite

    def pause() -> None:
        time.sleep(PAUSE)
        federation.time.forward(TICK)

    home, host = (
        DemoSite(region=node.region, client=node.client, officers=node.officers) for node in federation.nodes
    )
    newcomer: DemoNewcomer = DemoNewcomer(
        home=home,
        host=host,
        person=demo_people()[_PERSON],
        number=_PERSON,
        out=out / "newcomer",
        pause=pause,
        forward=lambda seconds: federation.forward_to(federation.time() + seconds),
    )
    for step in newcomer.steps():
        done = step()
        tell(federation.time(), f"{done.name}: {done.what}")
        yield done


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that no process of the demo is left behind."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stay(draw: Callable[[], None], *, every: float) -> None:
    print("Everything stays until you stop it with Ctrl-C.", flush=True)
    ended = threading.Event()
    try:
        while True:
            draw()
            ended.wait(every)
    except KeyboardInterrupt:
        print("\nEverything is stopped.")
