"""Jobs begin, pause, end and go away; every last task ends its job, whatever became of it."""

from collections.abc import Callable

import pytest

from hfdl_core.errors import AmbiguousJob, JobNotRunning, ProtocolMismatch, QueueEmptied, UnknownJob
from hfdl_core.models import Delivery, DownloadTask, JobId, JobState, Token
from hfdl_core.queue import Progress, RedisClient
from tests.queue.bench import PAGE_SIZE, PLAN, Bench, make_spec
from tests.queue.ids import whole

CANNOT_HELP = True


def _crash_often(bench: Bench, task: DownloadTask) -> None:
    for _ in range(4):
        bench.run_out(task)
        bench.queue.reap(task.job_id)
        task = bench.claim(task.job_id)
    bench.run_out(task)
    bench.queue.reap(task.job_id)


ENDINGS: dict[str, tuple[Callable[[Bench, DownloadTask], object], JobState]] = {
    "complete": (lambda bench, task: bench.complete(task), JobState.COMPLETED),
    "fail": (lambda bench, task: bench.fail(task, permanent=CANNOT_HELP), JobState.FAILED),
    "reap": (_crash_often, JobState.FAILED),
}


# --- how jobs end -----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_last_tasks_ending_ends_the_job_and_is_told_once(bench: Bench, ending: str) -> None:
    end, state = ENDINGS[ending]
    job_id = bench.plant([300, 200])
    first, last = bench.claim(job_id), bench.claim(job_id)
    bench.complete(first)
    assert bench.state(job_id) is JobState.RUNNING

    end(bench, last)

    assert bench.state(job_id) is state
    assert bench.event_kinds(job_id).count(f"job_{state}") == 1
    assert bench.queue.claim(job_id, "w1", [Token("w1.99")]).state is state


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_paused_job_ends_too_with_its_last_task(bench: Bench, ending: str) -> None:
    end, state = ENDINGS[ending]
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    if ending != "reap":  # a paused job gives its tasks to nobody, so it cannot crash often
        bench.queue.pause(job_id)

    end(bench, task)

    assert bench.state(job_id) is state


def test_a_waiting_retry_keeps_the_job_running(bench: Bench) -> None:
    job_id = bench.plant([300])

    bench.fail(bench.claim(job_id), delay_seconds=60)

    assert bench.state(job_id) is JobState.RUNNING


def test_a_failed_range_and_unverified_files_end_no_gathered_job(bench: Bench) -> None:
    job_id = bench.plant([300, 200], delivery=Delivery.GATHER)
    bench.fail(bench.claim(job_id), permanent=True)
    bench.complete(bench.claim(job_id))
    assert bench.state(job_id) is JobState.RUNNING

    bench.queue.finish(job_id, 1, 0, Token("collector"))

    assert bench.state(job_id) is JobState.FAILED


