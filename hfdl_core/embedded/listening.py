"""Where the opened server listens, and the line with which other machines join."""

import errno
import socket
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote

from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.errors import QueueUnavailable, UsageError
from hfdl_core.machine import host_name, own_addresses

_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - what `--listen` asks for, with a password
_DEFAULT_PORT: Final = 6380
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """An address of this machine; port 0 lets the system choose."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`0.0.0.0:6380`, `:6380`, `10.0.0.5`, `[::]:6380`. UsageError otherwise."""
        host, port = _split(text.strip())
        if not port.isascii() or not port.isdecimal() or int(port) > _HIGHEST_PORT:
            raise UsageError(f"--listen {text}: a port is a number from 1 to {_HIGHEST_PORT}")
        if any(character.isspace() or character in "/@" for character in host):
            raise UsageError(f"--listen {text}: it looks like 0.0.0.0:{_DEFAULT_PORT}")
        return cls(_EVERYWHERE[0] if host in {"", "*"} else host, int(port))

    @override
    def __str__(self) -> str:
        return f"{_bracketed(self.host)}:{self.port}"

    def free(self) -> "ListenAddress":
        """This address with its port settled. QueueUnavailable when it cannot be listened on."""
        try:
            family, *_, address = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                # As the server itself does: a port whose last connection has just closed is free.
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
                trial.listen()
                return ListenAddress(self.host, trial.getsockname()[1])
        except OSError as error:
            reason = why_not_listening(error)
            raise QueueUnavailable(f"cannot listen on {self}: {reason}") from error

    def reachable_hosts(self) -> tuple[str, ...]:
        """What other machines may call this one; never empty."""
        if self.host not in _EVERYWHERE:
            return (self.host,)
        return own_addresses() or (host_name(),)


@dataclass(frozen=True, slots=True)
class JoinLine:
    """How other machines reach the opened server."""

    listen: ListenAddress
    hosts: tuple[str, ...]  # the likeliest first
    password: SecretStr

    @property
    def url(self) -> SecretStr:
        return self._url(self.hosts[0])

    @property
    def text(self) -> str:
        """What to type on another machine; holds the password."""
        return _command(self.url)

    @property
    def lines(self) -> tuple[str, ...]:
        """One for each address, the likeliest first."""
        return tuple(_command(self._url(host)) for host in self.hosts)

    def _url(self, host: str) -> SecretStr:
        password = quote(self.password.get_secret_value(), safe="")
        return SecretStr(f"redis://:{password}@{_bracketed(host)}:{self.listen.port}/0")


def _command(url: SecretStr) -> str:
    return f"HFDL_REDIS_URL='{url.get_secret_value()}' hfdl --headless-worker"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _split(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":") or str(_DEFAULT_PORT)
    if text.count(":") > 1:
        return text, str(_DEFAULT_PORT)  # an IPv6 address without a port
    host, colon, port = text.partition(":")
    return host, port if colon else str(_DEFAULT_PORT)


def why_not_listening(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use; choose another one with --listen ADDRESS:PORT"
        case errno.EADDRNOTAVAIL:
            return "this machine does not have that address"
        case errno.EACCES:
            return "ports below 1024 are not allowed here; choose a higher one"
        case _:
            return str(error.strerror or error)


DEFAULT_LISTEN: Final = ListenAddress(_EVERYWHERE[0], _DEFAULT_PORT)
