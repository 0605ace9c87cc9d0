"""A listening socket with one thread a connection; speaks HTTP/1.1 with keep-alive."""

import contextlib
import errno
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, TypeAlias

from typing_extensions import override

from hfdl_tui.demo.hub.exchange import Request, Role
from hfdl_tui.demo.hub.sending import Hangup

Serve: TypeAlias = "Callable[[Connection, Request], None]"
Classify: TypeAlias = Callable[[str, str], tuple[Role, str]]

_CLIENT_HEADER = "X-Pretend-Client"


class Connection(BaseHTTPRequestHandler):
    """One client's connection: reads requests one after another and hands them on."""

    server: "Listener"
    protocol_version = "HTTP/1.1"

    @override
    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.opened(self.connection)

    @override
    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (Hangup, ConnectionError):
            self.close_connection = True

    def serve(self) -> None:
        path, _, query = self.path.partition("?")
        role, file = self.server.classify(path, query)
        length = int(self.headers.get("Content-Length", "0"))
        request = Request(
            role=role,
            method=self.command,
            path=path,
            query=query,
            headers=self.headers,
            body=self.rfile.read(length),
            client=self.headers.get(_CLIENT_HEADER, self.client_address[0]),
            file=file,
        )
        self.server.serve(self, request)

    # The names are the base class's.
    do_GET = do_HEAD = do_POST = do_DELETE = serve  # noqa: N815

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the request log has it."""


class Listener(socketserver.ThreadingTCPServer):
    """Accepts connections on one address until it is stopped."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], classify: Classify, serve: Serve) -> None:
        super().__init__(address, Connection)
        self.classify = classify
        self.serve = serve
        self._changed = threading.Condition()
        self._sockets: set[socket.socket] = set()
        self._stopped = False
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="pretend-hub"
        )

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End the accepting thread and every connection, however busy it is."""
        with contextlib.suppress(OSError):  # where it is not allowed, the next poll ends it
            self.socket.shutdown(socket.SHUT_RDWR)
        self.shutdown()
        self._thread.join()
        self.server_close()
        deadline = time.monotonic() + timeout
        with self._changed:
            self._stopped = True
            for sock in self._sockets:
                _hang_up(sock)
            self._changed.wait_for(lambda: not self._sockets, deadline - time.monotonic())

    def opened(self, sock: socket.socket) -> None:
        with self._changed:
            self._sockets.add(sock)
            if self._stopped:
                _hang_up(sock)

    @override
    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._sockets.discard(request)
            self._changed.notify_all()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that hang up; any other failure is a bug to be seen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        if error.errno not in {errno.ENOTCONN, errno.EBADF}:  # it ended by itself meanwhile
            raise
