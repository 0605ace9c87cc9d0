"""Log lines on stderr, for people or for programs, with every known secret taken out."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TextIO
from urllib.parse import quote

from typing_extensions import override

HIDDEN: Final = "***"

_OWN_LOGGERS: Final = ("hfdl_core", "hfdl_tui")
_SHORTEST_SECRET: Final = 4  # shorter ones would punch holes into every word
_STANDARD_FIELDS: Final = frozenset(
    [*vars(logging.LogRecord("", 0, "", 0, "", (), None)), "message", "asctime", "taskName"]
)
_CREDENTIALS: Final = (
    # user and password of a URL
    (
        re.compile(r"(?P<kept>[a-z][a-z0-9+.-]*://)[^\s/?#'\"]*@", re.IGNORECASE),
        rf"\g<kept>{HIDDEN}@",
    ),
    # what signs a download address of the Hub's storage
    (
        re.compile(
            r"(?P<kept>[?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|Policy"
            r"|X-Xet-Signed-Range|Key-Pair-Id|sig|token)=)[^&\s'\"]+",
            re.IGNORECASE,
        ),
        rf"\g<kept>{HIDDEN}",
    ),
    (re.compile(r"(?P<kept>\bBearer\s+)[^\s'\"]+", re.IGNORECASE), rf"\g<kept>{HIDDEN}"),
    (re.compile(r"\bhf_[A-Za-z0-9]{16,}"), f"hf_{HIDDEN}"),
)


# A listed path or a server's answer may hold what steers a terminal or forges a second line.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class Redactor:
    """Takes known secret values, and credentials of any kind that hfdl meets, out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: tuple[str, ...] = ()
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """From now on this value is taken out too, as it is and as a URL writes it."""
        if len(secret) < _SHORTEST_SECRET:
            return
        known = {*self._secrets, secret, quote(secret, safe="")}
        # The longest first: one secret may be the beginning of another.
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern, replacement in _CREDENTIALS:
            text = pattern.sub(replacement, text)
        return text


class TextFormatter(logging.Formatter):
    """`12:30:05 WARNING lease lost task=f:3:0 worker=w1`, in local time."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
        self._redactor = redactor

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = [f"{name}={value}" for name, value in _extra(record).items()]
        line = " ".join([super().formatMessage(record), *fields])
        return _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], line)

    @override
    def format(self, record: logging.LogRecord) -> str:
        # Here, not in a logging.Filter: a traceback's text exists only after formatting.
        return self._redactor.redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line; extra fields stand beside the standard ones."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # Before json.dumps: its escapes would hide a secret from the redactor.
        return json.dumps({name: self._plain(value) for name, value in line.items()})

    def _plain(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._redactor.redact(str(value))


class _OwnHandler(logging.StreamHandler[TextIO]):
    """Told apart from handlers that others have put at the root."""


def set_up_logging(
    level: str,
    log_format: LogFormat,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> Redactor:
    """One handler at the root; replaces that of an earlier call.

    `level` holds for hfdl's own loggers, libraries speak from WARNING up (all of them at DEBUG).
    Secrets that become known later go to the redactor that is returned.
    """
    redactor = Redactor(secrets)
    handler = _OwnHandler(stream or sys.stderr)
    formatter = JsonFormatter if log_format is LogFormat.JSON else TextFormatter
    handler.setFormatter(formatter(redactor))

    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old, _OwnHandler):
            root.removeHandler(old)
    root.addHandler(handler)
    quietest = logging.DEBUG if level == "DEBUG" else logging.WARNING
    root.setLevel(max(quietest, logging.getLevelNamesMapping()[level]))
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
    return redactor


def _extra(record: logging.LogRecord) -> Mapping[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS}
