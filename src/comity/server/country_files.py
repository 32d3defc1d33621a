"""The status lists of the whole country from one address: those of recognised regions, as they signed them.

A gate in a browser may ask its own node alone. So the node fetches what the other regions publish
(`bootstrap.country`) and gives it on, byte for byte, as index, lists of an hour and deltas, below
`/country/REGION/` with the names they have at the region itself. Nothing here has to be believed: a gate
verifies each list by the keys of its bundle.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from comity.distribution.status_index import HOURLY_DELTAS_FOLDER, HOURLY_FOLDER, INDEX_FILE
from comity.records.published_files import COUNTRY_FOLDER
from comity.server.access import ServingNode
from comity.server.static_files import CBOR, DeltaName, ListName, published_file
from comity.trust.status import TYP

router = APIRouter(prefix="/country", tags=["published files"])

Region = Annotated[str, PathParameter(pattern=r"^[0-9]{6}$", examples=["440000"])]
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CBOR: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.head("/{region}/status", include_in_schema=False)
@router.get(
    "/{region}/status", summary="Another region's status lists", response_class=Response, responses=_FILE
)
def country_index(node: ServingNode, request: Request, region: Region) -> Response:
    """Give the index of a recognised region's lists, as this node fetched it last."""
    return published_file(request, node.published / COUNTRY_FOLDER / region / INDEX_FILE)


@router.head("/{region}/status-hourly/{name}", include_in_schema=False)
@router.get(
    "/{region}/status-hourly/{name}",
    summary="Another region's list of an hour",
    response_class=Response,
    responses=_FILE,
)
def country_list(node: ServingNode, request: Request, region: Region, name: ListName) -> Response:
    """Give a list as its region signed it."""
    folder = node.published / COUNTRY_FOLDER / region / HOURLY_FOLDER
    return published_file(request, folder / name, media_type=TYP)


@router.head("/{region}/status-hourly-deltas/{name}", include_in_schema=False)
@router.get(
    "/{region}/status-hourly-deltas/{name}",
    summary="Another region's delta of an hour",
    response_class=Response,
    responses=_FILE,
)
def country_delta(node: ServingNode, request: Request, region: Region, name: DeltaName) -> Response:
    """Give what leads from the edition of one hour to that of the next, as its region signed it."""
    return published_file(request, node.published / COUNTRY_FOLDER / region / HOURLY_DELTAS_FOLDER / name)
