"""A server that answers each path with what a test wrote down, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from typing_extensions import override


@dataclass
class Scripted:
    status: int = 200
    value: object = None  # sent as JSON, or as they are when bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else json.dumps(self.value).encode()


@dataclass
class Asked:
    target: str  # path and query
    authorization: str | None
    accept_encoding: str | None


@dataclass
class ScriptedServer:
    """`answers` by path with query, or by path; anything else is a 404 without a code."""

    url: str = ""
    answers: dict[str, Scripted] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, target: str) -> Scripted:
        found = self.answers.get(target) or self.answers.get(urlsplit(target).path)
        return found or Scripted(404, b"<html>not here</html>")


@contextmanager
def scripted_server(host: str = "127.0.0.1") -> Iterator[ScriptedServer]:
    server = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = self.headers
            server.asked.append(
                Asked(self.path, headers.get("Authorization"), headers.get("Accept-Encoding"))
            )
            answer = server.answer(self.path)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Tests want silence."""

    with ThreadingHTTPServer((host, 0), Handler) as listener:
        server.url = f"http://{host}:{listener.server_address[1]}"
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
