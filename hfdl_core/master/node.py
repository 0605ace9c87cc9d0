"""The master: from a repo name to a planned job, and the same command given again."""

from collections.abc import Callable
from pathlib import Path

from hfdl_core.errors import DestinationRefused
from hfdl_core.hub import HubCatalog, RepoSnapshot, parse_repo
from hfdl_core.machine import host_name, machine_id
from hfdl_core.master.again import Again
from hfdl_core.master.destination import check_destination, destination_key, destination_of
from hfdl_core.master.listing import ListedRepo, list_repo
from hfdl_core.master.publishing import PlanPublisher
from hfdl_core.master.request import DryRun, JobRequest, PlanProgress, Submitted, SubmittedHow
from hfdl_core.master.steering import Steering
from hfdl_core.models import JobSpec, WorkerState
from hfdl_core.planning import job_id
from hfdl_core.queue import RedisClient

OnProgress = Callable[[PlanProgress], None]


class MasterNode:
    """Makes and steers jobs; holds no state of its own, so any machine may be the master."""

    def __init__(self, queue: RedisClient, catalog: HubCatalog, working_directory: Path) -> None:
        self._queue = queue
        self._catalog = catalog
        self._working_directory = working_directory
        self._again = Again(queue)
        self._publisher = PlanPublisher(queue)
        self.steering = Steering(queue)

    def submit(self, request: JobRequest, on_progress: OnProgress) -> Submitted:
        """Plan the job, or do what the same command given again means in its present state.

        Raises HubError leaves, UsageError leaves and QueueError leaves; nothing is queued then.
        """
        snapshot = self._resolve(request)
        spec = self._spec(request, snapshot)
        if (known := self._again.go_on(spec, on_progress)) is not None:
            return known
        check_destination(spec, is_default=request.destination is None)
        with list_repo(self._catalog, snapshot, spec, on_progress) as listed:
            self._catalog.check_access(snapshot, listed.largest[0] if listed.largest else None)
            self._reserve(spec, replace=request.replace)
            self._publisher.publish(spec, listed, on_progress)
            return Submitted(
                spec.job_id, SubmittedHow.CREATED, spec, listed.files_total, listed.bytes_total
            )

    def dry_run(self, request: JobRequest, on_progress: OnProgress) -> DryRun:
        """What the job would be; nothing is written to the queue or to a disk."""
        snapshot = self._resolve(request)
        spec = self._spec(request, snapshot)
        check_destination(spec, is_default=request.destination is None)
        with list_repo(self._catalog, snapshot, spec, on_progress) as listed:
            self._catalog.check_access(snapshot, listed.largest[0] if listed.largest else None)
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
        )

    def _resolve(self, request: JobRequest) -> RepoSnapshot:
        reference = parse_repo(request.repo)
        return self._catalog.resolve(
            reference.repo_id,
            request.repo_type or reference.repo_type,
            request.revision or reference.revision,
        )

    def _spec(self, request: JobRequest, snapshot: RepoSnapshot) -> JobSpec:
        destination = destination_of(request, snapshot.repo_id, self._working_directory)
        include = request.include or _path_as_glob(parse_repo(request.repo).path)
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
                machine=None,  # gather alone depends on the machine
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

    def _reserve(self, spec: JobSpec, *, replace: bool) -> None:
        key = destination_key(spec)
        holder = self._queue.reserve_destination(key, spec.job_id)
        if holder == spec.job_id:
            return
        if not replace:
            raise DestinationRefused(_in_use(self._queue.spec(holder), spec))
        self._queue.cancel(holder)
        holder = self._queue.reserve_destination(key, spec.job_id)
        if holder != spec.job_id:
            raise DestinationRefused(f"job {holder} took {spec.destination} just now: try again")


def _in_use(holder: JobSpec, spec: JobSpec) -> str:
    same_repo = (holder.repo_type, holder.repo_id) == (spec.repo_type, spec.repo_id)
    what = f"commit {holder.commit[:12]}" if same_repo else holder.repo_id
    return (
        f"{spec.destination} is the destination of unfinished job {holder.job_id} ({what}): "
        "wait for it, name another place with -o, or cancel it with --replace"
    )


def _path_as_glob(path: str | None) -> tuple[str, ...]:
    """A link to a file or folder of a repo means that file, or everything below that folder."""
    return (path, f"{path}/*") if path else ()
