"""The register over HTTP for programs: everything the pages show, and every signed statement as its bytes.

Every question may name `as_of`: a date or a time; past instants are answered by what was known and held then,
coming ones by what is known now. Answers have ETag and Cache-Control; scripts of any page may read them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from comity.domain.national_rulebook import NationalRulebook
from comity.domain.region import NATION, RegionCode, is_region
from comity.domain.rulebook import Rulebook
from comity.errors import UnknownRecord
from comity.hub.register import REGIONS
from comity.hub.register_entry import RegisterEntry
from comity.hub.register_words import region_name
from comity.hub.rulebook_differences import differences
from comity.hub.rulebook_words import rulebook_words
from comity.server.register_answers import IMMUTABLE, OPEN_TO_ALL, Source, conditional
from comity.server.register_json import (
    ChangesAnswer,
    HostAnswer,
    MatrixAnswer,
    MatrixRow,
    MembersAnswer,
    NationalAnswer,
    PairAnswer,
    RegionAnswer,
    RulebookAnswer,
    StatementsAnswer,
    change_view,
    difference_view,
    member_view,
    national_row_view,
    pair_view,
    period_view,
    rulebook_view,
    stamp,
    statement_view,
)
from comity.server.register_roots import RootsAnswer, root_changes, root_view
from comity.server.words import words
from comity.trust.membership import write_hub_root

router = APIRouter(tags=["register"])

CBOR: Final = "application/cbor"
HUB_ROOT: Final = "hub"
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CBOR: {"schema": {"type": "string", "format": "binary"}}}}
}
_REGION: Final = "one of the 31 codes of GB/T 2260"
Code = Annotated[str, Path(pattern=r"^[0-9]{6}$", description=_REGION, examples=["150000"])]
Issuer = Annotated[str, Path(pattern=r"^[0-9]{6}$", description=_REGION, examples=["440000"])]
Instant = Annotated[
    str | None,
    Query(
        alias="as_of",
        max_length=40,
        description="a date (its end in +08:00) or an RFC 3339 time; left out, it is now",
        examples=["2020-03-19"],
    ),
]


@router.get("/api/register/matrix", summary="All pairs at an instant", response_model=MatrixAnswer)
def matrix(source: Source, request: Request, at: Instant = None) -> Response:
    """Give the step of every pair, a row a host and a column an issuer."""
    view = source.view(at)
    rows = [
        MatrixRow(host=row[0].host, steps=[state.step for state in row])
        for row in view.register.matrix(view.at)
    ]
    return _json(
        request, MatrixAnswer(stamp=stamp(view, is_test=source.is_test), regions=list(REGIONS), rows=rows)
    )


@router.get("/api/register/hosts/{host}", summary="Whom a host recognises", response_model=HostAnswer)
def host_list(source: Source, request: Request, host: Code, at: Instant = None) -> Response:
    """Give the list as the notice would publish it: one host and every other region (C2.1)."""
    view = source.view(at)
    states = view.register.states_of(_region(host), view.at)
    return _json(
        request,
        HostAnswer(
            stamp=stamp(view, is_test=source.is_test),
            host=host,
            name=words(region_name(_region(host))),
            pairs=[pair_view(state) for state in states],
        ),
    )


@router.get("/api/register/pairs/{host}/{issuer}", summary="One pair", response_model=PairAnswer)
def pair(source: Source, request: Request, host: Code, issuer: Issuer, at: Instant = None) -> Response:
    """Give the state of a pair, all its periods, and all that the host said about the issuer."""
    view, both = source.view(at), (_region(host), _issuer(issuer))
    return _json(
        request,
        PairAnswer(
            stamp=stamp(view, is_test=source.is_test),
            pair=pair_view(view.register.state_of(*both, view.at)),
            timeline=[period_view(period) for period in view.register.timeline(*both).periods],
            history=[change_view(change) for change in view.register.history(*both)],
        ),
    )


@router.get("/api/register/regions", summary="Who takes part", response_model=MembersAnswer)
def members(source: Source, request: Request, at: Instant = None) -> Response:
    """Give every region with its membership, keys and location."""
    view = source.view(at)
    told = [member_view(member, view) for member in view.register.members()]
    return _json(request, MembersAnswer(stamp=stamp(view, is_test=source.is_test), members=told))


@router.get("/api/register/regions/{code}", summary="One region", response_model=RegionAnswer)
def region(source: Source, request: Request, code: Code, at: Instant = None) -> Response:
    """Give a region with its rulebook in force in words, and all its versions."""
    view, known = source.view(at), _region(code)
    in_force = view.register.rulebook_at(known, view.at)
    said = None if in_force is None else in_force.said
    return _json(
        request,
        RegionAnswer(
            stamp=stamp(view, is_test=source.is_test),
            member=member_view(view.register.member(known), view),
            rulebook=rulebook_view(said, in_force, rulebook_words(said))
            if in_force is not None and isinstance(said, Rulebook)
            else None,
            versions=[statement_view(entry) for entry in view.register.rulebooks(known)],
        ),
    )


@router.get(
    "/api/register/regions/{code}/rulebooks/{version}",
    summary="One version of a rulebook",
    response_model=RulebookAnswer,
)
def rulebook(
    source: Source,
    request: Request,
    code: Code,
    version: Annotated[int, Path(ge=1, examples=[1])],
    at: Instant = None,
    against: Annotated[
        int | None, Query(ge=1, description="the version to compare with; left out, the one before")
    ] = None,
) -> Response:
    """Give a version in words, with what it says otherwise than another and whether that is tighter."""
    view = source.view(at)
    entry, other = compared(view.register.rulebooks(_region(code)), version, against)
    said, before = entry.said, None if other is None else other.said
    assert isinstance(said, Rulebook)  # noqa: S101 - entries of rulebooks hold nothing else
    found = differences(said, before) if isinstance(before, Rulebook) else ()
    return _json(
        request,
        RulebookAnswer(
            stamp=stamp(view, is_test=source.is_test),
            region=code,
            rulebook=rulebook_view(said, entry, rulebook_words(said)),
            against=None if other is None else other.version,
            differences=[difference_view(each) for each in found],
        ),
    )


@router.get("/api/register/national", summary="The national requirement", response_model=NationalAnswer)
def national(source: Source, request: Request, at: Instant = None) -> Response:
    """Give the national rulebook in force with its dates, and all its versions (C3.3)."""
    view = source.view(at)
    in_force = view.register.national_at(view.at)
    said = None if in_force is None else in_force.said
    rows = said.rows if isinstance(said, NationalRulebook) else ()
    return _json(
        request,
        NationalAnswer(
            stamp=stamp(view, is_test=source.is_test),
            rulebook_version=None if in_force is None else in_force.version,
            rows=[national_row_view(row, view.register.referring(row, view.at)) for row in rows],
            versions=[statement_view(entry) for entry in view.register.national_rulebooks()],
        ),
    )


@router.get("/api/register/changes", summary="What changed", response_model=ChangesAnswer)
def changes(
    source: Source,
    request: Request,
    at: Instant = None,
    host: Annotated[str | None, Query(pattern=r"^[0-9]{6}$", description=_REGION)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Give the latest changes, of one region if it is named, the newest first."""
    view = source.view(at)
    found = view.register.changes if host is None else view.register.changes_of_host(_region(host))
    told = [change_view(change) for change in reversed(found[-limit:])]
    return _json(request, ChangesAnswer(stamp=stamp(view, is_test=source.is_test), changes=told))


