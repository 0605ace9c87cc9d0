"""What a demo's story sees of its job: who has which bytes in hand, and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from hfdl_core.models import JobId, TaskStatus, TaskView
from hfdl_core.queue import JobSnapshot, RedisClient

_MOST_LEASES = 100


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file that a worker has still to bring."""

    worker: str
    path: str
    begin: int
    end: int

    def shares_bytes_with(self, other: "Span") -> bool:
        return self.path == other.path and self.begin < other.end and other.begin < self.end


class Look:
    """Reads one job; changes nothing."""

    def __init__(self, queue: RedisClient, job_id: JobId) -> None:
        self._queue = queue
        self._job_id = job_id

    def snapshot(self) -> JobSnapshot:
        return self._queue.snapshot(self._job_id)

    def in_hand(self) -> list[Span]:
        tasks = self._queue.tasks(self._job_id, TaskStatus.IN_PROGRESS, limit=_MOST_LEASES)
        return [_span(task) for task in tasks]

    def failed(self) -> list[TaskView]:
        return self._queue.tasks(self._job_id, TaskStatus.FAILED, limit=_MOST_LEASES)


def workers_of(spans: Iterable[Span]) -> list[str]:
    """Each once, by name."""
    return sorted({span.worker for span in spans})


def most_shared(spans: Iterable[Span]) -> tuple[str, list[str]]:
    """The file that most workers have in hand, and those workers; nothing when nothing is."""
    by_path: dict[str, list[Span]] = {}
    for span in spans:
        by_path.setdefault(span.path, []).append(span)
    shared = [(path, workers_of(of_file)) for path, of_file in by_path.items()]
    return max(shared, key=lambda pair: len(pair[1]), default=("", []))


def _span(task: TaskView) -> Span:
    worker = task.worker.partition("/")[0]  # without its boot id
    return Span(worker, task.path, task.position, task.end)
