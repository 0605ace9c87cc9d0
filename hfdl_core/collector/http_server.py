"""Listens for the blocks of one job: many kept connections, few threads, flat memory."""

import logging
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self

from cheroot.server import Gateway, HTTPServer
from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.collector.block_buffers import BlockBuffers
from hfdl_core.collector.http_connection import Connection, Patience, Tls
from hfdl_core.collector.http_requests import Answer, Asked, Desk, OwnJob
from hfdl_core.embedded.listening import ListenAddress, why_not_listening
from hfdl_core.errors import UsageError
from hfdl_core.handover import Handover
from hfdl_core.handover.answers import RETRY_AFTER_SECONDS
from hfdl_core.models import JobId

logger = logging.getLogger(__name__)

# Each reads one block at a time; kept connections between blocks need none.
_THREADS: Final = 96
_BUFFERS_BYTES: Final = 96 << 20
_WAITING_TO_BE_ACCEPTED: Final = 512
_HEAD_BYTES: Final = 16 << 10
_STOP_SECONDS: Final = 5
# Of the files that this process may open; the rest is for the job's own.
_SHARE_FOR_CONNECTIONS: Final = 0.75
_MOST_CONNECTIONS: Final = 8192
_PATIENCE: Final = Patience()


class BlockServer:
    """`start()` … `stop()`, or as a context; the handover is used from many threads at once."""

    def __init__(  # noqa: PLR0913 - what it serves, for whom, and where
        self,
        handover: Handover,
        job_id: JobId,
        generation: int,
        secret: SecretStr,
        listen: tuple[str, int],
        *,
        cert: Path | None = None,
        key: Path | None = None,
        is_current: Callable[[], bool] = lambda: True,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._listen = ListenAddress(*listen)
        self._tls = _tls(cert, key)
        self._desk = Desk(handover, OwnJob(job_id, generation, secret, is_current))
        self._patience = patience
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """The port; UsageError when nobody can listen there."""
        listener = _listener(self._listen)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as what it accepts
        port: int = listener.getsockname()[1]
        server = _Server(listener, self._desk, self._tls, self._patience)
        server.prepare()
        thread = threading.Thread(target=server.serve, name="collector-accepts", daemon=True)
        thread.start()
        self._server, self._thread = server, thread
        return port

    def stop(self) -> None:
        """Blocks being taken are answered first; whoever stalls is cut off."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        if self._server is None:
            raise UsageError("the collector does not listen")
        return int(self._server.bind_addr[1])


class _Server(HTTPServer):
    protocol = "HTTP/1.1"
    ConnectionClass = Connection
    request_queue_size = _WAITING_TO_BE_ACCEPTED
    shutdown_timeout = _STOP_SECONDS
    max_request_header_size = _HEAD_BYTES
    expiration_interval = 0.1  # how soon it notices that it shall stop

    def __init__(
        self, listener: socket.socket, desk: Desk, tls: Tls | None, patience: Patience
    ) -> None:
        buffers = BlockBuffers(_BUFFERS_BYTES)
        super().__init__(
            listener.getsockname()[:2],
            lambda request: _Gateway(request, desk, buffers),
            minthreads=_THREADS,
            maxthreads=_THREADS,
            server_name="hfdl",
        )
        self._listener = listener
        self._has_turned_away = False
        self.ssl_adapter = tls
        self.patience = patience
        self.timeout = patience.idle_seconds
        most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if most_files == resource.RLIM_INFINITY:
            most_files = _MOST_CONNECTIONS
        self.keep_alive_conn_limit = min(
            _MOST_CONNECTIONS, int(most_files * _SHARE_FOR_CONNECTIONS)
        )

    @override
    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:
        """It was bound before, where errors can be told plainly."""
        self.socket = self._listener
        return self._listener

    @override
    def process_conn(self, conn: Connection) -> None:
        """A connection that has just been accepted gets a thread when it says something."""
        if conn.last_used is not None:
            super().process_conn(conn)
        elif self.can_add_keepalive_connection:
            self.put_conn(conn)
        else:
            self._turn_away(conn)

    def _turn_away(self, conn: Connection) -> None:
        if not self._has_turned_away:
            logger.warning(
                "more than %d connections at once: raise the limit of open files (ulimit -n)",
                self.keep_alive_conn_limit,
            )
            self._has_turned_away = True
        conn.close()

    @override
    def put_conn(self, conn: Connection) -> None:
        try:
            super().put_conn(conn)
        except (KeyError, ValueError, OSError):
            conn.close()  # the server was stopped, or the client left, in this very moment

    @override
    def stop(self) -> None:
        super().stop()
        while self.requests.qsize:
            left_over = self.requests.get()
            if isinstance(left_over, Connection):
                left_over.close()

    @override
    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        if level >= logging.ERROR:
            logger.error("a request failed: %s", msg, exc_info=traceback)
        else:
            logger.debug("%s", msg)


class _Gateway(Gateway):
    def __init__(self, request: Any, desk: Desk, buffers: BlockBuffers) -> None:
        super().__init__(request)
        self._desk = desk
        self._buffers = buffers
        self._connection: Connection = request.conn

    @override
    def respond(self) -> None:
        request = self.req
        body_bytes = int(request.inheaders.get(b"Content-Length", 0))
        self._connection.is_read_up = body_bytes == 0
        asked = Asked(
            method=request.method.decode("latin-1"),
            target=request.uri.decode("latin-1"),
            headers={
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in request.inheaders.items()
            },
            body_bytes=body_bytes,
            read_body=self._read_body,
        )
        self._send(self._desk.answer(asked))

    @contextmanager
    def _read_body(self, length: int) -> Iterator[memoryview]:
        with self._buffers.borrowed(length) as body:
            self._connection.read_into(body)
            yield body

    def _send(self, answer: Answer) -> None:
        request = self.req
        # The rest of a body that nobody wanted would be taken for the next request.
        request.close_connection |= not self._connection.is_read_up
        request.close_connection |= not request.server.can_add_keepalive_connection
        lines = [
            f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
            "Content-Type: application/json",
            f"Content-Length: {len(answer.body)}",
        ]
        if answer.status is HTTPStatus.SERVICE_UNAVAILABLE:
            lines.append(f"Retry-After: {RETRY_AFTER_SECONDS}")
        if request.close_connection:
            lines.append("Connection: close")
        request.sent_headers = True
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        request.conn.wfile.write(head + answer.body)


def _listener(address: ListenAddress) -> socket.socket:
    try:
        family, *_, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(
            where[:2],
            family=family,
            backlog=_WAITING_TO_BE_ACCEPTED,
            dualstack_ipv6=address.host == "::" and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise UsageError(f"cannot listen on {address}: {why_not_listening(error)}") from error


def _tls(cert: Path | None, key: Path | None) -> Tls | None:
    if cert is None:
        return None
    try:
        # Without the empty password OpenSSL would ask for that of a locked key on the terminal.
        return Tls(str(cert), None if key is None else str(key), private_key_password="")
    except OSError as error:
        raise UsageError(f"the certificate {cert} cannot be used: {error}") from error
