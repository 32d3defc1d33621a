"""Builders: a small test federation with keys from fixed seeds, and one person crossing into its host.

Guangdong (440000) issues, Inner Mongolia (150000) is the host. `Crossing` holds everything one decision
depends on; a test replaces what it is about and leaves the rest good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from comity import Decision, StatusLists, VerifierBundle, open_bundle, read_status_list, verify
from comity.codec.cwt import write_claims
from comity.codec.qrtext import PASS_TYP, PRESENTATION_TYP, TEST_OFFSET, write_shown, write_text
from comity.domain.claims import PassClaims, PassId, StatusReference
from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, Instant, instant_of
from comity.domain.recognition import Recognition, Referral
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.trust.algorithm import PrivateKey, private_key
from comity.trust.bundle import BundleParts, write_bundle
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook
from comity.trust.signing import sign_message
from comity.trust.status import CURRENT, pack, write_status_list

HOST: Final = RegionCode("150000")
HOME: Final = RegionCode("440000")
HUBEI: Final = RegionCode("420000")
STRANGER: Final = RegionCode("650000")

AT: Final[Instant] = 1_584_676_800
"""2020-03-20T12:00:00+08:00: a day after the notice took effect."""
ISSUED_AT: Final[Instant] = AT - 2 * DAY
LIST_SIZE: Final = 64
INDEX: Final = 5

TEST_PASS_TYP: Final = PASS_TYP + TEST_OFFSET
TEST_PRESENTATION_TYP: Final = PRESENTATION_TYP + TEST_OFFSET


def key(*labels: str) -> PrivateKey:
    """The key that goes by these labels, always the same."""
    return private_key(secret(*labels))


def secret(*labels: str) -> bytes:
    """The 32 secret bytes of that key."""
    return sha256("/".join(labels).encode()).digest()


def scalar_key(scalar: int) -> PrivateKey:
    """The key of a private scalar, 1 <= scalar < n."""
    return PrivateKey(ec.derive_private_key(scalar, ec.SECP256R1()))


HUB: Final = key("hub")
PHONE: Final = key("phone")


def instant(text: str) -> Instant:
    """The instant of an RFC 3339 time."""
    return instant_of(datetime.fromisoformat(text))


def moment(at: Instant) -> datetime:
    """The aware time of an instant."""
    return datetime.fromtimestamp(at, UTC)


def list_uri(region: str) -> str:
    """The name of a region's status list."""
    return f"cm:{region}/1"


def claims(
    pass_class: PassClass = PassClass.PAPER, colour: Colour = Colour.GREEN, *, issuer: str = HOME
) -> PassClaims:
    """Good claims of one class and colour, two days old (online: fresh)."""
    is_online, is_green = pass_class is PassClass.ONLINE, colour is Colour.GREEN
    issued_at = AT if is_online else ISSUED_AT
    return PassClaims(
        issuer=issuer,
        pass_id=PassId(b"\x01\x02\x03\x04\x05\x06\x07\x08"),
        issued_at=issued_at,
        expires_at=issued_at + (60 if is_online else 14 * DAY),
        colour=colour,
        pass_class=pass_class,
        masked_name="张*",
        id_last4="0007",
        device_key=PHONE.as_device_key() if pass_class is PassClass.DEVICE else None,
        status=None if is_online else StatusReference(uri=list_uri(issuer), index=INDEX),
        reason=None if is_green else ColourReason.CLOSE_CONTACT,
        basis=None if is_green else ISSUED_AT,
        until=None if is_green else ISSUED_AT + 14 * DAY,
        origin=None if is_green else issuer,
    )


def altered(given: PassClaims, **changes: Any) -> PassClaims:
    """The claims with some of them changed."""
    return given._replace(**changes)


def pass_entry(region: str = HOME) -> KeyEntry:
    """The key list entry of a region's pass key, without limits."""
    return KeyEntry(key=key(region, Usage.PASS).public, usage=Usage.PASS)


def key_list(region: str, *pass_entries: KeyEntry) -> KeyList:
    """A key list with the region's standing keys and these pass keys (none given: the usual one)."""
    standing = tuple(
        KeyEntry(key=key(region, usage).public, usage=usage)
        for usage in (Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE)
    )
    entries = (*(pass_entries or (pass_entry(region),)), *standing)
    return KeyList(region=region, version=1, root=key(region, "root").public, entries=entries)


def signed_key_list(region: str, *pass_entries: KeyEntry, is_test: bool = True) -> bytes:
    """That key list under the region's root."""
    return write_key_list(key_list(region, *pass_entries), key(region, "root"), is_test=is_test)


def membership(region: str) -> Membership:
    """The membership of a region under its usual root."""
    root = key(region, "root").public
    return Membership(region=region, version=1, root_thumbprint=root.thumbprint, member_from=0)


def signed_membership(region: str, *, is_test: bool = True) -> bytes:
    """That membership under the hub's root."""
    return write_membership(membership(region), HUB, is_test=is_test)


def recognition(issuer: RegionCode = HOME, host: RegionCode = HOST) -> Recognition:
    """A recognition published and in force well before `AT`."""
    return Recognition(
        host=host, issuer=issuer, version=3, published_at=AT - 5 * DAY, effective_from=AT - 5 * DAY
    )


def referral(issuer: RegionCode = HUBEI, host: RegionCode = HOST) -> Referral:
    """A referral without any release."""
    return Referral(host=host, issuer=issuer, version=4, authority="Joint Mechanism, 12345")


