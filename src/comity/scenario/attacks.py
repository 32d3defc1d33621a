"""Attacks of a scenario file, run against the real repository and the real client (design section 3, TUF).

For each attack a hub's repository is built in a folder from the file's federation, a client of the attacked
host follows it honestly for a day, and then meets what the attacker serves. It must refuse, and what it knew
must stay as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from comity.client.folder_source import FolderSource
from comity.client.repository_client import RepositoryClient
from comity.distribution.names import METADATA_FOLDER, role_of
from comity.distribution.repository import RepositoryChange
from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import RepositoryRefused, StatementRefused
from comity.scenario.federation import Federation
from comity.scenario.hub_files import FollowedHub
from comity.scenario.plan import AttackKind, AttackPlan, Scenario
from comity.trust.keys import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackResult:
    """How an attack ended: who refused it, why, and whether what was known before stayed as it was."""

    plan: AttackPlan
    refused_by: str | None
    why: str
    is_kept: bool

    @property
    def holds(self) -> bool:
        """Say whether the attack was refused and changed nothing."""
        return self.refused_by is not None and self.is_kept


def run_attacks(scenario: Scenario, *, seed: bytes) -> Iterator[AttackResult]:
    """Run the attacks of a scenario in file order; `seed` makes every key."""
    federation = Federation(scenario, seed)
    for plan in scenario.attacks:
        with TemporaryDirectory(prefix="comity-attack-") as folder:
            yield _run(federation, plan, Path(folder))


def _run(federation: Federation, plan: AttackPlan, folder: Path) -> AttackResult:
    hub = FollowedHub(federation, folder / "hub")
    hub.begin(at=plan.begins - DAY - HOUR)
    client = RepositoryClient(folder / "client", root=hub.root)
    client.sync(FolderSource(hub.folder), at=plan.begins - DAY - HOUR)
    try:
        served, known_at = _ATTACKS[plan.kind](hub, client, plan)
    except StatementRefused as refused:
        return AttackResult(plan=plan, refused_by="hub", why=str(refused), is_kept=True)
    before = client.find_federation(at=known_at)
    try:
        why = client.sync(FolderSource(served), at=plan.begins).refused.get(plan.host)
    except RepositoryRefused as refused:
        why = str(refused)
    after = client.find_federation(at=known_at)
    is_kept = (
        before is not None and after is not None and before.regions[plan.host] == after.regions[plan.host]
    )
    return AttackResult(
        plan=plan, refused_by=None if why is None else "client", why=why or "", is_kept=is_kept
    )


def _rollback(hub: FollowedHub, client: RepositoryClient, plan: AttackPlan) -> tuple[Path, Instant]:
    """Serve the state before the host's last publication to who has seen it."""
    old, seen_at = hub.copy("old"), plan.begins - HOUR
    hub.publish(plan.host, at=seen_at)
    client.sync(FolderSource(hub.folder), at=seen_at)
    return old, seen_at


def _freeze(hub: FollowedHub, _: RepositoryClient, plan: AttackPlan) -> tuple[Path, Instant]:
    """Go on serving what was true yesterday, while the host has published something new."""
    frozen = hub.copy("frozen")
    hub.publish(plan.host, at=plan.begins - HOUR)
    return frozen, plan.begins - HOUR


def _mix(hub: FollowedHub, _: RepositoryClient, plan: AttackPlan) -> tuple[Path, Instant]:
    """Serve the newest state with the host's metadata of the day before under the new name."""
    hub.publish(plan.host, at=plan.begins - HOUR)
    mixed = hub.copy("mixed") / METADATA_FOLDER
    role = role_of(plan.host)
    shutil.copyfile(mixed / f"1.{role}.json", mixed / f"2.{role}.json")
    return mixed.parent, plan.begins - HOUR


def _forged_recognition(hub: FollowedHub, _: RepositoryClient, plan: AttackPlan) -> tuple[Path, Instant]:
    """The hub itself lets a key of its own speak for the host, and has it recognise the issuer."""
    at = plan.begins - HOUR
    forger = hub.federation.key("forger")
    forged = hub.publication(plan.host, at=at, signer=forger, recognises=plan.issuer)
    change = RepositoryChange(keys={plan.host: [forger.public]}, publications=(forged,))
    hub.repository.publish(change, at=at)
    return hub.folder, at


def _cross_delegation(hub: FollowedHub, _: RepositoryClient, plan: AttackPlan) -> tuple[Path, Instant]:
    """The other region signs, with its own key, what stands at the host's path."""
    at = plan.begins - HOUR
    signer = hub.federation.key(plan.issuer, Usage.STATEMENT)
    crossed = hub.publication(plan.host, at=at, signer=signer, recognises=plan.issuer)
    hub.repository.publish(RepositoryChange(publications=(crossed,)), at=at)
    return hub.folder, at


_Attack = Callable[[FollowedHub, RepositoryClient, AttackPlan], tuple[Path, Instant]]
"""Makes what is served at the attack, and says as of when the client's knowledge is compared."""

_ATTACKS: Final[dict[AttackKind, _Attack]] = {
    AttackKind.ROLLBACK: _rollback,
    AttackKind.FREEZE: _freeze,
    AttackKind.MIX: _mix,
    AttackKind.FORGED_RECOGNITION: _forged_recognition,
    AttackKind.CROSS_DELEGATION: _cross_delegation,
}
