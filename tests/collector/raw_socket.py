"""Speaks to the collector letter by letter, as an honest client never would."""

import json
import socket
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from pydantic import SecretStr

from hfdl_core.handover import FileKey, wire
from hfdl_core.handover.signing import authorization, claims_of_block
from hfdl_core.models import ByteRange, JobId, Token
from tests.collector.memory_handover import FILE, GENERATION, JOB, SECRET

_END: Final = b"\r\n\r\n"


@dataclass(frozen=True)
class RawBlock:
    """A well-formed and well-signed block, until a field says otherwise."""

    body: bytes = b"abcde"
    begin: int = 0
    method: str = "PUT"
    job_id: JobId = JOB
    generation: int = GENERATION
    file: FileKey = FILE
    secret: SecretStr = SECRET
    path: str | None = None  # as sent; what is signed is the right one
    headers: tuple[tuple[str, str | None], ...] = ()  # instead of the right ones; None: left out
    extra: str = ""  # more header lines

    def with_header(self, name: str, value: str | None) -> "RawBlock":
        return replace(self, headers=(*self.headers, (name, value)))

    @property
    def head(self) -> bytes:
        place = wire.Place(self.job_id, self.generation, self.file)
        covered = ByteRange(self.begin, self.begin + len(self.body))
        head = wire.BlockHead(covered, Token("worker-1/1"), self.begin, zlib.crc32(self.body))
        headers: dict[str, str | None] = {
            "Host": "127.0.0.1",
            "Content-Length": str(len(self.body)),
            **head.as_headers(),
            "Authorization": authorization(self.secret, claims_of_block(place, head)),
            **dict(self.headers),
        }
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        first = f"{self.method} {self.path or place.path} HTTP/1.1"
        return ("\r\n".join([first, *lines]) + "\r\n" + self.extra).encode() + b"\r\n"

    @property
    def whole(self) -> bytes:
        return self.head + self.body


class RawClient:
    def __init__(self, port: int, seconds: float = 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def status(self) -> int:
        """Of the next answer, whose body is read and left in `told`."""
        while _END not in self._rest:
            self._read()
        head, _, self._rest = self._rest.partition(_END)
        lines = head.decode().split("\r\n")
        self.headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        length = int(self.headers["content-length"])
        while len(self._rest) < length:
            self._read()
        body, self._rest = self._rest[:length], self._rest[length:]
        is_json = self.headers.get("content-type") == "application/json"
        self.told: Any = json.loads(body) if is_json else body
        return int(lines[0].split()[1])

    def is_closed(self) -> bool:
        return self._rest == b"" and self.socket.recv(1) == b""

    def _read(self) -> None:
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the collector closed without an answer")
        self._rest += more


def ask(port: int, request: bytes) -> tuple[int, bool]:
    """The status, and whether the connection was closed behind the answer."""
    with RawClient(port) as client:
        client.send(request)
        status = client.status()
        return status, client.headers.get("connection") == "close" and client.is_closed()
