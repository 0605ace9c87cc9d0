"""One call between the state before it and the state after it, and what the two have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from hfdl_core.models import Delivery
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, parse_task_id
from tests.simulator.calls import Call
from tests.simulator.endings import Endings
from tests.simulator.file_map import FileMap, Repainting, files_of_batch, shadow_size
from tests.simulator.job_plan import JobPlan
from tests.simulator.queue_state import LiveLease, QueueState


class Trouble(Enum):
    """An answer that is an error the callers must live with."""

    ROLLED_BACK = "rolled back"
    EMPTIED = "emptied"
    REFUSED = "refused"  # not in this state of the job


@dataclass(frozen=True, slots=True)
class Transition:
    plan: JobPlan
    call: Call
    answer: object
    before: QueueState
    after: QueueState
    map_before: FileMap
    map_after: FileMap
    endings: Endings
    latest_ms: float  # the furthest that the simulated clock has ever been

    @property
    def gathers(self) -> bool:
        return self.plan.spec.delivery is Delivery.GATHER

    @property
    def must_forgive(self) -> bool:
        """Whoever ends an outage by keeping the beat again must renew all leases with it."""
        return self.before.is_outage and self.after.beat_ms != self.before.beat_ms

    def ended(self) -> Iterator[LiveLease]:
        """Leases that somebody held before and nobody holds under that token after."""
        for task_id, lease in self.before.live.items():
            now = self.after.live.get(task_id)
            if now is None or now.token != lease.token:
                yield lease

    def begun(self) -> Iterator[LiveLease]:
        for task_id, lease in self.after.live.items():
            old = self.before.live.get(task_id)
            if old is None or old.token != lease.token:
                yield lease

    def kept(self) -> Iterator[tuple[LiveLease, LiveLease]]:
        for task_id, lease in self.before.live.items():
            now = self.after.live.get(task_id)
            if now is not None and now.token == lease.token:
                yield lease, now


def credit_and_rest(
    transition: Transition, lease: LiveLease, position: int
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
    """Which (file, begin, end) a lease that ends at `position` leaves as home, and which as open.

    A whole file is nobody else's until it is complete, and completing it is not decided here.
    """
    plan, gen = transition.plan, transition.before.gen
    match parse_task_id(lease.task_id):
        case BatchWork() as batch:
            files = [
                (index, 0, shadow_size(plan.size(index)))
                for index in files_of_batch(batch)
                if index not in gen
            ]
            first_open = files_of_batch(batch).start + position
            home = [span for span in files if span[0] < first_open]
            return home, [span for span in files if span[0] >= first_open]
        case FileWork(index):
            return [], [(index, 0, shadow_size(plan.size(index)))]
        case RangeWork(index):
            if plan.size(index) == 0:
                return [(index, 0, 1)], []
            return [(index, lease.begin, position)], [(index, position, lease.end)]


def paint(
    painting: Repainting, spans: list[tuple[int, int, int]], origin: str, target: str
) -> None:
    for file_index, begin, end in spans:
        painting.move(file_index, begin, end, origin, target)


def clamped(lease: LiveLease, position: int) -> int:
    """Where a position told by the holder is taken to be: forward only, never past the end."""
    return max(lease.position, min(position, lease.end))


class Budgets:
    """What attempts and crashes must be after a call, worked out from what they were before."""

    def __init__(self, state: QueueState) -> None:
        self.att = dict(state.att)
        self.crash = dict(state.crash)
        self.best = dict(state.best)
        self.crashes_charged = 0

    def forget(self, budget: str) -> None:
        for counts in (self.att, self.crash, self.best):
            counts.pop(budget, None)

    def lease_ended(self, lease: LiveLease, position: int) -> str:
        """The key under which what is left is charged; getting further brings fresh budgets."""
        budget = budget_of(lease.task_id)
        work = parse_task_id(lease.task_id)
        if isinstance(work, FileWork):
            if position > self.best.get(budget, position):
                self.att.pop(budget, None)
                self.crash.pop(budget, None)
                self.best[budget] = position
            return budget
        if position == lease.begin:
            return budget
        self.forget(budget)
        if isinstance(work, BatchWork):
            return f"b:{work.page:06x}:{work.first + position:04x}"
        return f"{work.file_index:06x}:{work.generation:02x}:{position:011x}"

    def charge_attempt(self, budget: str, best: int | None) -> int:
        return self._charge(self.att, budget, best)

    def charge_crash(self, budget: str, best: int | None) -> int:
        self.crashes_charged += 1
        return self._charge(self.crash, budget, best)

    def _charge(self, counts: dict[str, int], budget: str, best: int | None) -> int:
        if best is not None:
            self.best.setdefault(budget, best)
        counts[budget] = counts.get(budget, 0) + 1
        return counts[budget]


def budget_of(task_id: str) -> str:
    """The key of a task's budgets: a file and its generation, the byte where a range begins, or
    where a batch begins in its page."""
    match parse_task_id(task_id):
        case BatchWork(page, first):
            return f"b:{page:06x}:{first:04x}"
        case FileWork(index, generation):
            return f"{index:06x}:{generation:02x}"
        case RangeWork(index, generation, begin):
            return f"{index:06x}:{generation:02x}:{begin:011x}"