def rulebook(region: RegionCode = HOST) -> Rulebook:
    """The built-in rules, always in force."""
    return Rulebook(region=region, version=7)


def bundle_parts(*, host: RegionCode = HOST, is_test: bool = True) -> BundleParts:
    """The parts of a good bundle of a host that recognises Guangdong."""
    regions = (HOST, HOME, HUBEI)
    statement_key = key(host, Usage.STATEMENT)
    return BundleParts(
        host=host,
        version=1,
        issued_at=AT,
        hub_as_of=AT,
        expires_at=AT + 7 * DAY,
        is_test=is_test,
        hub=HUB.public,
        memberships=tuple(signed_membership(region, is_test=is_test) for region in regions),
        key_lists=tuple(signed_key_list(region, is_test=is_test) for region in regions),
        recognitions=(write_recognition(recognition(host=host), statement_key, is_test=is_test),),
        rulebooks=(write_signed_rulebook(rulebook(host), statement_key, is_test=is_test),),
    )


def signed_bundle(parts: BundleParts) -> bytes:
    """Those parts under the host's bundle key."""
    return write_bundle(parts, key(parts.host, Usage.BUNDLE))


def present_bytes(
    signed_pass: bytes, *, shown_at: Instant = AT, phone: PrivateKey = PHONE, is_test: bool = True
) -> bytes:
    """A presentation of these pass bytes, whatever they are."""
    typ = TEST_PRESENTATION_TYP if is_test else PRESENTATION_TYP
    return sign_message(write_shown(shown_at, signed_pass), phone, typ=typ, with_kid=False)


def sign_pass(given: PassClaims, signer: PrivateKey | None = None, *, is_test: bool = True) -> bytes:
    """The bytes of a pass with these claims, checked by nobody."""
    typ = TEST_PASS_TYP if is_test else PASS_TYP
    return sign_message(write_claims(given), signer or key(given.issuer, Usage.PASS), typ=typ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One pass shown at one gate: what was signed, how it is shown, and what the checkpoint has at hand."""

    claims: PassClaims
    signer: PrivateKey | None = None
    spoils_signature: bool = False
    is_presented: bool | None = None
    phone: PrivateKey = PHONE
    shown_at: Instant = AT
    at: Instant = AT
    entry: KeyEntry | None = None
    bundle_at: Instant = AT
    hub_as_of: Instant | None = None
    recognitions: tuple[Recognition, ...] = (recognition(),)
    referrals: tuple[Referral, ...] = ()
    rulebooks: tuple[Rulebook, ...] = (rulebook(),)
    has_list: bool = True
    list_at: Instant = AT
    list_signer: PrivateKey | None = None
    list_uri: str | None = None
    status: int = CURRENT
    bits: int = 2
    issuer_says: Colour | None = None

    def pass_bytes(self) -> bytes:
        """The issuer's bytes, with the last bit of the signature flipped if it is to be spoilt."""
        data = sign_pass(self.claims, self.signer)
        return data[:-1] + bytes((data[-1] ^ 1,)) if self.spoils_signature else data

    def text(self) -> str:
        """The text as shown: a device pass inside a presentation unless told otherwise."""
        data = self.pass_bytes()
        is_device = self.claims.pass_class is PassClass.DEVICE
        if is_device if self.is_presented is None else self.is_presented:
            data = present_bytes(data, shown_at=self.shown_at, phone=self.phone)
        return write_text(data)

    def bundle(self) -> VerifierBundle:
        """The host's bundle, signed and opened."""
        issuer = self.claims.issuer
        entries = () if self.entry is None else (self.entry,)
        statement_key = key(HOST, Usage.STATEMENT)
        parts = replace(
            bundle_parts(),
            issued_at=self.bundle_at,
            hub_as_of=self.bundle_at if self.hub_as_of is None else self.hub_as_of,
            memberships=tuple(signed_membership(region) for region in dict.fromkeys((HOST, issuer))),
            key_lists=tuple(
                signed_key_list(region, *(entries if region == issuer else ()))
                for region in dict.fromkeys((HOST, issuer))
            ),
            recognitions=tuple(write_recognition(r, statement_key, is_test=True) for r in self.recognitions),
            referrals=tuple(write_referral(r, statement_key, is_test=True) for r in self.referrals),
            rulebooks=tuple(write_signed_rulebook(r, statement_key, is_test=True) for r in self.rulebooks),
        )
        return open_bundle(signed_bundle(parts))

    def lists(self, bundle: VerifierBundle) -> StatusLists:
        """The issuer's status list, read by the bundle's keys."""
        if not self.has_list:
            return StatusLists()
        issuer = self.claims.issuer
        token = write_status_list(
            pack({INDEX: self.status}, size=LIST_SIZE, bits=self.bits),
            self.list_signer or key(issuer, Usage.STATUS),
            uri=self.list_uri or list_uri(issuer),
            issued_at=self.list_at,
        )
        return StatusLists((read_status_list(token, bundle.key_lists),))

    def decide(self) -> Decision:
        """The answer at the gate, on the real path from text to Decision."""
        bundle = self.bundle()
        return verify(
            self.text(),
            bundle,
            at=moment(self.at),
            lists=self.lists(bundle),
            issuer_says=self.issuer_says,
        )


def crossing(pass_class: PassClass = PassClass.PAPER, colour: Colour = Colour.GREEN) -> Crossing:
    """A crossing where everything is good: green passes, yellow and red meet measures."""
    return Crossing(claims=claims(pass_class, colour))
