"""The node behind a real Granian: what ASGI promises holds by RSGI, for hot routes and all others."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.server.rsgi_node import FOLDER, MOST

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server on loopback and its folder."""

    client: httpx2.Client
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        """End it as an operator does."""
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("rsgi")
    (folder / "begun.txt").write_text("0123456789")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--interface", "rsgi", "--factory", "--no-ws", "--log-level", "error", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *words, "tests.server.rsgi_node:serve"],
        cwd=ROOT,
        env=os.environ | {FOLDER: str(folder)},
    )
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        found = Served(client=client, port=port, folder=folder, process=process)
        try:
            wait_for(found)
            yield found
        finally:
            found.end()


def wait_for(served: Served) -> None:
    for _ in range(300):
        try:
            served.client.get("/unchanged")
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


def in_pieces(*sizes: int) -> Iterator[bytes]:
    return (b"x" * size for size in sizes)


def test_a_hot_route_is_answered_with_what_belongs_to_every_answer(served: Served) -> None:
    answer = served.client.post("/hot", content=b"abc")

    assert (answer.status_code, answer.json()) == (200, {"bytes": 3})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-request-id"] != served.client.post("/hot").headers["x-request-id"]


def test_a_hot_route_takes_a_body_in_pieces_and_none_at_all(served: Served) -> None:
    assert served.client.post("/hot", content=in_pieces(400, 500)).json() == {"bytes": 900}
    assert served.client.post("/hot").json() == {"bytes": 0}


@pytest.mark.parametrize("content", [b"x" * (MOST + 1), in_pieces(MOST, 1)], ids=["told", "in pieces"])
def test_a_body_beyond_the_bound_of_a_hot_route_is_refused(
    served: Served, content: bytes | Iterator[bytes]
) -> None:
    answer = served.client.post("/hot", content=content)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert served.client.post("/hot", content=b"abc").status_code == 200


def test_a_fault_in_a_hot_route_is_told_without_its_words(served: Served) -> None:
    answer = served.client.post("/hot", content=b"fault")

    assert answer.status_code == 500
    assert "a fault" not in answer.text


def test_another_method_on_the_path_of_a_hot_route_goes_to_the_application(served: Served) -> None:
    assert served.client.get("/hot").status_code == 404


@pytest.mark.parametrize("size", [0, 10, 300_000])
def test_bodies_of_every_size_reach_the_application(served: Served, size: int) -> None:
    assert served.client.post("/count", content=b"x" * size).json() == {"bytes": size}
    assert served.client.post("/count", content=in_pieces(size, 5)).json() == {"bytes": size + 5}


def test_an_answer_in_pieces_arrives_whole(served: Served) -> None:
    assert served.client.get("/pieces").content == b"a" * 70_000 + b"b" * 70_000


def test_a_client_that_leaves_in_the_middle_of_an_answer_disturbs_nobody(served: Served) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", served.port)) as line:
            line.sendall(b"GET /pieces HTTP/1.1\r\nhost: h\r\n\r\n")
            line.recv(100)

    assert served.client.get("/pieces").status_code == 200


def test_head_tells_the_length_and_sends_nothing(served: Served) -> None:
    answer = served.client.head("/file")

    assert (answer.headers["content-length"], answer.content) == ("10", b"")
    assert served.client.get("/file").text == "0123456789"


def test_an_answer_without_a_body_has_none(served: Served) -> None:
    answer = served.client.get("/unchanged")

    assert (answer.status_code, answer.headers["etag"], answer.content) == (304, '"1"', b"")


def test_path_query_client_and_a_field_sent_twice_are_told(served: Served) -> None:
    fields = [("x-twice", "1"), ("x-twice", "2")]

    told = served.client.get("/told/a%20b/%E7%A0%81?q=%41", headers=fields).json()

    assert told == {
        "path": "/told/a b/码",
        "raw_path": "/told/a%20b/%E7%A0%81",
        "query": "q=%41",
        "twice": ["1", "2"],
        "client": "127.0.0.1",
    }


def test_what_lives_beside_the_routes_begins_first_and_ends_last(served: Served) -> None:
    assert (served.folder / "begun").exists()
    assert not (served.folder / "ended").exists()

    served.end()

    assert (served.folder / "ended").exists()
