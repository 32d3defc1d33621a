"""Issuing: only what a class, a colour and a key allow is signed, and exactly what was checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.codec.cwt import write_claims
from comity.codec.qrtext import UnverifiedPass, UnverifiedPresentation, read_message
from comity.domain.claims import PassClaims, StatusReference
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY
from comity.errors import SigningRefused
from comity.trust.issue import CheckedClaims, check_claims, issue, present
from comity.trust.keys import KeyEntry, Usage
from comity.trust.signing import message_holds
from tests.builders import AT, HOME, HOST, ISSUED_AT, PHONE, altered, claims, key, list_uri, pass_entry

SIGNER = key(HOME, "pass")
ENTRY = pass_entry()
PAPER, DEVICE, ONLINE = claims(), claims(PassClass.DEVICE), claims(PassClass.ONLINE)
YELLOW = claims(PassClass.PAPER, Colour.YELLOW)
STATUS = StatusReference(uri=list_uri(HOME), index=1)


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("pass_class", list(PassClass))
def test_a_pass_of_every_class_and_colour_is_signed_as_checked(pass_class: PassClass, colour: Colour) -> None:
    given = claims(pass_class, colour)
    for is_test in (True, False):
        data = issue(check_claims(given, ENTRY), SIGNER, is_test=is_test)
        read = read_message(data, is_test=is_test)
        assert isinstance(read, UnverifiedPass)
        assert read.claims == given
        assert message_holds(read.message, SIGNER.public)


REFUSED: list[tuple[str, PassClaims, KeyEntry]] = [
    ("a status key", PAPER, replace(ENTRY, usage=Usage.STATUS)),
    ("a statement key", PAPER, replace(ENTRY, usage=Usage.STATEMENT)),
    ("a bundle key", PAPER, replace(ENTRY, usage=Usage.BUNDLE)),
    ("a key whose time is to come", PAPER, replace(ENTRY, not_before=ISSUED_AT + 1)),
    ("a key whose time is over", PAPER, replace(ENTRY, not_after=ISSUED_AT)),
    ("device without a phone's key", altered(DEVICE, device_key=None), ENTRY),
    ("paper with a phone's key", altered(PAPER, device_key=PHONE.as_device_key()), ENTRY),
    ("online with a phone's key", altered(ONLINE, device_key=PHONE.as_device_key()), ENTRY),
    ("device without a status", altered(DEVICE, status=None), ENTRY),
    ("paper without a status", altered(PAPER, status=None), ENTRY),
    ("online with a status", altered(ONLINE, status=STATUS), ENTRY),
    ("online of 59 s", altered(ONLINE, expires_at=AT + 59), ENTRY),
    ("online of 61 s", altered(ONLINE, expires_at=AT + 61), ENTRY),
    ("yellow without reason", altered(YELLOW, reason=None), ENTRY),
    ("yellow without basis", altered(YELLOW, basis=None), ENTRY),
    ("red without until", altered(YELLOW, colour=Colour.RED, until=None), ENTRY),
    ("green with a reason", altered(PAPER, reason=ColourReason.SYMPTOMS), ENTRY),
    ("green with a basis", altered(PAPER, basis=AT), ENTRY),
    ("green with an until", altered(PAPER, until=AT), ENTRY),
    ("a validity above 30 days", altered(PAPER, expires_at=ISSUED_AT + 30 * DAY + 1), ENTRY),
    ("a validity above the key's", PAPER, replace(ENTRY, max_validity=14 * DAY - 1)),
    ("an area outside the key's", altered(PAPER, area="440300"), replace(ENTRY, areas=("440100",))),
    ("no area under a key with areas", PAPER, replace(ENTRY, areas=("440100",))),
]


@pytest.mark.parametrize(("given", "entry"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_no_issuer_may_sign_is_refused(given: PassClaims, entry: KeyEntry) -> None:
    with pytest.raises(SigningRefused):
        check_claims(given, entry)


UNREADABLE_CLAIMS: list[tuple[str, PassClaims]] = [
    ("an expiry at the issue", altered(PAPER, expires_at=ISSUED_AT)),
    ("an expiry before the issue", altered(PAPER, expires_at=ISSUED_AT - 1)),
    ("green with an origin", altered(PAPER, origin=HOME)),
    ("an area of another region", altered(PAPER, area="420100")),
    ("an empty name", altered(PAPER, masked_name="")),
    ("three digits", altered(PAPER, id_last4="007")),
    ("an id of 7 bytes", altered(PAPER, pass_id=bytes(7))),
]


@pytest.mark.parametrize(
    "given", [row[1] for row in UNREADABLE_CLAIMS], ids=[row[0] for row in UNREADABLE_CLAIMS]
)
def test_a_pass_that_no_gate_could_read_is_refused_and_never_signed(given: PassClaims) -> None:
    with pytest.raises(SigningRefused):
        issue(check_claims(given, ENTRY), SIGNER, is_test=True)


def test_a_key_revoked_before_the_issue_signs_nothing() -> None:
    with pytest.raises(SigningRefused):
        check_claims(PAPER, replace(ENTRY, revoked_at=ISSUED_AT))


LIMITS = [
    ("at not_before", PAPER, replace(ENTRY, not_before=ISSUED_AT)),
    ("a second before not_after", PAPER, replace(ENTRY, not_after=ISSUED_AT + 1)),
    ("at the key's validity", PAPER, replace(ENTRY, max_validity=14 * DAY)),
    ("inside the key's area", altered(PAPER, area="440103"), replace(ENTRY, areas=("440100",))),
]


@pytest.mark.parametrize(("given", "entry"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_a_limit_that_is_met_is_kept(given: PassClaims, entry: KeyEntry) -> None:
    assert check_claims(given, entry) == CheckedClaims(given, entry, write_claims(given))


def test_claims_checked_for_one_key_are_not_signed_by_another() -> None:
    for other in (key(HOST, "pass"), key(HOME, "status")):
        with pytest.raises(SigningRefused):
            issue(check_claims(PAPER, ENTRY), other, is_test=True)


def test_a_phone_presents_the_pass_for_one_moment_without_a_key_id() -> None:
    data = issue(check_claims(DEVICE, ENTRY), SIGNER, is_test=True)
    read = read_message(present(data, PHONE, shown_at=AT, is_test=True), is_test=True)
    assert isinstance(read, UnverifiedPresentation)
    assert (read.shown_at, read.inner.claims, read.message.header.kid) == (AT, DEVICE, None)
    assert message_holds(read.message, PHONE.public)


def test_the_same_pass_signed_twice_is_the_same_bytes() -> None:
    first, second = (issue(check_claims(PAPER, ENTRY), SIGNER, is_test=True) for _ in range(2))
    assert first == second
