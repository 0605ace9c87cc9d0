"""Tells those who do not look: the window's title, and a bell once at the end or a failure."""

from typing import Any

from textual.app import App

from hfdl_core.models import JobId, JobState
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.terminal import set_title
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import printable


class Herald:
    """Both can be turned off in the config file."""

    def __init__(self, app: "App[Any]", preferences: Preferences) -> None:
        self._app = app
        self._preferences = preferences
        self._title = ""
        self._seen: tuple[JobId | None, JobState | None, bool] = (None, None, False)

    def tell(self, store: Store) -> None:
        """After every look."""
        job = store.job
        if job is None:
            self._show("hfdl")
            return
        now = (job.job_id, job.status, job.files_failed > 0)
        is_same_job = self._seen[0] == job.job_id
        ended = job.status.is_finished and self._seen[1] is not job.status
        failed = job.files_failed > 0 and not self._seen[2]
        if is_same_job and (ended or failed) and self._preferences.bell:
            self._app.bell()
        self._seen = now
        share = figures.percent(
            job.bytes_completed,
            job.bytes_total,
            is_complete=job.status is JobState.COMPLETED,
        )
        left = "" if job.eta_seconds is None else f" {figures.duration(job.eta_seconds)}"
        self._show(printable(f"hfdl {share}{left} {job.repo_id}"))

    def _show(self, title: str) -> None:
        if self._preferences.title and title != self._title:
            self._title = title
            set_title(self._app, title)
