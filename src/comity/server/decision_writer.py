"""The Decision as JSON bytes on the hot route: what is the same for many people is written once.

Gives the JSON of `as_json`; only holder and time change from one answer to the next of the same kind.
Measures have ends of their own, and a contradiction names colours: both are written anew.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

from pydantic_core import to_json

from comity.domain.decision import Decision, ReasonCode
from comity.domain.instant import Instant, rfc3339
from comity.verify import as_json

_HOLDER: Final = b'"holder":'
_COLOUR: Final = b',"colour":'
_DECIDED: Final = b'"decided_at":'
_Cut: TypeAlias = tuple[bytes, bytes]

_KINDS: Final[dict[tuple[object, ...], _Cut]] = {}
_MAX_KINDS: Final = 4_096


def write_decision(decision: Decision) -> bytes:
    """Write a Decision as the JSON object of interface section 3, UTF-8."""
    if decision.measures or decision.reason is ReasonCode.CONTRADICTED:  # whose words name both colours
        return to_json(as_json(decision))
    holder = decision.holder
    kind = (
        decision.reason,
        decision.step,
        decision.issuer,
        decision.pass_class,
        decision.colour,
        decision.compare_id,
        holder is None,
        decision.trust_freshness,
        decision.status_freshness,
        decision.source,
        decision.authority,
        decision.detail,
        decision.host,
        decision.is_test,
    )
    cut = _KINDS.get(kind) or _cut(kind, decision)
    shown = (
        b"null" if holder is None else b'{"name":%b,"id_last4":%b}' % (to_json(holder[0]), to_json(holder[1]))
    )
    return b"%b%b%b%b" % (cut[0], shown, cut[1], _time(decision.at))


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
    cut = _KINDS[kind] = before + _HOLDER, behind
    return cut
