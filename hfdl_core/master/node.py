"""The master: from a repo name to a planned job, and the same command given again."""

from collections.abc import Callable
from functools import partial
from glob import escape
from pathlib import Path

from hfdl_core.errors import UsageError
from hfdl_core.hub import HubCatalog, RepoReference, RepoSnapshot, parse_repo
from hfdl_core.machine import host_name, machine_id
from hfdl_core.master.again import Again
from hfdl_core.master.destination import check_destination, destination_of
from hfdl_core.master.listing import ListedRepo, list_repo
from hfdl_core.master.publishing import PlanPublisher
from hfdl_core.master.request import DryRun, JobRequest, PlanProgress, Submitted, SubmittedHow
from hfdl_core.master.reservation import Reservation
from hfdl_core.master.steering import Steering
from hfdl_core.models import Delivery, JobSpec, WorkerState
from hfdl_core.planning import job_id
from hfdl_core.queue import RedisClient
from hfdl_core.storage import DiskNeed, OutputDirectory

OnProgress = Callable[[PlanProgress], None]


class MasterNode:
    """Makes and steers jobs; holds no state of its own, so any machine may be the master."""

    def __init__(
        self, queue: RedisClient, catalog: HubCatalog, working_directory: Path, endpoint: str = ""
    ) -> None:
        """`endpoint` is the Hub's address: links to a mirror are read like those to the Hub."""
        self._queue = queue
        self._catalog = catalog
        self._working_directory = working_directory
        self._endpoint = endpoint
        self._reservation = Reservation(queue)
        self._again = Again(queue)
        self._publisher = PlanPublisher(queue)
        self.steering = Steering(queue)

    def submit(self, request: JobRequest, on_progress: OnProgress) -> Submitted:
        """Plan the job, or do what the same command given again means in its present state.

        Raises HubError leaves, UsageError leaves and QueueError leaves; nothing is queued then.
        """
        spec, snapshot = self._resolve(request)
        known = self._again.go_on(spec, on_progress, replace=request.replace)
        if known is not None:
            return known
        check_destination(spec, is_default=request.destination is None)
        with list_repo(self._catalog, snapshot, spec, on_progress) as listed:
            self._reservation.take(spec, replace=request.replace)
            self._publisher.publish(
                spec, listed, on_progress, partial(self._reservation.confirm, spec)
            )
            return Submitted(
                spec.job_id, SubmittedHow.CREATED, spec, listed.files_total, listed.bytes_total
            )

    def dry_run(self, request: JobRequest, on_progress: OnProgress) -> DryRun:
        """What the job would be; nothing is written to the queue or to a disk."""
        spec, snapshot = self._resolve(request)
        check_destination(spec, is_default=request.destination is None)
        with list_repo(self._catalog, snapshot, spec, on_progress) as listed:
            return self._dry_run(spec, listed)

    def _dry_run(self, spec: JobSpec, listed: ListedRepo) -> DryRun:
        gone = {WorkerState.LOST, WorkerState.LEFT}
        alive = [worker for worker in self._queue.workers() if worker.status not in gone]
        return DryRun(
            spec=spec,
            files_total=listed.files_total,
            bytes_total=listed.bytes_total,
            largest=listed.largest,
            bytes_per_second=sum(worker.throughput_bytes_per_second for worker in alive),
            workers_alive=len(alive),
            need=_need(spec, listed),
        )

    def _resolve(self, request: JobRequest) -> tuple[JobSpec, RepoSnapshot]:
        reference = parse_repo(request.repo, self._endpoint)
        include = _include(request, reference)
        snapshot = self._catalog.resolve(
            reference.repo_id,
            request.repo_type or reference.repo_type,
            request.revision or reference.revision,
        )
        return self._spec(request, include, snapshot), snapshot

    def _spec(
        self, request: JobRequest, include: tuple[str, ...], snapshot: RepoSnapshot
    ) -> JobSpec:
        destination = destination_of(request, snapshot.repo_id, self._working_directory)
        return JobSpec(
            job_id=job_id(
                repo_type=snapshot.repo_type,
                repo_id=snapshot.repo_id,
                commit=snapshot.commit,
                include=include,
                exclude=request.exclude,
                delivery=request.delivery,
                layout=request.layout,
                destination=destination,
                # Other deliveries mean the same place on every machine.
                machine=machine_id() if request.delivery is Delivery.GATHER else None,
            ),
            repo_id=snapshot.repo_id,
            repo_type=snapshot.repo_type,
            revision=snapshot.revision,
            commit=snapshot.commit,
            include=include,
            exclude=request.exclude,
            delivery=request.delivery,
            layout=request.layout,
            destination=destination,
            machine=machine_id(),
            host=host_name(),
            max_attempts=request.max_attempts,
        )


def _need(spec: JobSpec, listed: ListedRepo) -> DiskNeed | None:
    if spec.delivery is Delivery.KEEP:
        return None  # the workers' disks
    return OutputDirectory(Path(spec.destination)).disk_needed(listed.files())


def _include(request: JobRequest, reference: RepoReference) -> tuple[str, ...]:
    """A link to a file or folder of a repo means that file, or everything below that folder."""
    if reference.path is None:
        return request.include
    if request.include:
        raise UsageError(
            f"the link means {reference.path!r} and --include something else: give the one or "
            "the other"
        )
    path = escape(reference.path)
    return path, f"{path}/*"
