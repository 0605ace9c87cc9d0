"""Whose turn it is to be read, when there are more jobs than one look may ask for."""

from hfdl_core.models import JobId, JobState
from hfdl_core.monitor.job_rota import JOBS_PER_LOOK, JobRota
from hfdl_core.queue import JobSnapshot, JobsRead
from tests.monitor.samples import snapshot_of


class _Queue:
    """Jobs by id, each with the ms of its creation and its state."""

    def __init__(self, busy: int, ended: int) -> None:
        states = [JobState.RUNNING] * busy + [JobState.COMPLETED] * ended
        self.jobs = {JobId(f"job-{n}"): (1000 - n, state) for n, state in enumerate(states)}

    def look(self, rota: JobRota, focus: JobId | None = None) -> list[JobId]:
        listed = {job_id: created_ms for job_id, (created_ms, _) in self.jobs.items()}
        due = rota.due(focus, listed)
        rota.take(JobsRead(listed, {job_id: self.snapshot(job_id) for job_id in due}))
        return due

    def snapshot(self, job_id: JobId) -> JobSnapshot:
        created_ms, state = self.jobs[job_id]
        return snapshot_of(job_id, state, created_ms=created_ms)


def test_the_first_look_reads_every_job_newest_first() -> None:
    queue, rota = _Queue(busy=3, ended=40), JobRota()

    assert queue.look(rota) == list(queue.jobs)

    assert [one.job_id for one in rota.snapshots(77)] == list(queue.jobs)
    assert {one.now_ms for one in rota.snapshots(77)} == {77}


def test_unfinished_jobs_and_the_focus_are_read_each_time_and_ended_ones_in_turn() -> None:
    queue, rota = _Queue(busy=3, ended=40), JobRota()
    queue.look(rota)
    focus = JobId("job-20")

    looks = [queue.look(rota, focus) for _ in range(7)]

    busy = {JobId("job-0"), JobId("job-1"), JobId("job-2")}
    assert all(len(set(due)) == len(due) <= JOBS_PER_LOOK for due in looks)
    assert all({focus, *busy} <= set(due) for due in looks)
    assert set().union(*looks) == set(queue.jobs)


def test_very_many_unfinished_jobs_take_turns_and_leave_room_for_ended_ones() -> None:
    queue, rota = _Queue(busy=30, ended=10), JobRota()
    queue.look(rota)

    looks = [queue.look(rota) for _ in range(5)]

    assert {len(due) for due in looks} == {JOBS_PER_LOOK}
    assert set().union(*looks) == set(queue.jobs)


def test_a_new_job_is_read_at_once_and_so_is_one_made_anew() -> None:
    queue, rota = _Queue(busy=0, ended=40), JobRota()
    queue.look(rota)
    queue.look(rota)
    queue.jobs[JobId("new")] = (2000, JobState.PLANNING)
    assert queue.look(rota)[0] == "new"

    queue.jobs[JobId("job-0")] = (3000, JobState.RUNNING)

    assert "job-0" in queue.look(rota)
    assert next(rota.snapshots(1)).job_id == "job-0"


def test_a_job_that_is_listed_no_more_is_forgotten() -> None:
    queue, rota = _Queue(busy=2, ended=2), JobRota()
    queue.look(rota)
    del queue.jobs[JobId("job-1")]

    assert "job-1" not in queue.look(rota, JobId("job-1"))

    assert [one.job_id for one in rota.snapshots(1)] == ["job-0", "job-2", "job-3"]


def test_a_job_of_which_nothing_can_be_read_is_not_shown() -> None:
    rota, job_id = JobRota(), JobId("job-0")
    rota.take(JobsRead({job_id: 5}, {job_id: None}))

    assert list(rota.snapshots(1)) == []
    assert rota.due(None, {job_id: 5}) == [job_id]
