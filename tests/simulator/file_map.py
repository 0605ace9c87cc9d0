"""Where every byte of every file is: home, or open in one of the queue's places."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from typing_extensions import override

from hfdl_core.task_id import BatchWork, FileWork, RangeWork, parse_task_id
from tests.simulator.intervals import IntervalSet
from tests.simulator.job_plan import PAGE_SIZE, JobPlan
from tests.simulator.queue_state import QueueState
from tests.simulator.violation import Violation

HOME = "home"  # covered by no open task: the queue believes these bytes to be there
PLACES = ("pend", "delay", "live", "failed")

# The same ids are met in every state: reading them anew costs more than all the rest.
_work_of = cache(parse_task_id)
Stretch = tuple[int, int, str]  # begin, end, place


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Bytes [begin, end) of one file that one task still has to bring."""

    place: str
    task_id: str
    file_index: int
    generation: int
    begin: int
    end: int


def shadow_size(size: int) -> int:
    """An empty file counts as one byte here, so that it, too, is somewhere."""
    return max(size, 1)


def files_of_batch(work: BatchWork) -> range:
    first = work.page * PAGE_SIZE + work.first
    return range(first, first + work.count)


class FileMap:
    """One state of the queue seen from the files; every byte stands in exactly one place."""

    def __init__(self, stretches: dict[int, tuple[Stretch, ...]]) -> None:
        self._stretches = stretches

    @classmethod
    def of(cls, state: QueueState, plan: JobPlan) -> "FileMap":
        """Violation when tasks overlap, leave their file or belong to an old generation."""
        spans: dict[int, list[OpenSpan]] = {}
        for span in open_spans(state, plan):
            spans.setdefault(span.file_index, []).append(span)
        stretches = {}
        for file_index, file in enumerate(plan.files):
            size = shadow_size(file.size)
            found = sorted(spans.get(file_index, []), key=lambda span: span.begin)
            stretches[file_index] = _tile(file_index, size, found, state)
        return cls(stretches)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileMap) and self._stretches == other._stretches

    @override
    def __hash__(self) -> int:
        return hash(tuple(self._stretches.items()))

    def stretches(self, file_index: int) -> tuple[Stretch, ...]:
        return self._stretches[file_index]

    def at(self, file_index: int, place: str) -> IntervalSet:
        return IntervalSet(
            (begin, end) for begin, end, where in self._stretches[file_index] if where == place
        )

    def differing(self, other: "FileMap") -> list[int]:
        return [
            file_index
            for file_index, mine in self._stretches.items()
            if mine != other._stretches[file_index]
        ]


class Repainting:
    """A file map under change: what the next state must look like."""

    def __init__(self, origin: FileMap) -> None:
        self._origin = origin
        self._changed: dict[int, list[Stretch]] = {}

    def move(self, file_index: int, begin: int, end: int, origin: str, target: str) -> None:
        """Violation unless all of [begin, end) stands in `origin`."""
        if begin >= end:
            return
        now = self._changed.get(file_index) or list(self._origin.stretches(file_index))
        painted: list[Stretch] = []
        for first, last, place in now:
            if last <= begin or end <= first:
                painted.append((first, last, place))
                continue
            if place != origin:
                raise Violation(
                    f"file {file_index}: [{begin}, {end}) was to move from {origin} to {target}, "
                    f"but [{first}, {last}) stands in {place}"
                )
            painted.extend(
                piece
                for piece in (
                    (first, begin, place),
                    (max(first, begin), min(last, end), target),
                    (end, last, place),
                )
                if piece[0] < piece[1]
            )
        self._changed[file_index] = painted

    def move_all(self, file_index: int, origins: frozenset[str], target: str) -> None:
        """Whatever of a file stands in one of `origins`."""
        now = self._changed.get(file_index) or list(self._origin.stretches(file_index))
        self._changed[file_index] = [
            (begin, end, target if place in origins else place) for begin, end, place in now
        ]

    def result(self) -> FileMap:
        stretches = {
            file_index: self._origin.stretches(file_index) for file_index in self._origin._stretches
        }
        for file_index, painted in self._changed.items():
            stretches[file_index] = _merged(painted)
        return FileMap(stretches)


def open_tasks(state: QueueState) -> Iterator[tuple[str, str]]:
    """Every task that is not completed, with the place in which it lies."""
    for place in PLACES:
        for task_id in getattr(state, place):
            yield place, task_id


def open_spans(state: QueueState, plan: JobPlan) -> Iterator[OpenSpan]:
    for place, task_id in open_tasks(state):
        yield from _spans_of(state, plan, place, task_id)


def named_spans(task_id: str, plan: JobPlan) -> Iterator[tuple[int, int, int]]:
    """(file index, begin, end) of all that a task that nobody holds stands for."""
    match _work_of(task_id):
        case BatchWork() as batch:
            for file_index in files_of_batch(batch):
                yield file_index, 0, shadow_size(plan.size(file_index))
        case FileWork(file_index, _, size):
            yield file_index, 0, shadow_size(size)
        case RangeWork(file_index, _, begin, end):
            yield file_index, begin, end if plan.size(file_index) else 1


def generation_of(task_id: str) -> int:
    work = _work_of(task_id)
    return 0 if isinstance(work, BatchWork) else work.generation


def _spans_of(state: QueueState, plan: JobPlan, place: str, task_id: str) -> Iterator[OpenSpan]:
    lease = state.live.get(task_id) if place == "live" else None
    is_batch = task_id.startswith("b:")
    for file_index, named_begin, named_end in named_spans(task_id, plan):
        if is_batch and file_index in state.gen:
            continue  # reopened: the batch leaves it alone from then on
        begin, end = named_begin, named_end
        if lease is not None and not is_batch:
            begin, end = lease.begin, lease.end
            if plan.size(file_index) == 0:
                end = 1
        yield OpenSpan(place, task_id, file_index, generation_of(task_id), begin, end)


def _tile(
    file_index: int, size: int, spans: list[OpenSpan], state: QueueState
) -> tuple[Stretch, ...]:
    position = 0
    stretches: list[Stretch] = []
    for span in spans:
        if span.generation != state.gen.get(file_index, 0):
            raise Violation(f"{span.task_id} in {span.place} is of another generation")
        if span.begin < position or span.end > size:
            raise Violation(f"file {file_index}: {span} overlaps another task or leaves the file")
        stretches.append((position, span.begin, HOME))
        stretches.append((span.begin, span.end, span.place))
        position = span.end
    stretches.append((position, size, HOME))
    return _merged(stretches)


def _merged(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for begin, end, place in stretches:
        if begin >= end:
            continue
        if merged and merged[-1][2] == place and merged[-1][1] == begin:
            merged[-1] = (merged[-1][0], end, place)
        else:
            merged.append((begin, end, place))
    return tuple(merged)
