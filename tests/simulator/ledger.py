"""The ground truth: which bytes a lease's lawful holder really made durable."""

from collections import defaultdict
from collections.abc import Iterable

from hfdl_core.models import ByteRange
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, parse_task_id
from tests.simulator.file_map import files_of_batch, shadow_size
from tests.simulator.intervals import IntervalSet
from tests.simulator.job_plan import JobPlan
from tests.simulator.queue_state import LiveLease

GenerationOfFile = tuple[int, int]  # file index, generation


class Ledger:
    """What lies on the virtual disks, kept apart from everything that the queue believes.

    Only writes by a lease's holder of that instant count. A worker that lost its lease without
    knowing may write on; those bytes are nobody's.
    """

    def __init__(self) -> None:
        self._lawful: dict[GenerationOfFile, IntervalSet] = defaultdict(IntervalSet)
        self._durable: dict[str, int] = {}
        self.bytes_written = 0
        self.bytes_written_twice = 0
        self.bytes_left_behind = 0

    def wrote(self, file: GenerationOfFile, begin: int, end: int) -> None:
        """A lawful holder made [begin, end) of a file's generation durable."""
        before = self._lawful[file].length
        self._lawful[file].add(begin, end)
        self.bytes_written += end - begin
        self.bytes_written_twice += (end - begin) - (self._lawful[file].length - before)

    def advanced(self, token: str, position: int) -> None:
        """A lawful holder came this far; bytes, for a batch files."""
        self._durable[token] = max(self._durable.get(token, 0), position)

    def durable_under(self, token: str) -> int:
        """How far the holder of this token came while it held the lease."""
        return self._durable.get(token, 0)

    def missing(self, file: GenerationOfFile, wanted: IntervalSet) -> IntervalSet:
        """What of `wanted` nobody ever wrote lawfully."""
        return self._lawful[file].missing_from(wanted)

    def reopened(
        self, file_index: int, generation: int, ranges: Iterable[ByteRange], home: IntervalSet
    ) -> None:
        """The next generation begins with the old one's bytes less those that were bad."""
        kept = self._lawful[(file_index, generation)].copy()
        for begin, end in ranges:
            kept.remove(begin, end)
        self._lawful[(file_index, generation + 1)] = kept
        self.bytes_left_behind += home.missing_from(kept).length

    def left_behind(self, lease: LiveLease, kept: int, plan: JobPlan) -> None:
        """Only what the queue did not hear of may be fetched a second time."""
        come = min(self._durable.get(lease.token, lease.begin), lease.end)
        match parse_task_id(lease.task_id):
            case RangeWork():
                self.bytes_left_behind += max(0, come - kept)
            case BatchWork() as batch:
                files = files_of_batch(batch)[kept:come]
                self.bytes_left_behind += sum(shadow_size(plan.size(index)) for index in files)
            case FileWork():
                pass  # its bytes stay on the worker's own disk