def test_a_failed_job_whose_tasks_are_requeued_completes_in_the_end(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    for _ in range(2):
        bench.fail(bench.claim(job_id), permanent=True)
    assert bench.state(job_id) is JobState.FAILED

    assert bench.queue.requeue(job_id, list(bench.queue.failed_ids(job_id))) == 2
    assert bench.state(job_id) is JobState.RUNNING
    for _ in range(2):
        bench.complete(bench.claim(job_id))

    assert bench.state(job_id) is JobState.COMPLETED
    assert bench.queue.snapshot(job_id).files_failed == 0


def test_requeueing_some_of_the_failed_leaves_the_others_failed(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    for _ in range(2):
        bench.fail(bench.claim(job_id), permanent=True)

    bench.queue.requeue(job_id, [whole(0, 300)])
    bench.complete(bench.claim(job_id))

    assert bench.state(job_id) is JobState.FAILED
    assert bench.queue.snapshot(job_id).files_failed == 1


def test_a_cancelled_job_whose_last_lease_completes_stays_cancelled(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.queue.cancel(job_id)

    assert bench.complete(task) == "counted"

    assert bench.state(job_id) is JobState.CANCELLED
    assert bench.queue.resume(job_id) is JobState.COMPLETED


# --- what people do to jobs -------------------------------------------------------------------


def test_pausing_and_resuming(bench: Bench) -> None:
    job_id = bench.plant([300, 200])

    assert bench.queue.pause(job_id) is JobState.PAUSED
    assert bench.queue.pause(job_id) is JobState.PAUSED
    assert bench.queue.claim(job_id, "w1", [Token("w1.1")]).tasks == ()
    assert bench.queue.resume(job_id) is JobState.RUNNING
    assert bench.queue.resume(job_id) is JobState.RUNNING
    assert bench.claim(job_id).file_index == 0
    assert bench.event_kinds(job_id)[2:] == ["job_paused", "job_resumed"]


def test_a_cancelled_job_starts_again_with_what_is_left(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    bench.complete(bench.claim(job_id))
    bench.claim(job_id)

    assert bench.queue.cancel(job_id) is JobState.CANCELLED
    assert bench.queue.cancel(job_id) is JobState.CANCELLED
    assert bench.queue.resume(job_id) is JobState.RUNNING

    snapshot = bench.queue.snapshot(job_id)
    assert (snapshot.files_completed, snapshot.in_progress) == (1, 1)


def test_a_paused_job_can_be_cancelled(bench: Bench) -> None:
    job_id = bench.plant([300])
    bench.queue.pause(job_id)

    assert bench.queue.cancel(job_id) is JobState.CANCELLED


@pytest.mark.parametrize(
    ("steer", "states"),
    [
        ("pause", ["planning", "cancelled", "completed", "failed"]),
        ("resume", ["completed", "failed"]),
        ("cancel", ["completed", "failed"]),
    ],
)
def test_moves_that_make_no_sense_are_refused_with_advice(
    bench: Bench, steer: str, states: list[str]
) -> None:
    for state in states:
        job_id = bench.plant([1], name=f"job-{state}")
        bench.server.command("HSET", f"hfdl:{{{job_id}}}:meta", "state", state)

        with pytest.raises(JobNotRunning, match=f"job-{state} is {state}: "):
            getattr(bench.queue, steer)(job_id)

        assert bench.state(job_id) is JobState(state)


# --- finding and reading ----------------------------------------------------------------------


def test_jobs_are_listed_newest_first_and_found_by_prefix(bench: Bench) -> None:
    for number, name in enumerate(["abc1", "abd2", "xyz3"]):
        bench.plant([1], name=name)
        bench.server.command("ZADD", "hfdl:{fleet}:jobs", number, name)

    assert bench.queue.job_ids() == ["xyz3", "abd2", "abc1"]
    assert [snapshot.job_id for snapshot in bench.queue.snapshots()] == ["xyz3", "abd2", "abc1"]
    assert bench.queue.find_job("x") == "xyz3"
    assert bench.queue.find_job("abc1") == "abc1"
    with pytest.raises(AmbiguousJob, match="abd2, abc1"):
        bench.queue.find_job("ab")
    with pytest.raises(UnknownJob, match="'q'"):
        bench.queue.find_job("q")


def test_a_whole_id_is_found_though_another_begins_with_it(bench: Bench) -> None:
    bench.plant([1], name="job")
    bench.plant([1], name="job-2")

    assert bench.queue.find_job("job") == "job"


def test_the_spec_comes_back_as_it_was_given(bench: Bench) -> None:
    spec = make_spec("job-9", Delivery.GATHER, include=("*.bin", "日本/*"), weight=2.5)
    bench.queue.begin_plan(spec, PLAN, PAGE_SIZE)

    with RedisClient(bench.server.target) as other:
        assert other.spec(spec.job_id) == spec


def test_a_job_nobody_knows_is_said_to_be_unknown(queue: RedisClient) -> None:
    job_id = JobId("nobody")

    for ask in (queue.spec, queue.snapshot, queue.pause, queue.reap):
        with pytest.raises(UnknownJob, match="nobody"):
            ask(job_id)


@pytest.mark.parametrize("change", [("protocol", "2"), ("spec", '{"from": "the future"}')])
def test_a_job_of_another_version_is_refused_and_left_out_of_lists(
    bench: Bench, change: tuple[str, str]
) -> None:
    bench.plant([1], name="known")
    job_id = bench.plant([1], name="strange")
    bench.server.command("HSET", "hfdl:{strange}:meta", *change)

    with RedisClient(bench.server.target) as other:
        with pytest.raises(ProtocolMismatch, match="update hfdl"):
            other.spec(job_id)
        with pytest.raises(ProtocolMismatch, match="update hfdl"):
            other.claim(job_id, "w1", [Token("w1.1")])
        assert [snapshot.job_id for snapshot in other.snapshots()] == ["known"]


def test_snapshots_are_always_up_to_date(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    [before] = bench.queue.snapshots()
    [same] = bench.queue.snapshots()
    task = bench.claim(job_id)
    [after] = bench.queue.snapshots()

    assert (before.pending, before.in_progress) == (2, 0)
    assert (same.pending, same.seq) == (2, before.seq)
    assert same.now_ms >= before.now_ms
    assert (after.pending, after.in_progress) == (1, 1)
    assert after.seq > before.seq
    assert after.counters["claims"] == 1
    bench.complete(task)
    assert bench.queue.snapshots()[0].bytes_completed == 300


# --- going away -------------------------------------------------------------------------------


def test_deleting_leaves_no_key_behind(bench: Bench) -> None:
    job_id = bench.plant([300, 200, 100, 5, 4], delivery=Delivery.GATHER, batches=[(3, 2)])
    tasks = [bench.claim(job_id, carve_bytes=100) for _ in range(5)]
    bench.complete(tasks[0])
    bench.fail(tasks[1])
    bench.fail(tasks[2], permanent=True)
    bench.reach(tasks[3], 250)
    bench.queue.reserve_destination("/data", job_id)

    bench.queue.delete(job_id)

    assert bench.server.command("KEYS", "*") == []
    assert bench.queue.job_ids() == []


def test_a_worker_of_a_deleted_job_hears_it_and_leaves_no_key_behind(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    with RedisClient(bench.server.target) as other:
        other.delete(job_id)

    moves: list[Callable[[], object]] = [
        lambda: bench.queue.claim(job_id, "w1", [Token("w1.9")]),
        lambda: bench.queue.report(job_id, "w1", [Progress(task.task_id, task.token, 1)]),
        lambda: bench.complete(task),
        lambda: bench.fail(task),
        lambda: bench.release(task),
        lambda: bench.queue.reap(job_id),
        lambda: bench.queue.pause(job_id),
    ]
    with pytest.raises(QueueEmptied, match="job-1 is gone"):
        moves[0]()
    for move in moves[1:]:
        with pytest.raises(UnknownJob):
            move()
    bench.queue.log(job_id, "stepped_aside", "no room")
    assert bench.server.command("KEYS", "*") == []


def test_every_move_under_an_old_epoch_is_refused_before_it_writes(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    with RedisClient(bench.server.target) as other:
        other.delete(job_id)
        bench_of_other = Bench(bench.server, other)
        bench_of_other.plant([300])
    before = bench.record(job_id)

    with pytest.raises(QueueEmptied, match="give its command again"):
        bench.complete(task)

    assert bench.changed(before, job_id) == {}
    # From then on the new record is known, in which this lease never was.
    assert bench.complete(task) == "lost"


# --- destinations -----------------------------------------------------------------------------


def test_a_destination_belongs_to_one_unfinished_job(bench: Bench) -> None:
    old, new = bench.plant([1], name="old"), bench.plant([1], name="new")

    assert bench.queue.reserve_destination("/data", old) == old
    assert bench.queue.reserve_destination("/data", old) == old
    assert bench.queue.reserve_destination("/data", new) == old
    assert bench.queue.reserve_destination("/other", new) == new


@pytest.mark.parametrize("ending", ["completed", "cancelled", "deleted"])
def test_a_job_that_ended_makes_room_for_the_next(bench: Bench, ending: str) -> None:
    old, new = bench.plant([1], name="old"), bench.plant([1], name="new")
    bench.queue.reserve_destination("/data", old)

    if ending == "completed":
        bench.complete(bench.claim(old))
    elif ending == "cancelled":
        bench.queue.cancel(old)
    else:
        bench.server.command("DEL", "hfdl:{old}:meta")

    assert bench.queue.reserve_destination("/data", new) == new
    bench.queue.release_destination("/data", old)
    assert bench.queue.reserve_destination("/data", new) == new
    bench.queue.release_destination("/data", new)
    assert bench.server.command("EXISTS", "hfdl:{fleet}:dest") == 0
