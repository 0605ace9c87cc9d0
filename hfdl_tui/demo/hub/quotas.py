"""The Hub's request quotas: fixed windows per caller, told on every answer."""

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hfdl_tui.demo.hub.exchange import Role


class Bucket(StrEnum):
    API = "api"
    RESOLVERS = "resolvers"
    PAGES = "pages"


_BUCKETS = {
    Role.API: Bucket.API,
    Role.RESOLVE: Bucket.RESOLVERS,
    Role.RESOLVE_CACHE: Bucket.RESOLVERS,
    Role.PAGE: Bucket.PAGES,
}


@dataclass(frozen=True, slots=True)
class Quotas:
    """Requests per window of `window` seconds; the defaults are never reached in practice."""

    api: int = 10_000_000
    resolvers: int = 10_000_000
    pages: int = 10_000_000
    window: float = 300.0

    @classmethod
    def anonymous(cls) -> "Quotas":
        """Give what the Hub documents for callers without a token."""
        return cls(api=500, resolvers=3000, pages=100)

    def of(self, bucket: Bucket) -> int:
        return {Bucket.API: self.api, Bucket.RESOLVERS: self.resolvers, Bucket.PAGES: self.pages}[
            bucket
        ]


@dataclass(frozen=True, slots=True)
class Spending:
    allowed: bool
    headers: Mapping[str, str] = field(default_factory=dict)


class QuotaBook:
    """Counts requests per caller and bucket; a window opens with its first request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, Bucket], tuple[float, int]] = {}

    def spend(self, quotas: Quotas, caller: str, role: Role) -> Spending:
        bucket = _BUCKETS.get(role)
        if bucket is None:
            return Spending(allowed=True)
        now = time.monotonic()
        with self._lock:
            opened, used = self._windows.get((caller, bucket), (now, 0))
            if now - opened >= quotas.window:
                opened, used = now, 0
            self._windows[caller, bucket] = (opened, used + 1)
        quota = quotas.of(bucket)
        remaining = max(0, quota - used - 1)
        reset = math.ceil(quotas.window - (now - opened))
        return Spending(
            allowed=used < quota,
            headers={
                "RateLimit": f'"{bucket}";r={remaining};t={reset}',
                "RateLimit-Policy": (
                    f'"fixed window";"{bucket}";q={quota};w={math.ceil(quotas.window)}'
                ),
            },
        )
