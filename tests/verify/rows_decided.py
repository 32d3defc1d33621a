"""The rows of V6 to V10: the host's own rules turn an authentic pass into an answer."""

from __future__ import annotations

from dataclasses import replace

from comity.domain.claims import StatusReference
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, HOUR
from comity.domain.recognition import Release, Suspension
from comity.trust.status import SUPERSEDED, SUSPENDED, VOID
from tests.builders import (
    AT,
    HOME,
    HOST,
    HUBEI,
    INDEX,
    ISSUED_AT,
    claims,
    crossing,
    key,
    list_uri,
    pass_entry,
    recognition,
    referral,
    rulebook,
)
from tests.verify.rows import (
    DEVICE,
    HUBEI_PASS,
    ONLINE,
    PAPER,
    SUSPENSION,
    WARN_AT,
    YELLOW,
    Row,
    rows,
    signed,
)

DECIDED_ROWS: list[Row] = [
    *rows(
        "V6",
        "referred",
        "REFER",
        "authority",
        "C3.3",
        no_release=HUBEI_PASS,
        a_release_to_come=replace(
            HUBEI_PASS, referrals=(replace(referral(), releases=(Release(effective_from=AT + 1),)),)
        ),
        a_release_that_excepts_its_area=replace(
            signed(HUBEI_PASS, area="420106"),
            referrals=(
                replace(referral(), releases=(Release(effective_from=AT, areas_except=("420100",)),)),
            ),
        ),
        an_exception_and_no_area=replace(
            HUBEI_PASS,
            referrals=(
                replace(referral(), releases=(Release(effective_from=AT, areas_except=("420100",)),)),
            ),
        ),
        a_recognition_beside_it=replace(HUBEI_PASS, recognitions=(recognition(HUBEI),)),
    ),
    *rows(
        "V6",
        "not_recognised",
        "REAPPLY",
        "host",
        "C2.1",
        no_statement=replace(PAPER, recognitions=()),
        one_of_another_region=replace(PAPER, recognitions=(recognition(HUBEI),)),
        published_later=replace(PAPER, recognitions=(replace(recognition(), published_at=AT + 1),)),
        in_effect_later=replace(PAPER, recognitions=(replace(recognition(), effective_from=AT + 1),)),
        suspended_before_it_began=replace(
            PAPER, recognitions=(replace(recognition(), effective_from=AT + 1, suspension=SUSPENSION),)
        ),
        trust_of_exactly_24_h=replace(PAPER, recognitions=(), hub_as_of=AT - DAY),
    ),
    *rows(
        "V6",
        "not_recognised_stale_trust",
        "UNDECIDED",
        "manual",
        "C2.1",
        trust_above_24_h=replace(PAPER, recognitions=(), bundle_at=WARN_AT),
    ),
    *rows(
        "V6",
        "recognition_suspended",
        "REAPPLY",
        "host",
        "C2.1",
        from_this_instant=replace(
            PAPER,
            recognitions=(
                replace(recognition(), suspension=Suspension(published_at=AT - DAY, effective_from=AT)),
            ),
        ),
        with_trust_of_7_days=replace(
            PAPER,
            hub_as_of=AT - 7 * DAY,
            recognitions=(replace(recognition(), suspension=SUSPENSION),),
        ),
        resumed_later=replace(
            PAPER,
            recognitions=(
                replace(
                    recognition(),
                    suspension=SUSPENSION,
                    resumption=Suspension(published_at=AT, effective_from=AT + 1),
                ),
            ),
        ),
    ),
    *rows(
        "V7",
        "issued_in_future",
        "REJECT",
        "refresh manual",
        "C2.4",
        paper_61_s_ahead=signed(PAPER, issued_at=AT + 61, expires_at=AT + 62),
        online_61_s_ahead=signed(ONLINE, issued_at=AT + 61, expires_at=AT + 121),
    ),
    *rows(
        "V7",
        "expired",
        "REAPPLY",
        "home host",
        "C2.4",
        paper_at_exp=signed(PAPER, expires_at=AT),
        device_at_exp=signed(DEVICE, expires_at=AT),
        paper_after_exp=signed(PAPER, expires_at=AT - 1),
    ),
    *rows(
        "V8",
        "status_missing",
        "UNDECIDED",
        "manual",
        "C2.2",
        no_list=replace(PAPER, has_list=False),
        no_list_for_a_device_pass=replace(DEVICE, has_list=False),
        a_list_of_another_sub=replace(PAPER, list_uri="cm:440000/2"),
        a_list_signed_by_another_region=replace(PAPER, list_signer=key(HOST, "status")),
        an_index_outside=signed(PAPER, status=StatusReference(uri=list_uri(HOME), index=64)),
        the_greatest_index=signed(PAPER, status=StatusReference(uri=list_uri(HOME), index=2**64 - 1)),
        a_list_of_another_uri_named=signed(PAPER, status=StatusReference(uri="cm:150000/1", index=INDEX)),
    ),
    *rows(
        "V8",
        "clock_wrong",
        "UNDECIDED",
        "manual",
        "C1.2",
        a_list_61_s_ahead=replace(PAPER, list_at=AT + 61),
    ),
    *rows(
        "V8",
        "void",
        "REAPPLY",
        "home host",
        "C2.7",
        fresh=replace(PAPER, status=VOID),
        from_a_stale_list=replace(PAPER, status=VOID, list_at=AT - 30 * DAY),
        one_bit_entries=replace(PAPER, status=VOID, bits=1),
        eight_bit_entries=replace(PAPER, status=VOID, bits=8),
    ),
    *rows(
        "V8",
        "superseded",
        "REAPPLY",
        "refresh",
        "C2.2",
        fresh=replace(DEVICE, status=SUPERSEDED),
        from_a_stale_list=replace(PAPER, status=SUPERSEDED, list_at=AT - 30 * DAY),
    ),
    *rows(
        "V8",
        "status_stale",
        "UNDECIDED",
        "manual",
        "C2.2",
        above_48_h=replace(PAPER, list_at=AT - 48 * HOUR - 1),
        suspended_too=replace(PAPER, list_at=AT - 48 * HOUR - 1, status=SUSPENDED),
        no_rulebook_so_48_h=replace(PAPER, list_at=AT - 48 * HOUR - 1, rulebooks=()),
    ),
    *rows(
        "V8",
        "under_review",
        "UNDECIDED",
        "home manual",
        "C2.2",
        fresh=replace(PAPER, status=SUSPENDED),
        at_48_h=replace(PAPER, status=SUSPENDED, list_at=AT - 48 * HOUR),
    ),
    *rows(
        "V8",
        "colour_ended",
        "REAPPLY",
        "refresh",
        "C2.2",
        yellow_at_until=signed(YELLOW, until=AT),
        red_after_until=signed(crossing(PassClass.DEVICE, Colour.RED), until=AT - 1),
        online_too=signed(crossing(PassClass.ONLINE, Colour.RED), until=AT),
    ),
    *rows(
        "V8",
        "contradicted",
        "UNDECIDED",
        "appeal manual",
        "C2.2",
        green_said_to_be_red=replace(PAPER, issuer_says=Colour.RED),
        yellow_said_to_be_green=replace(YELLOW, issuer_says=Colour.GREEN),
        online_too=replace(ONLINE, issuer_says=Colour.YELLOW),
    ),
    *rows(
        "V9",
        "rulebook_missing",
        "UNDECIDED",
        "manual",
        "C2.2",
        none=replace(YELLOW, rulebooks=()),
        one_to_come=replace(YELLOW, rulebooks=(replace(rulebook(), valid_from=AT + 1),)),
        one_gone_by=replace(YELLOW, rulebooks=(replace(rulebook(), valid_to=AT),)),
    ),
    *rows(
        "V10",
        "green",
        "PASS",
        "",
        "C2.3",
        paper=PAPER,
        device=DEVICE,
        online=ONLINE,
        without_any_rulebook=replace(PAPER, rulebooks=()),
        with_the_same_word_from_the_issuer=replace(PAPER, issuer_says=Colour.GREEN),
        the_hosts_own=replace(PAPER, claims=claims(issuer=HOST), recognitions=()),
        trust_of_7_days=replace(PAPER, bundle_at=AT - 7 * DAY),
        bundle_60_s_ahead=replace(PAPER, bundle_at=AT + 60),
        iat_60_s_ahead=signed(PAPER, issued_at=AT + 60),
        one_second_before_exp=signed(PAPER, expires_at=AT + 1),
        list_60_s_ahead=replace(PAPER, list_at=AT + 60),
        list_of_48_h=replace(PAPER, list_at=AT - 48 * HOUR),
        presentation_of_120_s=replace(DEVICE, shown_at=AT - 120),
        presentation_60_s_ahead=replace(DEVICE, shown_at=AT + 60),
        revoked_a_second_later=replace(PAPER, entry=replace(pass_entry(), revoked_at=AT + 1)),
        iat_at_not_before=replace(PAPER, entry=replace(pass_entry(), not_before=ISSUED_AT)),
        validity_at_the_keys_limit=replace(PAPER, entry=replace(pass_entry(), max_validity=14 * DAY)),
        area_inside_the_keys=replace(
            signed(PAPER, area="440103"), entry=replace(pass_entry(), areas=("440100",))
        ),
        recognised_from_this_instant=replace(
            PAPER, recognitions=(replace(recognition(), published_at=AT, effective_from=AT),)
        ),
        suspended_from_the_next_second=replace(
            PAPER,
            recognitions=(
                replace(recognition(), suspension=Suspension(published_at=AT - DAY, effective_from=AT + 1)),
            ),
        ),
        resumed_from_this_instant=replace(
            PAPER,
            recognitions=(
                replace(
                    recognition(),
                    suspension=SUSPENSION,
                    resumption=Suspension(published_at=AT, effective_from=AT),
                ),
            ),
        ),
        released_from_this_instant=replace(
            HUBEI_PASS, referrals=(replace(referral(), releases=(Release(effective_from=AT),)),)
        ),
        released_but_for_another_area=replace(
            signed(HUBEI_PASS, area="420500"),
            referrals=(
                replace(referral(), releases=(Release(effective_from=AT, areas_except=("420100",)),)),
            ),
        ),
    ),
    *rows(
        "V10",
        "measures_apply",
        "CONTROL",
        "appeal",
        "C2.2",
        yellow=YELLOW,
        red=crossing(PassClass.DEVICE, Colour.RED),
        online=crossing(PassClass.ONLINE, Colour.YELLOW),
        one_second_before_until=signed(YELLOW, until=AT + 1),
    ),
]
