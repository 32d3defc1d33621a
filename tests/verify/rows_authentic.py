"""The rows of V2 to V5: is this what its issuer signed, shown rightly, now?"""

from __future__ import annotations

from dataclasses import replace

from comity.domain.instant import DAY
from tests.builders import (
    AT,
    HOME,
    HOST,
    ISSUED_AT,
    PHONE,
    key,
    pass_entry,
)
from tests.verify.rows import DEVICE, OFF_CURVE, ONLINE, OTHER_Y, PAPER, STATUS, WARN_AT, Row, rows, signed

AUTHENTIC_ROWS: list[Row] = [
    *rows(
        "V2",
        "clock_wrong",
        "UNDECIDED",
        "manual",
        "C1.2",
        a_bundle_61_s_ahead=replace(PAPER, bundle_at=AT + 61),
    ),
    *rows(
        "V2",
        "trust_stale",
        "UNDECIDED",
        "manual",
        "C1.2",
        a_bundle_older_than_7_days=replace(PAPER, bundle_at=AT - 7 * DAY - 1),
        a_hub_older_than_7_days=replace(PAPER, hub_as_of=AT - 7 * DAY - 1),
        a_bundle_older_than_its_hub=replace(PAPER, bundle_at=AT - 7 * DAY - 1, hub_as_of=AT),
    ),
    *rows(
        "V3",
        "unknown_key",
        "REJECT",
        "refresh manual",
        "C2.5",
        a_key_of_no_list=replace(PAPER, signer=key("forger")),
        the_hosts_key=replace(PAPER, signer=key(HOST, "pass")),
        the_issuers_status_key=replace(PAPER, signer=key(HOME, "status")),
        the_issuers_root=replace(PAPER, signer=key(HOME, "root")),
        iat_before_not_before=replace(PAPER, entry=replace(pass_entry(), not_before=ISSUED_AT + 1)),
        iat_at_not_after=replace(PAPER, entry=replace(pass_entry(), not_after=ISSUED_AT)),
        trust_of_exactly_24_h=replace(PAPER, signer=key("forger"), bundle_at=AT - DAY),
        out_of_its_window_and_revoked=replace(
            PAPER, entry=replace(pass_entry(), not_after=ISSUED_AT, revoked_at=ISSUED_AT)
        ),
    ),
    *rows(
        "V3",
        "unknown_key_stale_trust",
        "UNDECIDED",
        "manual",
        "C2.5",
        trust_above_24_h=replace(PAPER, signer=key("forger"), bundle_at=WARN_AT),
        hub_above_24_h=replace(PAPER, signer=key("forger"), hub_as_of=WARN_AT),
        outside_its_window=replace(
            PAPER, bundle_at=WARN_AT, entry=replace(pass_entry(), not_after=ISSUED_AT)
        ),
    ),
    *rows(
        "V3",
        "key_revoked",
        "REAPPLY",
        "refresh",
        "C2.5",
        revoked_at_this_instant=replace(PAPER, entry=replace(pass_entry(), revoked_at=AT)),
        revoked_before_it_signed=replace(PAPER, entry=replace(pass_entry(), revoked_at=0)),
        signed_by_a_forger_too=replace(
            PAPER, spoils_signature=True, entry=replace(pass_entry(), revoked_at=AT)
        ),
    ),
    *rows(
        "V4",
        "bad_signature",
        "REJECT",
        "refresh manual",
        "C2.2",
        paper=replace(PAPER, spoils_signature=True),
        online=replace(ONLINE, spoils_signature=True),
        inside_a_good_presentation=replace(DEVICE, spoils_signature=True),
        before_anything_of_V5=replace(DEVICE, spoils_signature=True, is_presented=False),
    ),
    *rows(
        "V5",
        "presentation_missing",
        "REJECT",
        "refresh",
        "C2.2",
        a_bare_device_pass=replace(DEVICE, is_presented=False),
        a_bare_device_pass_that_breaks_class_rules=replace(signed(DEVICE, status=None), is_presented=False),
    ),
    *rows(
        "V5",
        "class_violation",
        "REJECT",
        "refresh manual",
        "C2.2",
        paper_in_a_presentation=replace(PAPER, is_presented=True),
        online_in_a_presentation=replace(ONLINE, is_presented=True),
        device_without_cnf=signed(DEVICE, device_key=None),
        paper_with_cnf=signed(PAPER, device_key=PHONE.as_device_key()),
        paper_with_cnf_in_a_presentation=replace(
            signed(PAPER, device_key=PHONE.as_device_key()), is_presented=True
        ),
        online_with_cnf=signed(ONLINE, device_key=PHONE.as_device_key()),
        device_without_status=signed(DEVICE, status=None),
        paper_without_status=signed(PAPER, status=None),
        online_with_status=signed(ONLINE, status=STATUS),
        online_of_59_s=signed(ONLINE, expires_at=AT + 59),
        online_of_61_s=signed(ONLINE, expires_at=AT + 61),
        paper_above_the_keys_validity=replace(PAPER, entry=replace(pass_entry(), max_validity=14 * DAY - 1)),
        paper_above_30_days=signed(PAPER, expires_at=ISSUED_AT + 30 * DAY + 1),
        area_outside_the_keys=replace(
            signed(PAPER, area="440300"), entry=replace(pass_entry(), areas=("440100",))
        ),
        no_area_under_a_key_with_areas=replace(PAPER, entry=replace(pass_entry(), areas=("440100",))),
    ),
    *rows(
        "V5",
        "bad_presentation",
        "REJECT",
        "refresh manual",
        "C2.2",
        another_phone=replace(DEVICE, phone=key("thief")),
        the_issuers_key=replace(DEVICE, phone=key(HOME, "pass")),
        a_cnf_off_the_curve=signed(DEVICE, device_key=OFF_CURVE),
        the_other_y=signed(DEVICE, device_key=OTHER_Y),
    ),
    *rows(
        "V5",
        "presentation_stale",
        "REJECT",
        "refresh manual",
        "C2.2",
        device_121_s_old=replace(DEVICE, shown_at=AT - 121),
        device_61_s_ahead=replace(DEVICE, shown_at=AT + 61),
        device_of_1970=replace(DEVICE, shown_at=0),
        online_at_exp=signed(ONLINE, issued_at=AT - 60, expires_at=AT),
        online_after_exp=signed(ONLINE, issued_at=AT - DAY, expires_at=AT - DAY + 60),
    ),
]
