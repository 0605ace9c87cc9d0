"""What planning a job is told as, on both screens."""

from typing import Final

from hfdl_core.master import DryRun, PlanProgress, PlanStage, Submitted, SubmittedHow
from hfdl_tui.wording import figures

NOTHING_WANTED: Final = "no file of the repo is wanted: check --include and --exclude"
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


def submitted_line(submitted: Submitted) -> str:
    """Which job it is, and what the command did this time."""
    return (
        f"job {submitted.job_id} {_HOW[submitted.how]}: "
        f"{figures.files(submitted.files_total)}, {figures.size(submitted.bytes_total)}"
    )


def stage_line(progress: PlanProgress) -> str:
    """How far the planning is."""
    total = f" of {figures.count(progress.files_total)}" if progress.files_total else ""
    return (
        f"{_STAGES[progress.stage]}: {figures.count(progress.files)}{total} files, "
        f"{figures.size(progress.size)}"
    )


def prediction(plan: DryRun) -> str:
    """How long a job would take the workers that are alive."""
    workers = f"{plan.workers_alive} worker{'' if plan.workers_alive == 1 else 's'} alive"
    if plan.predicted_seconds is None:
        return f"{workers}; no measured speed to predict the time from"
    return (
        f"{workers}, last measured {figures.rate(plan.bytes_per_second)} together: "
        f"about {figures.duration(plan.predicted_seconds)}"
    )
