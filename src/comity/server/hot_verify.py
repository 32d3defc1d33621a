"""`POST /codes/verify` (健康码验码), the hot route: an enrolled gate or an approved application asks, signed.

Answers exactly what `comity verify` answers offline, from the node's own published bundle and lists held in
memory, at this node's time. No record is read or written on the way: keys are remembered, nonces stand in a
file the workers share, the log is written by a thread beside. It never asks another region.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json, to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from comity.domain.decision import Decision
from comity.domain.instant import Instant
from comity.errors import ComityError, InvalidInput
from comity.issuance.gate_log import Verified, VerifiedBy
from comity.issuance.nonces import nonce_hash
from comity.server.decision_view import GATE_ANSWER
from comity.server.decision_writer import write_decision
from comity.server.gate_files import GateFiles
from comity.server.hot_route import HotRoute
from comity.server.http_signatures import NONCE_LIFETIME, check_signature, read_signature
from comity.server.known_signers import KnownSigners
from comity.server.metrics import give_hot_counts
from comity.server.node import Node
from comity.server.recent_changes import RecentChanges, present_colour
from comity.server.replay_window import ReplayWindow, SignedNonce
from comity.server.signed_access import bounded_body, origin_of, signed_message
from comity.server.verification_log import VerificationLog
from comity.server.verify_turn import Answered, Asked, VerifyTurn
from comity.trust.bundle import Anchor, VerifierBundle
from comity.verify import GateAnswer, answer_as_json, answer_block, verify

MAX_HOT_BODY: Final = 8 * 1024
"""Bytes of a body on the hot route: a text has at most 2,048 characters."""
BESIDE_EVERY: Final = 1.0
"""Seconds between two looks at files and changes, and two writings of the log."""
NOTE_SHOWN: Final = "INTERIM_NOTE"
"""What stands in the log for a good interim note, in place of an outcome."""
NONCES_FILE: Final = "gate-nonces"
_NO_STORE: Final = {"cache-control": "no-store"}


class _Signed(NamedTuple):
    """A request whose signature holds, by its device."""

    device: str
    nonce: SignedNonce
    body: bytes


class _Shown(NamedTuple):
    """What a device asks about."""

    device: str
    text: str


class HotVerifier:
    """What one worker has in memory to answer at once, and the thread that keeps it fresh."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._origin, self._prefix = origin_of(node.public_url)
        issuer = node.issuer
        self._files = GateFiles(
            node.published, anchor=Anchor(host=issuer.region, root=issuer.keys.key_list.root)
        )
        self._signers = KnownSigners(node)
        self._changes = RecentChanges(issuer.store)
        self._window = ReplayWindow(node.published.parent / NONCES_FILE)
        self.log = VerificationLog(issuer)
        self._turn = VerifyTurn(self._answer_all)
        self._ended = threading.Event()
        self._beside: threading.Thread | None = None

    def answer(self, scope: Scope, body: bytes) -> Awaitable[bytes]:
        """Answer one signed request with the Decision as JSON.

        Raises, when awaited: NotSignedIn, InvalidInput, TooMany, StoreUnavailable.
        """
        return self._turn.ask(scope, body)

    def _answer_all(self, asked: Sequence[Asked]) -> list[Answered]:
        """Answer the signed requests of one turn; one that is refused goes no further.

        1. Each signature is checked; then the nonces of all are used up.
        2. Each text is read; then all are decided.
        3. Each answer is written; then all are logged.
        """
        at = self._node.clock()
        authentic = self._used_once([self._authenticate(*each, at) for each in asked], at)  # 1
        shown = [_read_shown(each) if isinstance(each, _Signed) else each for each in authentic]  # 2
        texts = [each.text for each in shown if isinstance(each, _Shown)]
        try:
            decided = self._answer_texts(texts, at=at)
        except ComityError as error:
            return [error if isinstance(each, _Shown) else each for each in shown]
        devices = [each.device for each in shown if isinstance(each, _Shown)]
        written = iter([self._write(answer, at) for answer in decided])  # 3
        self._log(devices, decided, at)
        return [next(written) if isinstance(each, _Shown) else each for each in shown]

    def _authenticate(self, scope: Scope, body: bytes, at: Instant) -> _Signed | Exception:
        """Give who signed a request, or why it is refused; its nonce is still to be used up."""
        try:
            message = signed_message(scope, body, origin=self._origin, prefix=self._prefix)
            unverified = read_signature(message.fields)
            key = self._signers.get_key(unverified.tag, unverified.keyid, at=at)
            check_signature(unverified, message, key, tag=unverified.tag, at=at)
        except Exception as error:  # noqa: BLE001 - an edge: a fault in one is not that of the others
            return error
        nonce = SignedNonce(nonce_hash(key.keyid, unverified.nonce), unverified.created)
        return _Signed(key.keyid, nonce, body)

    def _used_once(self, signed: Sequence[_Signed | Exception], at: Instant) -> list[_Signed | Exception]:
        """Use the nonces up, of one request after another, and refuse those that were used before."""
        nonces = [each.nonce for each in signed if isinstance(each, _Signed)]
        if not nonces:
            return list(signed)
        refusals = iter(self._window.use_all(nonces, until=at + NONCE_LIFETIME, at=at))
        return [(next(refusals) or each) if isinstance(each, _Signed) else each for each in signed]

    def _write(self, answer: GateAnswer, at: Instant) -> bytes:
        if isinstance(answer, Decision):
            return write_decision(answer)
        return to_json(answer_as_json(answer, self._files.data().bundle, at=_moment(at)))

    def _log(self, devices: Sequence[str], answers: Sequence[GateAnswer], at: Instant) -> None:
        """Count what the devices were answered: device, time and outcome, nothing of whom."""
        outcomes = [each.outcome.value if isinstance(each, Decision) else NOTE_SHOWN for each in answers]
        for (device, outcome), times in Counter(zip(devices, outcomes, strict=True)).items():
            self.log.count(Verified(device, at, VerifiedBy.CODE, outcome), times)

    def _answer_texts(self, texts: Sequence[str], *, at: Instant) -> list[GateAnswer]:
        """Answer shown texts by the node's own bundle and lists. Raises: StoreUnavailable without bundle."""
        if not texts:
            return []
        bundle, lists = self._files.data()
        return [
            self._held_against_changes(text, answer, at) if isinstance(answer, Decision) else answer
            for text, answer in zip(
                texts, answer_block(texts, bundle, at=_moment(at), lists=lists), strict=True
            )
        ]

    def bundle(self) -> VerifierBundle:
        """Give the node's own bundle. Raises: StoreUnavailable without one."""
        return self._files.data().bundle

    def decide(self, text: str, *, at: Instant) -> Decision:
        """Answer the text of a pass as a Decision. Raises: StoreUnavailable without bundle."""
        bundle, lists = self._files.data()
        return self._held_against_changes(text, verify(text, bundle, at=_moment(at), lists=lists), at)

    def _held_against_changes(self, text: str, decision: Decision, at: Instant) -> Decision:
        """Decide again with the holder's present colour, where it changed since the pass was made here."""
        if decision.claims is None or decision.issuer != decision.host:
            return decision
        says = self._changes.find(decision.claims.pass_id)
        if says is None:
            return decision
        bundle, lists = self._files.data()
        return verify(text, bundle, at=_moment(at), lists=lists, issuer_says=says)

    def query(self, text: str, *, device: str, at: Instant) -> Decision:
        """Answer a health query: the same Decision, held against the record of this moment.

        Raises: StoreUnavailable.
        """
        bundle, lists = self._files.data()
        moment = _moment(at)
        decision = verify(text, bundle, at=moment, lists=lists)
        if decision.issuer == bundle.host and decision.claims is not None:
            says = present_colour(self._node.store, decision.claims.pass_id)
            decision = verify(text, bundle, at=moment, lists=lists, issuer_says=says)
        self.log.count(Verified(device, at, VerifiedBy.HEALTH_QUERY, decision.outcome.value))
        return decision

    def refresh(self) -> None:
        """Look at files and changes, and write the log: what the thread beside does every second."""
        self._files.refresh()
        self._changes.refresh(at=self._node.clock())
        self.log.flush()

    def begin(self) -> None:
        """Start the thread beside the routes."""
        self._beside = threading.Thread(target=self._run, name="hot-verify", daemon=True)
        self._beside.start()

    def _run(self) -> None:
        while not self._ended.wait(BESIDE_EVERY):
            with suppress(ComityError):  # a clock that stands wrong: looked at again in a second
                self.refresh()

    def close(self) -> None:
        """End the thread, write what waits in the log, and let go of the file."""
        self._ended.set()
        if self._beside is not None:
            self._beside.join()
        self.log.flush()
        self._window.close()


