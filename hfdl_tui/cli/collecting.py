"""Runs a job's collector beside the main thread, and keeps the queue open to other machines."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Final

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.collector import CollectorEnd, CollectorNode
from hfdl_core.embedded import JoinLine, ListenAddress, serve_foreground
from hfdl_core.errors import CollectorMoved, QueueUnavailable
from hfdl_core.handover import Handover
from hfdl_core.models import JobId
from hfdl_core.settings import Settings
from hfdl_tui.cli.output import tell
from hfdl_tui.operations.joining import configured_advice

_READY_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.02


class RunningCollector:
    """A collector on a thread of this process."""

    def __init__(self, node: CollectorNode, running: Future[CollectorEnd]) -> None:
        self._node = node
        self._running = running

    @property
    def has_ended(self) -> bool:
        return self._running.done()

    def end(self) -> CollectorEnd:
        """Why it ended; raises what it raised."""
        return self._running.result()

    def check(self) -> None:
        """Raise what ended it, if an error or another machine did."""
        if self._running.done() and self._running.result() is CollectorEnd.MOVED:
            raise CollectorMoved(
                "another machine collects this job now; `hfdl status --watch` follows it"
            )

    def local(self, _job_id: JobId) -> Handover | None:
        """For the worker of this process: None while somebody else collects."""
        return self._node.serving

    def wait_until_ready(self) -> None:
        """Until it takes blocks, or stands by for another collector that does."""
        waits = Event()
        for _ in range(round(_READY_SECONDS / _LOOK_SECONDS)):
            if self._node.is_announced or self.has_ended:
                break
            if self._node.standing_by_because:
                tell(f"stands by: {self._node.standing_by_because}")
                break
            waits.wait(_LOOK_SECONDS)
        self.check()


@contextmanager
def running_collector(
    node: CollectorNode, on_end: Callable[[], None]
) -> Iterator[RunningCollector]:
    """Collect inside the block; what has come is kept when the block ends.

    `on_end` runs as soon as the collector has ended: most often the job has, too.
    """
    with ThreadPoolExecutor(1, "collector") as pool:
        collecting = pool.submit(node.run)
        collecting.add_done_callback(lambda _: on_end())
        running = RunningCollector(node, collecting)
        try:
            running.wait_until_ready()
            yield running
        finally:
            node.stop()


@contextmanager
def open_to_others(
    settings: Settings, queue: OpenQueue, listen: str | None
) -> Iterator[ListenAddress | None]:
    """Let other machines in for the length of the block, and tell how they join."""
    if listen is None:
        if queue.private:
            tell("alone; add --listen to let other machines help")
        yield None
        return
    address = ListenAddress.parse(listen)
    if queue.own is None:
        tell(configured_advice(queue))
        yield address
        return
    with _own_server_open(settings, address):
        yield address


@contextmanager
def _own_server_open(settings: Settings, address: ListenAddress) -> Iterator[None]:
    stop, is_open = Event(), Event()

    def joined(join: JoinLine) -> None:
        tell(f"open to other machines at {join.listen}; on each of them, one of these joins:")
        for line in join.lines:
            tell(f"  {line}")
        is_open.set()

    with ThreadPoolExecutor(1, "server") as pool:
        serving = pool.submit(serve_foreground, address, settings.redis_password, joined, stop)
        serving.add_done_callback(lambda _: is_open.set())
        is_open.wait()
        try:
            if serving.done():
                _already_open(serving)
            yield
        finally:
            stop.set()


def _already_open(serving: "Future[None]") -> None:
    """`hfdl server` or another job keeps it open: that will do."""
    try:
        serving.result()
    except QueueUnavailable as error:
        if "another `hfdl server`" not in str(error):
            raise
        tell("the queue is open to other machines already")
