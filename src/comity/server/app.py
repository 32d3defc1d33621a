"""The application of a region node: routes by service, problems, and what runs around every request."""

from __future__ import annotations

from math import inf
from typing import Final

from fastapi import APIRouter

from comity.issuance.identity_provider import IdentityProvider
from comity.server import (
    access_applications,
    apps,
    assessment_rulebooks,
    assignments,
    assisted,
    assisted_corrections,
    audit,
    code_making,
    corrections,
    country_files,
    declarations,
    demo_clock,
    demo_provider,
    dependants,
    evidence_exchange,
    evidence_imports,
    extra_demands,
    gate_counts,
    gates,
    health_query,
    hot_online,
    hot_verify,
    keys,
    liveness,
    manual_cases,
    messages,
    node_clock,
    officers,
    pass_application,
    people,
    problems,
    side_doors,
    sign_in,
    static_files,
    supervision,
    trip_check,
    verify_by_id,
    verify_foreign,
    watching,
)
from comity.server.around import Around
from comity.server.bounds import ServingBounds
from comity.server.description import ABOUT, describe
from comity.server.node import Node
from comity.server.node_app import NodeApp, begin_app
from comity.verify.foreign_codes import ForeignCodes

ROUTERS: Final[tuple[APIRouter, ...]] = (
    code_making.router,
    sign_in.router,
    demo_provider.router,
    people.router,
    dependants.router,
    officers.router,
    assignments.router,
    assisted.router,
    assisted_corrections.router,
    corrections.router,
    side_doors.router,
    audit.router,
    keys.router,
    hot_verify.router,
    verify_by_id.router,
    verify_foreign.router,
    gates.router,
    gate_counts.router,
    manual_cases.router,
    extra_demands.router,
    supervision.router,
    access_applications.router,
    hot_online.router,
    messages.router,
    declarations.router,
    evidence_imports.router,
    evidence_exchange.router,
    assessment_rulebooks.router,
    health_query.router,
    trip_check.router,
    static_files.router,
    country_files.router,
    apps.router,
    node_clock.router,
    liveness.router,
    watching.router,
)
"""The routes of every part, in the order of the description; each part lists its own here.

They are tried in this order: those that are asked for most stand first.
"""


def make_app(
    node: Node,
    *,
    bounds: ServingBounds | None = None,
    provider: IdentityProvider | None = None,
    formats: tuple[ForeignCodes, ...] | None = None,
) -> NodeApp:
    """Make the application that serves one region; `provider` and `formats` stand in for those that are set.

    Without bounds it minds no late event loop.
    """
    app = begin_app(node, title=f"Comity region node {node.issuer.region}")
    sign_in.install(app, node, provider)
    apps.install(app)
    verify_foreign.install(app, node, formats)
    for router in ROUTERS:
        app.include_router(router)
    if node.is_demo:
        app.include_router(demo_clock.router)
    problems.install(app)
    describe(app, ABOUT)
    hot = (hot_verify.hot_route(app), hot_online.hot_route(app))
    direct = {pass_application.PATH: pass_application.direct_route(app, app.framework)}
    app.around = Around(app.framework, bounds=bounds or ServingBounds(patience=inf), hot=hot, direct=direct)
    return app
