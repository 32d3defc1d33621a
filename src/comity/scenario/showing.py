"""How a pass gets on a screen or paper in an encounter: honest issue, and the ten tampers.

Honest passes go through `issuance`. What no issuer would sign (a validity beyond its key, a key named
whatever its times) and every tamper is made here by hand, from the same codec.
"""

from __future__ import annotations

from typing import Final

from comity.codec import cbor, cose
from comity.codec.cose import Header
from comity.codec.cwt import write_claims
from comity.codec.qrtext import PASS_TYP, TEST_OFFSET, write_text
from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId, masked
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import Instant
from comity.domain.validity import ONLINE_LIFETIME
from comity.errors import SigningRefused
from comity.scenario.federation import Federation
from comity.scenario.plan import EncounterPlan, KeyPlan, PassPlan, Tamper, newest
from comity.trust.algorithm import PrivateKey
from comity.trust.issue import check_claims, issue, present

_PASS: Final = PASS_TYP + TEST_OFFSET
_CUT: Final = 10
"""Characters the tamper `truncated` drops."""
_CRIT: Final = 2
_CRIT_LABELS: Final[list[cbor.Value]] = [-65_537]


def show(federation: Federation, encounter: EncounterPlan) -> str:
    """Give the text that the gate scans in an encounter."""
    plan = federation.scenario.passes[encounter.pass_id]
    signed = _signed_pass(federation, plan, encounter)
    if _is_presented(plan, encounter):
        phone = _phone(federation, plan, encounter)
        shown_at = encounter.at if encounter.shown_at is None else encounter.shown_at
        signed = present(signed, phone, shown_at=shown_at, is_test=True)
    text = write_text(signed)
    return text[:-_CUT] if encounter.tamper is Tamper.TRUNCATED else text


def _is_presented(plan: PassPlan, encounter: EncounterPlan) -> bool:
    if plan.pass_class is PassClass.DEVICE:
        return encounter.tamper is not Tamper.DOWNGRADE
    return encounter.tamper is Tamper.WRAPPED


def _phone(federation: Federation, plan: PassPlan, encounter: EncounterPlan) -> PrivateKey:
    owner = "another" if encounter.tamper is Tamper.WRONG_DEVICE else "own"
    return federation.key("phone", plan.pass_id, owner)


def _signed_pass(federation: Federation, plan: PassPlan, encounter: EncounterPlan) -> bytes:
    claims = _claims(federation, plan, encounter)
    key = federation.scenario.find_signing_key(plan, claims.issued_at)
    if key is None:
        raise AssertionError("the reader lets no pass without a key through")
    if encounter.tamper in (None, Tamper.TRUNCATED, Tamper.SCREENSHOT):
        return _honest(federation, claims, key)
    return _tampered(federation, claims, key, encounter)


def _claims(federation: Federation, plan: PassPlan, encounter: EncounterPlan) -> PassClaims:
    is_online, is_device = (plan.pass_class is each for each in (PassClass.ONLINE, PassClass.DEVICE))
    issued_at: Instant = plan.issued_at
    label = plan.pass_id
    if is_online:
        issued_at = plan.issued_at if encounter.shown_at is None else encounter.shown_at
        label = f"{plan.pass_id}/{issued_at}"
    lifetime = ONLINE_LIFETIME if is_online else plan.validity
    phone = federation.key("phone", plan.pass_id, "own")
    return PassClaims(
        issuer=plan.issuer,
        pass_id=PassId(federation.random("cti", label, length=PASS_ID_LENGTH)),
        issued_at=issued_at,
        expires_at=issued_at + lifetime if plan.expires_at is None else plan.expires_at,
        colour=plan.colour,
        pass_class=plan.pass_class,
        masked_name=masked(plan.name),
        id_last4=plan.id_number[-4:],
        device_key=phone.as_device_key() if is_device else None,
        status=None if is_online else federation.status_reference(plan.issuer, plan.pass_id),
        reason=plan.reason,
        basis=plan.basis,
        until=plan.until,
        origin=plan.origin,
        area=plan.area,
        is_guardian_held=plan.is_guardian_held,
    )


def _honest(federation: Federation, claims: PassClaims, key: KeyPlan) -> bytes:
    signer = federation.pass_key(key)
    try:
        return issue(check_claims(claims, federation.entry(key)), signer, is_test=True)
    except SigningRefused:
        return _sign(write_claims(claims), signer)


def _sign(payload: bytes, signer: PrivateKey, protected: bytes | None = None) -> bytes:
    protected = protected or cose.write_header(Header(signer.alg, signer.kid, _PASS))
    signature = signer.sign(cose.signature_input(protected, payload))
    return cose.write_sign1(protected, payload, signature)


def _tampered(federation: Federation, claims: PassClaims, key: KeyPlan, encounter: EncounterPlan) -> bytes:
    tamper, signer, payload = encounter.tamper, federation.pass_key(key), write_claims(claims)
    if tamper is Tamper.UNKNOWN_KEY:
        return _sign(payload, federation.key("stranger", claims.issuer))
    if tamper is Tamper.IMPERSONATION:
        return _sign(payload, federation.pass_key(_key_of_host(federation, encounter, claims.issued_at)))
    if tamper is Tamper.HEADER:
        return _sign(payload, signer, _critical_header(signer))
    signed = _honest(federation, claims, key)
    if tamper is Tamper.SIGNATURE:
        return signed[:-1] + bytes((signed[-1] ^ 1,))
    if tamper is Tamper.PAYLOAD:
        message = cose.read_sign1(signed)
        return cose.write_sign1(message.protected, write_claims(_falsified(claims)), message.signature)
    return signed


def _critical_header(signer: PrivateKey) -> bytes:
    """Write a protected header with `crit` (RFC 9052 section 3.1), which no pass may have."""
    return cbor.write({1: signer.alg, _CRIT: _CRIT_LABELS, 4: signer.kid, 16: _PASS})


def _falsified(claims: PassClaims) -> PassClaims:
    """Make yellow and red green, and a green pass one second longer."""
    if claims.colour is Colour.GREEN:
        return claims._replace(expires_at=claims.expires_at + 1)
    return claims._replace(colour=Colour.GREEN, reason=None, basis=None, until=None, origin=None)


def _key_of_host(federation: Federation, encounter: EncounterPlan, issued_at: Instant) -> KeyPlan:
    keys = federation.scenario.keys[encounter.host]
    return newest([key for key in keys if key.is_live(issued_at)]) or keys[-1]
