"""Masters and workers in this process, with a real Redis and a real HTTP Hub under them."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr

from hfdl_core.collector import CollectorEnd, CollectorNode, CollectorOptions
from hfdl_core.errors import HfdlError
from hfdl_core.handover import Handover
from hfdl_core.handover.http_client import HttpHandover
from hfdl_core.hub import HubCatalog
from hfdl_core.master import JobRequest, MasterNode, Submitted
from hfdl_core.models import Delivery, DownloaderChoice, JobId, JobState
from hfdl_core.queue import Collector, RedisClient
from hfdl_core.redis_target import RedisTarget
from hfdl_core.transfer import AutoDownloader, Route, make_downloader
from hfdl_core.worker import ExitReason, WayOut, WorkerNode, WorkerOptions
from hfdl_core.worker.collectors import Collectors, nothing_local
from hfdl_core.worker.lanes import LaneLine, Lanes
from hfdl_core.worker.rate_limiter import RateLimiter
from hfdl_core.worker.throttle import Throttle
from hfdl_tui.demo.hub import PretendHub


class MovableClock:
    """The machine's monotonic clock, put forward at will."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += seconds


def http_only(proxy: str | None = None) -> AutoDownloader:
    route = Route(
        user_agent="test", stall_seconds=20.0, proxy=None if proxy is None else SecretStr(proxy)
    )
    return make_downloader(DownloaderChoice.HTTP, route, None, None)


def idle_lanes(clock: MovableClock, *names: str) -> Lanes:
    """Lanes of a worker that is not running."""
    ways = [WayOut(name, http_only()) for name in names or ("direct",)]
    return Lanes(ways, Throttle(RateLimiter(clock), None), clock)


def idle_lane(clock: MovableClock) -> LaneLine:
    [lane] = idle_lanes(clock).all
    return lane


class Submitter:
    """Makes jobs as a master on this machine does."""

    def __init__(self, queue: RedisClient, hub: PretendHub, directory: Path) -> None:
        self.catalog = HubCatalog(hub.endpoint, None, user_agent="test")
        self.node = MasterNode(queue, self.catalog, directory, hub.endpoint)

    def submit(self, repo: str, delivery: Delivery = Delivery.KEEP, **more: Any) -> Submitted:
        request = JobRequest(repo=repo, delivery=delivery, **more)
        return self.node.submit(request, lambda _: None)

    def job(self, repo: str, **more: Any) -> JobId:
        return self.submit(repo, **more).job_id


def connect_to_collector(job_id: JobId, collector: Collector) -> Handover:
    urls = collector.address.urls
    return HttpHandover(job_id, collector.generation, collector.secret, urls)


class RunningCollector:
    """A collector node on a thread of this process, with its own connection to Redis."""

    def __init__(self, target: RedisTarget, job_id: JobId, **options: Any) -> None:
        self.queue = RedisClient(target, client_name="collector")
        spec = self.queue.spec(job_id)
        self.node = CollectorNode(self.queue, spec, CollectorOptions(**options))
        self.end: CollectorEnd | None = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.node.stop()
        self._thread.join(20)
        assert not self._thread.is_alive(), "the collector does not end"
        self.queue.close()

    def _run(self) -> None:
        try:
            self.end = self.node.run()
        except HfdlError as error:
            self.error = error

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def local(self, _job_id: JobId) -> Handover | None:
        return self.node.serving

    def wait_until_serving(self) -> None:
        wait_until(lambda: self.node.serving is not None)


class RunningNode:
    """A worker node on a thread of this process, with its own connection to Redis."""

    def __init__(
        self, target: RedisTarget, hub: PretendHub, output_dir: Path, **options: Any
    ) -> None:
        self.queue = RedisClient(target, client_name="worker")
        self.clock = MovableClock()
        connections = options.pop("connections", 1)
        local = options.pop("local", nothing_local)
        ways = options.pop("ways", None) or [WayOut("direct", http_only(), connections)]
        self.downloaders = [way.downloader for way in ways]
        plain: dict[str, Any] = {"worker_id": "w1", "grace_seconds": 5.0} | options
        self.options = WorkerOptions(output_dir=output_dir, endpoint=hub.endpoint, **plain)
        collectors = Collectors(self.queue, connect_to_collector, local)
        self.node = WorkerNode(self.queue, ways, self.options, collectors, self.clock)
        self.reason: ExitReason | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.node.stop_now()
        self._thread.join(40)
        assert not self._thread.is_alive(), "the worker does not end"
        for downloader in self.downloaders:
            downloader.close()
        self.queue.close()

    def _run(self) -> None:
        self.reason = self.node.run()

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def stopped_after(self) -> float:
        """Ask politely; the seconds until `run` has returned."""
        begun = time.monotonic()
        self.node.stop()
        self._thread.join(30)
        return time.monotonic() - begun


def wait_until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def wait_for_state(
    queue: RedisClient, job_id: JobId, state: JobState, seconds: float = 15.0
) -> None:
    wait_until(lambda: queue.snapshot(job_id).state is state, seconds)
