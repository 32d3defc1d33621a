"""The tables of the first release, written by `make migration`; change the record classes, never this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
BYTES = sa.LargeBinary()
FLAG = sa.Boolean()


def _make_accepted_statement() -> None:
    op.create_table(
        "accepted_statement",
        sa.Column("statement_id", WORD, autoincrement=False, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("region", WORD, nullable=False),
        sa.Column("about", WORD, nullable=True),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("data", BYTES, nullable=False),
        sa.Column("accepted_at", NUMBER, nullable=False),
        sa.Column("effective_from", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("statement_id"),
    )
    op.create_index("accepted_statement_by_accepted_at", "accepted_statement", ["accepted_at"], unique=False)
    op.create_index(
        "accepted_statement_by_kind_region_about_version",
        "accepted_statement",
        ["kind", "region", "about", "version"],
        unique=False,
    )


def _make_access_application() -> None:
    op.create_table(
        "access_application",
        sa.Column("application_id", WORD, autoincrement=False, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("public_key", BYTES, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("registered_at", NUMBER, nullable=False),
        sa.Column("moved_at", NUMBER, nullable=False),
        sa.Column("moved_by", TEXT, nullable=True),
        sa.Column("why", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("access_application_by_division", "access_application", ["division"], unique=False)
    op.create_index("access_application_by_state", "access_application", ["state"], unique=False)


def _make_allowance() -> None:
    op.create_table(
        "allowance",
        sa.Column("allowance_key", WORD, autoincrement=False, nullable=False),
        sa.Column("used", NUMBER, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("allowance_key"),
    )
    op.create_index("allowance_by_ends_at", "allowance", ["ends_at"], unique=False)


def _make_assessment_rulebook() -> None:
    op.create_table(
        "assessment_rulebook",
        sa.Column("version", NUMBER, autoincrement=False, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("valid_from", NUMBER, nullable=False),
        sa.Column("proposed_by", TEXT, nullable=False),
        sa.Column("proposed_at", NUMBER, nullable=False),
        sa.Column("published_by", TEXT, nullable=True),
        sa.Column("published_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("version"),
    )


def _make_audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("lane", NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("chained", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("lane"),
    )


def _make_audit_row() -> None:
    op.create_table(
        "audit_row",
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("chained", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_index("audit_row_by_at", "audit_row", ["at"], unique=False)
    op.create_index("audit_row_by_subject", "audit_row", ["subject"], unique=False)


def _make_change() -> None:
    op.create_table(
        "change",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("change_by_at", "change", ["at"], unique=False)


def _make_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("correction_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("identity_field", WORD, nullable=True),
        sa.Column("issuer", TEXT, nullable=True),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("due_at", NUMBER, nullable=False),
        sa.Column("decision", WORD, nullable=True),
        sa.Column("decided_by", TEXT, nullable=True),
        sa.Column("decided_at", NUMBER, nullable=True),
        sa.Column("relief_from", NUMBER, nullable=True),
        sa.Column("relief_until", NUMBER, nullable=True),
        sa.Column("relief_note", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("correction_id"),
    )
    op.create_index("correction_by_holder", "correction", ["holder"], unique=False)
    op.create_index("correction_by_state_due_at", "correction", ["state", "due_at"], unique=False)


def _make_correction_event() -> None:
    op.create_table(
        "correction_event",
        sa.Column("event_id", WORD, autoincrement=False, nullable=False),
        sa.Column("correction_id", WORD, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("sealed", BYTES, nullable=True),
        sa.Column("vault_key", WORD, nullable=True),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index(
        "correction_event_by_correction_id_number",
        "correction_event",
        ["correction_id", "number"],
        unique=False,
    )
    op.create_index("correction_event_by_vault_key", "correction_event", ["vault_key"], unique=False)


def _make_counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", WORD, autoincrement=False, nullable=False),
        sa.Column("value", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _make_declaration() -> None:
    op.create_table(
        "declaration",
        sa.Column("declaration_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("declared_by", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("declared_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("declaration_id"),
    )
    op.create_index(
        "declaration_by_holder_declared_at", "declaration", ["holder", "declared_at"], unique=False
    )


def _make_destruction() -> None:
    op.create_table(
        "destruction",
        sa.Column("destruction_id", WORD, autoincrement=False, nullable=False),
        sa.Column("cause", WORD, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("counts", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("destruction_id"),
    )
    op.create_index("destruction_by_began_at", "destruction", ["began_at"], unique=False)
    op.create_index("destruction_by_ended_at", "destruction", ["ended_at"], unique=False)


def _make_enrolment() -> None:
    op.create_table(
        "enrolment",
        sa.Column("enrolment_id", WORD, autoincrement=False, nullable=False),
        sa.Column("code_hash", WORD, nullable=False),
        sa.Column("officer_id", WORD, nullable=False),
        sa.Column("is_recovery", FLAG, nullable=False),
        sa.Column("confirmed_by", TEXT, nullable=True),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("enrolment_id"),
    )
    op.create_index("enrolment_by_code_hash", "enrolment", ["code_hash"], unique=False)
    op.create_index("enrolment_by_ends_at", "enrolment", ["ends_at"], unique=False)
    op.create_index("enrolment_by_officer_id", "enrolment", ["officer_id"], unique=False)


def _make_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("ref", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("source", WORD, nullable=False),
        sa.Column("source_name", TEXT, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("area", WORD, nullable=True),
        sa.Column("record", WORD, nullable=True),
        sa.Column("reason", WORD, nullable=True),
        sa.Column("rule_id", TEXT, nullable=True),
        sa.Column("import_id", WORD, nullable=True),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.Column("withdrawn_at", NUMBER, nullable=True),
        sa.Column("hand_over", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_index("evidence_by_area_ref", "evidence", ["area", "ref"], unique=False)
    op.create_index("evidence_by_holder", "evidence", ["holder"], unique=False)
    op.create_index("evidence_by_import_id_ref", "evidence", ["import_id", "ref"], unique=False)


def _make_evidence_import() -> None:
    op.create_table(
        "evidence_import",
        sa.Column("import_id", WORD, autoincrement=False, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("source_name", WORD, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("imported_by", TEXT, nullable=False),
        sa.Column("released_by", TEXT, nullable=True),
        sa.Column("confirmed_by", TEXT, nullable=True),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("touched_at", NUMBER, nullable=False),
        sa.Column("released_at", NUMBER, nullable=True),
        sa.Column("rulebook_version", NUMBER, nullable=False),
        sa.Column("rows", NUMBER, nullable=False),
        sa.Column("good_rows", NUMBER, nullable=False),
        sa.Column("new_rows", NUMBER, nullable=False),
        sa.Column("bad_rows", TEXT, nullable=False),
        sa.Column("affected", NUMBER, nullable=False),
        sa.Column("turns", NUMBER, nullable=False),
        sa.Column("clears", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_index(
        "evidence_import_by_source_name_began_at",
        "evidence_import",
        ["source_name", "began_at"],
        unique=False,
    )
    op.create_index("evidence_import_by_state", "evidence_import", ["state"], unique=False)


def _make_exchanged_fact() -> None:
    op.create_table(
        "exchanged_fact",
        sa.Column("key", WORD, autoincrement=False, nullable=False),
        sa.Column("sender", TEXT, nullable=False),
        sa.Column("fact_id", TEXT, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("colour", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("rulebook_version", NUMBER, nullable=False),
        sa.Column("evidence_ref", TEXT, nullable=False),
        sa.Column("evidence", BYTES, nullable=False),
        sa.Column("basis", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("changed_at", NUMBER, nullable=False),
        sa.Column("question", WORD, nullable=True),
        sa.Column("asked_at", NUMBER, nullable=True),
        sa.Column("due_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("exchanged_fact_by_holder", "exchanged_fact", ["holder"], unique=False)
    op.create_index("exchanged_fact_by_question", "exchanged_fact", ["question"], unique=False)
    op.create_index("exchanged_fact_by_state_until", "exchanged_fact", ["state", "until"], unique=False)


def _make_extra_demand() -> None:
    op.create_table(
        "extra_demand",
        sa.Column("demand_id", WORD, autoincrement=False, nullable=False),
        sa.Column("token_hash", WORD, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("reported_at", NUMBER, nullable=False),
        sa.Column("due_at", NUMBER, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("contact", BYTES, nullable=True),
        sa.Column("vault_key", WORD, nullable=True),
        sa.Column("escalated_at", NUMBER, nullable=True),
        sa.Column("remedy", WORD, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("answered_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("demand_id"),
    )
    op.create_index(
        "extra_demand_by_division_reported_at", "extra_demand", ["division", "reported_at"], unique=False
    )
    op.create_index("extra_demand_by_state_due_at", "extra_demand", ["state", "due_at"], unique=False)
    op.create_index("extra_demand_by_token_hash", "extra_demand", ["token_hash"], unique=False)
    op.create_index("extra_demand_by_vault_key", "extra_demand", ["vault_key"], unique=False)


def _make_foreign_dispute() -> None:
    op.create_table(
        "foreign_dispute",
        sa.Column("correction_id", WORD, autoincrement=False, nullable=False),
        sa.Column("region", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("correction_id"),
    )
    op.create_index("foreign_dispute_by_received_at", "foreign_dispute", ["received_at"], unique=False)


def _make_gate() -> None:
    op.create_table(
        "gate",
        sa.Column("gate_id", WORD, autoincrement=False, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("added_by", TEXT, nullable=False),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.Column("code_hash", WORD, nullable=True),
        sa.Column("code_ends_at", NUMBER, nullable=True),
        sa.Column("enrolled_at", NUMBER, nullable=True),
        sa.Column("disabled_at", NUMBER, nullable=True),
        sa.Column("sealed", BYTES, nullable=True),
        sa.Column("vault_key", WORD, nullable=True),
        sa.PrimaryKeyConstraint("gate_id"),
    )
    op.create_index("gate_by_code_hash", "gate", ["code_hash"], unique=False)
    op.create_index("gate_by_division", "gate", ["division"], unique=False)
    op.create_index("gate_by_vault_key", "gate", ["vault_key"], unique=False)


def _make_gate_count() -> None:
    op.create_table(
        "gate_count",
        sa.Column("count_id", WORD, autoincrement=False, nullable=False),
        sa.Column("gate", TEXT, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("period", NUMBER, nullable=False),
        sa.Column("looked_at", NUMBER, nullable=False),
        sa.Column("verified", TEXT, nullable=False),
        sa.Column("refusals", TEXT, nullable=False),
        sa.Column("uploaded_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("count_id"),
    )
    op.create_index("gate_count_by_division_period", "gate_count", ["division", "period"], unique=False)
    op.create_index("gate_count_by_period", "gate_count", ["period"], unique=False)


def _make_gate_log() -> None:
    op.create_table(
        "gate_log",
        sa.Column("log_id", WORD, autoincrement=False, nullable=False),
        sa.Column("device", WORD, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("verified_by", WORD, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("log_id"),
    )
    op.create_index("gate_log_by_at", "gate_log", ["at"], unique=False)
    op.create_index("gate_log_by_device_at", "gate_log", ["device", "at"], unique=False)


def _make_guardianship() -> None:
    op.create_table(
        "guardianship",
        sa.Column("guardianship_id", WORD, autoincrement=False, nullable=False),
        sa.Column("guardian", WORD, nullable=False),
        sa.Column("dependant", WORD, nullable=False),
        sa.Column("relation", WORD, nullable=False),
        sa.Column("consent_version", NUMBER, nullable=False),
        sa.Column("consented_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("guardianship_id"),
    )
    op.create_index("guardianship_by_dependant", "guardianship", ["dependant"], unique=False)
    op.create_index("guardianship_by_guardian", "guardianship", ["guardian"], unique=False)


def _make_hand_over() -> None:
    op.create_table(
        "hand_over",
        sa.Column("import_id", WORD, autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("run_digest", WORD, nullable=False),
        sa.Column("run_checksum", TEXT, nullable=False),
        sa.Column("assessed_at", NUMBER, nullable=False),
        sa.Column("released_by", TEXT, nullable=False),
        sa.Column("unknown", NUMBER, nullable=False),
        sa.Column("foreign", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_index("hand_over_by_number", "hand_over", ["number"], unique=False)
    op.create_index("hand_over_by_run_digest", "hand_over", ["run_digest"], unique=False)


def _make_home_inquiry() -> None:
    op.create_table(
        "home_inquiry",
        sa.Column("inquiry_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("home", TEXT, nullable=False),
        sa.Column("pass_class", WORD, nullable=False),
        sa.Column("device_point", BYTES, nullable=True),
        sa.Column("next_device_point", BYTES, nullable=True),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("asked_at", NUMBER, nullable=False),
        sa.Column("concluded_at", NUMBER, nullable=True),
        sa.Column("renewed_pass", TEXT, nullable=True),
        sa.Column("renewal_signature", BYTES, nullable=True),
        sa.PrimaryKeyConstraint("inquiry_id"),
    )
    op.create_index("home_inquiry_by_holder_asked_at", "home_inquiry", ["holder", "asked_at"], unique=False)
    op.create_index("home_inquiry_by_state_asked_at", "home_inquiry", ["state", "asked_at"], unique=False)


def _make_home_question() -> None:
    op.create_table(
        "home_question",
        sa.Column("key", WORD, autoincrement=False, nullable=False),
        sa.Column("question", WORD, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("home", TEXT, nullable=False),
        sa.Column("asked_at", NUMBER, nullable=False),
        sa.Column("answered_at", NUMBER, nullable=True),
        sa.Column("evidence", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("home_question_by_asked_at", "home_question", ["asked_at"], unique=False)
    op.create_index("home_question_by_holder", "home_question", ["holder"], unique=False)
    op.create_index("home_question_by_question", "home_question", ["question"], unique=False)


def _make_hub_publication() -> None:
    op.create_table(
        "hub_publication",
        sa.Column("version", NUMBER, autoincrement=False, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("brings", BYTES, nullable=False),
        sa.Column("signed_at", NUMBER, nullable=False),
        sa.Column("confirmed_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("version"),
    )


def _make_hub_state() -> None:
    op.create_table(
        "hub_state",
        sa.Column("name", WORD, autoincrement=False, nullable=False),
        sa.Column("synced_at", NUMBER, nullable=False),
        sa.Column("as_of", NUMBER, nullable=False),
        sa.Column("served_version", NUMBER, nullable=False),
        sa.Column("warning", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _make_import_holder() -> None:
    op.create_table(
        "import_holder",
        sa.Column("mark", WORD, autoincrement=False, nullable=False),
        sa.Column("import_id", WORD, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_index("import_holder_by_import_id_mark", "import_holder", ["import_id", "mark"], unique=False)


def _make_issued_pass() -> None:
    op.create_table(
        "issued_pass",
        sa.Column("pass_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("carrier", WORD, nullable=False),
        sa.Column("pass_class", WORD, nullable=False),
        sa.Column("colour", WORD, nullable=False),
        sa.Column("issued_at", NUMBER, nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.Column("list_number", NUMBER, nullable=False),
        sa.Column("list_index", NUMBER, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("state_since", NUMBER, nullable=False),
        sa.Column("state_reason", TEXT, nullable=True),
        sa.Column("request", WORD, nullable=True),
        sa.Column("kid", WORD, nullable=False),
        sa.Column("data", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("pass_id"),
    )
    op.create_index("issued_pass_by_carrier", "issued_pass", ["carrier"], unique=False)
    op.create_index("issued_pass_by_expires_at", "issued_pass", ["expires_at"], unique=False)
    op.create_index("issued_pass_by_holder_issued_at", "issued_pass", ["holder", "issued_at"], unique=False)
    op.create_index("issued_pass_by_kid_pass_id", "issued_pass", ["kid", "pass_id"], unique=False)
    op.create_index("issued_pass_by_list_number_state", "issued_pass", ["list_number", "state"], unique=False)
    op.create_index("issued_pass_by_request", "issued_pass", ["request"], unique=False)


def _make_key_closing() -> None:
    op.create_table(
        "key_closing",
        sa.Column("closing_id", WORD, autoincrement=False, nullable=False),
        sa.Column("usage", WORD, nullable=False),
        sa.Column("kid", TEXT, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("proposed_by", TEXT, nullable=False),
        sa.Column("proposed_at", NUMBER, nullable=False),
        sa.Column("confirmed_by", TEXT, nullable=True),
        sa.Column("confirmed_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("closing_id"),
    )
    op.create_index("key_closing_by_state_proposed_at", "key_closing", ["state", "proposed_at"], unique=False)


def _make_key_intent() -> None:
    op.create_table(
        "key_intent",
        sa.Column("key_id", WORD, autoincrement=False, nullable=False),
        sa.Column("use", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("begun_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("key_id"),
    )


def _make_key_reissue() -> None:
    op.create_table(
        "key_reissue",
        sa.Column("kid", WORD, autoincrement=False, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("cursor", TEXT, nullable=False),
        sa.Column("issued", NUMBER, nullable=False),
        sa.Column("told", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("kid"),
    )


def _make_manual_assignment() -> None:
    op.create_table(
        "manual_assignment",
        sa.Column("assignment_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("rulebook_version", NUMBER, nullable=False),
        sa.Column("source_name", WORD, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("proposed_by", WORD, nullable=False),
        sa.Column("proposed_at", NUMBER, nullable=False),
        sa.Column("confirmed_by", WORD, nullable=True),
        sa.Column("third_officer", TEXT, nullable=True),
        sa.Column("effective_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("assignment_id"),
    )
    op.create_index(
        "manual_assignment_by_confirmed_by_effective_at",
        "manual_assignment",
        ["confirmed_by", "effective_at"],
        unique=False,
    )
    op.create_index("manual_assignment_by_holder", "manual_assignment", ["holder"], unique=False)
    op.create_index(
        "manual_assignment_by_proposed_by_effective_at",
        "manual_assignment",
        ["proposed_by", "effective_at"],
        unique=False,
    )
    op.create_index(
        "manual_assignment_by_source_name_effective_at",
        "manual_assignment",
        ["source_name", "effective_at"],
        unique=False,
    )
    op.create_index(
        "manual_assignment_by_state_proposed_at", "manual_assignment", ["state", "proposed_at"], unique=False
    )


def _make_manual_case() -> None:
    op.create_table(
        "manual_case",
        sa.Column("case_id", WORD, autoincrement=False, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("opened_by", TEXT, nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("due_at", NUMBER, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("outcome", WORD, nullable=True),
        sa.Column("means", WORD, nullable=True),
        sa.Column("ended_by", TEXT, nullable=True),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index(
        "manual_case_by_division_opened_at", "manual_case", ["division", "opened_at"], unique=False
    )
    op.create_index("manual_case_by_state_due_at", "manual_case", ["state", "due_at"], unique=False)


def _make_membership_application() -> None:
    op.create_table(
        "membership_application",
        sa.Column("application_id", WORD, autoincrement=False, nullable=False),
        sa.Column("region", WORD, nullable=False),
        sa.Column("root", TEXT, nullable=False),
        sa.Column("asked_by", TEXT, nullable=False),
        sa.Column("key_list", BYTES, nullable=False),
        sa.Column("location", BYTES, nullable=False),
        sa.Column("certificate", BYTES, nullable=False),
        sa.Column("submitted_at", NUMBER, nullable=False),
        sa.Column("is_open", FLAG, nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index(
        "membership_application_by_region_is_open",
        "membership_application",
        ["region", "is_open"],
        unique=False,
    )


def _make_membership_proposal() -> None:
    op.create_table(
        "membership_proposal",
        sa.Column("proposal_id", WORD, autoincrement=False, nullable=False),
        sa.Column("region", WORD, nullable=False),
        sa.Column("change", WORD, nullable=False),
        sa.Column("application_id", TEXT, nullable=True),
        sa.Column("root", TEXT, nullable=False),
        sa.Column("effective_from", NUMBER, nullable=False),
        sa.Column("is_compromised", FLAG, nullable=False),
        sa.Column("keeps_root", FLAG, nullable=False),
        sa.Column("reason_zh", TEXT, nullable=False),
        sa.Column("reason_en", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("proposed_by", TEXT, nullable=False),
        sa.Column("proposed_at", NUMBER, nullable=False),
        sa.Column("decided_by", TEXT, nullable=True),
        sa.Column("decided_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("proposal_id"),
    )
    op.create_index(
        "membership_proposal_by_proposed_at", "membership_proposal", ["proposed_at"], unique=False
    )
    op.create_index(
        "membership_proposal_by_region_state", "membership_proposal", ["region", "state"], unique=False
    )


def _make_message() -> None:
    op.create_table(
        "message",
        sa.Column("message_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("text_key", TEXT, nullable=False),
        sa.Column("values", TEXT, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("read_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("message_by_holder_made_at", "message", ["holder", "made_at"], unique=False)


def _make_officer() -> None:
    op.create_table(
        "officer",
        sa.Column("officer_id", WORD, autoincrement=False, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("is_active", FLAG, nullable=False),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("officer_id"),
    )
    op.create_index("officer_by_division", "officer", ["division"], unique=False)


def _make_outgoing_message() -> None:
    op.create_table(
        "outgoing_message",
        sa.Column("message_id", WORD, autoincrement=False, nullable=False),
        sa.Column("receiver", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("holder", WORD, nullable=True),
        sa.Column("words_of", TEXT, nullable=True),
        sa.Column("reply_to", TEXT, nullable=True),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("next_at", NUMBER, nullable=False),
        sa.Column("give_up_at", NUMBER, nullable=False),
        sa.Column("tries", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("outgoing_message_by_holder", "outgoing_message", ["holder"], unique=False)
    op.create_index("outgoing_message_by_next_at", "outgoing_message", ["next_at"], unique=False)


def _make_pass_act() -> None:
    op.create_table(
        "pass_act",
        sa.Column("act_id", WORD, autoincrement=False, nullable=False),
        sa.Column("door", WORD, nullable=False),
        sa.Column("pass_id", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("division", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("cause", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("asked_by", WORD, nullable=False),
        sa.Column("asked_at", NUMBER, nullable=False),
        sa.Column("confirmed_by", TEXT, nullable=True),
        sa.Column("began_at", NUMBER, nullable=True),
        sa.Column("ends_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("act_id"),
    )
    op.create_index("pass_act_by_asked_by_asked_at", "pass_act", ["asked_by", "asked_at"], unique=False)
    op.create_index("pass_act_by_cause", "pass_act", ["cause"], unique=False)
    op.create_index("pass_act_by_door_state_ends_at", "pass_act", ["door", "state", "ends_at"], unique=False)
    op.create_index("pass_act_by_state_asked_at", "pass_act", ["state", "asked_at"], unique=False)


def _make_passkey_challenge() -> None:
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_id", WORD, autoincrement=False, nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("officer_id", TEXT, nullable=True),
        sa.Column("challenge", BYTES, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("challenge_id"),
    )
    op.create_index("passkey_challenge_by_ends_at", "passkey_challenge", ["ends_at"], unique=False)


def _make_passkey_credential() -> None:
    op.create_table(
        "passkey_credential",
        sa.Column("credential_id", WORD, autoincrement=False, nullable=False),
        sa.Column("officer_id", WORD, nullable=False),
        sa.Column("public_key", BYTES, nullable=False),
        sa.Column("sign_count", NUMBER, nullable=False),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("credential_id"),
    )
    op.create_index("passkey_credential_by_officer_id", "passkey_credential", ["officer_id"], unique=False)


def _make_pending_sign_in() -> None:
    op.create_table(
        "pending_sign_in",
        sa.Column("state_hash", WORD, autoincrement=False, nullable=False),
        sa.Column("browser_hash", TEXT, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.Column("is_used", FLAG, nullable=False),
        sa.Column("code_hash", WORD, nullable=True),
        sa.Column("holder", WORD, nullable=True),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index("pending_sign_in_by_code_hash", "pending_sign_in", ["code_hash"], unique=False)
    op.create_index("pending_sign_in_by_ends_at", "pending_sign_in", ["ends_at"], unique=False)
    op.create_index("pending_sign_in_by_holder", "pending_sign_in", ["holder"], unique=False)


def _make_person() -> None:
    op.create_table(
        "person",
        sa.Column("holder", WORD, autoincrement=False, nullable=False),
        sa.Column("sealed", BYTES, nullable=False),
        sa.Column("vault_key", WORD, nullable=False),
        sa.Column("division", WORD, nullable=False),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.Column("proved_at", NUMBER, nullable=True),
        sa.Column("asked_region", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("holder"),
    )
    op.create_index("person_by_division", "person", ["division"], unique=False)
    op.create_index("person_by_vault_key", "person", ["vault_key"], unique=False)


def _make_phone_key() -> None:
    op.create_table(
        "phone_key",
        sa.Column("pass_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("point", BYTES, nullable=False),
        sa.Column("deposited_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("pass_id"),
    )
    op.create_index("phone_key_by_deposited_at", "phone_key", ["deposited_at"], unique=False)
    op.create_index("phone_key_by_holder", "phone_key", ["holder"], unique=False)


def _make_publication_intent() -> None:
    op.create_table(
        "publication_intent",
        sa.Column("region", WORD, autoincrement=False, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("keys", BYTES, nullable=False),
        sa.Column("judged_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("region"),
    )


def _make_published_list() -> None:
    op.create_table(
        "published_list",
        sa.Column("list_number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("issued_at", NUMBER, nullable=False),
        sa.Column("generation", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("list_number"),
    )


def _make_recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("place", WORD, autoincrement=False, nullable=False),
        sa.Column("officer_id", WORD, nullable=False),
        sa.Column("salt", BYTES, nullable=False),
        sa.Column("hashed", BYTES, nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_index("recovery_code_by_officer_id", "recovery_code", ["officer_id"], unique=False)


def _make_recovery_failures() -> None:
    op.create_table(
        "recovery_failures",
        sa.Column("officer_id", WORD, autoincrement=False, nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("officer_id"),
    )


def _make_reissued_pass() -> None:
    op.create_table(
        "reissued_pass",
        sa.Column("pass_id", WORD, autoincrement=False, nullable=False),
        sa.Column("kid", TEXT, nullable=False),
        sa.Column("new_pass_id", TEXT, nullable=True),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("pass_id"),
    )
    op.create_index("reissued_pass_by_at", "reissued_pass", ["at"], unique=False)


def _make_risk_area() -> None:
    op.create_table(
        "risk_area",
        sa.Column("ref", WORD, autoincrement=False, nullable=False),
        sa.Column("area", WORD, nullable=False),
        sa.Column("level", WORD, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("source_name", TEXT, nullable=False),
        sa.Column("import_id", WORD, nullable=True),
        sa.Column("added_at", NUMBER, nullable=False),
        sa.Column("withdrawn_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_index("risk_area_by_area", "risk_area", ["area"], unique=False)
    op.create_index("risk_area_by_import_id", "risk_area", ["import_id"], unique=False)


def _make_rulebook_sweep() -> None:
    op.create_table(
        "rulebook_sweep",
        sa.Column("version", NUMBER, autoincrement=False, nullable=False),
        sa.Column("next_holder", TEXT, nullable=False),
        sa.Column("is_done", FLAG, nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )


def _make_sent_fact() -> None:
    op.create_table(
        "sent_fact",
        sa.Column("fact_id", WORD, autoincrement=False, nullable=False),
        sa.Column("holder", WORD, nullable=False),
        sa.Column("receiver", TEXT, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("sent_at", NUMBER, nullable=False),
        sa.Column("lapsed_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("fact_id"),
    )
    op.create_index("sent_fact_by_holder", "sent_fact", ["holder"], unique=False)
    op.create_index("sent_fact_by_until", "sent_fact", ["until"], unique=False)


def _make_session() -> None:
    op.create_table(
        "session",
        sa.Column("token_hash", WORD, autoincrement=False, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("who", WORD, nullable=False),
        sa.Column("began_at", NUMBER, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("session_by_ends_at", "session", ["ends_at"], unique=False)
    op.create_index("session_by_who", "session", ["who"], unique=False)


def _make_set_aside() -> None:
    op.create_table(
        "set_aside",
        sa.Column("holder", WORD, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("tried_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("holder"),
    )


def _make_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("holder", WORD, autoincrement=False, nullable=False),
        sa.Column("colour", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=True),
        sa.Column("rule", TEXT, nullable=True),
        sa.Column("rulebook_version", NUMBER, nullable=False),
        sa.Column("basis", NUMBER, nullable=True),
        sa.Column("until", NUMBER, nullable=True),
        sa.Column("origin", TEXT, nullable=True),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("assessed_at", NUMBER, nullable=False),
        sa.Column("changes", NUMBER, nullable=False),
        sa.Column("next_at", NUMBER, nullable=True),
        sa.Column("set_aside_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("holder"),
    )
    op.create_index("standing_by_next_at", "standing", ["next_at"], unique=False)


def _make_statement() -> None:
    op.create_table(
        "statement",
        sa.Column("statement_id", WORD, autoincrement=False, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("region", WORD, nullable=False),
        sa.Column("about", TEXT, nullable=True),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("data", BYTES, nullable=False),
        sa.Column("published_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("statement_id"),
    )
    op.create_index(
        "statement_by_kind_region_version", "statement", ["kind", "region", "version"], unique=False
    )


def _make_status_shard() -> None:
    op.create_table(
        "status_shard",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seed", BYTES, nullable=False),
        sa.Column("first", NUMBER, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("retired_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )


def _make_taken_message() -> None:
    op.create_table(
        "taken_message",
        sa.Column("key", WORD, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("taken_message_by_at", "taken_message", ["at"], unique=False)


def _make_used_nonce() -> None:
    op.create_table(
        "used_nonce",
        sa.Column("nonce_hash", WORD, autoincrement=False, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash"),
    )
    op.create_index("used_nonce_by_until", "used_nonce", ["until"], unique=False)


def upgrade() -> None:
    """Make the tables."""
    _make_accepted_statement()
    _make_access_application()
    _make_allowance()
    _make_assessment_rulebook()
    _make_audit_head()
    _make_audit_row()
    _make_change()
    _make_correction()
    _make_correction_event()
    _make_counter()
    _make_declaration()
    _make_destruction()
    _make_enrolment()
    _make_evidence()
    _make_evidence_import()
    _make_exchanged_fact()
    _make_extra_demand()
    _make_foreign_dispute()
    _make_gate()
    _make_gate_count()
    _make_gate_log()
    _make_guardianship()
    _make_hand_over()
    _make_home_inquiry()
    _make_home_question()
    _make_hub_publication()
    _make_hub_state()
    _make_import_holder()
    _make_issued_pass()
    _make_key_closing()
    _make_key_intent()
    _make_key_reissue()
    _make_manual_assignment()
    _make_manual_case()
    _make_membership_application()
    _make_membership_proposal()
    _make_message()
    _make_officer()
    _make_outgoing_message()
    _make_pass_act()
    _make_passkey_challenge()
    _make_passkey_credential()
    _make_pending_sign_in()
    _make_person()
    _make_phone_key()
    _make_publication_intent()
    _make_published_list()
    _make_recovery_code()
    _make_recovery_failures()
    _make_reissued_pass()
    _make_risk_area()
    _make_rulebook_sweep()
    _make_sent_fact()
    _make_session()
    _make_set_aside()
    _make_standing()
    _make_statement()
    _make_status_shard()
    _make_taken_message()
    _make_used_nonce()


def downgrade() -> None:
    """Remove the tables, with all that is in them."""
    op.drop_table("used_nonce")
    op.drop_table("taken_message")
    op.drop_table("status_shard")
    op.drop_table("statement")
    op.drop_table("standing")
    op.drop_table("set_aside")
    op.drop_table("session")
    op.drop_table("sent_fact")
    op.drop_table("rulebook_sweep")
    op.drop_table("risk_area")
    op.drop_table("reissued_pass")
    op.drop_table("recovery_failures")
    op.drop_table("recovery_code")
    op.drop_table("published_list")
    op.drop_table("publication_intent")
    op.drop_table("phone_key")
    op.drop_table("person")
    op.drop_table("pending_sign_in")
    op.drop_table("passkey_credential")
    op.drop_table("passkey_challenge")
    op.drop_table("pass_act")
    op.drop_table("outgoing_message")
    op.drop_table("officer")
    op.drop_table("message")
    op.drop_table("membership_proposal")
    op.drop_table("membership_application")
    op.drop_table("manual_case")
    op.drop_table("manual_assignment")
    op.drop_table("key_reissue")
    op.drop_table("key_intent")
    op.drop_table("key_closing")
    op.drop_table("issued_pass")
    op.drop_table("import_holder")
    op.drop_table("hub_state")
    op.drop_table("hub_publication")
    op.drop_table("home_question")
    op.drop_table("home_inquiry")
    op.drop_table("hand_over")
    op.drop_table("guardianship")
    op.drop_table("gate_log")
    op.drop_table("gate_count")
    op.drop_table("gate")
    op.drop_table("foreign_dispute")
    op.drop_table("extra_demand")
    op.drop_table("exchanged_fact")
    op.drop_table("evidence_import")
    op.drop_table("evidence")
    op.drop_table("enrolment")
    op.drop_table("destruction")
    op.drop_table("declaration")
    op.drop_table("counter")
    op.drop_table("correction_event")
    op.drop_table("correction")
    op.drop_table("change")
    op.drop_table("audit_row")
    op.drop_table("audit_head")
    op.drop_table("assessment_rulebook")
    op.drop_table("allowance")
    op.drop_table("access_application")
    op.drop_table("accepted_statement")
