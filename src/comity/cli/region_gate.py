"""`comity region gate`: plan a gate and draw the code that enrols its device, in a county's name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from comity.cli.region import Data, DatabaseUrl, opened_region
from comity.cli.screen import say
from comity.domain.instant import rfc3339
from comity.errors import UsageError


def gate_command(
    *,
    division: Annotated[str, Parameter(help="Six-digit code of the county, such as 150102.")],
    name: Annotated[str, Parameter(help="What the gate is called, such as 'Railway station, exit 2'.")],
    by: Annotated[str, Parameter(help="Id of the officer in whose name: a manager of that county's gates.")],
    out: Annotated[Path, Parameter(help="File for the code, a PNG.")] = Path("gate.png"),
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> int:
    """Plan a gate; its code is valid once and for 24 hours. The same as POST /gates."""
    from comity.cli.picture import draw
    from comity.issuance.gates import enrolment_text, plan_gate
    from comity.officers.officers import Officer

    with opened_region(data, database_url) as opened:
        at = opened.clock()
        with opened.issuer.store.transaction() as transaction:
            officer = transaction.of(Officer).find(by)
            if officer is None or not officer.is_active:
                raise UsageError("there is no such officer", next_step="Name one by the id in GET /officers.")
            planned = plan_gate(transaction, opened.issuer, officer, division=division, name=name, at=at)
        text = enrolment_text(opened.issuer.region, planned.code, opened.settings.url)
    out.write_bytes(draw(text))
    ends_at = rfc3339(planned.ends_at)
    say(f"{name} in {division}: scan {out} with the device before {ends_at}; it says:\n{text}")
    return 0
