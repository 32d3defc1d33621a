"""Routes of sign-in: to the identity provider and back, then a bearer token.

The one cookie of the node is `__Host-comity-sign-in`: it binds a sign-in to the browser that began it, lives
ten minutes, and gives access to nothing. Requests are signed in by bearer token alone, which no other site
can send; so forged cross-site requests concern this cookie only, and the state it is checked against
(docs/sign-in.md).
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse

from comity.bootstrap.identity_settings import read_identity_settings
from comity.domain.instant import Instant, rfc3339
from comity.domain.texts import text
from comity.errors import NotSignedIn, ProviderUnavailable
from comity.issuance.identity_provider import IdentityProvider, ProvenIdentity
from comity.issuance.records import HolderKey
from comity.issuance.sign_in import (
    SIGN_IN_LIFE,
    begin_resident_session,
    begin_sign_in,
    complete_sign_in,
    end_session,
)
from comity.server.access import Resident, ServingNode, bearer
from comity.server.apps import WALLET, app_address
from comity.server.demo_provider import CALLBACK, CLIENT_ID, DemoProvider, DemoTransport
from comity.server.node import Node
from comity.server.openid import OpenIDProvider, ProviderAccount, ProviderClaims
from comity.server.page import page, words
from comity.server.sign_in_cookie import LONGEST, cookie_name, set_cookie

router = APIRouter(prefix="/sign-in", tags=["sign-in"])

_NO_STORE: Final = {"cache-control": "no-store"}
_UNSET: Final = (
    "The operator sets COMITY_IDENTITY_ISSUER (docs/sign-in.md); passes that are there stay valid."
)


class SessionRequest(BaseModel):
    """The code of a sign-in that came back from the provider."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0" * 64])]


class SessionAnswer(BaseModel):
    """A session: its bearer token, whose it is, and when it ends."""

    token: Annotated[str, Field(examples=["5e" * 32])]
    holder: Annotated[str, Field(examples=["0123456789abcdef0123456789abcdef"])]
    ends_at: Annotated[str, Field(examples=["2020-04-19T12:00:00+08:00"])]


class MissingProvider:
    """Stands where no identity provider is set: sign-in says so, everything else goes on."""

    def authorization_url(
        self, *, state: str, nonce: str, challenge: str, redirect_uri: str, at: Instant
    ) -> str:
        """Raises: ProviderUnavailable."""
        raise ProviderUnavailable("this region has no identity provider set", next_step=_UNSET)

    def prove(
        self, code: str, *, verifier: str, nonce: str, redirect_uri: str, at: Instant
    ) -> ProvenIdentity:
        """Raises: ProviderUnavailable."""
        raise ProviderUnavailable("this region has no identity provider set", next_step=_UNSET)


def install(app: FastAPI, node: Node, provider: IdentityProvider | None = None) -> None:
    """Give the application its identity provider: this one, the one that is set, or the demo's in demo mode.

    Raises: UsageError for settings that name no provider.
    """
    if provider is None:
        provider = _set_provider(node)
    if provider is None and node.is_demo:
        app.state.demo_provider = DemoProvider(node)
        provider = _demo(app.state.demo_provider)
    app.state.identity_provider = provider or MissingProvider()


def _set_provider(node: Node) -> IdentityProvider | None:
    settings = read_identity_settings()
    if settings.issuer is None:
        return None
    claims = ProviderClaims(
        kind=settings.claim_kind,
        number=settings.claim_number,
        name=settings.claim_name,
        division=settings.claim_division,
    )
    account = ProviderAccount(
        issuer=settings.issuer,
        client_id=settings.client_id,
        secret=settings.secret(),
        scope=settings.scope,
        claims=claims,
    )
    return OpenIDProvider(account, allow_test=node.issuer.is_test)


def _demo(provider: DemoProvider) -> IdentityProvider:
    account = ProviderAccount(issuer=provider.issuer, client_id=CLIENT_ID, is_inside=True)
    return OpenIDProvider(account, allow_test=True, transport=DemoTransport(provider))


