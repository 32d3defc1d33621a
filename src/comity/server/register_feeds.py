"""The changes of the register as feeds: Atom (RFC 4287) and JSON Feed 1.1, zh and en, for all or one region.

An entry is a statement, named by the digest of its bytes; it links to the page that tells it and to them.
Entries never change, so that a reader needs to look only at what is new.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Path, Request, Response

from comity.domain.instant import rfc3339
from comity.domain.region import RegionCode, is_region
from comity.domain.texts import Text, text
from comity.errors import UnknownRecord
from comity.hub.register_change import RegisterChange
from comity.hub.register_words import change_detail, change_title, region_name, signer_name
from comity.records.statement_kinds import StatementKind
from comity.server.register_answers import OPEN_TO_ALL, Source, conditional
from comity.server.register_pages.templates import LANGUAGES
from comity.server.register_source import RegisterSource

router = APIRouter(tags=["register"])

NEWEST: Final = 100
"""Changes in a feed."""
ATOM: Final = "application/atom+xml"
JSON_FEED: Final = "application/feed+json"
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML may hold (XML 1.0 section 2.2): one such character in a reason would spoil a whole feed."""
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_VERSION: Final = "https://jsonfeed.org/version/1.1"
_OF_ALL: Final = "all"
_BEGINNING: Final = 0

Lang = Annotated[str, Path(pattern="^(zh|en)$", examples=["zh"])]
Name = Annotated[str, Path(pattern=r"^(all|[0-9]{6})$", description="`all` or a region", examples=["all"])]


def _described(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "content": {media_type: {"schema": {"type": "object" if media_type == JSON_FEED else "string"}}}
        }
    }


@router.head("/feeds/{lang}/{name}.atom", include_in_schema=False)
@router.get(
    "/feeds/{lang}/{name}.atom",
    summary="Changes as Atom",
    response_class=Response,
    responses=_described(ATOM),
)
def atom(source: Source, request: Request, lang: Lang, name: Name) -> Response:
    """Give the newest changes as an Atom feed (RFC 4287)."""
    changes = _changes(source, name)
    body = tostring(_atom(source, lang, name, changes), encoding="utf-8", xml_declaration=True)
    return conditional(request, body, media_type=ATOM, headers=OPEN_TO_ALL)


@router.head("/feeds/{lang}/{name}.json", include_in_schema=False)
@router.get(
    "/feeds/{lang}/{name}.json",
    summary="Changes as JSON Feed",
    response_class=Response,
    responses=_described(JSON_FEED),
)
def json_feed(source: Source, request: Request, lang: Lang, name: Name) -> Response:
    """Give the newest changes as a JSON Feed 1.1."""
    feed = _json_feed(source, lang, name, _changes(source, name))
    body = json.dumps(feed, ensure_ascii=False).encode()
    return conditional(request, body, media_type=JSON_FEED, headers=OPEN_TO_ALL)


def _changes(source: RegisterSource, name: str) -> tuple[RegisterChange, ...]:
    """Give the newest changes first. Raises: UnknownRecord."""
    register = source.current()
    if name == _OF_ALL:
        found = register.changes
    elif is_region(name):
        found = register.changes_of_host(RegionCode(name))
    else:
        raise UnknownRecord("there is no region with this code")
    return tuple(reversed(found[-NEWEST:]))


def _atom(source: RegisterSource, lang: str, name: str, changes: tuple[RegisterChange, ...]) -> Element:
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": LANGUAGES[lang][0]})
    own = f"{source.url}/feeds/{lang}/{name}.atom"
    _add(feed, "id", own)
    _add(feed, "title", _title(source, lang, name))
    _add(feed, "updated", rfc3339(changes[0].entry.accepted_at if changes else _BEGINNING))
    SubElement(feed, "link", {"rel": "self", "type": ATOM, "href": own})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{source.url}/{lang}/feeds"})
    for change in changes:
        entry = SubElement(feed, "entry")
        _add(entry, "id", _urn(change))
        _add(entry, "title", _in(lang, change_title(change)))
        _add(entry, "updated", rfc3339(change.entry.accepted_at))
        _add(entry, "published", rfc3339(change.entry.accepted_at))
        _add(SubElement(entry, "author"), "name", _in(lang, signer_name(change.entry)))
        _add(entry, "summary", _in(lang, change_detail(change)))
        SubElement(entry, "category", {"term": str(change.kind)})
        SubElement(
            entry, "link", {"rel": "alternate", "type": "text/html", "href": _page(source, lang, change)}
        )
        SubElement(
            entry,
            "link",
            {
                "rel": "enclosure",
                "type": "application/cbor",
                "length": str(len(change.entry.data)),
                "href": _bytes(source, change),
            },
        )
    return feed


def _json_feed(
    source: RegisterSource, lang: str, name: str, changes: tuple[RegisterChange, ...]
) -> dict[str, object]:
    return {
        "version": _VERSION,
        "title": _title(source, lang, name),
        "home_page_url": f"{source.url}/{lang}/feeds",
        "feed_url": f"{source.url}/feeds/{lang}/{name}.json",
        "language": LANGUAGES[lang][0],
        "items": [
            {
                "id": _urn(change),
                "url": _page(source, lang, change),
                "title": _in(lang, change_title(change)),
                "content_text": _in(lang, change_detail(change)),
                "date_published": rfc3339(change.entry.accepted_at),
                "authors": [{"name": _in(lang, signer_name(change.entry))}],
                "tags": [str(change.kind)],
                "attachments": [
                    {
                        "url": _bytes(source, change),
                        "mime_type": "application/cbor",
                        "size_in_bytes": len(change.entry.data),
                    }
                ],
                "_comity": {
                    "kind": str(change.kind),
                    "effective_from": rfc3339(change.effective_from),
                    "digest": change.entry.digest,
                    "clause": change.entry.clause,
                },
            }
            for change in changes
        ],
    }


def _title(source: RegisterSource, lang: str, name: str) -> str:
    title = _in(lang, text("register.title"))
    if name != _OF_ALL:
        title = f"{title} · {_in(lang, region_name(RegionCode(name)))}"
    return f"{_in(lang, text('test_banner'))} · {title}" if source.is_test else title


def _page(source: RegisterSource, lang: str, change: RegisterChange) -> str:
    """Give the address of the page that tells a change."""
    base, entry = f"{source.url}/{lang}", change.entry
    if change.host is None or not is_region(change.host):  # the authority, or the nation as issuer
        return f"{base}/national"
    if change.issuer is not None:
        return f"{base}/pairs/{change.host}/{change.issuer}"
    if entry.kind is StatementKind.RULEBOOK:
        return f"{base}/regions/{change.host}/rulebooks/{entry.version}"
    return f"{base}/regions/{change.host}"


def _bytes(source: RegisterSource, change: RegisterChange) -> str:
    return f"{source.url}/statements/{change.entry.digest}.cbor"


def _urn(change: RegisterChange) -> str:
    """Name a change for good, wherever the hub is served: by the digest of the signed bytes."""
    return f"urn:comity:statement:sha256:{change.entry.digest}"


def _in(lang: str, words: Text) -> str:
    return words.zh if lang == "zh" else words.en


def _add(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", words)
