"""The application as a server starts it: `granian --interface rsgi --factory comity.server.main:serve`."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from threading import Thread
from typing import Final

from fastapi import FastAPI

from comity.bootstrap.known_regions import RegionSource
from comity.bootstrap.region import OpenRegion, open_region
from comity.bootstrap.settings import NodeSettings, read_settings
from comity.server.app import make_app
from comity.server.bounds import ServingBounds
from comity.server.logs import configure_logs
from comity.server.node import Node
from comity.server.proxies import TrustedProxies
from comity.server.rsgi import RsgiApp

_YOUNG: Final = 20_000
"""Objects made before a collection: a request makes a hundred, and leaves none in a circle."""
_TURN: Final = 0.0005
"""Seconds that a thread beside the routes may keep the interpreter while a request waits for it."""


def serve() -> RsgiApp:
    """Open the region that the settings name and make its application. Raises: ComityError."""
    settings = read_settings()
    configure_logs(settings.log_level)
    end_with_parent()
    app = make_app(open_node(open_region(settings)), bounds=bounds_of(settings))
    settle_memory(app)
    return RsgiApp(app, app.around)


def settle_memory(app: FastAPI) -> None:
    """Make what every request needs, and let no collection look through it again."""
    app.openapi()  # takes a second: kept from now on, so that no request waits while it is made
    gc.collect()
    gc.freeze()  # what is here now stays for good
    gc.set_threshold(_YOUNG)
    sys.setswitchinterval(_TURN)


def end_with_parent() -> None:
    """End this worker when the server that started it was killed: nobody else would free the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()


def open_node(region: OpenRegion) -> Node:
    """Give an opened region as what routes work with."""
    return Node(
        issuer=region.issuer,
        keys=region.keys,
        clock=region.clock,
        published=region.folder.published,
        public_url=region.settings.url,
        is_demo=region.settings.demo,
        find_regions=RegionSource(region),
    )


def bounds_of(settings: NodeSettings) -> ServingBounds:
    """Give how much one worker takes on."""
    return ServingBounds(
        in_hand=settings.in_flight,
        per_minute=settings.rate_per_minute,
        seconds=settings.request_seconds,
        proxies=TrustedProxies(settings.trusted_proxies),
    )
