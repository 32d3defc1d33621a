"""The timed duties of a region: what it does by itself, each at its own pace, in one process only.

A duty is safe to repeat: it looks at what is due and does that. One that fails is told and tried again at its
next turn; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.domain.instant import HOUR, MINUTE, Instant
from comity.issuance.allowances import remove_allowances
from comity.issuance.bundle_publication import BUNDLE_EVERY, publish_bundle
from comity.issuance.changes import forget_changes
from comity.issuance.corrections import ESCALATE_EVERY, escalate_overdue
from comity.issuance.due_standings import DUE_EVERY, SWEEP_EVERY, reassess_due, sweep_rulebook
from comity.issuance.extra_demands import escalate_demands
from comity.issuance.gate_log import remove_old_log
from comity.issuance.import_release import IMPORTS_EVERY, go_on_with_imports
from comity.issuance.issuer import Issuer
from comity.issuance.key_reissue import REISSUE_EVERY, go_on_with_reissues
from comity.issuance.manual_cases import end_due_cases
from comity.issuance.nonces import remove_nonces
from comity.issuance.pass_life import restore_overdue
from comity.issuance.purge import PURGE_EVERY, purge
from comity.issuance.reminders import REMIND_EVERY, remind
from comity.issuance.side_doors import SUSPENSIONS_EVERY, end_due_suspensions
from comity.issuance.sign_in import SIGN_IN_LIFE, forget_sign_ins
from comity.issuance.status_publication import PUBLISH_EVERY, publish_status
from comity.issuance.vault_rotation import REWRAP_EVERY, rewrap_all
from comity.issuance.visitors import continue_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to be done every so many seconds; `run` takes issuer, published folder and time."""

    name: str
    every_seconds: int
    run: Callable[[Issuer, Path, Instant], None]


def _bundle(issuer: Issuer, folder: Path, at: Instant) -> None:
    publish_bundle(issuer, folder, at=at)


def _due_standings(issuer: Issuer, folder: Path, at: Instant) -> None:
    reassess_due(issuer, at=at)


def _rulebook_sweep(issuer: Issuer, folder: Path, at: Instant) -> None:
    sweep_rulebook(issuer, at=at)


def _corrections(issuer: Issuer, folder: Path, at: Instant) -> None:
    escalate_overdue(issuer, at=at)


def _suspensions(issuer: Issuer, folder: Path, at: Instant) -> None:
    end_due_suspensions(issuer, at=at)


def _manual_cases(issuer: Issuer, folder: Path, at: Instant) -> None:
    end_due_cases(issuer, at=at)


def _extra_demands(issuer: Issuer, folder: Path, at: Instant) -> None:
    escalate_demands(issuer, at=at)


def _signed_requests(issuer: Issuer, folder: Path, at: Instant) -> None:
    with issuer.store.transaction() as transaction:
        remove_nonces(transaction, at=at)
        remove_allowances(transaction, at=at)
        remove_old_log(transaction, at=at)


def _status_lists(issuer: Issuer, folder: Path, at: Instant) -> None:
    publish_status(issuer, folder, at=at)


def _overdue_suspensions(issuer: Issuer, folder: Path, at: Instant) -> None:
    restore_overdue(issuer, at=at)


def _waiting_visitors(issuer: Issuer, folder: Path, at: Instant) -> None:
    continue_waiting(issuer, at=at)


def _reminders(issuer: Issuer, folder: Path, at: Instant) -> None:
    remind(issuer, at=at)


def _old_changes(issuer: Issuer, folder: Path, at: Instant) -> None:
    with issuer.store.transaction() as transaction:
        forget_changes(transaction, at=at)


def _imports(issuer: Issuer, folder: Path, at: Instant) -> None:
    go_on_with_imports(issuer, at=at)


def _sign_ins(issuer: Issuer, folder: Path, at: Instant) -> None:
    forget_sign_ins(issuer, at=at)


def _vault(issuer: Issuer, folder: Path, at: Instant) -> None:
    rewrap_all(issuer, at=at)


def _key_reissue(issuer: Issuer, folder: Path, at: Instant) -> None:
    go_on_with_reissues(issuer, at=at)


def _purge(issuer: Issuer, folder: Path, at: Instant) -> None:
    purge(issuer, at=at)


DUTIES: Final[tuple[Duty, ...]] = (
    Duty(name="corrections", every_seconds=ESCALATE_EVERY, run=_corrections),
    Duty(name="suspensions", every_seconds=SUSPENSIONS_EVERY, run=_suspensions),
    Duty(name="bundle", every_seconds=BUNDLE_EVERY, run=_bundle),
    Duty(name="due-standings", every_seconds=DUE_EVERY, run=_due_standings),
    Duty(name="rulebook-sweep", every_seconds=SWEEP_EVERY, run=_rulebook_sweep),
    Duty(name="manual-cases", every_seconds=30, run=_manual_cases),
    Duty(name="extra-demands", every_seconds=HOUR, run=_extra_demands),
    Duty(name="signed-requests", every_seconds=10 * MINUTE, run=_signed_requests),
    Duty(name="status-lists", every_seconds=PUBLISH_EVERY, run=_status_lists),
    Duty(name="overdue-suspensions", every_seconds=MINUTE, run=_overdue_suspensions),
    Duty(name="waiting-visitors", every_seconds=MINUTE, run=_waiting_visitors),
    Duty(name="reminders", every_seconds=REMIND_EVERY, run=_reminders),
    Duty(name="old-changes", every_seconds=HOUR, run=_old_changes),
    Duty(name="evidence-imports", every_seconds=IMPORTS_EVERY, run=_imports),
    Duty(name="sign-ins", every_seconds=SIGN_IN_LIFE, run=_sign_ins),
    Duty(name="vault", every_seconds=REWRAP_EVERY, run=_vault),
    Duty(name="key-reissue", every_seconds=REISSUE_EVERY, run=_key_reissue),
    Duty(name="purge", every_seconds=PURGE_EVERY, run=_purge),
)
"""Every duty of a region; each part of issuance adds its own."""
