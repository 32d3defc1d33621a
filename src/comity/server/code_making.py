"""Code making (健康码制码): residents apply for passes, renew, read and void them (C1.1, C2.4, C2.7).

A holder is named by the holder key in the body, never in an address; without one it is who is signed in.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.claims import DeviceKey
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import rfc3339
from comity.domain.validity import is_expired
from comity.errors import InvalidInput, NotPossibleNow
from comity.issuance import visitors
from comity.issuance.application import GrantedPass, PassRequest, WaitingApplication, renewable_from
from comity.issuance.home_inquiries import HomeInquiry
from comity.issuance.pass_life import VoidReason, own_pass, passes_in_hand, void_pass
from comity.issuance.people import dependants_of
from comity.issuance.phone_keys import RenewalProof, deposit_phone_key, read_phone_key
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.issuance.standing import assess_outdated
from comity.records.sessions import token_hash
from comity.server.access import Resident, ServingNode, bearer
from comity.server.node import Node
from comity.server.paper_pass import SheetSize, draw_sheet, read_paper
from comity.server.words import HolderName

router = APIRouter(tags=["code making 健康码制码"])

_POINT = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
Point = Annotated[
    str,
    Field(
        min_length=87,
        max_length=88,
        description="P-256 public key: uncompressed point of 65 bytes, base64url",
        examples=[_POINT],
    ),
]


NO_STORE: Final = "no-store"
PassIdPath = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", examples=["0102030405060708"])]


class Renewal(BaseModel):
    """The phone's word that it has the key of an earlier pass of the holder (docs/pass-life.md)."""

    model_config = ConfigDict(extra="forbid")

    pass_id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", examples=["0102030405060708"])]
    signature: Annotated[
        str,
        Field(
            min_length=86,
            max_length=88,
            description="ES256, r and s: 64 bytes, base64url",
            examples=["A" * 86],
        ),
    ]


class PassApplication(BaseModel):
    """An application for a pass, or its renewal."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "request_id": "8f2c0a6e5b1d4c33",
                    "pass_class": "device",
                    "device_key": _POINT,
                    "next_device_key": _POINT,
                },
                {"request_id": "0b7a4f1c9e2d8865", "pass_class": "paper"},
            ]
        },
    )

    request_id: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="drawn by the phone; sent again, it gets the same pass",
        examples=["8f2c0a6e5b1d4c33"],
    )
    pass_class: PassClass = Field(description="device or paper", examples=["device"])
    device_key: Point | None = Field(default=None, description="the phone's fresh key; device class only")
    next_device_key: Point | None = Field(
        default=None, description="the key of the phone's next pass, so that a change reaches it at once"
    )
    renewal: Renewal | None = Field(
        default=None,
        description="a phone that renews under a key it did not deposit says that it is the same",
    )
    holder: HolderName | None = None


class Code(BaseModel):
    """A pass as its holder has it; `text` is what the code carries, as long as the pass is current."""

    pass_id: str = Field(examples=["0102030405060708"])
    pass_class: PassClass
    colour: Colour
    state: PassState
    state_reason: str | None = Field(default=None, description="why it is not current", examples=[None])
    is_expired: bool
    is_guardian_held: bool
    issued_at: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    expires_at: str = Field(examples=["2020-04-03T12:00:00+08:00"])
    renewable_from: str = Field(examples=["2020-03-30T12:00:00+08:00"])
    text: str | None = Field(default=None, examples=["CM1:6BF..."])


class Waiting(BaseModel):
    """A visitor's application that waits for the home region; it is dealt with by itself."""

    home: str = Field(examples=["150000"])
    asked_at: str = Field(examples=["2020-03-20T12:00:00+08:00"])
    decided_by: str = Field(examples=["2020-03-21T12:00:00+08:00"])


