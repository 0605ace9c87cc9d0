"""A TCP proxy that passes requests on and loses answers, or rewrites them: what networks do."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

from hfdl_core.redis_target import RedisTarget

Rewrite = Callable[[bytes], bytes]


class LossyProxy:
    """Stands before one server; the server executes what the client never hears the answer of."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._pumps: list[threading.Thread] = []
        self._lose = 0
        self._watched = b""
        self.rewrite: Rewrite = lambda answer: answer

    @property
    def target(self) -> RedisTarget:
        return RedisTarget(host="127.0.0.1", port=self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Only shutdown wakes a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(5)
        with self._lock:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        for pump in self._pumps:
            pump.join(5)

    def lose_answers_to(self, words: bytes, times: int = 1) -> None:
        """Cut the connection instead of answering the next requests that hold these bytes."""
        self._watched, self._lose = words, times

    @property
    def answers_to_lose(self) -> int:
        return self._lose

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            doomed = threading.Event()
            with self._lock:
                self._sockets |= {client, server}
            for pump in (
                threading.Thread(target=self._requests, args=(client, server, doomed)),
                threading.Thread(target=self._answers, args=(client, server, doomed)),
            ):
                pump.start()
                self._pumps.append(pump)

    def _requests(
        self, client: socket.socket, server: socket.socket, doomed: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while request := client.recv(1 << 16):
                if self._lose and self._watched in request:
                    doomed.set()
                server.sendall(request)
        self._end(server)

    def _answers(
        self, client: socket.socket, server: socket.socket, doomed: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(1 << 16):
                if doomed.is_set():
                    self._lose -= 1
                    break
                client.sendall(self.rewrite(answer))
        self._end(client)
        self._end(server)
        with self._lock:
            self._sockets -= {client, server}
        client.close()
        server.close()

    def _end(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
