"""The published files a checkpoint fetches: bundle, anchor, lists, deltas, with ETag and Cache-Control."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from comity.distribution.status_index import DELTAS_FOLDER, HOURLY_DELTAS_FOLDER, HOURLY_FOLDER, INDEX_FILE
from comity.errors import UnknownRecord
from comity.records.published_files import ANCHOR_FILE, BUNDLE_FILE, STATEMENTS_FOLDER, STATUS_FOLDER
from comity.server.access import ServingNode
from comity.server.open_file import OpenFile, OpenFileAnswer
from comity.trust.status import TYP

router = APIRouter(tags=["published files"])

ListName = Annotated[str, PathParameter(pattern=r"^[0-9]{6}-[0-9]{1,9}\.cbor$", examples=["150000-1.cbor"])]
DeltaName = Annotated[
    str,
    PathParameter(pattern=r"^[0-9]{6}-[0-9]{1,9}-[0-9]{1,12}\.cbor$", examples=["150000-1-1584676800.cbor"]),
]
CACHED: Final = "public, max-age=60"
"""A change is seen by every cache within a minute."""
CBOR: Final = "application/cbor"
_NEXT_STEP: Final = (
    "Look at the name. A bundle is published once the membership of this region is imported; "
    "for a delta that is gone, fetch the whole list."
)
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CBOR: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.head("/bundle", include_in_schema=False)
@router.get("/bundle", summary="The verifier bundle", response_class=Response, responses=_FILE)
def bundle(node: ServingNode, request: Request) -> Response:
    """Give everything a checkpoint of this region carries, signed; see docs/formats.md."""
    return published_file(request, node.published / BUNDLE_FILE)


@router.head("/anchor", include_in_schema=False)
@router.get("/anchor", summary="The root key to pin at enrolment", response_class=Response, responses=_FILE)
def anchor(node: ServingNode, request: Request) -> Response:
    """Give the region's root key; whoever pins it compares it with what the region says elsewhere."""
    return published_file(request, node.published / ANCHOR_FILE)


@router.head("/statements/{name}", include_in_schema=False)
@router.get(
    "/statements/{name}", summary="A statement for other regions", response_class=Response, responses=_FILE
)
def statement(
    node: ServingNode,
    request: Request,
    name: Annotated[str, PathParameter(pattern=r"^[a-z_]{1,40}\.cbor$", examples=["key_list.cbor"])],
) -> Response:
    """Give the hub's root, the membership or the key list, for `comity region import-statements`."""
    return published_file(request, node.published / STATEMENTS_FOLDER / name)


@router.head("/status", include_in_schema=False)
@router.get("/status", summary="Which status lists there are", response_class=Response, responses=_FILE)
def status_index(node: ServingNode, request: Request) -> Response:
    """Give the number of each list, with the times of its newest edition and of its newest of an hour."""
    return published_file(request, node.published / INDEX_FILE)


@router.head("/status-hourly/{name}", include_in_schema=False)
@router.get("/status-hourly/{name}", summary="A list of an hour", response_class=Response, responses=_FILE)
def hourly_list(node: ServingNode, request: Request, name: ListName) -> Response:
    """Give the newest edition of an hour, for those who follow the whole country."""
    return published_file(request, node.published / HOURLY_FOLDER / name, media_type=TYP)


@router.head("/status-hourly-deltas/{name}", include_in_schema=False)
@router.get(
    "/status-hourly-deltas/{name}", summary="An hour's delta", response_class=Response, responses=_FILE
)
def hourly_delta(node: ServingNode, request: Request, name: DeltaName) -> Response:
    """Give what leads from the edition of one hour to that of the next; named by the older one's time."""
    return published_file(request, node.published / HOURLY_DELTAS_FOLDER / name)


@router.head("/status/{name}", include_in_schema=False)
@router.get("/status/{name}", summary="A status list", response_class=Response, responses=_FILE)
def status_list(node: ServingNode, request: Request, name: ListName) -> Response:
    """Give a whole list (Token Status List); `150000-1.cbor` is the list `cm:150000/1`."""
    return published_file(request, node.published / STATUS_FOLDER / name, media_type=TYP)


@router.head("/status-deltas/{name}", include_in_schema=False)
@router.get("/status-deltas/{name}", summary="A status delta", response_class=Response, responses=_FILE)
def status_delta(node: ServingNode, request: Request, name: DeltaName) -> Response:
    """Give what leads from one edition of a list to the next; the name ends in the older one's time."""
    return published_file(request, node.published / DELTAS_FOLDER / name)


def published_file(request: Request, path: Path, *, media_type: str = CBOR, cached: str = CACHED) -> Response:
    """Give a published file, or 304 when the client has it. Raises: UnknownRecord."""
    try:
        file = OpenFile(path)
    except OSError:
        raise UnknownRecord("this file is not published", next_step=_NEXT_STEP) from None
    headers = {"etag": file.tag, "cache-control": cached}
    if file.tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
        file.close()
        return Response(status_code=304, headers=headers)
    return OpenFileAnswer(file, request, media_type=media_type, headers=headers)
