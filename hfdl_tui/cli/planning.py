"""Makes a job from the options, and tells how the planning goes."""

import logging
import sys

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.master import DryRun, JobRequest, MasterNode, Submitted
from hfdl_core.models import Delivery, Layout, RepoType
from hfdl_tui.cli.job_options import JobOptions
from hfdl_tui.cli.output import emit, emit_json, tell
from hfdl_tui.cli.status_line import StatusLine
from hfdl_tui.operations.launching import remember
from hfdl_tui.operations.telling import NOTHING_WANTED, prediction, stage_line, submitted_line
from hfdl_tui.wording import figures

logger = logging.getLogger(__name__)


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
        submitted = master.submit(request, lambda progress: line.show(stage_line(progress)))
    tell(submitted_line(submitted))
    if submitted.files_total == 0:
        logger.warning("%s", NOTHING_WANTED)
    remember(submitted, queue, ["hfdl", *sys.argv[1:]])
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
        plan = master.dry_run(request, lambda progress: line.show(stage_line(progress)))
    if as_json:
        emit_json(_plan_json(plan))
        return
    spec = plan.spec
    emit(f"job {spec.job_id}: {spec.repo_id} ({spec.repo_type}) at commit {spec.commit[:12]}")
    emit(f"{figures.files(plan.files_total)}, {figures.size(plan.bytes_total)}")
    emit(f"into {spec.destination} ({spec.delivery})")
    emit(prediction(plan))
    for file in plan.largest:
        emit(f"{figures.size(file.size):>10}  {file.path}")
    if plan.files_total > len(plan.largest):
        emit(f"            and {figures.count(plan.files_total - len(plan.largest))} more")


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
