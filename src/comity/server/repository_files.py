"""The hub's repository over HTTP: static files with the caching each deserves (TUF section 6.1).

What carries a version or a hash in its name never changes; `timestamp.json` says what is newest. Any static
server or mirror may stand in front, since nothing here has to be believed.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from comity.distribution.names import METADATA_FOLDER, TARGETS_FOLDER
from comity.server.hub_node import ServingHub
from comity.server.static_files import CACHED, CBOR, published_file

router = APIRouter(prefix="/repository", tags=["repository"])

FOREVER: Final = "public, max-age=31536000, immutable"
_JSON: Final = "application/json"
_TIMESTAMP: Final = "timestamp.json"
_METADATA: Final = r"^(timestamp|[0-9]{1,12}\.(root|targets|snapshot|region-[0-9]{6}))\.json$"
_TARGET: Final = r"^(regions/[0-9]{6}|hub)/[0-9a-f]{64}\.(current|history)\.cbor$"
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_JSON: {"schema": {"type": "object"}}}}}
_TARGET_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CBOR: {"schema": {"type": "string", "format": "binary"}}}}
}

MetadataName = Annotated[str, PathParameter(pattern=_METADATA, examples=[_TIMESTAMP])]
TargetName = Annotated[
    str, PathParameter(pattern=_TARGET, examples=["hub/" + "0" * 64 + ".current.cbor"], max_length=120)
]


@router.head("/metadata/{name}", include_in_schema=False)
@router.get("/metadata/{name}", summary="TUF metadata, by version", response_class=Response, responses=_FILE)
def metadata(node: ServingHub, request: Request, name: MetadataName) -> Response:
    """Give signed metadata; only `timestamp.json` changes under its name."""
    cached = CACHED if name == _TIMESTAMP else FOREVER
    path = node.published / METADATA_FOLDER / name
    return published_file(request, path, media_type=_JSON, cached=cached)


@router.head("/targets/{name:path}", include_in_schema=False)
@router.get(
    "/targets/{name:path}",
    summary="What regions and hub publish, by hash",
    response_class=Response,
    responses=_TARGET_FILE,
)
def target(node: ServingHub, request: Request, name: TargetName) -> Response:
    """Give a file of signed statements, deflated; its name begins with its SHA-256."""
    return published_file(request, node.published / TARGETS_FOLDER / name, cached=FOREVER)
