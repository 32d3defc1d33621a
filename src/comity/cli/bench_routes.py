"""The hot routes of a region under load: the online pass, and the verification of codes for gates.

Peaks are closed loops over 64 connections, ours and the yardstick by turns; the best round of each counts,
since other work can only make a round slower. The generator and the server share the machine, but no core
where the server is kept on one (`bench_cores`).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from time import perf_counter
from typing import Final

from comity import bootstrap
from comity.bootstrap.region import OpenRegion
from comity.cli.bench_load import LoadPlan, LoadResult, run_load
from comity.cli.bench_node import BenchServer
from comity.cli.bench_report import Value, tell
from comity.codec.qrtext import write_text
from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId, StatusReference
from comity.domain.colour import Colour, PassClass
from comity.domain.decision import Outcome
from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import ComityError
from comity.issuance.application import PassRequest, apply_for_pass
from comity.issuance.gates import EnrolledGate
from comity.issuance.records import Person
from comity.issuance.status_places import list_uri
from comity.issuance.status_publication import publish_status
from comity.trust.algorithm import private_key
from comity.trust.issue import check_claims, issue, present
from comity.verify import verify

CONNECTIONS: Final = 64
VERIFIED: Final = (PassClass.PAPER, PassClass.DEVICE)
"""The classes that are verified: one signature and two."""
_TEXTS: Final = 400
_WARM_UP_MOST: Final = 60.0
"""Seconds in which everybody is asked for once, so that the worker remembers all of them."""
_WARM_UP: Final = 1.0
"""Seconds in which the many connections of the open loop are new: their times are not counted."""
_MOST_SIGNED: Final = 9_000
"""Signed requests made for each second; each is sent once, since its nonce is used up by that."""
_BODY_HEAD: Final = b"content-type: application/json\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakRates:
    """Requests a second in the best rounds: ours, and the yardstick's."""

    ours: float
    bare: float


def online_requests(tokens: Sequence[str], port: int) -> list[bytes]:
    """Write one request for the online pass of each session."""
    return [
        b"POST /codes/online HTTP/1.1\r\nhost: 127.0.0.1:%d\r\nauthorization: Bearer %s\r\n\r\n"
        % (port, token.encode())
        for token in tokens
    ]


def measure_online(
    server: BenchServer, bare: BenchServer, requests: Sequence[bytes], *, rounds: int, seconds: float
) -> PeakRates:
    """Measure the peak of the online route against a bare route that signs once."""
    sign = [b"POST /sign HTTP/1.1\r\nhost: bench\r\ncontent-length: 0\r\n\r\n"]
    run_load(_peak(server, requests, seconds=_WARM_UP_MOST, once=True))
    ours, theirs = list[float](), list[float]()
    for number in range(rounds):
        tell(f"online passes and bare signatures, round {number + 1} of {rounds}")
        theirs.append(_all_good(run_load(_peak(bare, sign, seconds=seconds))).rate)
        ours.append(_all_good(run_load(_peak(server, requests, seconds=seconds))).rate)
    return PeakRates(ours=max(ours), bare=max(theirs))


def measure_tail(
    server: BenchServer, requests: Sequence[bytes], *, peak: float, seconds: float
) -> dict[str, Value]:
    """Measure the times at 70 % of the peak, requests due whoever is late."""
    tell("online passes, open loop at 70 % of the peak")
    result = _all_good(
        run_load(
            LoadPlan(
                port=server.port,
                requests=requests,
                connections=4 * CONNECTIONS,
                seconds=_WARM_UP + seconds,
                rate=0.7 * peak,
                warm_up=_WARM_UP,
                core=server.load_core,
            )
        )
    )
    return {
        "p99_over_mean": result.quantile(0.99) / result.mean,
        "tail_mean_ms": 1_000 * result.mean,
        "tail_p99_ms": 1_000 * result.quantile(0.99),
        "tail_rate_per_s": result.rate,
    }


def measure_verify_route(
    region: OpenRegion, server: BenchServer, gate: EnrolledGate, *, rounds: int, seconds: float
) -> dict[str, Value]:
    """Measure verification over HTTP against `verify()` in this process, on the same passes of each class.

    The lower of the two ratios is the figure: paper has one signature, so that what surrounds it weighs more.
    """
    _publish_list(region)
    opened = bootstrap.open_gate(
        region.folder.published / "bundle.cbor",
        anchor=region.folder.published / "anchor.cbor",
        host=None,
        status=region.folder.published / "status",
    )
    ours: dict[PassClass, list[float]] = {each: [] for each in VERIFIED}
    inside: dict[PassClass, list[float]] = {each: [] for each in VERIFIED}
    for number in range(rounds):
        tell(f"codes verified by the route and in this process, round {number + 1} of {rounds}")
        for each in VERIFIED:
            texts, at = _texts(region, each), region.clock()
            inside[each].append(_rate_inside(texts, opened, at=at))
            count = int(_MOST_SIGNED * seconds)
            requests = _signed_requests(texts, gate, server.port, at=at, count=count)
            ours[each].append(_all_good(run_load(_peak(server, requests, seconds=seconds, once=True))).rate)
    ratios = {each: max(ours[each]) / max(inside[each]) for each in VERIFIED}
    figures: dict[str, Value] = {"verify_ratio": min(ratios.values())}
    for each in VERIFIED:
        figures |= {
            f"verify_ratio_{each}": ratios[each],
            f"verify_{each}_per_s": max(ours[each]),
            f"verify_{each}_inside_per_s": max(inside[each]),
        }
    return figures


