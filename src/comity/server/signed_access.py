"""Who signed: the RFC 9421 signature of a request turned into a gate or a relying application.

For routes that write: each nonce is used up as a record, so that a request sent twice fails on every worker
and machine. The hot routes do the same with `replay_window`.
"""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from comity.errors import InvalidInput, NotSignedIn
from comity.issuance.access_applications import AccessApplication, find_approved_application
from comity.issuance.gates import Gate, find_enrolled_gate, open_secret
from comity.issuance.nonces import use_nonce
from comity.officers.officers import Officer
from comity.server.access import ServingNode, officer
from comity.server.http_signatures import (
    APPLICATION_TAG,
    ECDSA_P256_SHA256,
    GATE_TAG,
    HMAC_SHA256,
    NONCE_LIFETIME,
    SIGNATURE_FIELDS,
    SignedMessage,
    UnverifiedSignature,
    VerificationKey,
    check_signature,
    read_signature,
)
from comity.server.node import Node

MAX_SIGNED_BODY: Final = 64 * 1024
"""Bytes of the body of a signed request at most."""
ENROL: Final = "Enrol this gate with a new code from the county's checkpoint manager."
AWAIT_APPROVAL: Final = (
    "Sign with the registered key once /access-applications/{application_id} says approved."
)
_FIELDS: Final = {name.encode(): name for name in (*SIGNATURE_FIELDS, "content-type")}
_PORTS: Final = {"http": ":80", "https": ":443"}


def origin_of(public_url: str) -> tuple[str, str]:
    """Give scheme with authority, as clients sign them, and the path in front of every route."""
    url = urlsplit(public_url)
    authority = url.netloc.lower().removesuffix(_PORTS.get(url.scheme, ":"))
    return f"{url.scheme}://{authority}", url.path.rstrip("/")


def signed_message(scope: Scope, body: bytes, *, origin: str, prefix: str = "") -> SignedMessage:
    """Give a request as its sender signed it: it went to this node's public address, whatever Host says.

    Raises: NotSignedIn for a signature field that is there twice.
    """
    fields: dict[str, str] = {}
    for name, value in scope["headers"]:
        word = _FIELDS.get(name)
        if word is None:
            continue
        if word in fields:
            raise NotSignedIn(
                f"{word} was sent twice", next_step="Send one signature, and each of its fields once."
            )
        fields[word] = value.decode("latin-1")
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    return SignedMessage(
        scope["method"],
        origin,
        prefix + path.decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        fields,
        body,
    )


async def bounded_body(request: Request, limit: int) -> bytes:
    """Give the body of a request. Raises: InvalidInput beyond `limit` bytes."""
    told = request.headers.get("content-length", "0")
    if not told.isascii() or not told.isdigit() or len(told) > 12 or int(told) > limit:
        raise InvalidInput(f"the body has more than {limit} bytes", field="body")
    body = await request.body()
    if len(body) > limit:
        raise InvalidInput(f"the body has more than {limit} bytes", field="body")
    return body


def gate_key(node: Node, gate: Gate) -> VerificationKey:
    """Give the key of an enrolled gate. Raises: KeyStoreError."""
    return VerificationKey(gate.gate_id, HMAC_SHA256, open_secret(node.issuer, gate))


def application_key(application: AccessApplication) -> VerificationKey:
    """Give the key of an access application."""
    return VerificationKey(application.application_id, ECDSA_P256_SHA256, application.public_key)


async def _message(request: Request, node: Node) -> SignedMessage:
    origin, prefix = origin_of(node.public_url)
    body = await bounded_body(request, MAX_SIGNED_BODY)
    return signed_message(request.scope, body, origin=origin, prefix=prefix)


def _authenticate(
    node: Node, unverified: UnverifiedSignature, message: SignedMessage, key: VerificationKey, tag: str
) -> None:
    at = node.clock()
    check_signature(unverified, message, key, tag=tag, at=at)
    use_nonce(node.store, key.keyid, unverified.nonce, until=at + NONCE_LIFETIME)


def _signed_gate(node: Node, message: SignedMessage) -> Gate:
    unverified = read_signature(message.fields)
    with node.store.reading() as transaction:
        gate = find_enrolled_gate(transaction, unverified.keyid)
    if gate is None:
        raise NotSignedIn("no enrolled gate has this key id", next_step=ENROL)
    _authenticate(node, unverified, message, gate_key(node, gate), GATE_TAG)
    return gate


def _signed_application(node: Node, message: SignedMessage) -> AccessApplication:
    unverified = read_signature(message.fields)
    with node.store.reading() as transaction:
        application = find_approved_application(transaction, unverified.keyid)
    if application is None:
        raise NotSignedIn("no approved access application has this key id", next_step=AWAIT_APPROVAL)
    _authenticate(node, unverified, message, application_key(application), APPLICATION_TAG)
    return application


async def signed_gate(request: Request, node: ServingNode) -> Gate:
    """Give the enrolled gate that signed this request. Raises: NotSignedIn."""
    return await run_in_threadpool(_signed_gate, node, await _message(request, node))


async def signed_application(request: Request, node: ServingNode) -> AccessApplication:
    """Give the approved application that signed this request. Raises: NotSignedIn."""
    return await run_in_threadpool(_signed_application, node, await _message(request, node))


async def gate_or_officer(request: Request, node: ServingNode) -> Gate | Officer:
    """Give the gate that signed this request, else the officer who is signed in. Raises: NotSignedIn."""
    if "signature-input" in request.headers:
        return await signed_gate(request, node)
    return await run_in_threadpool(officer, request, node)


SignedGate = Annotated[Gate, Depends(signed_gate)]
SignedApplication = Annotated[AccessApplication, Depends(signed_application)]
GateOrOfficer = Annotated[Gate | Officer, Depends(gate_or_officer)]
