"""Makes a job from the options, and tells how the planning goes."""

import logging
import sys
from datetime import UTC, datetime
from typing import Final

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.errors import OutputRefused
from hfdl_core.machine import JobMade, JobsMade, command_without_secrets
from hfdl_core.master import (
    DryRun,
    JobRequest,
    MasterNode,
    PlanProgress,
    PlanStage,
    Submitted,
    SubmittedHow,
)
from hfdl_core.models import Delivery, Layout, RepoType
from hfdl_tui.cli.job_options import JobOptions
from hfdl_tui.cli.output import emit, emit_json, tell
from hfdl_tui.cli.status_line import StatusLine
from hfdl_tui.wording import figures

logger = logging.getLogger(__name__)

_STAGES: Final = {
    PlanStage.LISTING: "listing",
    PlanStage.PUBLISHING: "publishing",
    PlanStage.VERIFYING: "verifying what is on disk",
    PlanStage.SEALED: "planned",
}
_HOW: Final = {
    SubmittedHow.CREATED: "is new",
    SubmittedHow.FOLLOWED: "is running already",
    SubmittedHow.RESUMED: "was paused and goes on",
    SubmittedHow.REQUEUED: "had failed files, which are tried again",
    SubmittedHow.RESTARTED: "was cancelled and starts again",
    SubmittedHow.REPAIRED: "was complete; missing or wrong files are fetched again",
    SubmittedHow.ALREADY_COMPLETE: "is complete already",
}


def request_of(options: JobOptions) -> JobRequest:
    return JobRequest(
        repo=options["repo"],
        repo_type=RepoType(options["repo_type"]) if options["repo_type"] else None,
        revision=options["revision"],
        include=options["include"],
        exclude=options["exclude"],
        delivery=Delivery(options["deliver"]),
        layout=Layout(options["layout"]),
        destination=options["output_dir"],
        replace=options["replace"],
        max_attempts=options["max_attempts"],
    )


def submit(master: MasterNode, request: JobRequest, queue: OpenQueue) -> Submitted:
    """Plan or find the job, tell which of both, and remember its command on this machine."""
    with StatusLine() as line:
        submitted = master.submit(request, lambda progress: line.show(_stage_line(progress)))
    tell(
        f"job {submitted.job_id} {_HOW[submitted.how]}: "
        f"{figures.files(submitted.files_total)}, {figures.size(submitted.bytes_total)}"
    )
    if submitted.files_total == 0:
        logger.warning("no file of the repo is wanted: check --include and --exclude")
    _remember(submitted, queue)
    return submitted


def emit_submitted(submitted: Submitted) -> None:
    """For programs: which job it is, and what the command did this time."""
    emit_json(
        {
            "job_id": submitted.job_id,
            "how": submitted.how,
            "files_total": submitted.files_total,
            "bytes_total": submitted.bytes_total,
        }
    )


def dry_run(master: MasterNode, request: JobRequest, *, as_json: bool) -> None:
    """Print what the job would be."""
    with StatusLine() as line:
        plan = master.dry_run(request, lambda progress: line.show(_stage_line(progress)))
    if as_json:
        emit_json(_plan_json(plan))
        return
    spec = plan.spec
    emit(f"job {spec.job_id}: {spec.repo_id} ({spec.repo_type}) at commit {spec.commit[:12]}")
    emit(f"{figures.files(plan.files_total)}, {figures.size(plan.bytes_total)}")
    emit(f"into {spec.destination} ({spec.delivery})")
    emit(_prediction(plan))
    for file in plan.largest:
        emit(f"{figures.size(file.size):>10}  {file.path}")
    if plan.files_total > len(plan.largest):
        emit(f"            and {figures.count(plan.files_total - len(plan.largest))} more")


def _stage_line(progress: PlanProgress) -> str:
    total = f" of {figures.count(progress.files_total)}" if progress.files_total else ""
    return (
        f"{_STAGES[progress.stage]}: {figures.count(progress.files)}{total} files, "
        f"{figures.size(progress.size)}"
    )


def _prediction(plan: DryRun) -> str:
    workers = f"{plan.workers_alive} worker{'' if plan.workers_alive == 1 else 's'} alive"
    if plan.predicted_seconds is None:
        return f"{workers}; no measured speed to predict the time from"
    return (
        f"{workers}, last measured {figures.rate(plan.bytes_per_second)} together: "
        f"about {figures.duration(plan.predicted_seconds)}"
    )


def _plan_json(plan: DryRun) -> dict[str, object]:
    spec = plan.spec
    return {
        "job_id": spec.job_id,
        "repo_id": spec.repo_id,
        "repo_type": spec.repo_type,
        "revision": spec.revision,
        "commit": spec.commit,
        "deliver": spec.delivery,
        "destination": spec.destination,
        "files_total": plan.files_total,
        "bytes_total": plan.bytes_total,
        "workers_alive": plan.workers_alive,
        "throughput_bytes_per_second": float(plan.bytes_per_second),
        "predicted_seconds": plan.predicted_seconds,
    }


def _remember(submitted: Submitted, queue: OpenQueue) -> None:
    job = JobMade(
        job_id=submitted.job_id,
        repo=submitted.spec.repo_id,
        command=command_without_secrets(["hfdl", *sys.argv[1:]]),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        redis=queue.line,
    )
    try:
        JobsMade.of_this_machine().record(job)
    except OutputRefused as error:
        logger.warning("%s", error)  # the job runs all the same
