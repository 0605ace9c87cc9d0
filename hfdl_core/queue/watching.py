"""One look at all that a watcher wants to know, in as few round trips as its longest question."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hfdl_core.models import JobId, TaskStatus, TaskView
from hfdl_core.queue.answers import FileInProgress, LogMark, LogNews
from hfdl_core.queue.event_log import EventLog
from hfdl_core.queue.files_in_hand import FilesInHand
from hfdl_core.queue.jobs import DueJobs, JobsRead
from hfdl_core.queue.limits import Limits, ask_orders
from hfdl_core.queue.plan_files import unless_gone
from hfdl_core.queue.roster import Seen
from hfdl_core.queue.rounds import Rounds, Talk, hold
from hfdl_core.queue.task_pages import TaskPages


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a watcher asks for besides the fleet."""

    due_jobs: DueJobs  # which of the jobs shall be read
    logs: Mapping[JobId | None, LogMark] = field(default_factory=dict)  # the fleet's under None
    job_id: JobId | None = None  # whose files and tasks
    most_files: int = 0
    tasks: tuple[TaskStatus, int, int] | None = None  # state, offset and limit of a page


@dataclass(frozen=True, slots=True)
class Look:
    """What there was, read within a few milliseconds but not at one instant."""

    at: float  # seconds since the epoch, by the server's clock
    everyone: list[Seen]
    jobs: JobsRead
    draining: frozenset[str]
    limits: Mapping[str | None, str]
    logs: Mapping[JobId | None, LogNews]
    files: tuple[FileInProgress, ...]
    tasks: list[TaskView]


class Watching(FilesInHand, TaskPages, EventLog, Limits):
    """Costs about twenty commands, and one more for each job that is due."""

    def look(self, wanted: Wanted) -> Look:
        """A job that is gone has no files and no tasks; QueueUnavailable, QueueRefused."""
        roll, jobs = Talk(self._roll_call.ask()), Talk(self._ask_jobs(wanted.due_jobs))
        orders, tasks = Talk(ask_orders()), Talk(self._ask_wanted_tasks(wanted))
        files = Talk(self._ask_wanted_files(wanted))
        logs = {job_id: Talk(self._ask_news(job_id, mark)) for job_id, mark in wanted.logs.items()}
        hold(self._connection, [roll, jobs, orders, tasks, files, *logs.values()])
        at, everyone = roll.result
        draining, limits = orders.result
        return Look(
            at=at,
            everyone=everyone,
            jobs=jobs.result,
            draining=draining,
            limits=limits,
            logs={job_id: talk.result for job_id, talk in logs.items()},
            files=files.result,
            tasks=tasks.result,
        )

    def _ask_wanted_files(self, wanted: Wanted) -> Rounds[tuple[FileInProgress, ...]]:
        if wanted.job_id is None:
            return ()
        files = self._ask_files_in_hand(wanted.job_id, wanted.most_files)
        return (yield from unless_gone(files, ()))

    def _ask_wanted_tasks(self, wanted: Wanted) -> Rounds[list[TaskView]]:
        if wanted.job_id is None or wanted.tasks is None:
            return []
        tasks = self._ask_tasks(wanted.job_id, *wanted.tasks)
        return (yield from unless_gone(tasks, []))
