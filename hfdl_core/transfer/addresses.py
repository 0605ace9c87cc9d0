"""Remembers where the Hub sent us for a file, so that its next ranges need not ask again."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from hfdl_core.transfer.source import FileSource

_MOST_FILES: Final = 1024
# A request is checked when it begins: this much before the end it still gets there in time.
_MARGIN_SECONDS: Final = 60.0
_MARGIN_SHARE: Final = 0.1
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Address:
    """A signed address; the signature is a secret for as long as it lives."""

    url: str
    good_until: float  # of the monotonic clock


class AddressBook:
    """Signed addresses by file, at most 1024 of them; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._addresses: OrderedDict[tuple[str, ...], Address] = OrderedDict()

    def find(self, source: FileSource) -> str | None:
        with self._lock:
            address = self._addresses.get(_key(source))
            if address is None:
                return None
            if address.good_until <= self._clock():
                del self._addresses[_key(source)]
                return None
            self._addresses.move_to_end(_key(source))
            return address.url

    def remember(self, source: FileSource, url: str, lifetime_seconds: float) -> None:
        margin = min(_MARGIN_SECONDS, lifetime_seconds * _MARGIN_SHARE)
        with self._lock:
            until = self._clock() + lifetime_seconds - margin
            self._addresses[_key(source)] = Address(url, until)
            self._addresses.move_to_end(_key(source))
            if len(self._addresses) > _MOST_FILES:
                self._addresses.popitem(last=False)

    def forget(self, source: FileSource) -> None:
        with self._lock:
            self._addresses.pop(_key(source), None)


def lifetime_seconds(url: str, headers: Mapping[str, str]) -> float:
    """How long a signed address lives, counted from the redirect that named it.

    Object stores sign `X-Amz-Expires=<seconds>`, CloudFront `Expires=<unix time>`. The latter is
    compared with the redirect's own Date, because this machine's clock may be wrong. Infinite
    when the address tells nothing: then it lives until it is refused.
    """
    query = {name.lower(): values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    named = query.get("x-amz-expires", "")
    if _NUMBER.fullmatch(named):
        return float(named)
    ends_at = query.get("expires", "")
    if not _NUMBER.fullmatch(ends_at):
        return float("inf")
    return float(ends_at) - _sent_at(headers)


def _sent_at(headers: Mapping[str, str]) -> float:
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()


def _key(source: FileSource) -> tuple[str, ...]:
    return source.endpoint, source.repo_type, source.repo_id, source.commit, source.file.path
