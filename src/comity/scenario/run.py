"""Run a scenario: make what each gate would have at hand, scan, decide, compare with what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from comity.domain.colour import PassClass
from comity.domain.decision import Decision
from comity.domain.instant import Instant
from comity.domain.region import RegionCode
from comity.scenario.federation import Federation
from comity.scenario.plan import EncounterPlan, Scenario
from comity.scenario.showing import show
from comity.trust.bundle import Anchor, VerifierBundle, open_bundle
from comity.trust.status import StatusLists, read_status_list
from comity.verify.verifier import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterResult:
    """One encounter with everything the gate had at hand, as bytes, and its answer.

    `lists` maps file names to status list tokens.
    """

    plan: EncounterPlan
    text: str
    bundle: bytes
    lists: dict[str, bytes]
    anchor: Anchor
    decision: Decision

    @property
    def holds(self) -> bool:
        """Say whether the answer is as expected; an encounter that expects nothing holds."""
        plan, decision = self.plan, self.decision
        return (plan.expect is None or plan.expect is decision.outcome) and (
            plan.expect_reason is None or plan.expect_reason is decision.reason
        )


def run_encounters(scenario: Scenario, *, seed: bytes) -> Iterator[EncounterResult]:
    """Run the encounters of a scenario in file order; `seed` makes every key and id."""
    federation = Federation(scenario, seed)
    opened: dict[tuple[RegionCode, Instant], VerifierBundle] = {}
    for plan in scenario.encounters:
        made_at = scenario.last_reached(plan.host, plan.bundle_at)
        data, anchor = federation.bundle(plan.host, made_at), federation.anchor(plan.host)
        if (plan.host, made_at) not in opened:
            opened[plan.host, made_at] = open_bundle(data, anchor=anchor, host=plan.host)
        bundle = opened[plan.host, made_at]
        lists, text = _lists_at_hand(federation, plan), show(federation, plan)
        decision = verify(
            text,
            bundle,
            at=datetime.fromtimestamp(plan.at, UTC),
            lists=StatusLists(tuple(read_status_list(each, bundle.key_lists) for each in lists.values())),
            issuer_says=plan.issuer_says,
        )
        yield EncounterResult(
            plan=plan, text=text, bundle=data, lists=lists, anchor=anchor, decision=decision
        )


def _lists_at_hand(federation: Federation, plan: EncounterPlan) -> dict[str, bytes]:
    shown = federation.scenario.passes[plan.pass_id]
    if not plan.has_list or shown.pass_class is PassClass.ONLINE:
        return {}
    made_at = federation.scenario.last_reached(shown.issuer, plan.status_at)
    return {f"{shown.issuer}-1.cwt": federation.status_list(shown.issuer, made_at)}
