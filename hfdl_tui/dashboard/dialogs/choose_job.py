"""Chooses which job the dashboard looks at."""

from datetime import UTC, datetime
from typing import Final

from textual.app import ComposeResult
from typing_extensions import override

from hfdl_core.models import JobState, JobStatus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.table.rows import Column, Row, Rows
from hfdl_tui.dashboard.view.drawing.table import KeyedRows
from hfdl_tui.dashboard.view.headline import short_ids
from hfdl_tui.dashboard.view.short_ids import ShortIds
from hfdl_tui.wording import figures

_COLUMNS: Final = (
    Column("state", "S", 1, sortable=False),
    Column("job", "JOB", 6, sortable=False),
    Column("repo", "REPO", 16, stretch=True, shorten="middle", sortable=False),
    Column("done", "DONE", 7, align="right", sortable=False),
    Column("size", "SIZE", 9, align="right", drop=1, sortable=False),
    Column("made", "MADE", 14, align="right", drop=2, sortable=False),
)
_LOOK_SECONDS: Final = 1.0


class ChooseJob(Dialog[str]):
    """Answers the id of the job; None for escape."""

    DEFAULT_CSS = "ChooseJob Rows { height: auto; max-height: 20; min-height: 4; }"
    HINT = "enter looks at it · esc stays"

    def __init__(self, desk: Desk) -> None:
        super().__init__("Jobs", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._rows = Rows(
            _COLUMNS,
            empty="No job was made yet: 2 browses a repo, n launches it.",
            glyphs=desk.glyphs,
        )

    @override
    def body(self) -> ComposeResult:
        yield self._rows

    def on_mount(self) -> None:
        self._show()
        if self._desk.store.job_id is not None:
            self._rows.move_to(self._desk.store.job_id)
        self._rows.focus()
        self.set_interval(_LOOK_SECONDS, self._show)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        self.dismiss(event.key)

    def _show(self) -> None:
        view = self._desk.store.view
        self._rows.stale = not self._desk.link.is_up
        jobs = view.jobs if view else ()
        keys = [job.job_id for job in jobs]
        short = short_ids(self._desk.store)
        self._rows.show(KeyedRows(keys, lambda index: self._row(jobs[index], short)))

    def _row(self, job: JobStatus, short: ShortIds) -> Row:
        store = self._desk.store
        is_complete = job.status is JobState.COMPLETED
        return Row(
            job.job_id,
            (
                self._desk.glyphs.job(job.status).cell,
                short.of(job.job_id),
                job.repo_id,
                figures.percent(job.bytes_completed, job.bytes_total, is_complete=is_complete),
                figures.size(job.bytes_total),
                figures.ago(job.created_at, datetime.fromtimestamp(store.server_now(), UTC)),
            ),
        )
