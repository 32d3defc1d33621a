"""A gate of the demo: carries what a node publishes, and answers codes offline as `comity verify` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity import bootstrap
from comity.codec import base45
from comity.codec.qrtext import PREFIX, read_text, write_text
from comity.distribution.status_index import list_file
from comity.domain.decision import Decision
from comity.domain.instant import Instant
from comity.errors import ComityError
from comity.trust.algorithm import PrivateKey
from comity.trust.issue import present
from comity.verify import verify
from comity.verify.authenticate import pass_of

if TYPE_CHECKING:
    import httpx2

    from comity.domain.region import RegionCode


_FOUND: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVisit:
    """A code shown at a gate and the answer; the text and the gate's files are kept to be tried again."""

    text: str
    files: Path
    at: Instant
    decision: Decision


def show_at_gate(
    text: str, *, host: httpx2.Client, home: httpx2.Client, region: RegionCode, at: Instant, files: Path
) -> GateVisit:
    """Fetch the host's bundle and the home's status list as files, then answer the text offline.

    Raises: ComityError for what cannot be fetched or opened.
    """
    (files / "status").mkdir(parents=True, exist_ok=True)
    (files / "bundle.cbor").write_bytes(_fetched(host, "/bundle"))
    (files / "anchor.cbor").write_bytes(_fetched(host, "/anchor"))
    number = _list_number(text)
    if number is not None:
        name = list_file(region, number)
        answer = home.get(f"/status/{name}")
        if answer.status_code == _FOUND:  # a fresh list is published within a minute
            (files / "status" / name).write_bytes(answer.content)
    gate = bootstrap.open_gate(
        files / "bundle.cbor", anchor=files / "anchor.cbor", host=None, status=files / "status"
    )
    moment = datetime.fromtimestamp(at, UTC)
    decision = verify(text, gate.bundle, at=moment, lists=gate.lists)
    (files / "code.txt").write_text(text + "\n", encoding="utf-8")
    return GateVisit(text=text, files=files, at=at, decision=decision)


def shown_by_phone(text: str, phone: PrivateKey, *, at: Instant) -> str:
    """Show a device pass as the phone does: sign it for this moment."""
    signed_pass = base45.decode(text.removeprefix(PREFIX).encode())
    return write_text(present(signed_pass, phone, shown_at=at, is_test=True))


def _list_number(text: str) -> int | None:
    claims = pass_of(read_text(text, is_test=True)).claims
    return None if claims.status is None else int(claims.status.uri.rsplit("/", 1)[1])


def _fetched(client: httpx2.Client, path: str) -> bytes:
    answer = client.get(path)
    if answer.status_code != _FOUND:
        raise ComityError(f"the demo could not fetch {path}: status {answer.status_code}")
    return answer.content


def outcome_words(visits: Sequence[GateVisit]) -> str:
    """Say what the gates answered."""
    return ", ".join(f"{visit.decision.outcome} ({visit.decision.reason})" for visit in visits)
