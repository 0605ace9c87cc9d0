"""What a job of the marked files would be: its globs, what is on the disk, whether it fits."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.errors import HfdlError, UsageError
from hfdl_tui.dashboard.view.files.job_globs import JobGlobs, job_globs
from hfdl_tui.dashboard.view.files.on_disk import DiskLook, look_at_disk
from hfdl_tui.dashboard.view.files.selection import MarkedFiles


@dataclass(frozen=True, slots=True)
class Weighed:
    """A part that could not be found out is None, and its problem says why."""

    globs: JobGlobs | None
    globs_problem: str
    disk: DiskLook | None
    disk_problem: str


def weigh(
    marked: MarkedFiles, destination: Path, is_outdated: Callable[[], bool] = lambda: False
) -> Weighed | None:
    """For a thread of its own; None when the answer is not wanted any more."""
    globs, globs_problem = None, ""
    try:
        globs = job_globs(marked)
    except UsageError as error:
        globs_problem = str(error)
    if is_outdated():
        return None
    disk, disk_problem = None, ""
    try:
        disk = look_at_disk(marked, destination, is_outdated)
    except HfdlError as error:
        disk_problem = str(error)
    if is_outdated():
        return None
    return Weighed(globs, globs_problem, disk, disk_problem)