@router.get("/api/register/statements", summary="Every statement", response_model=StatementsAnswer)
def statements(source: Source, request: Request, at: Instant = None) -> Response:
    """Give every statement that was known, with digest and address, for whoever verifies all of it."""
    view = source.view(at)
    return _json(
        request,
        StatementsAnswer(
            stamp=stamp(view, is_test=source.is_test),
            left_out=view.register.left_out,
            statements=[statement_view(entry) for entry in view.register.entries],
        ),
    )


@router.get("/api/register/roots", summary="The roots of the repository", response_model=RootsAnswer)
def roots(source: Source, request: Request) -> Response:
    """Give every root of the repository with what it changed, the newest first; always those of now."""
    told = [root_view(change) for change in root_changes(source.roots())]
    return _json(request, RootsAnswer(stamp=stamp(source.view(None), is_test=source.is_test), roots=told))


@router.head("/statements/{name}", include_in_schema=False)
@router.get(
    "/statements/{name}", summary="The bytes of a statement", response_class=Response, responses=_FILE
)
def statement(
    source: Source,
    request: Request,
    name: Annotated[
        str,
        Path(
            pattern=r"^([0-9a-f]{64}|hub)\.cbor$", examples=["hub.cbor"], description="its SHA-256, or `hub`"
        ),
    ],
) -> Response:
    """Give a statement as it was signed, by the SHA-256 of its bytes; `hub.cbor` is the hub's root key."""
    digest = name.removesuffix(".cbor")
    if digest == HUB_ROOT:
        return conditional(
            request, write_hub_root(source.hub), media_type=CBOR, headers={**OPEN_TO_ALL, **_SAVED}
        )
    entry = source.current().find(digest)
    if entry is None:
        raise UnknownRecord("no statement of the register has this SHA-256")
    headers = {**OPEN_TO_ALL, **_SAVED}
    return conditional(request, entry.data, media_type=CBOR, cached=IMMUTABLE, headers=headers)


_SAVED: Final = {"content-disposition": "attachment"}
"""A browser saves these bytes rather than showing them."""


def compared(
    versions: tuple[RegisterEntry, ...], version: int, against: int | None
) -> tuple[RegisterEntry, RegisterEntry | None]:
    """Give a version and the one to compare it with: `against`, or the one before if there is one.

    Raises: UnknownRecord.
    """
    found = {entry.version: entry for entry in versions}
    if version not in found or (against is not None and against not in found):
        raise UnknownRecord("this region has published no such version")
    before = max((each for each in found if each < version), default=None) if against is None else against
    return found[version], None if before is None else found[before]


def _issuer(code: str) -> RegionCode:
    """Take the code of a region, or of the nation as issuer. Raises: UnknownRecord."""
    return NATION if code == NATION else _region(code)


def _region(code: str) -> RegionCode:
    """Take a region's code. Raises: UnknownRecord."""
    if not is_region(code):
        raise UnknownRecord("there is no region with this code")
    return RegionCode(code)


def _json(request: Request, answer: BaseModel) -> Response:
    body = answer.model_dump_json().encode()
    return conditional(request, body, media_type="application/json", headers=OPEN_TO_ALL)
