"""Where a Redis is and who we are to it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import SecretStr

from hfdl_core.errors import SettingsError

_DEFAULT_HOST: Final = "127.0.0.1"
_DEFAULT_PORT: Final = 6379
_FORMS: Final = "redis://[USER:PASSWORD@]HOST:PORT/0, rediss://... or unix:///path/to/socket"


@dataclass(frozen=True, slots=True)
class RedisTarget:
    """Plain values; the password never shows in a repr."""

    host: str = _DEFAULT_HOST
    port: int = _DEFAULT_PORT
    unix_socket: Path | None = None
    database: int = 0
    username: str | None = None
    password: SecretStr | None = None
    tls: bool = False
    ca_file: Path | None = None

    @classmethod
    def from_url(cls, url: SecretStr) -> Self:
        """Read `redis://`, `rediss://` (TLS) or `unix://`.

        SettingsError, without the URL in it (it may hold a password), when it cannot be read.
        """
        try:
            parts = urlsplit(url.get_secret_value().strip())
            if parts.scheme == "unix":
                return cls._from_socket_url(parts)
            if parts.scheme not in {"redis", "rediss"}:
                raise SettingsError(f"this is no Redis address; it looks like {_FORMS}")
            return cls(
                host=parts.hostname or _DEFAULT_HOST,
                port=_DEFAULT_PORT if parts.port is None else _nonzero(parts.port),
                database=_database(parts.path.strip("/") or _asked_database(parts)),
                username=_plain(parts.username),
                password=_secret(parts.password),
                tls=parts.scheme == "rediss",
            )
        except ValueError:  # from urlsplit: a bracket left open, a port that is none
            raise SettingsError(
                f"the Redis address cannot be read; it looks like {_FORMS}"
            ) from None

    @classmethod
    def _from_socket_url(cls, parts: SplitResult) -> Self:
        if not parts.path.startswith("/") or parts.hostname:
            raise SettingsError("a Redis socket's address is unix:///path/to/socket")
        return cls(
            unix_socket=Path(unquote(parts.path)),
            database=_database(_asked_database(parts)),
            username=_plain(parts.username),
            password=_secret(parts.password),
        )

    def describe(self) -> str:
        """For people, without the password: `redis at 10.0.0.1:6380`."""
        if self.unix_socket is not None:
            return f"redis at {self.unix_socket}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        database = f"/{self.database}" if self.database else ""
        return f"redis at {host}:{self.port}{database}"


def _asked_database(parts: SplitResult) -> str:
    return parse_qs(parts.query).get("db", [""])[0]


def _database(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()):
        raise SettingsError("the number of a Redis database is written behind the port, as in /0")
    return int(text)


def _nonzero(port: int) -> int:
    if port == 0:
        raise SettingsError("a port is a number from 1 to 65535")
    return port


def _plain(text: str | None) -> str | None:
    return unquote(text) if text else None


def _secret(text: str | None) -> SecretStr | None:
    return SecretStr(unquote(text)) if text else None
