"""One look at all that a watcher wants to know, in as few round trips as its longest question."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hfdl_core.models import JobId, TaskStatus, TaskView
from hfdl_core.queue.answers import FileInProgress, LogMark, LogNews
from hfdl_core.queue.event_log import EventLog
from hfdl_core.queue.files_in_hand import FilesInHand
from hfdl_core.queue.jobs import DueJobs, JobsRead
from hfdl_core.queue.limits import Limits, ask_orders
from hfdl_core.queue.roster import Seen
from hfdl_core.queue.rounds import Talk, hold
from hfdl_core.queue.task_pages import TaskPages


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a watcher asks for besides the fleet."""

    due_jobs: DueJobs  # which of the jobs shall be read
    logs: Mapping[JobId | None, LogMark] = field(default_factory=dict)  # the fleet's under None
    most_lines: Mapping[JobId | None, int] = field(default_factory=dict)