def _rate_inside(texts: Sequence[str], opened: bootstrap.Gate, *, at: Instant) -> float:
    """Answer the texts one by one in this process, and give how many a second."""
    moment = datetime.fromtimestamp(at, UTC)
    began = perf_counter()
    answers = [verify(text, opened.bundle, at=moment, lists=opened.lists) for text in texts]
    seconds = perf_counter() - began
    if {answer.outcome for answer in answers} != {Outcome.PASS}:
        raise ComityError(f"the bench's own passes are answered {sorted({a.reason for a in answers})}")
    return len(texts) / seconds


def _publish_list(region: OpenRegion) -> None:
    """Give out one pass, so that there is a list, and publish it."""
    issuer, at = region.issuer, region.clock()
    with issuer.store.reading() as transaction:
        holder = transaction.of(Person).select(limit=1)[0].holder
    request = PassRequest(holder=holder, carrier=holder, pass_class=PassClass.PAPER, request_id="bench")
    apply_for_pass(issuer, request, at=at)
    publish_status(issuer, region.folder.published, at=at)


def _peak(server: BenchServer, requests: Sequence[bytes], *, seconds: float, once: bool = False) -> LoadPlan:
    return LoadPlan(
        port=server.port,
        requests=requests,
        connections=CONNECTIONS,
        seconds=seconds,
        once=once,
        core=server.load_core,
    )


def _all_good(result: LoadResult) -> LoadResult:
    """Refuse a round with refusals: they would be quicker than answers."""
    strange = {status: count for status, count in result.statuses.items() if status >= 400}
    if strange:
        raise ComityError(f"the bench's requests were refused: {strange}")
    return result


def _texts(region: OpenRegion, pass_class: PassClass) -> list[str]:
    """Sign passes of a class; device passes are each presented by a phone of its own at this moment."""
    issuer, at = region.issuer, region.clock()
    texts: list[str] = []
    for number in range(_TEXTS):
        phone = private_key(issuer.draw(40)) if pass_class is PassClass.DEVICE else None
        claims = PassClaims(
            issuer=issuer.region,
            pass_id=PassId(issuer.draw(PASS_ID_LENGTH)),
            issued_at=at - HOUR,
            expires_at=at - HOUR + 14 * DAY,
            colour=Colour.GREEN,
            pass_class=pass_class,
            masked_name="张**",
            id_last4=f"{number:04}",
            device_key=None if phone is None else phone.as_device_key(),
            status=StatusReference(uri=list_uri(issuer.region, 1), index=number),
        )
        signed = issue(check_claims(claims, issuer.keys.pass_entry), issuer.keys.passes, is_test=True)
        texts.append(
            write_text(signed if phone is None else present(signed, phone, shown_at=at, is_test=True))
        )
    return texts


def _signed_requests(
    texts: Sequence[str], gate: EnrolledGate, port: int, *, at: int, count: int
) -> list[bytes]:
    """Sign requests as a gate does (RFC 9421, HMAC), each with a nonce of its own."""
    bodies = [json.dumps({"text": text}).encode() for text in texts]
    digests = [f"sha-256=:{b64encode(sha256(body).digest()).decode()}:" for body in bodies]
    host, keyid = f"127.0.0.1:{port}", gate.gate.gate_id
    covered = '("@method" "@authority" "@path" "@query" "content-digest")'
    run = sha256(f"{at}".encode()).hexdigest()[:12]
    requests: list[bytes] = []
    for number in range(count):
        place = number % len(bodies)
        nonce = f"{run}{number:012x}"
        parameters = f'{covered};created={at};nonce="{nonce}";keyid="{keyid}";tag="comity-gate"'
        base = (
            f'"@method": POST\n"@authority": {host}\n"@path": /codes/verify\n"@query": ?\n'
            f'"content-digest": {digests[place]}\n"@signature-params": {parameters}'
        )
        signature = b64encode(digest(gate.secret, base.encode(), "sha256")).decode()
        head = (
            f"POST /codes/verify HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(bodies[place])}\r\n"
            f"content-digest: {digests[place]}\r\nsignature-input: sig1={parameters}\r\n"
            f"signature: sig1=:{signature}:\r\n"
        )
        requests.append(head.encode() + _BODY_HEAD + b"\r\n" + bodies[place])
    return requests
