"""Masters and workers in this process, with a real Redis and a real HTTP Hub under them."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from hfdl_core.hub import HubCatalog
from hfdl_core.master import JobRequest, MasterNode, Submitted
from hfdl_core.models import Delivery, DownloaderChoice, JobId, JobState
from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from hfdl_core.transfer import Route, make_downloader
from hfdl_core.worker import ExitReason, WorkerNode, WorkerOptions
from hfdl_tui.demo.hub import PretendHub


class MovableClock:
    """The machine's monotonic clock, put forward at will."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += seconds


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


class RunningNode:
    """A worker node on a thread of this process, with its own connection to Redis."""

    def __init__(
        self, target: RedisTarget, hub: PretendHub, output_dir: Path, **options: Any
    ) -> None:
        self.queue = RedisClient(target, client_name="worker")
        self.clock = MovableClock()
        self.downloader = make_downloader(
            DownloaderChoice.HTTP, Route(user_agent="test", stall_seconds=20.0), None, None
        )
        plain: dict[str, Any] = {
            "worker_id": "w1",
            "connections": 1,
            "grace_seconds": 5.0,
        } | options
        self.options = WorkerOptions(output_dir=output_dir, endpoint=hub.endpoint, **plain)
        self.node = WorkerNode(self.queue, self.downloader, self.options, self.clock)
        self.reason: ExitReason | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.node.stop_now()
        self._thread.join(40)
        assert not self._thread.is_alive(), "the worker does not end"
        self.downloader.close()
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