def identity_provider(request: Request) -> IdentityProvider:
    """Give the identity provider of the node that serves this request."""
    provider: IdentityProvider = request.app.state.identity_provider
    return provider


Provider = Annotated[IdentityProvider, Depends(identity_provider)]


async def bound_browser(request: Request, node: ServingNode) -> str:
    """Give what the cookie of this node says, nothing where it is missing or was not set here."""
    said = request.cookies.get(cookie_name(node.public_url, node.issuer.region), "")
    return said if len(said) <= LONGEST else ""


Browser = Annotated[str, Depends(bound_browser)]


@router.get(
    "",
    summary="Begin to sign in, in a browser",
    status_code=303,
    response_class=RedirectResponse,
    responses={303: {"description": "To the identity provider"}},
)
def begin(node: ServingNode, provider: Provider) -> Response:
    """Send the browser to the identity provider, with a cookie that it brings back."""
    begun = begin_sign_in(node.issuer, provider, redirect_uri=_callback(node), at=node.clock())
    answer = RedirectResponse(begun.url, 303, headers=_NO_STORE)
    _set_cookie(node, answer, begun.browser, seconds=SIGN_IN_LIFE)
    return answer


@router.get(
    "/callback",
    summary="Come back from the identity provider",
    status_code=303,
    response_class=RedirectResponse,
    responses={303: {"description": "To /sign-in/complete, with the code after #"}},
)
def callback(
    node: ServingNode,
    provider: Provider,
    browser: Browser,
    state: Annotated[str, Query(max_length=128, examples=["0" * 64])] = "",
    code: Annotated[str, Query(max_length=4_096, examples=["SplxlOBeZQQYbYS6WxSbIA"])] = "",
) -> Response:
    """Take the provider's answer; the code for the session stands after `#`, which no server is sent."""
    if not state or not code or not browser:
        raise NotSignedIn("the identity provider sent nobody back, or the sign-in began in another browser")
    one_time = complete_sign_in(
        node.issuer,
        provider,
        browser=browser,
        state=state,
        code=code,
        redirect_uri=_callback(node),
        at=node.clock(),
    )
    return RedirectResponse(f"{node.public_url}/sign-in/complete#code={one_time}", 303, headers=_NO_STORE)


@router.get("/complete", summary="The page after a sign-in", response_class=Response, include_in_schema=False)
def complete(request: Request) -> Response:
    """Lead on to the wallet, or say that the person may go back to the app where this node serves none.

    What follows `#` goes along to the wallet, since this redirect names nothing after `#` itself (RFC 9110
    section 10.2.2).
    """
    wallet = app_address(request, WALLET)
    if wallet is not None:
        return Response(status_code=303, headers={"location": f"../{wallet}"} | _NO_STORE)
    return page(text("sign_in.title"), words(text("sign_in.complete")))


@router.post("/session", summary="Exchange the code of a sign-in for a session", status_code=201)
def begin_session(
    node: ServingNode, given: SessionRequest, response: Response, browser: Browser
) -> SessionAnswer:
    """Give the bearer token, once, to the browser that began the sign-in."""
    signed_in = begin_resident_session(node.issuer, browser=browser, code=given.code, at=node.clock())
    response.headers.update(_NO_STORE)
    _set_cookie(node, response, "", seconds=0)
    return SessionAnswer(token=signed_in.token, holder=signed_in.holder, ends_at=rfc3339(signed_in.ends_at))


@router.delete("/session", summary="Sign out", status_code=204)
def sign_out(node: ServingNode, request: Request, holder: Resident) -> None:
    """End the session of this token; others of the same person go on."""
    with node.store.transaction() as transaction:
        end_session(transaction, bearer(request), HolderKey(holder), at=node.clock())


def _callback(node: Node) -> str:
    return node.public_url + CALLBACK


def _set_cookie(node: Node, answer: Response, value: str, *, seconds: int) -> None:
    name = cookie_name(node.public_url, node.issuer.region)
    set_cookie(answer, name, value, seconds=seconds)
