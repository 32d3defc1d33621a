"""Routes of officers: accounts, passkeys, the way back after a loss, sessions (C0)."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from comity.domain.instant import rfc3339
from comity.errors import UnknownRecord
from comity.officers.accounts import (
    NewAccount,
    add_officer,
    change_roles,
    close_account,
    list_officers,
    open_account,
)
from comity.officers.enrolment import get_enrolment, use_enrolment
from comity.officers.officers import Officer
from comity.officers.passkeys import (
    Ceremony,
    ChallengePurpose,
    PasskeyCredential,
    RelyingParty,
    begin_registration,
    begin_sign_in,
    finish_registration,
    finish_sign_in,
    passkeys_of,
    take_challenge,
)
from comity.officers.permissions import Permission, Role
from comity.officers.recovery import (
    begin_recovery,
    confirm_recovery,
    draw_sheet,
    give_sheet,
    waiting_recoveries,
)
from comity.records.audit import Act, record_acts
from comity.records.search import equal
from comity.records.sessions import OFFICER_SESSION, Session, SessionKind, get_session, token_hash
from comity.server.access import KeepingNode, SignedInOfficer, bearer, permitted
from comity.server.node import KeeperNode

router = APIRouter(prefix="/officers", tags=["officers"])
Managing = Annotated[Officer, Depends(permitted(Permission.MANAGE_OFFICERS))]
Confirming = Annotated[Officer, Depends(permitted(Permission.CONFIRM_RECOVERY))]

_TITLE: Final = "Comity"
_STRICT: Final = ConfigDict(extra="forbid")
_Id = Annotated[str, Field(min_length=1, max_length=64, examples=["8f14e45fceea167a5a36dedd4bea2543"])]
_Code = Annotated[str, Field(min_length=8, max_length=64, examples=["MFRG-GZDF-MZTW-Q2LK-MFRG-GZDF-MZ"])]
_Roles = Annotated[list[Role], Field(min_length=1, max_length=8, examples=[["epidemiologist"]])]
_Division = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["150100"])]
_Credential = Annotated[
    dict[str, JsonValue],
    Field(description="What the browser gave, as PublicKeyCredential.toJSON()", examples=[{"id": "AQID"}]),
]


class AccountRequest(BaseModel):
    """An account to be added."""

    model_config = _STRICT
    display_name: Annotated[str, Field(min_length=1, max_length=40, examples=["Desk 3, Hohhot CDC"])]
    roles: _Roles
    division: _Division


class RolesRequest(BaseModel):
    """The roles an account shall have."""

    model_config = _STRICT
    roles: _Roles


class EnrolmentCodeRequest(BaseModel):
    """An enrolment code, to be given a challenge."""

    model_config = _STRICT
    code: _Code


class EnrolmentRequest(BaseModel):
    """An enrolment code and the passkey made for it."""

    model_config = _STRICT
    code: _Code
    challenge_id: _Id
    credential: _Credential


class PasskeyRequest(BaseModel):
    """A passkey: a new one, or the answer to a sign-in."""

    model_config = _STRICT
    challenge_id: _Id
    credential: _Credential


class RecoveryRequest(BaseModel):
    """An account and one code of its printed sheet."""

    model_config = _STRICT
    officer_id: _Id
    code: Annotated[str, Field(min_length=3, max_length=64, examples=["3-MFRG-GZDF-MZTW-Q2LK"])]


class OfficerAnswer(BaseModel):
    """An account."""

    officer_id: _Id
    display_name: str
    roles: list[Role]
    division: _Division
    is_active: bool
    added_at: str


class EnrolmentAnswer(BaseModel):
    """An account, and the code with which it enrols a passkey; shown once."""

    officer: OfficerAnswer
    enrolment_code: str


class CeremonyAnswer(BaseModel):
    """A challenge of five minutes, and what to hand to navigator.credentials."""

    challenge_id: _Id
    options: dict[str, JsonValue]


class RecoveryCodesAnswer(BaseModel):
    """The account, and ten codes to print; shown once."""

    officer: OfficerAnswer
    recovery_codes: list[str]


class OfficerSessionAnswer(BaseModel):
    """A session: send the token as `Authorization: Bearer TOKEN`."""

    token: str
    ends_at: str
    officer: OfficerAnswer


class PasskeyAnswer(BaseModel):
    """One passkey of an account."""

    credential_id: str
    added_at: str
    used_at: str | None


class RecoveryAnswer(BaseModel):
    """A recovery that waits for another officer."""

    recovery_id: _Id
    officer_id: _Id
    made_at: str
    ends_at: str


class BegunRecoveryAnswer(RecoveryAnswer):
    """A recovery just begun: the code serves once another officer has confirmed."""

    enrolment_code: str


@router.get("", summary="List the accounts of the own division and below")
def list_accounts(node: KeepingNode, supervisor: Managing) -> list[OfficerAnswer]:
    """Every account the signed-in supervisor answers for."""
    with node.store.reading() as transaction:
        return [_officer(officer) for officer in list_officers(transaction, supervisor)]


@router.post("", status_code=201, summary="Add an account within the own division")
def add(node: KeepingNode, supervisor: Managing, asked: AccountRequest) -> EnrolmentAnswer:
    """The enrolment code in the answer is shown once and lives three days."""
    new = NewAccount(display_name=asked.display_name, roles=asked.roles, division=asked.division)
    officer, code = add_officer(node.keeper, supervisor, new, at=node.clock())
    return EnrolmentAnswer(officer=_officer(officer), enrolment_code=code)


@router.put("/{officer_id}/roles", summary="Give an account other roles")
def put_roles(node: KeepingNode, supervisor: Managing, officer_id: str, asked: RolesRequest) -> OfficerAnswer:
    """Nobody changes their own account."""
    return _officer(change_roles(node.keeper, supervisor, officer_id, asked.roles, at=node.clock()))


@router.post("/{officer_id}/closing", summary="Close an account at once")
def close(node: KeepingNode, supervisor: Managing, officer_id: str) -> OfficerAnswer:
    """Sessions, passkeys and codes of the account end."""
    return _officer(close_account(node.keeper, supervisor, officer_id, at=node.clock()))


@router.post("/{officer_id}/opening", summary="Open an account again, or let it enrol anew")
def reopen(node: KeepingNode, supervisor: Managing, officer_id: str) -> EnrolmentAnswer:
    """Old passkeys end; the new enrolment code is shown once."""
    officer, code = open_account(node.keeper, supervisor, officer_id, at=node.clock())
    return EnrolmentAnswer(officer=_officer(officer), enrolment_code=code)


@router.post("/enrolment/options", summary="Ask for a challenge to enrol a passkey by code")
def enrolment_options(node: KeepingNode, asked: EnrolmentCodeRequest) -> CeremonyAnswer:
    """The code is not used up by this."""
    at = node.clock()
    with node.store.transaction() as transaction:
        enrolment = get_enrolment(transaction, asked.code, at=at)
        officer = _get_officer(transaction.of(Officer).find(enrolment.officer_id))
        return _ceremony(begin_registration(transaction, node.keeper, _party(node), officer, at=at))


@router.post("/enrolment", status_code=201, summary="Enrol a passkey by code")
def enrol(node: KeepingNode, asked: EnrolmentRequest) -> RecoveryCodesAnswer:
    """Uses the code up; the sheet of recovery codes is shown once."""
    at = node.clock()
    challenge = take_challenge(node.keeper, asked.challenge_id, ChallengePurpose.REGISTRATION, at=at)
    credential = json.dumps(asked.credential)
    with node.store.reading() as transaction:
        get_enrolment(transaction, asked.code, at=at)  # nobody without a code makes the node hash
    sheet = draw_sheet(node.keeper)
    with node.store.transaction() as transaction:
        transaction.lock(f"officer-{challenge.officer_id}")
        enrolment = get_enrolment(transaction, asked.code, at=at)
        officer = _get_officer(transaction.of(Officer).find(enrolment.officer_id))
        finish_registration(transaction, _party(node), challenge, officer.officer_id, credential, at=at)
        use_enrolment(transaction, enrolment, at=at)
        give_sheet(transaction, officer.officer_id, sheet)
        record_acts(transaction, [_own(officer, "passkey_added")], at=at)
    return RecoveryCodesAnswer(officer=_officer(officer), recovery_codes=list(sheet.codes))


@router.post("/sign-in/options", summary="Ask for a challenge to sign in")
def sign_in_options(node: KeepingNode) -> CeremonyAnswer:
    """No account is named: the passkey knows its own."""
    return _ceremony(begin_sign_in(node.keeper, _party(node), at=node.clock()))


@router.post("/sign-in", summary="Sign in with a passkey")
def sign_in(node: KeepingNode, asked: PasskeyRequest) -> OfficerSessionAnswer:
    """A session lasts a shift of eight hours."""
    at = node.clock()
    credential = json.dumps(asked.credential)
    officer, token = finish_sign_in(node.keeper, _party(node), asked.challenge_id, credential, at=at)
    return OfficerSessionAnswer(token=token, ends_at=rfc3339(at + OFFICER_SESSION), officer=_officer(officer))


@router.post("/sign-out", status_code=204, summary="End this session")
def sign_out(node: KeepingNode, request: Request, officer: SignedInOfficer) -> Response:
    """The token serves no more."""
    with node.store.transaction() as transaction:
        transaction.of(Session).remove(equal("token_hash", token_hash(bearer(request))))
    return Response(status_code=204)


@router.get("/me", summary="Show the own account")
def me(officer: SignedInOfficer) -> OfficerAnswer:
    """Who is signed in."""
    return _officer(officer)


@router.get("/me/passkeys", summary="List the own passkeys")
def list_passkeys(node: KeepingNode, officer: SignedInOfficer) -> list[PasskeyAnswer]:
    """Oldest first."""
    with node.store.reading() as transaction:
        return [_passkey(own) for own in passkeys_of(transaction, officer.officer_id)]


@router.post("/me/passkeys/options", summary="Ask for a challenge to add a passkey")
def passkey_options(node: KeepingNode, officer: SignedInOfficer) -> CeremonyAnswer:
    """A second passkey on another device spares the recovery sheet."""
    with node.store.transaction() as transaction:
        return _ceremony(begin_registration(transaction, node.keeper, _party(node), officer, at=node.clock()))


@router.post("/me/passkeys", status_code=201, summary="Add a passkey")
def add_passkey(
    node: KeepingNode, request: Request, officer: SignedInOfficer, asked: PasskeyRequest
) -> PasskeyAnswer:
    """Beside those the account has; not for a session that a recovery ends at the same moment."""
    at = node.clock()
    challenge = take_challenge(node.keeper, asked.challenge_id, ChallengePurpose.REGISTRATION, at=at)
    credential = json.dumps(asked.credential)
    with node.store.transaction() as transaction:
        transaction.lock(f"officer-{officer.officer_id}")
        get_session(transaction, bearer(request), SessionKind.OFFICER, at=at)
        kept = finish_registration(
            transaction, _party(node), challenge, officer.officer_id, credential, at=at
        )
        record_acts(transaction, [_own(officer, "passkey_added")], at=at)
    return _passkey(kept)


@router.delete("/me/passkeys/{credential_id}", status_code=204, summary="Remove an own passkey")
def remove_passkey(node: KeepingNode, officer: SignedInOfficer, credential_id: str) -> Response:
    """For a device that is lost or handed on."""
    with node.store.transaction() as transaction:
        own = equal("officer_id", officer.officer_id)
        if not transaction.of(PasskeyCredential).remove(equal("credential_id", credential_id), own):
            raise UnknownRecord("this account has no such passkey")
        record_acts(transaction, [_own(officer, "passkey_removed")], at=node.clock())
    return Response(status_code=204)


@router.post("/me/recovery-codes", summary="Print a new recovery sheet")
def new_recovery_codes(node: KeepingNode, officer: SignedInOfficer) -> RecoveryCodesAnswer:
    """Ten codes, shown once; the sheet before serves no more."""
    sheet = draw_sheet(node.keeper)
    with node.store.transaction() as transaction:
        give_sheet(transaction, officer.officer_id, sheet)
        record_acts(transaction, [_own(officer, "recovery_codes_made")], at=node.clock())
    return RecoveryCodesAnswer(officer=_officer(officer), recovery_codes=list(sheet.codes))


@router.post("/recovery", status_code=201, summary="Begin a recovery with a printed code")
def recover(node: KeepingNode, asked: RecoveryRequest) -> BegunRecoveryAnswer:
    """Nobody is signed in by it: another officer of the division has to confirm first."""
    given = begin_recovery(node.keeper, asked.officer_id, asked.code, at=node.clock())
    enrolment = given.enrolment
    return BegunRecoveryAnswer(
        recovery_id=enrolment.enrolment_id,
        officer_id=enrolment.officer_id,
        made_at=rfc3339(enrolment.made_at),
        ends_at=rfc3339(enrolment.ends_at),
        enrolment_code=given.code,
    )


@router.get("/recovery", summary="List the recoveries that wait to be confirmed")
def list_recoveries(node: KeepingNode, officer: Confirming) -> list[RecoveryAnswer]:
    """Those of the own division and below, without the own."""
    with node.store.reading() as transaction:
        waiting = waiting_recoveries(transaction, officer, at=node.clock())
    return [
        RecoveryAnswer(
            recovery_id=enrolment.enrolment_id,
            officer_id=enrolment.officer_id,
            made_at=rfc3339(enrolment.made_at),
            ends_at=rfc3339(enrolment.ends_at),
        )
        for enrolment in waiting
    ]


@router.post("/recovery/{recovery_id}/confirmation", status_code=204, summary="Confirm a recovery")
def confirm(node: KeepingNode, officer: Confirming, recovery_id: str) -> Response:
    """Stand for the person: their old passkeys and sessions end, the new enrolment code serves."""
    confirm_recovery(node.keeper, officer, recovery_id, at=node.clock())
    return Response(status_code=204)


def _party(node: KeeperNode) -> RelyingParty:
    return RelyingParty.at(node.public_url, title=f"{_TITLE} {node.name}")


def _get_officer(officer: Officer | None) -> Officer:
    if officer is None or not officer.is_active:
        raise UnknownRecord("this account is closed")
    return officer


def _own(officer: Officer, act: str) -> Act:
    return Act(actor=f"officer:{officer.officer_id}", act=act, subject=officer.officer_id)


def _officer(officer: Officer) -> OfficerAnswer:
    return OfficerAnswer(
        officer_id=officer.officer_id,
        display_name=officer.display_name,
        roles=[Role(role) for role in officer.roles],
        division=officer.division,
        is_active=officer.is_active,
        added_at=rfc3339(officer.added_at),
    )


def _ceremony(ceremony: Ceremony) -> CeremonyAnswer:
    return CeremonyAnswer(challenge_id=ceremony.challenge_id, options=json.loads(ceremony.options))


def _passkey(passkey: PasskeyCredential) -> PasskeyAnswer:
    used_at = None if passkey.used_at is None else rfc3339(passkey.used_at)
    return PasskeyAnswer(
        credential_id=passkey.credential_id, added_at=rfc3339(passkey.added_at), used_at=used_at
    )
