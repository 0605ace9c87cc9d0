"""What was done proves wrong or failed: finished, reopened, requeued."""

import secrets
from collections.abc import Sequence

import msgpack
from pydantic import SecretStr

from hfdl_core.errors import PlanMismatch
from hfdl_core.models import ByteRange, CollectorAddress, JobId, RepoFile, Token
from hfdl_core.queue.answers import CollectorClaim, FileState, Outcome
from hfdl_core.queue.connection import Word
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.plain_text import one_line
from hfdl_core.queue.room import QueueRoom

_IDS_PER_CALL = 100
_MOST_RANGES = 1000


class Repairs(QueueRoom):
    """Files are named by index and generation: a move for an older generation changes nothing."""

    def claim_collector(
        self,
        job_id: JobId,
        token: Token,
        seconds: float,
        address: CollectorAddress | None = None,
        held: CollectorClaim | None = None,
    ) -> CollectorClaim | None:
        """Be the job's only collector for so long; None while another one is. Repeat to stay.

        Who takes over gets the next generation. With 0 seconds it steps back. Who names the claim
        that it held keeps generation and secret when Redis has forgotten them.
        """
        at = "" if address is None else address.model_dump_json()
        secret = secrets.token_hex(32) if held is None else held.secret.get_secret_value()
        had = 0 if held is None else held.generation
        is_mine, generation, secret_now = self._run(
            job_id, "claim_collector", token, round(seconds * 1000), at, secret, had
        )
        if not is_mine:
            return None
        return CollectorClaim(int(generation), SecretStr(secret_now.decode()))

    def file_state(self, job_id: JobId, file_index: int) -> FileState:
        """What the queue believes of one file of a gather job."""
        generation, completed, missing, *bounds = self._run(
            job_id, "file_state", file_index, self._size(job_id, file_index)
        )
        spans = zip(bounds[::2], bounds[1::2], strict=True)
        return FileState(
            generation=int(generation),
            completed=bool(completed),
            missing_bytes=None if missing < 0 else int(missing),
            open=tuple(sorted(ByteRange(int(b), int(e)) for b, e in spans)),
        )

    def begun_files(self, job_id: JobId) -> list[int]:
        """Files of a gather job of which bytes were counted and that are not completed."""
        return sorted(
            int(index) for index in self._connection.command("HKEYS", job_key(job_id, "frem"))
        )

    def condemn(
        self, job_id: JobId, file_index: int, generation: int, *, error: str, cause: str
    ) -> int:
        """Give up all that is open of a file in this generation; how many tasks have failed now."""
        size = self._size(job_id, file_index)
        [failures] = self._run(
            job_id, "condemn", file_index, generation, size, one_line(error), one_line(cause)
        )
        return int(failures)

    def lease_ends(self, job_id: JobId) -> dict[Token, int]:
        """Where each lease now in hand ends."""
        held = self._connection.command("HVALS", job_key(job_id, "live"))
        leases = (msgpack.unpackb(record) for record in held)
        return {Token(lease["t"]): int(lease["e"]) for lease in leases}

    def completed_bitmap(self, job_id: JobId) -> bytes:
        """One bit a file, the first in the highest; as long as the last completed file needs."""
        return bytes(self._connection.command("GET", job_key(job_id, "done")) or b"")

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
        size = self._size(job_id, file_index)
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

    def try_now(self, job_id: JobId, task_ids: Sequence[str]) -> int:
        """Waiting tasks back to pending before they are due; how many there were.

        The attempts that they have used up stay counted.
        """
        hurried = 0
        for first in range(0, len(task_ids), _IDS_PER_CALL):
            [some] = self._run(job_id, "hurry", *task_ids[first : first + _IDS_PER_CALL])
            hurried += int(some)
        return hurried

    def generation(self, job_id: JobId, file_index: int) -> int:
        return int(self._connection.command("HGET", job_key(job_id, "gen"), file_index) or 0)

    def is_done(self, job_id: JobId, file_index: int) -> bool:
        return bool(self._connection.command("GETBIT", job_key(job_id, "done"), file_index))

    def done_among(self, job_id: JobId, indexes: Sequence[int]) -> set[int]:
        """Those of these files that are completed; one command."""
        if not indexes:
            return set()
        asked = [word for index in indexes for word in ("GET", "u1", index)]
        bits = self._connection.command("BITFIELD_RO", job_key(job_id, "done"), *asked)
        return {index for index, bit in zip(indexes, bits, strict=True) if bit}

    def file(self, job_id: JobId, file_index: int) -> RepoFile:
        """The file of this index; PlanMismatch when the plan holds none."""
        page, entry = divmod(file_index, self._known.get(job_id).page_size)
        files = self.page(job_id, page)
        if entry >= len(files):
            raise PlanMismatch(f"job {job_id} has no file {file_index}")
        return files[entry]

    def _size(self, job_id: JobId, file_index: int) -> int:
        return self.file(job_id, file_index).size