class VoidRequest(BaseModel):
    """Why the holder withdraws a pass."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["lost", "stolen", "holders_wish"] = Field(examples=["lost"])


class NextKey(BaseModel):
    """The next key of the phone that holds a pass."""

    model_config = ConfigDict(extra="forbid")

    next_device_key: Point


@router.post(
    "/codes",
    status_code=201,
    summary="Apply for a pass, or renew one",
    responses={
        200: {"model": Code, "description": "the pass this request got before"},
        202: {"model": Waiting, "description": "a visitor's application: the home region is being asked"},
    },
)
def apply(
    application: PassApplication, signed_in: Resident, node: ServingNode, response: Response
) -> Code | Waiting:
    """Apply for a device or paper pass: no officer acts when nothing speaks against green (C1.1)."""
    response.status_code, answer = apply_now(node, signed_in, application)
    response.headers["cache-control"] = NO_STORE
    return answer


def apply_now(
    node: Node, signed_in: HolderKey, application: PassApplication
) -> tuple[Literal[200, 201, 202], Code | Waiting]:
    """Give status and answer of an application. Raises: ComityError."""
    request = PassRequest(
        holder=signed_in if application.holder is None else HolderKey(application.holder),
        carrier=signed_in,
        pass_class=application.pass_class,
        device_key=_key(application.device_key, "device_key"),
        next_device_key=_key(application.next_device_key, "next_device_key"),
        renewal=_renewal(application.renewal),
        request_id=application.request_id,
    )
    at = node.clock()
    answer = visitors.apply(node.issuer, request, at=at)
    if isinstance(answer, WaitingApplication):
        return 202, _waiting(answer.inquiry)
    return 201 if answer.is_new else 200, as_code(answer.issued, at=at)


@router.get("/codes", summary="List the passes on this phone and of its holder")
def list_codes(signed_in: Resident, node: ServingNode, response: Response) -> list[Code]:
    """List the passes that have not expired, of the holder and of dependants, newest first."""
    at = node.clock()
    with node.store.reading() as transaction:
        holders = [signed_in, *dependants_of(transaction, signed_in)]
    assess_outdated(node.issuer, holders, at=at)
    with node.store.reading() as transaction:
        found = passes_in_hand(transaction, signed_in, at=at)
    response.headers["cache-control"] = NO_STORE
    return [as_code(issued, at=at) for issued in found]


@router.get("/codes/{pass_id}", summary="Read one pass")
def read_code(pass_id: PassIdPath, signed_in: Resident, node: ServingNode, response: Response) -> Code:
    """Read a pass of the holder, or one carried for a dependant."""
    issued = _own(node, signed_in, pass_id)
    response.headers["cache-control"] = NO_STORE
    return as_code(issued, at=node.clock())


@router.get(
    "/codes/{pass_id}/paper.pdf",
    summary="A paper pass to print",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def print_code(
    pass_id: PassIdPath,
    signed_in: Resident,
    node: ServingNode,
    size: Annotated[SheetSize, Query(description="the paper to print on")] = SheetSize.A4,
) -> Response:
    """Draw a current paper pass: its code, masked name and last four, and no colour (settled rule 14)."""
    return paper_sheet(node, _own(node, signed_in, pass_id), size)


@router.post("/codes/{pass_id}/void", summary="Withdraw a lost or stolen pass")
def void_code(
    pass_id: PassIdPath, body: VoidRequest, signed_in: Resident, node: ServingNode, request: Request
) -> Code:
    """Withdraw a pass for good: a lost phone or paper is voided by its holder (settled rule 10).

    With a phone that is lost or stolen every session ends but this one, so that it shows nothing any more.
    """
    at = node.clock()
    with node.store.transaction() as transaction:
        own_pass(transaction, signed_in, pass_id)
        reason = VoidReason(body.reason)
        own = token_hash(bearer(request))
        issued = void_pass(transaction, node.issuer, pass_id, reason, at=at, actor="holder", session=own)
    return as_code(issued, at=at)


@router.post("/codes/{pass_id}/next-key", status_code=204, summary="Deposit the phone's next key")
def deposit_next_key(pass_id: PassIdPath, body: NextKey, signed_in: Resident, node: ServingNode) -> None:
    """Deposit the key of the phone's next pass, so that a change of colour reaches it at once."""
    key = read_phone_key(_bytes(body.next_device_key, "next_device_key"), field="next_device_key")
    with node.store.transaction() as transaction:
        deposit_phone_key(transaction, signed_in, pass_id, key, at=node.clock())


def paper_sheet(node: Node, issued: IssuedPass, size: SheetSize) -> Response:
    """Draw a current paper pass. Raises: NotPossibleNow."""
    if issued.pass_class is not PassClass.PAPER:
        raise NotPossibleNow("only a paper pass is printed", next_step="Apply for one of class 'paper'.")
    if issued.state is not PassState.CURRENT or is_expired(issued.expires_at, at=node.clock()):
        raise NotPossibleNow("this pass is not current any more", next_step="Apply for another.")
    sheet = draw_sheet(read_paper(issued, is_test=node.issuer.is_test), size)
    headers = {"cache-control": NO_STORE, "content-disposition": 'inline; filename="health-pass.pdf"'}
    return Response(sheet, media_type="application/pdf", headers=headers)


def as_code(issued: IssuedPass, *, at: int) -> Code:
    """Write a pass for its holder."""
    has_text = issued.state is PassState.CURRENT and not is_expired(issued.expires_at, at=at)
    return Code(
        pass_id=issued.pass_id,
        pass_class=issued.pass_class,
        colour=issued.colour,
        state=issued.state,
        state_reason=issued.state_reason,
        is_expired=is_expired(issued.expires_at, at=at),
        is_guardian_held=issued.carrier != issued.holder,
        issued_at=rfc3339(issued.issued_at),
        expires_at=rfc3339(issued.expires_at),
        renewable_from=rfc3339(renewable_from(issued)),
        text=GrantedPass(issued=issued, is_new=False).text if has_text else None,
    )


def _own(node: Node, signed_in: HolderKey, pass_id: str) -> IssuedPass:
    """Read a pass of the holder or a dependant, after an import that counts but has not been followed yet."""
    with node.store.reading() as transaction:
        issued = own_pass(transaction, signed_in, pass_id)
    if not assess_outdated(node.issuer, [issued.holder], at=node.clock()):
        return issued
    with node.store.reading() as transaction:
        return own_pass(transaction, signed_in, pass_id)


def _waiting(inquiry: HomeInquiry) -> Waiting:
    return Waiting(
        home=inquiry.home,
        asked_at=rfc3339(inquiry.asked_at),
        decided_by=rfc3339(inquiry.awaited_until),
    )


def _key(point: str | None, field: str) -> DeviceKey | None:
    return None if point is None else read_phone_key(_bytes(point, field), field=field)


def _renewal(given: Renewal | None) -> RenewalProof | None:
    if given is None:
        return None
    return RenewalProof(pass_id=given.pass_id, signature=_bytes(given.signature, "renewal"))


def _bytes(point: str, field: str) -> bytes:
    try:
        return base64.b64decode(point + "=" * (-len(point) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(f"{field} is not base64url", field=field) from error
