"""Holds requests to the Hub back so that the whole fleet stays within the Hub's quota."""

import hmac
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.errors import TransferCancelled
from hfdl_core.transfer import Cancel, HubGate, HubVisit, RateLimit
from hfdl_core.worker.permits import PermitPool, QuotaQueue
from hfdl_core.worker.time_source import RealTime, TimeSource

# The Hub's name for requests of files.
_FILES: Final = "resolvers"
_MOST_BUCKETS: Final = 8
_LONGEST_NAME: Final = 32
_MOST_REQUESTS: Final = 10**9
_LONGEST_SECONDS: Final = 86_400
_LABEL: Final = b"hfdl: who shares a quota of the Hub"
_NAME_BYTES: Final = 8


def quota_owner(token: SecretStr | None, machine: str, lane: str) -> str:
    """Names those who share a quota: all with this token; without one, this way out.

    The name stands in Redis: it must not give the token away.
    """
    who = f"{machine}\0{lane}" if token is None else f"token\0{token.get_secret_value()}"
    return hmac.digest(_LABEL, who.encode(), "sha256")[:_NAME_BYTES].hex()


class HubBudget(HubGate):
    """The gate of all lanes that share one quota.

    Which of the Hub's buckets a request falls into is learnt from its answer: of the first request
    for a file, and of those to which it is redirected.
    """

    def __init__(self, queue: QuotaQueue, owner: str, time: TimeSource | None = None) -> None:
        self._queue = queue
        self._owner = owner
        self._holder = secrets.token_hex(8)
        self._time = time or RealTime()
        self._lock = threading.Lock()
        self._pools: dict[str, PermitPool] = {}
        self._is_stopped = False
        self._first_bucket = _FILES
        self._later_bucket: str | None = None
        self._later_are_free = False

    @property
    def is_holding_back(self) -> bool:
        """Whether connections wait for leave to ask the Hub, or did a moment ago."""
        return any(pool.is_holding_back for pool in self._known_pools())

    def stop(self) -> None:
        """Nobody waits from now on: who would have to is told to give up."""
        self._is_stopped = True
        for pool in self._known_pools():
            pool.wake()

    @override
    @contextmanager
    def visit(self, cancel: Cancel) -> Iterator[HubVisit]:
        visit = _Visit(self, cancel)
        try:
            yield visit
        finally:
            visit.settle()

    @override
    @contextmanager
    def unseen(self, requests: int, cancel: Cancel) -> Iterator[None]:
        with ExitStack() as taken:
            for _ in range(requests):
                taken.callback(self.take(self._first_bucket, cancel).settle)
            yield

    def take(self, bucket: str, cancel: Cancel) -> PermitPool:
        """Wait for a permit; whoever takes it settles it."""
        pool = self.pool(bucket)
        if not pool.take():
            with cancel.cutting(pool.wake):
                self._wait_for(pool, cancel)
        return pool

    def pool(self, bucket: str) -> PermitPool:
        with self._lock:
            if bucket not in self._pools:
                self._pools[bucket] = PermitPool(
                    self._queue, self._owner, bucket, self._holder, self._time
                )
            return self._pools[bucket]

    def bucket_of(self, hop: int) -> str | None:
        """Into which bucket a request falls; None when into none, or nobody knows yet."""
        return self._first_bucket if hop == 0 else self._later_bucket

    def learn(self, hop: int, before: RateLimit | None, limit: RateLimit | None) -> None:
        """Hear what the answer to this hop told, and what the hop before it had told."""
        known = limit is not None and self._is_sane(limit)
        if limit is not None and known:
            if hop == 0:
                self._first_bucket = limit.bucket
            elif _cost_nothing(before, limit):
                self._later_are_free = True
            self.pool(limit.bucket).note(limit)
        elif hop == 0:
            self.pool(self._first_bucket).nothing_told()
        if hop > 0:
            counted = limit is not None and known and not self._later_are_free
            self._later_bucket = limit.bucket if limit is not None and counted else None

    def _wait_for(self, pool: PermitPool, cancel: Cancel) -> None:
        while not pool.take():
            if self._is_stopped:
                raise TransferCancelled("stopped while waiting for the Hub's request budget")
            pool.wait_or_ask()
            cancel.check()

    def _known_pools(self) -> list[PermitPool]:
        with self._lock:
            return list(self._pools.values())

    def _is_sane(self, limit: RateLimit) -> bool:
        with self._lock:
            is_known = limit.bucket in self._pools or len(self._pools) < _MOST_BUCKETS
        return (
            is_known
            and limit.bucket.isascii()
            and len(limit.bucket) <= _LONGEST_NAME
            and max(limit.remaining, limit.quota or 0) <= _MOST_REQUESTS
            and max(limit.reset_seconds, limit.window_seconds or 0) <= _LONGEST_SECONDS
        )


class _Visit(HubVisit):
    def __init__(self, budget: HubBudget, cancel: Cancel) -> None:
        self._budget = budget
        self._cancel = cancel
        self._hop = 0
        self._before: RateLimit | None = None
        self._taken: PermitPool | None = None

    @override
    def before_request(self) -> None:
        bucket = self._budget.bucket_of(self._hop)
        if bucket is not None:
            self._taken = self._budget.take(bucket, self._cancel)

    @override
    def answered(self, limit: RateLimit | None) -> None:
        # What is left is told before the permit is settled: it must not seem to be free again.
        self._budget.learn(self._hop, self._before, limit)
        self.settle()
        self._hop += 1
        self._before = limit

    def settle(self) -> None:
        if self._taken is not None:
            self._taken.settle()
            self._taken = None


def _cost_nothing(before: RateLimit | None, limit: RateLimit) -> bool:
    # A hop that is counted leaves less than the hop before it did. Nothing left tells nothing.
    return (
        before is not None
        and before.bucket == limit.bucket
        and before.remaining == limit.remaining > 0
        and before.reset_seconds >= limit.reset_seconds
    )
