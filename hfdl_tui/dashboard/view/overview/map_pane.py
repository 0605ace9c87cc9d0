"""What stands in the map's place: the files, a sentence, or what a finished job came to."""

from hfdl_core.models import JobState, JobStatus, LimitedBy
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.headline import LIMITS
from hfdl_tui.dashboard.view.overview.completion import completion_card
from hfdl_tui.dashboard.view.overview.file_map import Brush, map_lines
from hfdl_tui.dashboard.view.store import Store

_INSTEAD = {
    JobState.PLANNING: "The plan is being made: the files appear when their tasks are known.",
    JobState.PAUSED: "Paused: p lets it go on.",
    JobState.CANCELLED: "Cancelled: what is on disk stays. p lets it go on from there.",
    JobState.FAILED: "Nothing is in progress: R tries all that failed again.",
}


def pane_lines(store: Store, brush: Brush, width: int, most: int) -> list[Spans]:
    """At most so many lines."""
    job = store.job
    if store.view is None:
        return [[(f" reading {brush.glyphs.ellipsis}", "dim")]]
    if job is None:
        return [
            [(" Nothing is downloaded yet.", "")],
            [(" 2 browses a repo, n launches it there; b chooses a job of this queue.", "dim")],
        ]
    if job.status is JobState.COMPLETED:
        return completion_card(store, job, brush.glyphs, width)[:most]
    # What an ended job has verified is not in progress: what can be done now is told instead.
    known = [file for file in store.files if not (job.status.is_finished and file.is_verified)]
    files = brush.memory.chosen(known, most)
    if files:
        return map_lines(files, width, brush)
    if _are_unread(store, job):
        return [[(f" reading {brush.glyphs.ellipsis}", "dim")]]
    return [[(f" {_sentence(job)}", "dim")]]


def title_of(store: Store) -> str:
    job = store.job
    return "Complete" if job and job.status is JobState.COMPLETED else "Files in progress"


def shows_files(store: Store) -> bool:
    """Whether the legend has a meaning."""
    return bool(store.files) and store.job is not None and title_of(store) != "Complete"


def _are_unread(store: Store, job: JobStatus) -> bool:
    """Whether something is in hand that the last look, for another page, did not ask for."""
    snapshot = store.view.snapshots.get(job.job_id) if store.view else None
    return snapshot is not None and snapshot.in_progress > 0


def _sentence(job: JobStatus) -> str:
    if job.status in _INSTEAD:
        return _INSTEAD[job.status]
    if job.limited_by in LIMITS and job.limited_by is not LimitedBy.CAPS:
        return f"No file is in progress. Limited by: {LIMITS[job.limited_by]}."
    return "No file is in progress at this moment."
