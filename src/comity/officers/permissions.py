"""Who may do what: one table of permission by role; every account is scoped to a division and below (C0).

The table is the authorisation matrix of docs/authorisation.md, tested cell by cell. A permission is needed
for a division: an officer of 150100 acts for 150100 and every 1501xx, never beside it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an officer is there for."""

    APPLICANT_CLERK = "applicant_clerk"
    EPIDEMIOLOGIST = "epidemiologist"
    SECOND_OFFICER = "second_officer"
    CHECKPOINT_MANAGER = "checkpoint_manager"
    SUPERVISOR = "supervisor"
    KEY_CUSTODIAN = "key_custodian"
    HUB_OFFICER = "hub_officer"
    NATIONAL_AUTHORITY = "national_authority"


class Permission(StrEnum):
    """What an officer may be allowed to do."""

    IMPORT_EVIDENCE = "import_evidence"
    FOLLOW_IMPORTS = "follow_imports"
    PROPOSE_ASSIGNMENT = "propose_assignment"
    CONFIRM_ASSIGNMENT = "confirm_assignment"
    PUBLISH_ASSESSMENT_RULES = "publish_assessment_rules"
    SUSPEND_PASS = "suspend_pass"  # noqa: S105
    VOID_PASS = "void_pass"  # noqa: S105
    DECIDE_CORRECTION = "decide_correction"
    APPROVE_ACCESS_APPLICATION = "approve_access_application"
    MANAGE_GATES = "manage_gates"
    ANSWER_EXTRA_DEMAND = "answer_extra_demand"
    RUN_MANUAL_PATH = "run_manual_path"
    SUPERVISE = "supervise"
    MANAGE_OFFICERS = "manage_officers"
    MANAGE_KEYS = "manage_keys"
    CONFIRM_KEY_CLOSING = "confirm_key_closing"
    READ_AUDIT = "read_audit"
    HELP_APPLICANTS = "help_applicants"
    EXPORT_PERSON = "export_person"
    CONFIRM_RECOVERY = "confirm_recovery"
    PROPOSE_STATEMENT = "propose_statement"
    CONFIRM_STATEMENT = "confirm_statement"
    DECIDE_MEMBERSHIP = "decide_membership"
    PUBLISH_NATIONAL_RULEBOOK = "publish_national_rulebook"


MATRIX: Final[dict[Role, frozenset[Permission]]] = {
    Role.APPLICANT_CLERK: frozenset({Permission.HELP_APPLICANTS, Permission.RUN_MANUAL_PATH}),
    Role.EPIDEMIOLOGIST: frozenset(
        {
            Permission.IMPORT_EVIDENCE,
            Permission.FOLLOW_IMPORTS,
            Permission.PROPOSE_ASSIGNMENT,
            Permission.PUBLISH_ASSESSMENT_RULES,
            Permission.SUSPEND_PASS,
            Permission.DECIDE_CORRECTION,
        }
    ),
    Role.SECOND_OFFICER: frozenset(
        {
            Permission.CONFIRM_ASSIGNMENT,
            Permission.FOLLOW_IMPORTS,
            Permission.VOID_PASS,
            Permission.DECIDE_CORRECTION,
            Permission.CONFIRM_RECOVERY,
            Permission.CONFIRM_KEY_CLOSING,
            Permission.CONFIRM_STATEMENT,
        }
    ),
    Role.CHECKPOINT_MANAGER: frozenset(
        {Permission.MANAGE_GATES, Permission.RUN_MANUAL_PATH, Permission.ANSWER_EXTRA_DEMAND}
    ),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SUPERVISE,
            Permission.MANAGE_OFFICERS,
            Permission.READ_AUDIT,
            Permission.DECIDE_CORRECTION,
            Permission.APPROVE_ACCESS_APPLICATION,
            Permission.EXPORT_PERSON,
            Permission.CONFIRM_RECOVERY,
            Permission.PROPOSE_STATEMENT,
        }
    ),
    Role.KEY_CUSTODIAN: frozenset({Permission.MANAGE_KEYS}),
    Role.HUB_OFFICER: frozenset({Permission.DECIDE_MEMBERSHIP, Permission.CONFIRM_RECOVERY}),
    Role.NATIONAL_AUTHORITY: frozenset({Permission.PUBLISH_NATIONAL_RULEBOOK}),
}
"""What each role may do; what stands nowhere nobody may."""

HUB_ROLES: Final = (Role.SUPERVISOR, Role.KEY_CUSTODIAN, Role.HUB_OFFICER, Role.NATIONAL_AUTHORITY)
"""What officers of the hub are there for."""
REGION_ROLES: Final = tuple(role for role in Role if role not in HUB_ROLES[2:])
"""What officers of a region are there for."""
