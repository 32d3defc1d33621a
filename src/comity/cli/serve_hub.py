"""`comity serve hub`: the hub, its workers and its timed duties."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from comity.cli.hub import hub_settings
from comity.cli.region_settings import put_in_environment
from comity.cli.serve import METRICS_FOLDER, prepare_metrics, require_free, run_server

if TYPE_CHECKING:
    from comity.bootstrap.settings import NodeSettings

TARGET: Final = "comity.server.hub_main:serve"
DUTIES: Final = "comity.server.hub_duty_runner"


def hub_command(
    *,
    data: Path | None = None,
    database_url: str | None = None,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    demo: Annotated[bool | None, Parameter(negative="")] = None,
) -> int:
    """Serve the hub until stopped (Ctrl-C or SIGTERM); requests in hand are finished first.

    Parameters
    ----------
    data
        Data folder, made by `comity hub init`; default comity-hub.
    database_url
        PostgreSQL database; default: SQLite in the data folder.
    host
        Address to listen at.
    port
        Port to listen at; default 8149.
    workers
        Processes that answer requests.
    demo
        TEST: demo mode, for a test hub.
    """
    settings = hub_settings(
        data=data, database_url=database_url, host=host, port=port, workers=workers, demo=demo
    )
    _check(settings)
    put_in_environment(settings)
    prepare_metrics(settings.data / METRICS_FOLDER)
    run_server(settings, target=TARGET, duties=DUTIES, interface="asgi")
    return 0


def _check(settings: NodeSettings) -> None:
    """Open and close everything once, so that what is wrong is told in one line. Raises: ComityError."""
    from comity.bootstrap.hub import open_hub, upgrade_hub

    upgrade_hub(settings)
    with open_hub(settings) as opened:
        is_test = opened.hub.is_test
    if settings.socket is None:
        require_free(settings.host, settings.port)
    mark = " [TEST 测试]" if is_test else ""
    print(
        f"Comity{mark}: the hub at {settings.url}, data in {settings.data}, "
        f"{settings.workers} worker(s); Ctrl-C stops",
        flush=True,
    )
