"""Looks at a whole queue again and again, at a small and steady price."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from hfdl_core.models import Event, JobId
from hfdl_core.monitor.fleet_view import FleetView, Focus
from hfdl_core.monitor.job_rota import JobRota
from hfdl_core.monitor.job_status import job_statuses
from hfdl_core.queue import (
    FileInProgress,
    LogMark,
    LogNews,
    RedisClient,
    ServerReport,
    Wanted,
    views_of,
)

_SERVER_SECONDS: Final = 30.0  # between two checks of the server itself


class FleetWatch:
    """For one thread; what it remembers from look to look saves Redis and this machine work.

    At most 30 Redis commands a look, whatever the number of jobs, workers and tasks: but the first
    look reads every job, and each one reads whole pages of the plan for files not named before.
    """

    def __init__(self, queue: RedisClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._queue = queue
        self._clock = clock
        self._rota = JobRota()
        self._marks: dict[JobId | None, LogMark] = {}
        self._server: ServerReport | None = None
        self._checked_at = 0.0
        self._seen: tuple[JobId | None, tuple[FileInProgress, ...]] = (None, ())

    def go_on_with(self, queue: RedisClient) -> None:
        """Look at the same queue through another connection; nothing of the log is missed."""
        self._queue = queue
        self._server = None

    def read(self, focus: Focus) -> FleetView:
        """A job in focus that is gone is simply not there; QueueUnavailable, QueueRefused.

        What was written into the log since the last look is told once; of a log that was not read
        by it, the newest 200 lines.
        """
        begun = self._clock()
        server = self._check_server()
        round_trip = self._queue.ping()
        look = self._queue.look(self._wanted(focus))
        self._rota.take(look.jobs)
        verified = self._verified_since(focus.job_id, look.files)
        # Only now: what a look that broke off had read is told by the next one.
        self._marks = {job_id: news.mark for job_id, news in look.logs.items()}
        self._seen = (focus.job_id, look.files)
        snapshots = list(self._rota.snapshots(round(look.at * 1000)))
        unfinished = {one.job_id for one in snapshots if not one.state.is_finished}
        workers = views_of(look.everyone, unfinished)
        jobs = job_statuses(snapshots, workers)
        files = (*verified, *look.files)
        return FleetView(
            at=look.at,
            took_seconds=self._clock() - begun,
            round_trip_seconds=round_trip,
            jobs=tuple(jobs),
            snapshots={snapshot.job_id: snapshot for snapshot in snapshots},
            workers=tuple(workers),
            limits=look.limits,
            draining=look.draining,
            focus_job=focus.job_id,
            files=tuple(sorted(files, key=lambda file: file.file_index)),
            tasks=tuple(look.tasks),
            tasks_page=focus.tasks,
            events=_merged(look.logs),
            events_missed=sum(news.missed for news in look.logs.values()),
            server=server,
        )

    def _wanted(self, focus: Focus) -> Wanted:
        logs = [None] if focus.job_id is None else [None, focus.job_id]
        page = focus.tasks
        return Wanted(
            due_jobs=partial(self._rota.due, focus.job_id),
            logs={job_id: self._marks.get(job_id, LogMark()) for job_id in logs},
            job_id=focus.job_id,
            most_files=focus.most_files,
            tasks=None if page is None else (page.state, page.offset, page.limit),
        )

    def _verified_since(
        self, job_id: JobId | None, files: tuple[FileInProgress, ...]
    ) -> list[FileInProgress]:
        """Files that left the list because they are complete; others were put back or squeezed."""
        seen_of, seen = self._seen
        if job_id is None or seen_of != job_id:
            return []
        here = {file.file_index for file in files}
        left = {file.file_index: file for file in seen if file.file_index not in here}
        done = self._queue.done_among(job_id, list(left))
        return [replace(left[index], open=(), leases=(), is_verified=True) for index in done]

    def _check_server(self) -> ServerReport:
        if self._server is None or self._clock() - self._checked_at >= _SERVER_SECONDS:
            self._server = self._queue.check_server()
            self._checked_at = self._clock()
        return self._server


def _merged(logs: Mapping[JobId | None, LogNews]) -> tuple[Event, ...]:
    events = [event for news in logs.values() for event in news.events]
    return tuple(sorted(events, key=_written_at))


def _written_at(event: Event) -> tuple[int, int]:
    milliseconds, _, number = event.event_id.partition("-")
    return int(milliseconds), int(number)
