"""Jobs and their counts as people read them: a table of all, a page of one, a sentence."""

from collections.abc import Sequence

from hfdl_core.models import JobState, JobStatus, LimitedBy, QueueCounts
from hfdl_tui.cli.output import emit
from hfdl_tui.cli.table import Column, Fit, emit_table, table_lines, terminal_width
from hfdl_tui.wording import figures

_JOBS = (
    Column("JOB"),
    Column("REPO", Fit.SHRINK),
    Column("STATUS"),
    Column("DONE", Fit.RIGHT),
    Column("FILES", Fit.RIGHT),
    Column("SIZE", Fit.RIGHT),
    Column("SPEED", Fit.RIGHT),
    Column("ETA", Fit.RIGHT),
    Column("LIMITED BY"),
)
_COUNTS = (
    Column("JOB"),
    Column("PENDING", Fit.RIGHT),
    Column("IN PROGRESS", Fit.RIGHT),
    Column("RETRYING", Fit.RIGHT),
    Column("FAILED", Fit.RIGHT),
    Column("COMPLETED", Fit.RIGHT),
)
# What a person reads behind "limited by"; nothing where nothing holds the job back.
_LIMITS = {
    LimitedBy.CAPS: "the links' own speed",
    LimitedBy.HUB_BUDGET: "the Hub's rate limit",
    LimitedBy.DISK: "the disk",
    LimitedBy.TAIL: "the last files: fewer are left than connections",
    LimitedBy.NO_WORKERS: "no worker: start one with `hfdl worker`",
    LimitedBy.COLLECTOR: "the collector",
    LimitedBy.REDIS: "redis",
    LimitedBy.ACCESS: "access: see `hfdl workers`",
    LimitedBy.RETRY_WAIT: "waiting to try again",
    LimitedBy.VERIFYING: "verifying",
    LimitedBy.PAUSED: "paused: `hfdl resume` goes on",
    LimitedBy.NONE: "",
}


def emit_jobs(jobs: Sequence[JobStatus]) -> None:
    """All jobs, one a line."""
    if not jobs:
        emit("no jobs; `hfdl get REPO` or `hfdl master REPO` makes one")
        return
    for line in job_lines(jobs, terminal_width()):
        emit(line)


def job_lines(jobs: Sequence[JobStatus], width: int | None) -> list[str]:
    """The table of all jobs as lines of at most `width` columns."""
    return table_lines(_JOBS, [_row(job) for job in jobs], width)


def emit_job(job: JobStatus) -> None:
    """One job on a page."""
    for line in page_lines(job):
        emit(line)


def page_lines(job: JobStatus) -> list[str]:
    """Everything about one job, `name: value` a line."""
    lines = {
        "job": job.job_id,
        "repo": f"{job.repo_id} ({job.repo_type}, {job.revision}, commit {job.commit[:12]})",
        "into": f"{job.destination} ({job.deliver})",
        "status": job.status,
        "done": f"{_done(job)}, {_sizes(job)}",
        "files": _files_done(job, ""),
        "speed": figures.rate(job.throughput_bytes_per_second),
        "eta": figures.duration(job.eta_seconds),
        "limited by": _LIMITS[job.limited_by],
        "created": figures.ago(job.created_at),
        "updated": figures.ago(job.updated_at),
    }
    return [
        f"{name + ':':<12}{value}"
        for name, value in lines.items()
        if value not in {"", figures.NOTHING}
    ]


def emit_counts(counts: Sequence[QueueCounts]) -> None:
    """Tasks per state, one job a line."""
    if not counts:
        emit("no jobs")
        return
    emit_table(
        _COUNTS,
        [
            (
                str(job.job_id),
                figures.count(job.pending),
                figures.count(job.in_progress),
                figures.count(job.retrying),
                figures.count(job.failed),
                figures.count(job.completed),
            )
            for job in counts
        ],
    )


def sentence(job: JobStatus) -> str:
    """How the job stands, in one full sentence."""
    done = f"{_files_done(job, ' files')}, {_sizes(job)}"
    about = f"job {job.job_id} ({job.repo_id}) is {job.status}: {done}"
    if job.status is not JobState.RUNNING:
        return f"{about}."
    parts = [f"{about} ({_done(job)})"]
    if job.throughput_bytes_per_second >= 1:
        parts.append(f"at {figures.rate(job.throughput_bytes_per_second)}")
    if job.eta_seconds is not None:
        parts.append(f"about {figures.duration(job.eta_seconds)} left")
    if job.limited_by is not LimitedBy.NONE:
        parts.append(f"limited by {_LIMITS[job.limited_by]}")
    return f"{', '.join(parts)}."


def _row(job: JobStatus) -> tuple[str, ...]:
    return (
        job.job_id,
        job.repo_id,
        job.status,
        _done(job),
        f"{figures.count(job.files_completed)}/{figures.count(job.files_total)}"
        + (f" ({figures.count(job.files_failed)} failed)" if job.files_failed else ""),
        figures.size(job.bytes_total),
        figures.rate(job.throughput_bytes_per_second),
        figures.duration(job.eta_seconds),
        "" if job.limited_by is LimitedBy.NONE else str(job.limited_by),
    )


def _done(job: JobStatus) -> str:
    is_complete = job.status is JobState.COMPLETED
    return figures.percent(job.bytes_completed, job.bytes_total, is_complete=is_complete)


def _sizes(job: JobStatus) -> str:
    return f"{figures.size(job.bytes_completed)} of {figures.size(job.bytes_total)}"


def _files_done(job: JobStatus, unit: str) -> str:
    done = f"{figures.count(job.files_completed)} of {figures.count(job.files_total)}{unit}"
    return f"{done}, {figures.count(job.files_failed)} failed" if job.files_failed else done
