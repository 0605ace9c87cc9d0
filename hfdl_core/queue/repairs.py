"""What was done proves wrong or failed: finished, reopened, requeued."""

from collections.abc import Sequence

from hfdl_core.models import ByteRange, JobId, Token
from hfdl_core.queue.answers import Outcome
from hfdl_core.queue.connection import Word
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.plain_text import one_line
from hfdl_core.queue.room import QueueRoom

_IDS_PER_CALL = 100
_MOST_RANGES = 1000


class Repairs(QueueRoom):
    """Files are named by index and generation: a move for an older generation changes nothing."""

    def claim_collector(self, job_id: JobId, token: Token, seconds: float) -> bool:
        """Be the job's only collector for so long; False while another one is. Repeat to stay."""
        [is_mine] = self._run(job_id, "claim_collector", token, round(seconds * 1000))
        return bool(is_mine)

    def finish(
        self, job_id: JobId, file_index: int, generation: int, collector_token: Token
    ) -> Outcome:
        """A gathered file's digest matches: only now it is completed.

        LOST when another collector has taken over, the generation is not the present one, or
        bytes are missing.
        """
        [outcome] = self._run(job_id, "finish", file_index, generation, collector_token)
        return Outcome(outcome.decode())

    def reopen(
        self,
        job_id: JobId,
        file_index: int,
        generation: int,
        ranges: Sequence[ByteRange],
        reason: str,
    ) -> int:
        """Send bad bytes back to work under the next generation, which is returned.

        In keep and shared the whole file; in gather these ranges and what was missing anyway.
        Everybody who holds a lease on the file loses it. PlanMismatch for a generation that the
        file has not reached.
        """
        if len(ranges) > _MOST_RANGES:
            ranges = [ByteRange(min(r.begin for r in ranges), max(r.end for r in ranges))]
        page, entry = divmod(file_index, self._known.get(job_id).page_size)
        size = self.page(job_id, page)[entry].size
        flat: list[Word] = [bound for span in ranges for bound in span]
        present, _ = self._run(
            job_id, "reopen", file_index, generation, size, one_line(reason), *flat
        )
        return int(present)

    def requeue(self, job_id: JobId, task_ids: Sequence[str]) -> int:
        """Failed tasks back to pending with fresh budgets, 100 a step; how many there were."""
        requeued = 0
        for first in range(0, len(task_ids), _IDS_PER_CALL):
            [some] = self._run(job_id, "requeue", *task_ids[first : first + _IDS_PER_CALL])
            requeued += int(some)
        return requeued

    def generation(self, job_id: JobId, file_index: int) -> int:
        return int(self._connection.command("HGET", job_key(job_id, "gen"), file_index) or 0)

    def is_done(self, job_id: JobId, file_index: int) -> bool:
        return bool(self._connection.command("GETBIT", job_key(job_id, "done"), file_index))
