"""The Decision as JSON bytes on the hot route: what is the same for many people is written once.

Gives the JSON of `as_json`; only holder and time change from one answer to the next of the same kind.
Measures have ends of their own, and a contradiction names colours: both are written anew.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from pydantic_core import to_json

from comity.domain.claims import PassClaims
from comity.domain.decision import Decision, ReasonCode
from comity.domain.instant import Instant, rfc3339
from comity.verify import as_json

_HOLDER: Final = b'"holder":'
_COLOUR: Final = b',"colour":'
_DECIDED: Final = b'"decided_at":'


class _Cut(NamedTuple):
    """The JSON of one kind of decision, cut at what changes."""

    before: bytes
    behind: bytes
    shows_holder: bool


_KINDS: Final[dict[tuple[object, ...], _Cut]] = {}
_MAX_KINDS: Final = 4_096


def write_decision(decision: Decision) -> bytes:
    """Write a Decision as the JSON object of interface section 3, UTF-8."""
    if decision.measures or decision.reason is ReasonCode.CONTRADICTED:  # whose words name both colours
        return to_json(as_json(decision))
    claims = decision.claims
    kind = (
        decision.reason,
        decision.step,
        decision.trust_freshness,
        decision.status_freshness,
        decision.source,
        decision.authority,
        decision.detail,
        decision.host,
        decision.is_test,
        *(() if claims is None else _kind_of(claims)),
    )
    cut = _KINDS.get(kind) or _cut(kind, decision)
    shown = _holder(claims) if cut.shows_holder and claims is not None else b"null"
    return b"%b%b%b%b" % (cut.before, shown, cut.behind, _time(decision.at))


def _kind_of(claims: PassClaims) -> tuple[object, ...]:
    """Give all of the claims that a decision can tell beside the holder."""
    return claims.issuer, claims.pass_class, claims.colour, claims.is_guardian_held


def _holder(claims: PassClaims) -> bytes:
    return b'{"name":%b,"id_last4":%b}' % (to_json(claims.masked_name), to_json(claims.id_last4))


@lru_cache(maxsize=64)
def _time(at: Instant) -> bytes:
    return to_json(rfc3339(at)) + b"}"


def _cut(kind: tuple[object, ...], decision: Decision) -> _Cut:
    """Write a decision whole, and cut it before and behind the holder and before the time."""
    whole = as_json(decision)
    before, _, rest = to_json(whole).partition(_HOLDER)
    behind = rest[len(to_json(whole["holder"])) : rest.rindex(_DECIDED) + len(_DECIDED)]
    assert behind.startswith(_COLOUR)  # noqa: S101 - the order of `as_json`
    if len(_KINDS) >= _MAX_KINDS:
        _KINDS.clear()
    cut = _KINDS[kind] = _Cut(before + _HOLDER, behind, shows_holder=decision.holder is not None)
    return cut
