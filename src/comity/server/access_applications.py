"""Relying applications over HTTP: registering, the officer's decision, and the signed health query.

`POST /health-query` (用户健康信息查询) is for one person at a time, and only with the text of the code that
this person shows: to show a code is to consent to its being read, and nobody is asked about unknowingly.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import rfc3339
from comity.errors import FormatError, InvalidInput
from comity.issuance import access_applications as applications
from comity.issuance.access_applications import AccessApplication, ApplicationState
from comity.officers.officers import Officer
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.decision_view import DECISION_ANSWER
from comity.server.hot_verify import ShownText, hot_verifier
from comity.server.signed_access import SignedApplication
from comity.trust.algorithm import PublicKey
from comity.verify import as_json

router = APIRouter(tags=["access applications"])

Approver = Annotated[Officer, Depends(permitted(Permission.APPROVE_ACCESS_APPLICATION))]
Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class PublicKeyBody(BaseModel):
    """A P-256 public key as JWK (RFC 7517, RFC 7518 section 6.2)."""

    model_config = ConfigDict(extra="forbid")
    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate

    def read(self) -> PublicKey:
        """Give the key. Raises: InvalidInput for what is no point of the curve."""
        try:
            x, y = (urlsafe_b64decode(f"{coordinate}=") for coordinate in (self.x, self.y))
            return PublicKey.of_point(b"\x04" + x + y)
        except (FormatError, NotBase64) as error:
            raise InvalidInput("public_key: no point of P-256", field="public_key") from error


class Registration(BaseModel):
    """An application that wants to ask: 健康码调用申请."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Hohhot long-distance coaches",
                    "purpose": "Read the shown code when a ticket is collected",
                    "division": "150100",
                    "public_key": {
                        "kty": "EC",
                        "crv": "P-256",
                        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                    },
                }
            ]
        },
    )
    name: Annotated[str, Field(min_length=1, max_length=80)]
    purpose: Annotated[str, Field(min_length=1, max_length=300)]
    division: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    public_key: PublicKeyBody


class Move(BaseModel):
    """Where an officer moves an application, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"to": "approved", "why": "Licence seen, key compared"}]},
    )
    to: Literal["approved", "suspended", "closed"]
    why: Annotated[str, Field(min_length=1, max_length=300)]


class ApplicationStateView(BaseModel):
    """What anybody may know of an application by its id: whether it may ask."""

    application_id: str
    state: str
    since: str


class ApplicationView(ApplicationStateView):
    """An application as the officer sees it; `thumbprint` (RFC 9679) is compared with the applicant's own."""

    name: str
    purpose: str
    division: str
    thumbprint: str
    registered_at: str
    why: str | None


def _view(application: AccessApplication) -> ApplicationView:
    return ApplicationView(
        application_id=application.application_id,
        state=application.state,
        since=rfc3339(application.moved_at),
        name=application.name,
        purpose=application.purpose,
        division=application.division,
        thumbprint=application.thumbprint,
        registered_at=rfc3339(application.registered_at),
        why=application.why,
    )


@router.post("/access-applications", status_code=201)
def register_application(registration: Registration, node: ServingNode) -> ApplicationView:
    """Register an application; an officer of its division then decides. `application_id` is its key id."""
    key = registration.public_key.read()
    with node.store.transaction() as transaction:
        return _view(
            applications.register_application(
                transaction,
                node.issuer,
                name=registration.name,
                purpose=registration.purpose,
                division=registration.division,
                public_key=key,
                at=node.clock(),
            )
        )


@router.get("/access-applications")
def list_applications(node: ServingNode, officer: Approver) -> list[ApplicationView]:
    """List the applications of your divisions, oldest first."""
    with node.store.reading() as transaction:
        return [_view(each) for each in applications.list_applications(transaction, officer)]


@router.get("/access-applications/{application_id}")
def get_application_state(application_id: str, node: ServingNode) -> ApplicationStateView:
    """See whether an application has been approved."""
    with node.store.reading() as transaction:
        found = applications.get_application(transaction, application_id)
    return ApplicationStateView(
        application_id=found.application_id, state=found.state, since=rfc3339(found.moved_at)
    )


@router.post("/access-applications/{application_id}/state")
def move_application(
    application_id: str, move: Move, node: ServingNode, officer: Approver
) -> ApplicationView:
    """Approve, suspend, resume or close an application of your divisions."""
    to = ApplicationState(move.to)
    with node.store.transaction() as transaction:
        return _view(
            applications.move_application(
                transaction, officer, application_id, to, why=move.why, at=node.clock()
            )
        )


@router.post("/health-query", responses=DECISION_ANSWER)
def query_health(
    shown: ShownText, request: Request, node: ServingNode, application: SignedApplication
) -> dict[str, Any]:
    """Ask about the person who shows this code: the Decision, held against what this region says now.

    Signed by RFC 9421 with the application's key. Never by identity number.
    """
    decision = hot_verifier(request.app).query(shown.text, device=application.application_id, at=node.clock())
    return dict(as_json(decision))