@lru_cache(maxsize=64)
def _moment(at: Instant) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def hot_verifier(app: FastAPI) -> HotVerifier:
    """Give the verifier of this worker, making it for the first request."""
    found = getattr(app.state, "hot_verifier", None)
    if found is None:
        found = app.state.hot_verifier = HotVerifier(app.state.node)
    assert isinstance(found, HotVerifier)  # noqa: S101 - set here alone
    return found


@asynccontextmanager
async def _beside_the_routes(app: FastAPI) -> AsyncIterator[None]:
    hot = hot_verifier(app)
    hot.begin()
    yield
    give_hot_counts()
    await run_in_threadpool(hot.close)


def _read_shown(signed: _Signed) -> _Shown | Exception:
    """Read the text from a body, or give why it is refused."""
    try:
        found = from_json(signed.body)
    except ValueError:  # not UTF-8, not JSON, or nested too deeply
        return InvalidInput("the body is not JSON", field="body")
    if type(found) is not dict or len(found) != 1 or type(found.get("text")) is not str:
        return InvalidInput("the body is not an object with one text named 'text'", field="text")
    return _Shown(signed.device, found["text"])


class ShownText(BaseModel):
    """What a gate scanned, whatever it is; the time is the node's."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "CM1:6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M"}]}
    )
    text: Annotated[str, Field(description="The text in the code, such as CM1:...")]


router = APIRouter(tags=["codes"], lifespan=_beside_the_routes)


@router.post(
    "/codes/verify",
    responses=GATE_ANSWER,
    response_model=None,
    summary="Answer a shown code",
    openapi_extra={"security": [{"signature": []}]},
)
async def verify_code(shown: ShownText, request: Request) -> Response:
    """Answer a shown code with the Decision of docs/verification-steps.md, a good interim note as such.

    Signed by an enrolled gate or an approved application (RFC 9421, docs/services.md). A node serves it past
    the framework, by `hot_route`.
    """
    body = await bounded_body(request, MAX_HOT_BODY)
    content = await hot_verifier(request.app).answer(request.scope, body)
    return Response(content, media_type="application/json", headers=_NO_STORE)


def hot_route(app: FastAPI) -> HotRoute:
    """Give the hot route, to be called past the framework; what it raises becomes a problem there."""

    def answer(scope: Scope, body: bytes) -> Awaitable[bytes]:
        return hot_verifier(app).answer(scope, body)

    return HotRoute("/codes/verify", MAX_HOT_BODY, answer)
