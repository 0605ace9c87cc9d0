"""Plans a job again that Redis has lost, from the copy of its manifest beside its files."""

import logging
from typing import Final

from hfdl_core.errors import QueueRefused
from hfdl_core.models import JobSpec
from hfdl_core.planning import PAGE_SIZE, plan_id, plan_pages
from hfdl_core.queue import RedisClient
from hfdl_core.storage import OutputDirectory

logger = logging.getLogger(__name__)

_KIND: Final = "rebuilt"
_TEXT: Final = "Redis was emptied; rebuilt from disk"


class Replanning:
    """The plan is deterministic: the same files in the same order give the same tasks."""

    def __init__(self, queue: RedisClient, spec: JobSpec, output: OutputDirectory) -> None:
        self._queue = queue
        self._spec = spec
        self._output = output

    def keep_copy(self) -> None:
        """Before it is needed; QueueError leaves and StorageError leaves."""
        job_id = self._spec.job_id
        self._output.keep_manifest(job_id, (file for _, file in self._queue.files(job_id)))

    def drop_copy(self) -> None:
        """The job has ended well."""
        self._output.drop_manifest(self._spec.job_id)

    def run(self, destination_key: str) -> None:
        """Queue the whole job under a new epoch; workers find on the disk what is there.

        QueueRefused when another job has taken the destination since.
        """
        holder = self._queue.reserve_destination(destination_key, self._spec.job_id)
        if holder != self._spec.job_id:
            raise QueueRefused(f"job {holder} has taken {self._spec.destination} since")
        job_id = self._spec.job_id
        this_plan = plan_id(self._spec, self._output.kept_manifest(job_id))
        begun = self._queue.begin_plan(self._spec, this_plan, PAGE_SIZE)
        if not begun.sealed:
            files = size = 0
            for file in self._output.kept_manifest(job_id):
                files, size = files + 1, size + file.size
            pages = self._queue.publish_pages(
                job_id, begun.epoch, plan_pages(self._output.kept_manifest(job_id))
            )
            self._queue.seal(job_id, begun.epoch, this_plan, files, size, pages)
        self._queue.log(job_id, _KIND, _TEXT)
        logger.warning("job %s: %s", job_id, _TEXT)
