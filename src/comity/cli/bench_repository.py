"""A hub's repository of 31 regions for the bench, each of which recognises the other 30; keys from a seed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from comity.distribution.names import CURRENT, HISTORY
from comity.distribution.publication import Publication, sign_publication
from comity.distribution.repository import OnlineKeys, Repository, RepositoryChange
from comity.distribution.root import KEYHOLDERS, THRESHOLD, RootKeys, assemble_root, make_root, sign_root
from comity.distribution.statement_file import (
    HistoryFile,
    HubFile,
    StatementFile,
    write_history_file,
    write_hub_file,
    write_statement_file,
)
from comity.domain.instant import DAY, Instant
from comity.domain.recognition import Recognition
from comity.domain.region import REGION_CODES, RegionCode
from comity.domain.rulebook import Rulebook
from comity.trust.algorithm import PrivateKey, private_key
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.location import Location, write_location
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition, write_signed_rulebook

AT: Final[Instant] = 1_584_676_800
"""2020-03-20T12:00:00+08:00."""
REGIONS: Final = tuple(sorted(REGION_CODES))


@dataclass(frozen=True, slots=True)
class BenchHub:
    """A repository on disk, and its first root."""

    folder: Path
    repository: Repository
    root: bytes


def key(*labels: str) -> PrivateKey:
    """Give the key that goes by these labels, always the same."""
    return private_key(sha256("/".join(("bench", *labels)).encode()).digest())


def region_keys(region: str) -> KeyList:
    """Give the key list of a region: a pass key with its standby, and one of each other usage."""
    labels = [(Usage.PASS, "standby"), *((usage, "first") for usage in Usage)]
    entries = tuple(KeyEntry(key=key(region, usage, label).public, usage=usage) for usage, label in labels)
    return KeyList(region=region, version=1, root=key(region, "root").public, entries=entries)


def make_bench_hub(folder: Path) -> BenchHub:
    """Make the repository with every region's first publication."""
    online = OnlineKeys(targets=key("targets"), snapshot=key("snapshot"), timestamp=key("timestamp"))
    holders = [key("keyholder", str(number)) for number in range(KEYHOLDERS)]
    named = RootKeys(
        keyholders=tuple(holder.public for holder in holders),
        targets=online.targets.public,
        snapshot=online.snapshot.public,
        timestamp=online.timestamp.public,
    )
    request = make_root(named, version=1, at=AT)
    root = assemble_root(request, [sign_root(request, holder) for holder in holders[:THRESHOLD]])
    repository = Repository(folder, online)
    repository.begin(root, _hub_file(), at=AT)
    repository.publish(
        RepositoryChange(
            keys={region: [_statement_key(region).public] for region in REGIONS},
            publications=tuple(publication(region, 1, at=AT) for region in REGIONS),
        ),
        at=AT,
    )
    return BenchHub(folder, repository, root)


def publication(region: RegionCode, version: int, *, at: Instant) -> Publication:
    """Give a region's publication; each version has its recognitions anew, and the former in its history."""
    signer = _statement_key(region)
    others = [other for other in REGIONS if other != region]

    def recognitions(number: int) -> tuple[bytes, ...]:
        return tuple(
            write_recognition(
                Recognition(
                    host=region, issuer=other, version=number, published_at=AT, effective_from=AT + number
                ),
                signer,
                is_test=True,
            )
            for other in others
        )

    location = Location(region=region, version=1, url=f"https://jkm.{region}.example")
    current = StatementFile(
        region=region,
        key_list=write_key_list(region_keys(region), key(region, "root"), is_test=True),
        location=write_location(location, signer, is_test=True),
        recognitions=recognitions(version),
        rulebooks=(write_signed_rulebook(Rulebook(region=region, version=1), signer, is_test=True),),
    )
    past = HistoryFile(region=region, statements=recognitions(version - 1) if version > 1 else ())
    files = {CURRENT: write_statement_file(current), HISTORY: write_history_file(past)}
    return sign_publication(region, version, files, signer, at=at)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder over loopback and give its address; production leaves this to granian or nginx."""
    kind = type("Served", (_Served,), {"folder": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Served(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    folder: Path

    def do_GET(self) -> None:
        path = self.folder / self.path.lstrip("/")
        data = path.read_bytes() if path.is_file() else b""
        tag = f'"{sha256(data).hexdigest()[:16]}"'
        status = 404 if not data else 304 if self.headers.get("if-none-match") == tag else 200
        self.send_response(status)
        self.send_header("etag", tag)
        self.send_header("content-length", str(len(data) if status == 200 else 0))
        self.end_headers()
        if status == 200:
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # type: ignore[explicit-override]  # noqa: A002
        return


def _statement_key(region: str) -> PrivateKey:
    return key(region, Usage.STATEMENT, "first")


def _hub_file() -> bytes:
    memberships = tuple(
        write_membership(
            Membership(
                region=region,
                version=1,
                root_thumbprint=key(region, "root").public.thumbprint,
                member_from=AT - DAY,
            ),
            key("hub"),
            is_test=True,
        )
        for region in REGIONS
    )
    return write_hub_file(HubFile(hub=key("hub").public, memberships=memberships))
