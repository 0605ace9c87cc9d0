"""One worker's connection: a strict reading of heads, and no patience with the slow."""

import contextlib
import errno
import math
import re
import socket
import time
from dataclasses import dataclass
from typing import Any, Final

from cheroot.errors import FatalSSLAlert
from cheroot.makefile import StreamReader, StreamWriter
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.ssl.builtin import BuiltinSSLAdapter
from typing_extensions import override

_READ_AHEAD_BYTES: Final = 16 << 10
_HEADER: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):([\x20-\x7e\t]*)\r\n")
_ONLY_ONCE: Final = frozenset(
    {b"Authorization", b"Content-Length", b"Content-Range", b"Expect", b"Host"}
)
_CONTENT_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_LINGER_BYTES: Final = 8 << 20
_SCRATCH_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a thread, or a connection, is left to a client that is slow."""

    silence_seconds: float = 10.0  # nothing at all arrives within a request
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    slowest_bytes_per_second: int = 64 << 10  # from where on a body may take longer than that
    linger_seconds: float = 2.0  # for what still comes behind a refusal
    idle_seconds: int = 120  # between two requests; costs no thread

    def for_body(self, length: int) -> float:
        return max(self.body_seconds, length / self.slowest_bytes_per_second)


class StrictHeaders(HeaderReader):
    """Refuses what two programs could read in two ways: cheroot itself takes the last of twins."""

    @override
    def __call__(self, rfile: Any, hdict: Any = None) -> dict[bytes, bytes]:
        headers: dict[bytes, bytes] = {} if hdict is None else hdict
        while (line := rfile.readline()) != b"\r\n":
            found = _HEADER.fullmatch(line)
            if found is None:
                raise ValueError("Illegal header line.")
            name = found[1].title()
            value = found[2].strip()
            if name not in headers:
                headers[name] = value
            elif name in _ONLY_ONCE or name.startswith(b"Hfdl-"):
                raise ValueError("Illegal second header of one name.")
            else:
                headers[name] += b", " + value
        if b"close" in headers.get(b"Connection", b"").lower().replace(b",", b" ").split():
            headers[b"Connection"] = b"close"  # the one spelling that cheroot knows
        if b"Transfer-Encoding" in headers:
            raise ValueError("Content-Length tells the length here.")
        if not _CONTENT_LENGTH.fullmatch(headers.get(b"Content-Length", b"0")):
            raise ValueError("Illegal Content-Length.")
        return headers


class Request(HTTPRequest):
    header_reader = StrictHeaders()


class _TimedSocket(socket.SocketIO):
    """Gives up at the deadline, however steadily single bytes drop in."""

    deadline: float = math.inf

    @override
    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self.deadline:
            raise TimeoutError("timed out")  # cheroot knows it by this text
        return super().readinto(buffer)


class _TimedReader(StreamReader):
    def __init__(self, sock: socket.socket) -> None:
        self.timed = _TimedSocket(sock, "rb")
        super(StreamReader, self).__init__(self.timed, _READ_AHEAD_BYTES)
        self.bytes_read = 0


def _make_file(sock: socket.socket, mode: str, buffer_bytes: int) -> StreamReader | StreamWriter:
    return _TimedReader(sock) if "r" in mode else StreamWriter(sock, mode, buffer_bytes)


class Connection(HTTPConnection):
    RequestHandlerClass = Request

    def __init__(self, server: Any, sock: socket.socket, makefile: object = None) -> None:  # noqa: ARG002 - what cheroot would read with
        self.patience: Patience = server.patience
        sock.settimeout(self.patience.silence_seconds)
        super().__init__(server, sock, _make_file)
        self.is_read_up = True  # nothing that was sent to us is left unread

    @override
    def communicate(self) -> bool:
        self.is_read_up = False
        self._give_seconds(self.patience.head_seconds)
        return bool(super().communicate())  # type: ignore[no-untyped-call]

    def read_into(self, body: memoryview) -> None:
        """All of a body, straight from the socket into its place."""
        self._give_seconds(self.patience.for_body(len(body)))
        arrived = 0
        while arrived < len(body):
            more = self.rfile.readinto1(body[arrived:])
            if not more:
                raise ConnectionResetError(errno.ECONNRESET, "the body ended early")
            arrived += more
        self.is_read_up = True

    @override
    def close(self) -> None:
        if not self.is_read_up:
            self._linger()
        super().close()
        # What could not be sent is dropped now, and not complained about by the garbage collector.
        with contextlib.suppress(OSError, ValueError):
            self.wfile.close()

    def _give_seconds(self, seconds: float) -> None:
        self.rfile.timed.deadline = time.monotonic() + seconds

    def _linger(self) -> None:
        """Read what is still coming: a socket closed before that destroys the answer under way."""
        give_up_at = time.monotonic() + self.patience.linger_seconds
        scratch = bytearray(_SCRATCH_BYTES)
        left = _LINGER_BYTES
        try:
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(self.patience.linger_seconds / 4)
            while left > 0 and time.monotonic() < give_up_at:
                arrived = self.socket.recv_into(scratch)
                if not arrived:
                    return
                left -= arrived
        except OSError:
            return  # it went away by itself, or says nothing more


class Tls(BuiltinSSLAdapter):
    """Shakes hands when the first byte is read.

    cheroot's own does it in the thread that accepts everybody, where one silent client would
    keep out all others.
    """

    @override
    def wrap(self, sock: socket.socket) -> tuple[socket.socket, dict[str, str]]:
        try:
            secured = self.context.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        except OSError as error:
            sock.close()
            raise FatalSSLAlert(*error.args) from error
        return secured, {}
