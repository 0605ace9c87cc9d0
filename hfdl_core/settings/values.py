"""How each kind of setting is written, and the one line that tells it."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr

from hfdl_core.logs import LogFormat
from hfdl_core.models import DownloaderChoice
from hfdl_core.timetable import Timetable

_TRUE: Final = frozenset({"1", "on", "yes", "true"})
_FALSE: Final = frozenset({"0", "off", "no", "false", ""})
_WORKER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MOST_SECONDS: Final = 7 * 24 * 3600.0


def parse_switch(value: object) -> bool:
    """As the Hub reads its own: 1, on, yes, true."""
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("it is 1 or 0")
    return word in _TRUE


def _whole_number(lowest: int, highest: int, meaning: str) -> Callable[[object], int]:
    def read(value: object) -> int:
        text = str(value).strip()
        # isdecimal alone would take other scripts' digits, bools have no place here.
        if not (text.isascii() and text.isdecimal()) or not lowest <= int(text) <= highest:
            raise ValueError(f"{meaning} is a number from {lowest} to {highest}")
        return int(text)

    return read


def _seconds(lowest: float, meaning: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = -1.0
        if not lowest <= seconds <= _MOST_SECONDS:  # false for nan, too
            raise ValueError(
                f"{meaning} is a number of seconds from {lowest:g} to {_MOST_SECONDS:g}"
            )
        return seconds

    return read


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it is a text")
    return value.strip()


def _path(value: object) -> Path:
    if isinstance(value, Path):
        return value.expanduser()
    return Path(_text(value)).expanduser()


def _existing_file(value: object) -> Path:
    path = _path(value)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _paths(value: object) -> tuple[Path, ...]:
    """A list, or one text as PATH is written."""
    if isinstance(value, str):
        return tuple(_path(part) for part in value.split(os.pathsep) if part.strip())
    return tuple(_path(part) for part in _items(value))


def _items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise ValueError("it is a list of texts")  # noqa: TRY004 - pydantic wants a ValueError
    return list(value)


def _http_url(value: object) -> str:
    url = _text(value).rstrip("/")
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("it is an address such as https://host or http://host:8080") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_fine:
        raise ValueError("it is an address such as https://host or http://host:8080")
    return url


def _proxy(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    try:
        return SecretStr(_http_url(text))
    except ValueError:
        raise ValueError("a proxy is http://HOST:PORT or http://USER:PASSWORD@HOST:PORT") from None


def _proxies(value: object) -> tuple[SecretStr, ...]:
    """A list, or one text with commas or spaces between."""
    if isinstance(value, str):
        return tuple(_proxy(part) for part in re.split(r"[\s,]+", value) if part)
    return tuple(_proxy(part) for part in _items(value))


def _secret(value: object) -> SecretStr:
    return value if isinstance(value, SecretStr) else SecretStr(_text(value))


def _password(value: object) -> SecretStr:
    """Kept to the letter: a password may begin or end with a space."""
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str):
        raise ValueError("it is a text in quotes")  # noqa: TRY004 - pydantic wants a ValueError
    return SecretStr(value)


def _worker_id(value: object) -> str:
    text = str(value).strip()
    if _WORKER_ID.fullmatch(text) is None:
        raise ValueError("a worker id is up to 64 letters, digits, dots, dashes and underscores")
    return text


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        found = {word.lower(): word for word in words}.get(str(value).strip().lower())
        if found is None:
            raise ValueError(f"it is one of {', '.join(words)}")
        return found

    return read


def _limit(value: object) -> Timetable | None:
    """None for `off`, which lifts what a weaker source set."""
    limit = Timetable.parse(str(value))
    return None if limit.is_off else limit


Port = Annotated[int, BeforeValidator(_whole_number(1, 65535, "a port"))]
Connections = Annotated[int, BeforeValidator(_whole_number(1, 64, "a number of connections"))]
Patience = Annotated[float, BeforeValidator(_seconds(0, "a wait"))]
StallSeconds = Annotated[float, BeforeValidator(_seconds(1, "the stall watchdog"))]
Limit = Annotated[Timetable | None, BeforeValidator(_limit)]
Switch = Annotated[bool, BeforeValidator(parse_switch)]
Text = Annotated[str, BeforeValidator(_text)]
Location = Annotated[Path, BeforeValidator(_path)]
ExistingFile = Annotated[Path, BeforeValidator(_existing_file)]
Locations = Annotated[tuple[Path, ...], BeforeValidator(_paths)]
HttpUrl = Annotated[str, BeforeValidator(_http_url)]
ProxyUrl = Annotated[SecretStr, BeforeValidator(_proxy)]
ProxyUrls = Annotated[tuple[SecretStr, ...], BeforeValidator(_proxies)]
Secret = Annotated[SecretStr, BeforeValidator(_secret)]
Password = Annotated[SecretStr, BeforeValidator(_password)]
WorkerId = Annotated[str, BeforeValidator(_worker_id)]
Format = Annotated[LogFormat, BeforeValidator(_one_of(*LogFormat))]
Downloader = Annotated[DownloaderChoice, BeforeValidator(_one_of(*DownloaderChoice))]
LogLevel = Annotated[str, BeforeValidator(_one_of("DEBUG", "INFO", "WARNING", "ERROR"))]
