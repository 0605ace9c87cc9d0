"""Sockets that another thread can cut: while they connect, greet, wait or receive.

Only the look-up of a name cannot be cut; its length is the system resolver's.
"""

import contextlib
import http.client
import socket
import threading
from typing import Any, cast

from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.response import HTTPResponse


class Wire:
    """The sockets of one session.

    Each is watched through a duplicate of its descriptor: TLS takes the socket object itself
    away, and a number that was closed meanwhile could already belong to somebody else.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._ended: set[socket.socket] = set()
        self.is_cut = False
        self.opened = 0  # connections so far: tells a new one from one that was kept alive
        self.connecting_to = ""  # host and port while a connection is being made, else empty

    def cut(self) -> None:
        """End every socket and refuse new ones; the threads that use them get an error."""
        with self._lock:
            self.is_cut = True
            for duplicate in self._open | self._ended:
                # Already ended by the other side: nothing left to cut.
                with contextlib.suppress(OSError):
                    duplicate.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End every connection now: urllib3 itself may keep them until garbage is collected."""
        self.cut()
        with self._lock:
            self._ended |= self._open
            self._open.clear()
        self.sweep()

    def watch(self, sock: socket.socket) -> socket.socket:
        with self._lock:
            if self.is_cut:
                raise ConnectionAbortedError("the transfer was cut off")
            duplicate = sock.dup()
            self._open.add(duplicate)
            return duplicate

    def ended(self, duplicate: socket.socket) -> None:
        """The connection is closed, but an answer may still be read from its socket.

        http.client does so where the server will not keep the connection: the duplicate is
        needed until that answer is done with.
        """
        with self._lock:
            if duplicate in self._open:
                self._open.discard(duplicate)
                self._ended.add(duplicate)

    def sweep(self) -> None:
        """No answer is being read: let the sockets of closed connections go."""
        with self._lock:
            while self._ended:
                self._ended.pop().close()


class _CuttableConnection(HTTPConnection):
    """A urllib3 connection whose socket hangs on a wire from before it connects."""

    wire: Wire
    _watched: socket.socket | None = None

    @override
    def connect(self) -> None:
        self.wire.connecting_to = f"{self.host}:{self.port}"
        super().connect()
        self.wire.connecting_to = ""
        self.wire.opened += 1

    @override
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 returns its own
        # Where an answer's head cannot be understood, urllib3 leaves its socket to the garbage
        # collector.
        begun: list[http.client.HTTPResponse] = []

        def begin(*arguments: Any, **options: Any) -> http.client.HTTPResponse:
            begun.append(http.client.HTTPResponse(*arguments, **options))
            return begun[-1]

        self.response_class = begin  # type: ignore[assignment]  # all that http.client does is call it
        try:
            return super().getresponse()
        except BaseException:
            for response in begun:
                response.close()
            raise

    @override
    def close(self) -> None:
        super().close()
        if self._watched is not None:
            self.wire.ended(self._watched)
            self._watched = None

    @override
    def _new_conn(self) -> socket.socket:
        try:
            return self._first_that_answers()
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "timed out") from error
        except (OSError, UnicodeError) as error:  # a name that no DNS can hold is a UnicodeError
            raise NewConnectionError(self, str(error)) from error

    def _first_that_answers(self) -> socket.socket:
        refusal: OSError | None = None
        for found in socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM):
            family, kind, protocol, _, address = found
            try:
                return self._connected(socket.socket(family, kind, protocol), address)
            except OSError as error:
                refusal = error
        raise refusal or OSError("no address found")

    def _connected(self, sock: socket.socket, address: Any) -> socket.socket:
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(self.timeout)
            self._watched = self.wire.watch(sock)
            sock.connect(address)
        except BaseException:
            sock.close()
            self.close()
            raise
        return sock


def hang_on(wire: Wire, pool: HTTPConnectionPool) -> None:
    """Make the pool's future connections cuttable.

    Proxies that speak SOCKS connect in their own way: there only the receiving is cut.
    """
    made_by = pool.ConnectionCls
    if made_by is HTTPConnection or made_by is HTTPSConnection:
        cuttable = type("Cuttable", (_CuttableConnection, made_by), {"wire": wire})
        pool.ConnectionCls = cast("type[HTTPConnection]", cuttable)
