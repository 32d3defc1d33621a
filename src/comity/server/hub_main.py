"""The hub as a server starts it: `granian --interface asgi --factory comity.server.hub_main:serve`."""

from __future__ import annotations

from fastapi import FastAPI

from comity.bootstrap.hub import open_hub
from comity.bootstrap.hub_nation import NationalKeys
from comity.bootstrap.settings import read_settings
from comity.server.hub_app import make_hub_app
from comity.server.hub_node import HubNode
from comity.server.logs import configure_logs
from comity.server.main import bounds_of, end_with_parent, settle_memory


def serve() -> FastAPI:
    """Open the hub that the settings name and make its application. Raises: ComityError."""
    settings = read_settings()
    configure_logs(settings.log_level)
    end_with_parent()
    opened = open_hub(settings)
    app = make_hub_app(HubNode(opened=opened, nation=NationalKeys(opened)), bounds=bounds_of(settings))
    app.state.register.current()  # read before the first visitor asks for it
    settle_memory(app)
    return app
