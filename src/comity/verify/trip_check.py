"""A trip asked about beforehand: what a host would answer to a pass on another day, by what is signed now.

The steps are those of a gate, in order. V5 is left out, since nothing is shown yet: how a pass must be shown
is the phone's part. What has not been published yet nobody can know; whoever asks is told to ask again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.codec.qrtext import read_text, write_text
from comity.domain.claims import PassClaims
from comity.domain.decision import Decision, ReasonCode, Step
from comity.domain.instant import Instant
from comity.trust.bundle import VerifierBundle
from comity.trust.keys import Usage
from comity.trust.status import StatusList, StatusLists, pack
from comity.verify.authenticate import pass_of, v3_key, v4_signature
from comity.verify.checkpoint import Checkpoint, open_checkpoint
from comity.verify.decide import AuthenticPass, decide


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPass:
    """A current pass as its issuer knows it: the signed bytes, and its place in the status list."""

    data: bytes
    list_index: int


def foresee(held: KnownPass, bundle: VerifierBundle, *, at: Instant, is_renewed: bool = False) -> Decision:
    """Answer a pass as a gate of the bundle's host would at `at`, with its data fresh by then.

    It is taken to be current until then; with `is_renewed`, as if renewed in the same colour on that day.

    Raises: UnreadableText for bytes that are no pass.
    """
    then = replace(bundle, issued_at=at, hub_as_of=at)
    unverified = pass_of(read_text(write_text(held.data), is_test=bundle.is_test))
    claims = unverified.claims
    lists = _lists_saying_current(claims, held.list_index, then, at)
    checkpoint = open_checkpoint(then, lists, at)
    key = v3_key(unverified, checkpoint)
    if isinstance(key, ReasonCode):
        return _refused(Step.V3, key, checkpoint)
    bad = v4_signature(unverified, key)
    if bad is not None:
        return _refused(Step.V4, bad, checkpoint)
    if is_renewed:
        claims = claims._replace(issued_at=at, expires_at=at + claims.expires_at - claims.issued_at)
    return decide(AuthenticPass(claims), checkpoint, issuer_says=None)


def _lists_saying_current(claims: PassClaims, index: int, bundle: VerifierBundle, at: Instant) -> StatusLists:
    """Make the list of that day, in which the pass is current; for the question only, signed by nobody."""
    keys = next((each for each in bundle.key_lists if each.region == claims.issuer), None)
    entry = None if keys is None else next((e for e in keys.entries if e.usage is Usage.STATUS), None)
    if entry is None or claims.status is None:
        return StatusLists()
    array = pack({}, size=index + 1)
    uri = claims.status.uri
    return StatusLists((StatusList(signer=claims.issuer, key=entry, uri=uri, issued_at=at, array=array),))


def _refused(step: Step, reason: ReasonCode, checkpoint: Checkpoint) -> Decision:
    bundle = checkpoint.bundle
    return Decision(bundle.host, checkpoint.at, bundle.is_test, step, reason, checkpoint.trust_freshness)
