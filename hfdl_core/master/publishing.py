"""Puts a plan into the queue: page by page, safe to be interrupted and begun again."""

from collections.abc import Callable, Iterator
from pathlib import Path

from hfdl_core.master.destination import check_room
from hfdl_core.master.listing import ListedRepo
from hfdl_core.master.request import PlanProgress, PlanStage
from hfdl_core.models import Delivery, JobSpec
from hfdl_core.planning import PAGE_SIZE, PlannedPage, plan_id, plan_pages
from hfdl_core.queue import RedisClient
from hfdl_core.storage import OutputDirectory

OnProgress = Callable[[PlanProgress], None]


class PlanPublisher:
    """Publishing is idempotent per page: another master may go on where one died."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue

    def publish(
        self,
        spec: JobSpec,
        listed: ListedRepo,
        on_progress: OnProgress,
        confirm: Callable[[], None],
    ) -> None:
        """Prepare the destination, publish and seal; workers may claim when this returns.

        `confirm` is called once the job has a record; what it raises ends the planning.
        """
        self._prepare(spec, listed)
        this_plan = plan_id(spec, listed.files())
        begun = self._queue.begin_plan(spec, this_plan, PAGE_SIZE)
        if not begun.sealed:
            confirm()
            pages = self._queue.publish_pages(spec.job_id, begun.epoch, _told(listed, on_progress))
            self._queue.seal(
                spec.job_id,
                begun.epoch,
                this_plan,
                files_total=listed.files_total,
                bytes_total=listed.bytes_total,
                pages=pages,
            )
        on_progress(
            PlanProgress(
                PlanStage.SEALED, listed.files_total, listed.bytes_total, listed.files_total
            )
        )

    def _prepare(self, spec: JobSpec, listed: ListedRepo) -> None:
        if spec.delivery is Delivery.KEEP:
            return  # the workers prepare their own directories
        output = OutputDirectory(Path(spec.destination))
        check_room(spec, output.disk_needed(listed.files()).bytes_on_disk)
        output.prepare()
        output.leave_probe(spec.job_id, spec.machine)
        if listed.is_whole_repo:
            # Of a filtered listing huggingface_hub would believe that the repo holds no more.
            output.write_tree(spec.commit, listed.files())


def _told(listed: ListedRepo, on_progress: OnProgress) -> Iterator[PlannedPage]:
    files = size = 0
    for page in plan_pages(listed.files()):
        yield page
        files += len(page.files)
        size += sum(file.size for file in page.files)
        on_progress(PlanProgress(PlanStage.PUBLISHING, files, size, listed.files_total))
