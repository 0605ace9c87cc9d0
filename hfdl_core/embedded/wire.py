"""One quick connection to a Redis: enough to start, watch and ask a server, without redis-py.

redis-py takes a quarter of a second to import; a supervisor that must be up in half a second
and stay small cannot have it.
"""

import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import hiredis

Address = Path | tuple[str, int]

_READ_BYTES: Final = 65536


class Refused(Exception):
    """The server answered with an error; its first word says which."""

    @property
    def code(self) -> str:
        return str(self).partition(" ")[0]


class Wire:
    """Connects at once. Broken or silent connections are OSErrors."""

    def __init__(self, address: Address, *, patience_seconds: float = 5.0) -> None:
        self._patience_seconds = patience_seconds
        self._reader = hiredis.Reader(encoding="utf-8", errors="replace")
        if isinstance(address, Path):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._connect(str(address))
        else:
            self._socket = socket.create_connection(address, timeout=patience_seconds)

    def command(self, *words: str | int, patience_seconds: float | None = None) -> object:
        """The answer to one command. Refused when the server says no."""
        self._socket.settimeout(patience_seconds or self._patience_seconds)
        packed = hiredis.pack_command(words)  # type: ignore[arg-type]  # its stub says "one word"
        self._socket.sendall(packed)
        try:
            answer = self._next_answer()
        except hiredis.ProtocolError as error:
            raise ConnectionAbortedError(f"this is no Redis: {error}") from error
        if isinstance(answer, hiredis.ReplyError):
            raise Refused(str(answer))
        return answer

    def facts(self, section: str) -> Mapping[str, str]:
        """One section of INFO, every value as text."""
        lines = str(self.command("INFO", section)).splitlines()
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name: value for name, _, value in pairs}

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _next_answer(self) -> object:
        while (answer := self._reader.gets()) is False:  # not whole yet
            received = self._socket.recv(_READ_BYTES)
            if not received:
                raise ConnectionResetError("the server closed the connection")
            self._reader.feed(received)
        return answer

    def _connect(self, path: str) -> None:
        try:
            self._socket.settimeout(self._patience_seconds)
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
