"""One person at one gate, told in full, and answered on the real path: signed bytes in, a Decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from hashlib import shake_256
from typing import Final

from comity.codec import cose
from comity.codec.cose import Header
from comity.codec.cwt import write_claims
from comity.codec.qrtext import PASS_TYP, TEST_OFFSET, write_text
from comity.domain.claims import PassClaims, PassId, StatusReference
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.decision import Decision
from comity.domain.instant import DAY, HOUR, Instant
from comity.domain.recognition import Recognition, Referral
from comity.domain.region import INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.validity import ONLINE_LIFETIME
from comity.trust.algorithm import PrivateKey, private_key
from comity.trust.bundle import Anchor, BundleParts, VerifierBundle, open_bundle, write_bundle
from comity.trust.issue import present
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook
from comity.trust.status import StatusLists, pack, read_status_list, write_status_list
from comity.verify import verify

GUANGDONG: Final = RegionCode("440000")
AT: Final[Instant] = 1_587_000_000
"""16 April 2020, in the morning in the regions: the notice has been in force for four weeks."""
PLACES: Final = 64
"""Places in every status list here."""


class Showing(StrEnum):
    """How a pass is held out: as its class demands, or not."""

    RIGHTLY = "rightly"
    BARE = "bare"
    WRAPPED = "wrapped"
    BY_ANOTHER_PHONE = "by_another_phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything an answer can depend on; as it stands here, each step holds."""

    host: RegionCode = INNER_MONGOLIA
    at: Instant = AT
    claims: PassClaims
    text_is_cut: bool = False
    bundle_issued_at: Instant = AT - HOUR
    hub_as_of: Instant = AT - HOUR
    key_is_listed: bool = True
    key_not_before: Instant | None = None
    key_not_after: Instant | None = None
    key_revoked_at: Instant | None = None
    key_areas: tuple[str, ...] = ()
    signature_is_forged: bool = False
    showing: Showing = Showing.RIGHTLY
    shown_at: Instant = AT
    recognition: Recognition | None = None
    referral: Referral | None = None
    list_issued_at: Instant | None = AT - HOUR
    list_uri: str | None = None
    status: int = 0
    issuer_says: Colour | None = None
    rulebook: Rulebook | None = None

    @property
    def has_list(self) -> bool:
        return self.list_issued_at is not None and self.claims.status is not None


@cache
def key(*labels: str) -> PrivateKey:
    return private_key(shake_256("/".join(labels).encode()).digest(40))


def a_pass(issuer: str, pass_class: PassClass, colour: Colour) -> PassClaims:
    """A pass of this hour that nothing speaks against."""
    is_online = pass_class is PassClass.ONLINE
    issued_at = AT if is_online else AT - DAY
    claims = PassClaims(
        issuer=issuer,
        pass_id=PassId(b"12345678"),
        issued_at=issued_at,
        expires_at=issued_at + (ONLINE_LIFETIME if is_online else 14 * DAY),
        colour=colour,
        pass_class=pass_class,
        masked_name="张*",
        id_last4="0007",
        device_key=key("phone").as_device_key() if pass_class is PassClass.DEVICE else None,
        status=None if is_online else StatusReference(uri=f"cm:{issuer}/1", index=7),
    )
    if colour is Colour.GREEN:
        return claims
    return claims._replace(
        reason=ColourReason.CLOSE_CONTACT, basis=AT - DAY, until=AT + 13 * DAY, origin=issuer
    )


def recognised(host: RegionCode, issuer: str) -> Recognition:
    """A recognition that has long been in force."""
    return Recognition(
        host=host, issuer=RegionCode(issuer), version=1, published_at=AT - 20 * DAY, effective_from=AT - DAY
    )


