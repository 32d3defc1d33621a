"""A region with a format of its own, for tests: it answers over HTTP about its codes, well or badly."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from typing_extensions import override

from comity.domain.claims import PassClaims
from comity.domain.colour import PassClass
from comity.trust.attested_answers import AttestedAnswer, AttestedState, question_of, write_attested_answer
from comity.trust.keys import Usage
from tests.builders import AT, HOME, altered, claims, key

TOKEN: Final = "7Rk2vXn0QbW4tLs9Zp5c"
CODE: Final = f"YKM:{TOKEN}"


@dataclass(kw_only=True)
class CodeOffice:
    """Guangdong's office of codes: which codes it knows, its clock, and how it misbehaves."""

    at: int = AT
    codes: dict[str, PassClaims | AttestedState] = field(
        default_factory=lambda: {CODE: claims(PassClass.ONLINE)}
    )
    flaw: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, code: str, nonce: bytes) -> bytes:
        """The attested answer to one question."""
        known = self.codes.get(code, AttestedState.UNKNOWN)
        answer = AttestedAnswer(
            issuer=HOME,
            question=question_of(code, nonce),
            answered_at=self.at,
            state=AttestedState.CURRENT if isinstance(known, PassClaims) else known,
            claims=altered(known, issued_at=self.at, expires_at=self.at + 60)
            if isinstance(known, PassClaims)
            else None,
        )
        signer = key("nobody") if self.flaw == "signed by another" else key(HOME, Usage.PASS)
        return write_attested_answer(answer, signer, is_test=True)


@contextmanager
def served(office: CodeOffice, *, tls: ssl.SSLContext | None = None) -> Iterator[CodeOffice]:
    """Serve an office on loopback; its address is in `url`."""

    class Desk(BaseHTTPRequestHandler):
        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            office.asked.append(asked)
            office.paths.append(self.path)
            _reply(self, office, office.answer(asked["code"], bytes.fromhex(asked["nonce"])))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = False  # so that closing waits for what is being answered
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    office.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/answers"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _reply(desk: BaseHTTPRequestHandler, office: CodeOffice, answer: bytes) -> None:
    if office.flaw == "no word":
        desk.close_connection = True
        return
    if office.flaw == "slow":
        time.sleep(1.0)
    status = {"out of order": 500, "moved": 302, "unknown": 404}.get(office.flaw, 200)
    desk.send_response(status)
    if office.flaw == "moved":
        desk.send_header("location", "/elsewhere")
    kind = "text/html" if office.flaw == "a web page" else "application/cbor"
    content = {"endless": bytes(2**20), "cut off": answer[:-9], "empty": b""}.get(office.flaw, answer)
    desk.send_header("content-type", kind)
    desk.send_header("content-length", str(len(answer if office.flaw == "cut off" else content)))
    desk.end_headers()
    desk.close_connection = True
    try:
        desk.wfile.write(content)
    except OSError:
        return
