"""The lanes of a worker: its ways out to the Hub, each with its own connections and luck."""

from collections.abc import Sequence
from dataclasses import dataclass

from hfdl_core.errors import FileRefused, WayFiltered, WorkerOffline
from hfdl_core.models import Lane
from hfdl_core.retry import Breaker
from hfdl_core.transfer import AutoDownloader, Cancel
from hfdl_core.worker.hub_budget import HubBudget
from hfdl_core.worker.rate_limiter import RateLimiter
from hfdl_core.worker.speed import SpeedMeter
from hfdl_core.worker.throttle import Throttle
from hfdl_core.worker.time_source import TimeSource

# So long a lane that brings nothing is left alone.
_BROKEN_SECONDS = 60.0
# Causes that say that no way leads to the files from here, or that one is closed.
_NO_WAY = frozenset(leaf.__name__ for leaf in (WorkerOffline, WayFiltered, FileRefused))


@dataclass(frozen=True, slots=True)
class WayOut:
    """One way to the Hub, as it was set up; whoever made the downloader closes it."""

    name: str  # the proxy's host and port, or "direct"; never with credentials
    downloader: AutoDownloader
    connections: int = 2
    budget: HubBudget | None = None  # the gate of its downloader; lanes may share one


class LaneLine:
    """One lane at work; safe to use from all its connections."""

    def __init__(self, way: WayOut, limiter: RateLimiter, time: TimeSource) -> None:
        self.name = way.name
        self.downloader = way.downloader
        self.connections = way.connections
        self.budget = way.budget
        self.limiter = limiter  # one for all lanes of the worker
        self.speed = SpeedMeter(time)
        self.breaker = Breaker(time.monotonic, open_seconds=_BROKEN_SECONDS)

    def received(self, size: int, cancel: Cancel) -> None:
        """Count bytes off the network; waits as long as the worker's rate limit wants."""
        self.speed.count(size)
        self.limiter.take(size, cancel)

    def as_lane(self) -> Lane:
        return Lane(
            name=self.name,
            bytes_per_second=self.speed.bytes_per_second(),
            connections=self.connections,
        )


class Lanes:
    """All lanes of one worker, under one rate limit."""

    def __init__(self, ways: Sequence[WayOut], throttle: Throttle, time: TimeSource) -> None:
        self.throttle = throttle
        self.all = tuple(LaneLine(way, throttle.limiter, time) for way in ways)

    @property
    def are_all_broken(self) -> bool:
        return all(lane.breaker.is_open for lane in self.all)

    @property
    def broken_because(self) -> str:
        """Why the broken ones are; lanes are named where there are several."""
        broken = [lane for lane in self.all if lane.breaker.is_open]
        if len(self.all) == 1:
            return "; ".join(lane.breaker.reason for lane in broken)
        return "; ".join(f"lane {lane.name}: {lane.breaker.reason}" for lane in broken)

    @property
    def are_cut_off(self) -> bool:
        """Whether a person could mend what keeps one from the files; else it is the Hub's turn."""
        return any(lane.breaker.cause in _NO_WAY for lane in self.all)

    @property
    def are_held_back(self) -> bool:
        """Whether all that bring anything wait for leave to ask the Hub."""
        able = [lane for lane in self.all if not lane.breaker.is_open]
        return bool(able) and all(
            lane.budget is not None and lane.budget.is_holding_back for lane in able
        )

    def stop_waiting_for_the_hub(self) -> None:
        """Who waits for leave to ask gives up."""
        for lane in self.all:
            if lane.budget is not None:
                lane.budget.stop()

    def as_lanes(self) -> tuple[Lane, ...]:
        return tuple(lane.as_lane() for lane in self.all)