def text_of(situation: Situation) -> str:
    """What the gate scans."""
    claims, typ = situation.claims, PASS_TYP + TEST_OFFSET
    signer = key(claims.issuer, "pass")
    protected, payload = cose.write_header(Header(signer.alg, signer.kid, typ)), write_claims(claims)
    signature = signer.sign(cose.signature_input(protected, payload))
    if situation.signature_is_forged:
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    shown = cose.write_sign1(protected, payload, signature)
    is_device = claims.pass_class is PassClass.DEVICE
    if situation.showing is Showing.WRAPPED or (is_device and situation.showing is not Showing.BARE):
        owner = "stranger" if situation.showing is Showing.BY_ANOTHER_PHONE else "phone"
        shown = present(shown, key(owner), shown_at=situation.shown_at, is_test=True)
    text = write_text(shown)
    return text[:-10] if situation.text_is_cut else text


@cache
def membership(region: str) -> bytes:
    thumbprint = key(region, "root").public.thumbprint
    told = Membership(region=region, version=1, root_thumbprint=thumbprint, member_from=0)
    return write_membership(told, key("hub"), is_test=True)


def key_list(region: str, situation: Situation) -> KeyList:
    """The keys of a region; those of the issuer as the situation has them."""
    entries = [
        KeyEntry(key=key(region, usage).public, usage=usage)
        for usage in (Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE)
    ]
    if region != situation.claims.issuer:
        entries.append(KeyEntry(key=key(region, "pass").public, usage=Usage.PASS))
    elif situation.key_is_listed:
        entries.append(
            KeyEntry(
                key=key(region, "pass").public,
                usage=Usage.PASS,
                not_before=situation.key_not_before,
                not_after=situation.key_not_after,
                revoked_at=situation.key_revoked_at,
                areas=situation.key_areas,
            )
        )
    return KeyList(region=region, version=1, root=key(region, "root").public, entries=tuple(entries))


def bundle_of(situation: Situation) -> VerifierBundle:
    """The host's bundle, signed and opened again."""
    host, own = situation.host, key(situation.host, Usage.STATEMENT)
    regions = sorted({host, situation.claims.issuer})
    recognition, referral, rulebook = situation.recognition, situation.referral, situation.rulebook
    parts = BundleParts(
        host=host,
        version=1,
        issued_at=situation.bundle_issued_at,
        hub_as_of=situation.hub_as_of,
        expires_at=situation.bundle_issued_at + 7 * DAY,
        is_test=True,
        hub=key("hub").public,
        memberships=tuple(membership(region) for region in regions),
        key_lists=tuple(
            write_key_list(key_list(region, situation), key(region, "root"), is_test=True)
            for region in regions
        ),
        recognitions=() if recognition is None else (write_recognition(recognition, own, is_test=True),),
        referrals=() if referral is None else (write_referral(referral, own, is_test=True),),
        rulebooks=() if rulebook is None else (write_signed_rulebook(rulebook, own, is_test=True),),
    )
    anchor = Anchor(host=host, root=key(host, "root").public)
    return open_bundle(write_bundle(parts, key(host, Usage.BUNDLE)), anchor=anchor, host=host)


def lists_of(situation: Situation, bundle: VerifierBundle) -> StatusLists:
    """The status list at hand, signed and read again."""
    reference, issuer = situation.claims.status, situation.claims.issuer
    if situation.list_issued_at is None or reference is None:
        return StatusLists()
    statuses = {reference.index: situation.status} if reference.index < PLACES else {}
    token = write_status_list(
        pack(statuses, size=PLACES),
        key(issuer, Usage.STATUS),
        uri=situation.list_uri or reference.uri,
        issued_at=situation.list_issued_at,
    )
    return StatusLists((read_status_list(token, bundle.key_lists),))


def answer(situation: Situation) -> Decision:
    """Scan, verify, decide."""
    bundle = bundle_of(situation)
    return verify(
        text_of(situation),
        bundle,
        at=datetime.fromtimestamp(situation.at, UTC),
        lists=lists_of(situation, bundle),
        issuer_says=situation.issuer_says,
    )
