"""What needs attention, gravest first; grouped by cause, each with the key that helps."""

from collections.abc import Iterator
from typing import Final

from hfdl_core.models import Delivery, JobState, JobStatus, LimitedBy, WorkerState
from hfdl_core.queue import JobSnapshot
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.headline import short_id
from hfdl_tui.dashboard.view.overview.attention_tasks import retrying
from hfdl_tui.dashboard.view.overview.attention_workers import needs_of_workers
from hfdl_tui.dashboard.view.overview.needs import Need, Place
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.dashboard.view.tasks.advice import what_helps
from hfdl_tui.operations.orders import Requeue, Resume
from hfdl_tui.wording import figures

_CAUSE: Final = "cause:"
_HELD_BACK: Final = {
    LimitedBy.DISK: (
        "The disk is full: nothing more can be written",
        "Make room where the files go: the job goes on by itself.",
    ),
    LimitedBy.ACCESS: (
        "No worker gets anything from the Hub",
        "3 Workers says why: a token without access (HF_TOKEN), or no way there (proxy, filter).",
    ),
    LimitedBy.NO_WORKERS: (
        "No worker is here: nothing is fetched",
        "hfdl worker starts one on this machine; J shows the line for other machines.",
    ),
}


def needs_of(store: Store, glyphs: Glyphs, machine: str | None = None) -> list[Need]:
    """`machine` is this one's id, as far as it is known yet."""
    job = store.job
    snapshot = store.view.snapshots.get(job.job_id) if store.view and job else None
    needs: list[Need] = []
    if job is not None and snapshot is not None:
        needs += _needs_of_job(store, job, snapshot, glyphs, machine)
    needs += needs_of_workers(store, glyphs)
    return needs + list(_server(store, glyphs))


def _needs_of_job(
    store: Store, job: JobStatus, snapshot: JobSnapshot, glyphs: Glyphs, machine: str | None
) -> Iterator[Need]:
    if job.status is JobState.RUNNING and _lacks_collector(snapshot):
        yield _collector(store, snapshot, glyphs, machine)
    if job.status is JobState.RUNNING and job.limited_by in _HELD_BACK:
        words, advice = _HELD_BACK[job.limited_by]
        helps = "J join" if job.limited_by is LimitedBy.NO_WORKERS else ""
        yield Need(f"held:{job.limited_by}", (glyphs.warn, "warn"), words, helps, more=advice)
    if job.status is JobState.RUNNING and _fails_everywhere(store, job):
        yield Need(
            "held:hub",
            (glyphs.warn, "warn"),
            "The Hub fails for every worker",
            more="3 Workers says how it fails; each of them tries again within a minute.",
        )
    yield from _failed(job, snapshot, glyphs)
    if snapshot.retrying and not job.status.is_finished:
        yield retrying(store, snapshot, glyphs)


def _fails_everywhere(store: Store, job: JobStatus) -> bool:
    aside = [worker.status is WorkerState.STEPPED_ASIDE for worker in store.live_workers]
    return job.limited_by is LimitedBy.RETRY_WAIT and bool(aside) and all(aside)


def _lacks_collector(snapshot: JobSnapshot) -> bool:
    return snapshot.spec.delivery is Delivery.GATHER and not snapshot.has_live_collector


def _collector(store: Store, snapshot: JobSnapshot, glyphs: Glyphs, machine: str | None) -> Need:
    """Only the machine that has the files can collect; there r starts it again."""
    where, host = snapshot.collects_on
    job_id = snapshot.spec.job_id
    command = f"hfdl collect {short_id(store, job_id)}"
    is_here = where == machine
    return Need(
        "collector",
        (glyphs.cross, "failed"),
        "No collector lives: nothing is written"
        if is_here
        else f"No collector lives: on {host} run {command}",
        "r starts it" if is_here else "",
        order=Resume(job_id) if is_here else None,
        more=f"The job's files are on {host}. Run there: {command}",
    )


def _failed(job: JobStatus, snapshot: JobSnapshot, glyphs: Glyphs) -> Iterator[Need]:
    """A line for each cause, the most frequent first."""
    causes = {
        name.removeprefix(_CAUSE): number
        for name, number in snapshot.counters.items()
        if name.startswith(_CAUSE) and number > 0
    }
    if job.status is JobState.FAILED:
        words = f"The job failed: {figures.files(job.files_failed)} could not be had"
        yield Need(
            "job-failed",
            (glyphs.cross, "failed"),
            words,
            "R requeues",
            Place.FAILED,
        )
    for cause, number in sorted(causes.items(), key=lambda pair: (-pair[1], pair[0])):
        tasks = f"{figures.count(number)} {'task' if number == 1 else 'tasks'}"
        yield Need(
            f"{_CAUSE}{cause}",
            (glyphs.cross, "failed"),
            f"{tasks} failed: {cause}",
            "r requeues",
            Place.FAILED,
            Requeue(job.job_id, cause=cause),
            more=what_helps(cause),
        )


def _server(store: Store, glyphs: Glyphs) -> Iterator[Need]:
    server = store.view.server if store.view else None
    for number, warning in enumerate(server.warnings if server else ()):
        yield Need(f"server:{number}", (glyphs.warn, "warn"), warning)
