"""What the keys do to the job that is looked at, on every page."""

from textual.screen import Screen

from hfdl_core.errors import HfdlError
from hfdl_core.models import JobState, JobStatus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.ask import Ask
from hfdl_tui.dashboard.dialogs.choose_job import ChooseJob
from hfdl_tui.dashboard.dialogs.confirm import Confirm
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.dialogs.join import WARNING, ShowJoin
from hfdl_tui.dashboard.errands import Errand
from hfdl_tui.dashboard.view.headline import short_id
from hfdl_tui.operations.orders import (
    Cancel,
    OpenToOthers,
    Order,
    Outcome,
    Pause,
    Requeue,
    Resume,
    Verify,
)
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import printable

_NO_JOB = "no job yet: 2 browses a repo, n launches it"


class JobActs(Screen[None]):
    """Each action is one order; what it did is told in the bottom line."""

    desk: Desk

    def why_no_act(self, action: str) -> str | None:
        """Why an action does nothing now, apart from a lost connection."""
        job = self.desk.store.job
        match action:
            case "pause_or_resume" | "cancel_job" | "verify" | "requeue_all" | "requeue" if (
                job is None
            ):
                return _NO_JOB
            case "pause_or_resume":
                return _why_no_pause(job)
            case "cancel_job" if job and job.status.is_finished:
                return f"the job is {job.status} already"
            case "requeue_all" if not self._failed():
                return "nothing failed"
            case "verify" if job and job.status is not JobState.COMPLETED:
                return "only a complete job can be verified"
        return None

    def action_pause_or_resume(self) -> None:
        job = self._job()
        goes_on = job.status is JobState.RUNNING
        self._order(Pause(job.job_id) if goes_on else Resume(job.job_id))

    def action_verify(self) -> None:
        self._order(Verify(self._job().job_id))

    def action_cancel_job(self) -> None:
        job = self._job()
        short = short_id(self.desk.store, job.job_id)

        def check(text: str) -> str | None:
            is_it = len(text) >= len(short) and job.job_id.startswith(text)
            return None if is_it else f"type {short} to cancel this job"

        def answered(text: str | None) -> None:
            if text is not None:
                self._order(Cancel(job.job_id))

        question = (
            f"End the job {short} of {printable(job.repo_id)}? Workers stop fetching it; "
            "what is on disk stays, and the same job goes on from there.\n"
            f"Type its short id, {short}, to do so."
        )
        dialog = Ask(
            "Cancel the job",
            question,
            check,
            placeholder=short,
            ascii_only=self.desk.glyphs.is_ascii,
        )
        self.app.push_screen(dialog, answered)

    def action_requeue_all(self) -> None:
        job, failed = self._job(), self._failed()
        tasks = "1 failed task" if failed == 1 else f"all {figures.count(failed)} failed tasks"

        def answered(yes: bool | None) -> None:
            if yes:
                self._order(Requeue(job.job_id))

        question = f"Put {tasks} of {printable(job.repo_id)} back to the queue, with fresh tries?"
        dialog = Confirm(
            "Requeue", question, yes=f"Requeue {failed}", ascii_only=self.desk.glyphs.is_ascii
        )
        self.app.push_screen(dialog, answered)

    def action_join(self) -> None:
        def opened(outcome: Outcome) -> None:
            if outcome.join:
                self.app.push_screen(ShowJoin(self.desk, outcome.join))
            else:  # a Redis that others cannot reach: how it could be is told instead
                self.app.push_screen(
                    Detail(
                        "Nothing was opened",
                        [[(outcome.text, "")]],
                        ascii_only=self.desk.glyphs.is_ascii,
                    )
                )

        def answered(yes: bool | None) -> None:
            if yes:
                order = OpenToOthers(self.desk.store.job_id)
                self.desk.order(order, on_done=opened)

        def ask(what: str) -> None:
            dialog = Confirm(
                "Let other machines help",
                f"This {what}.\n{WARNING}",
                yes="Go on",
                ascii_only=self.desk.glyphs.is_ascii,
            )
            self.app.push_screen(dialog, answered)

        def refused(error: HfdlError) -> None:
            self.desk.flash(str(error), is_bad=True)

        self.desk.orders.send(Errand(self.desk.source.what_opens, ask, refused))

    def action_choose_job(self) -> None:
        def chosen(job_id: str | None) -> None:
            for job in self.desk.store.view.jobs if self.desk.store.view else ():
                if job.job_id == job_id:
                    self.desk.look_at(job.job_id)

        self.app.push_screen(ChooseJob(self.desk), chosen)

    def _order(self, order: Order) -> None:
        self.desk.order(order)

    def _job(self) -> JobStatus:
        job = self.desk.store.job
        assert job is not None  # noqa: S101 - why_no_act has looked
        return job

    def _failed(self) -> int:
        store = self.desk.store
        snapshot = store.view.snapshots.get(store.job_id) if store.view and store.job_id else None
        return 0 if snapshot is None else snapshot.failed


def _why_no_pause(job: JobStatus | None) -> str | None:
    if job is not None and job.status in {JobState.COMPLETED, JobState.FAILED}:
        return f"the job is {job.status}: there is nothing to pause"
    return None
