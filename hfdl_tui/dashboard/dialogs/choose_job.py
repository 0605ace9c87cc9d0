"""Chooses which job the dashboard looks at."""

from typing import Final

from textual.app import ComposeResult
from typing_extensions import override

from hfdl_core.models import JobStatus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.rows import Column, Row, Rows
from hfdl_tui.dashboard.view.headline import short_id
from hfdl_tui.wording import figures

_COLUMNS: Final = (
    Column("state", "S", 2),
    Column("job", "JOB", 6),
    Column("repo", "REPO", 16, stretch=True, shorten="middle"),
    Column("done", "DONE", 7, align="right"),
    Column("size", "SIZE", 9, align="right", drop=1),
    Column("made", "MADE", 14, align="right", drop=2),
)


class ChooseJob(Dialog[str]):
    """Answers the id of the job; None for escape."""

    DEFAULT_CSS = "ChooseJob Rows { height: auto; max-height: 20; min-height: 5; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__("Jobs", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk

    @override
    def body(self) -> ComposeResult:
        yield Rows(_COLUMNS, empty="No job was made yet: 2 browses a repo, n launches it.")
        yield self.lines([("enter: look at it · esc: stay", "dim")])

    def on_mount(self) -> None:
        view = self._desk.store.view
        rows = self.query_one(Rows)
        rows.show([self._row(job) for job in view.jobs] if view else [])
        rows.focus()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self.dismiss(event.key)

    def _row(self, job: JobStatus) -> Row:
        share = figures.percent(
            job.bytes_completed, job.bytes_total, is_complete=job.status == "completed"
        )
        return Row(
            job.job_id,
            (
                self._desk.glyphs.job(job.status).cell,
                short_id(self._desk.store, job.job_id),
                job.repo_id,
                share,
                figures.size(job.bytes_total),
                figures.ago(job.created_at),
            ),
        )
