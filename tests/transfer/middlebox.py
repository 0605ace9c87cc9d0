"""Small real middleboxes: a proxy, and TLS in front of a plain server."""

import base64
import contextlib
import select
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from typing_extensions import override


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up, or do not trust us, are what the tests are about."""


class Proxy(_Server):
    """An HTTP proxy: CONNECT tunnels, and absolute addresses passed on; both counted."""

    def __init__(self, credentials: str = "", connect_status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _ProxyConnection)
        self.expected = base64.b64encode(credentials.encode()).decode() if credentials else ""
        self.connect_status = connect_status
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _ProxyConnection(socketserver.StreamRequestHandler):
    server: Proxy

    @override
    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode().split(" ", 2)
        headers = [line for line in iter(self.rfile.readline, b"\r\n") if line]
        self.server.asked.append(f"{method} {target}")
        wanted = f"proxy-authorization: basic {self.server.expected}".lower()
        told = {header.decode().strip().lower() for header in headers}
        if self.server.expected and wanted not in told:
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n")
            self.wfile.write(b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            return
        if method == "CONNECT":
            self._tunnel(target)
            return
        parts = urlsplit(target)
        with socket.create_connection((parts.hostname or "", parts.port or 80)) as upstream:
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            head = f"{method} {path} HTTP/1.1\r\nConnection: close\r\n".encode()
            upstream.sendall(head + b"".join(headers) + b"\r\n")
            _pump(self.connection, upstream)

    def _tunnel(self, target: str) -> None:
        if self.server.connect_status != 200:
            self.wfile.write(b"HTTP/1.1 %d No\r\n\r\n" % self.server.connect_status)
            return
        host, _, port = target.rpartition(":")
        with socket.create_connection((host, int(port))) as upstream:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            _pump(self.connection, upstream)


class TlsFront(_Server):
    """Speaks TLS and passes everything on to a plain server."""

    def __init__(self, certificate: Path, key: Path, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _TlsConnection)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname or "", parts.port or 80)

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.server_address[1]}"


class _TlsConnection(socketserver.BaseRequestHandler):
    server: TlsFront

    @override
    def handle(self) -> None:
        with (
            self.server.context.wrap_socket(self.request, server_side=True) as client,
            socket.create_connection(self.server.upstream) as upstream,
        ):
            _pump(client, upstream)


def _pump(client: socket.socket, upstream: socket.socket) -> None:
    other = {client: upstream, upstream: client}
    while True:
        pending = isinstance(client, ssl.SSLSocket) and client.pending()
        ready = [client] if pending else select.select([client, upstream], [], [], 30)[0]
        if not ready:
            return
        for side in ready:
            received = side.recv(1 << 16)
            if not received:
                return
            other[side].sendall(received)


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    certificate, key = directory / "ca.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=pretend", "-addext", "subjectAltName=IP:127.0.0.1,IP:127.0.0.2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return certificate, key


@contextmanager
def deaf_address() -> Iterator[tuple[str, int]]:
    """An address that answers no connection: its queue is full and nobody takes from it."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()
