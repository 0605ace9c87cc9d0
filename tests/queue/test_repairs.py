"""Finishing, reopening and requeueing: what was done, what proved wrong, what may try again."""

import pytest

from hfdl_core.errors import PlanMismatch
from hfdl_core.models import ByteRange, Delivery, DownloaderName, JobId, JobState, Token
from tests.queue.bench import Bench
from tests.queue.ids import batch, part, whole

COLLECTOR = Token("collector-1")


def _finish(bench: Bench, job_id: JobId, generation: int = 0) -> str:
    return bench.queue.finish(job_id, 0, generation, COLLECTOR)


def _reopen(bench: Bench, job_id: JobId, generation: int, *ranges: tuple[int, int]) -> int:
    spans = [ByteRange(begin, end) for begin, end in ranges]
    return bench.queue.reopen(job_id, 0, generation, spans, "digest mismatch")


# --- finish -----------------------------------------------------------------------------------


def test_a_gathered_file_is_completed_when_its_digest_matches(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    before = bench.record(job_id)

    assert _finish(bench, job_id) == "counted"

    assert bench.changed(before, job_id) == {
        "meta": b"completed",
        "done": [0],
        "frem": None,
        "cnt": before["cnt"] | {"files_completed": 1},
    }


def test_finishing_again_says_already(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    _finish(bench, job_id)
    before = bench.record(job_id)

    assert _finish(bench, job_id) == "already"
    assert bench.changed(before, job_id) == {}


def test_a_file_with_missing_bytes_cannot_be_finished(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    assert _finish(bench, job_id) == "lost"
    bench.complete(bench.claim(job_id), 299)

    assert _finish(bench, job_id) == "lost"
    assert not bench.queue.is_done(job_id, 0)


def test_an_older_generation_cannot_be_finished(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    _reopen(bench, job_id, 0, (0, 10))
    bench.complete(bench.claim(job_id))

    assert _finish(bench, job_id, generation=0) == "lost"
    assert _finish(bench, job_id, generation=1) == "counted"


def test_only_the_present_collector_finishes(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))

    assert bench.queue.claim_collector(job_id, Token("other"), 60)
    assert not bench.queue.claim_collector(job_id, COLLECTOR, 60)
    assert _finish(bench, job_id) == "lost"

    assert bench.queue.claim_collector(job_id, Token("other"), 0)  # it steps back
    assert bench.queue.claim_collector(job_id, COLLECTOR, 60)
    assert _finish(bench, job_id) == "counted"


# --- reopen -----------------------------------------------------------------------------------


def test_a_completed_file_goes_back_to_work_under_its_next_generation(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.queue.complete(job_id, task.task_id, task.token, 300, DownloaderName.HUB)
    before = bench.record(job_id)

    assert _reopen(bench, job_id, 0, (0, 300)) == 1

    assert bench.changed(before, job_id) == {
        "meta": b"running",
        "pend": {whole(0, 300, 1): -300},
        "done": None,
        "gen": {"0": 1},
        "via": None,
        "cnt": {"files_published": 1, "bytes_published": 300, "claims": 1, "tasks_completed": 1},
    }
    assert bench.queue.generation(job_id, 0) == 1
    task = bench.claim(job_id)
    assert task.generation == 1
    assert bench.complete(task) == "counted"
    assert bench.counter(job_id, "files_completed") == 1
    assert bench.state(job_id) is JobState.COMPLETED


def test_reopening_the_same_generation_again_changes_nothing(bench: Bench) -> None:
    job_id = bench.plant([300])
    bench.complete(bench.claim(job_id))
    _reopen(bench, job_id, 0)
    before = bench.record(job_id)

    assert _reopen(bench, job_id, 0) == 1
    assert bench.changed(before, job_id) == {}


def test_a_generation_that_was_never_reached_cannot_be_reopened(bench: Bench) -> None:
    job_id = bench.plant([300])
    before = bench.record(job_id)

    with pytest.raises(PlanMismatch, match="cannot be reopened at generation 0"):
        _reopen(bench, job_id, 3)
    assert bench.changed(before, job_id) == {}


def test_the_last_generation_cannot_be_reopened(bench: Bench) -> None:
    job_id = bench.plant([300])
    bench.server.command("HSET", "hfdl:{job-1}:gen", 0, 255)

    with pytest.raises(PlanMismatch, match="255"):
        _reopen(bench, job_id, 255)


def test_whoever_works_on_a_reopened_file_loses_it(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.reach(task, 100)

    assert _reopen(bench, job_id, 0) == 1

    record = bench.record(job_id)
    assert record["pend"] == {whole(0, 300, 1): -300}
    assert not {"live", "lease", "tok"} & record.keys()
    assert bench.counter(job_id, "bytes_live") == 0
    assert bench.reach(task, 200) is None
    assert bench.complete(task) == "lost"


@pytest.mark.parametrize("permanent", [False, True])
def test_a_failed_or_waiting_file_leaves_its_place_when_reopened(
    bench: Bench, *, permanent: bool
) -> None:
    job_id = bench.plant([300])
    bench.fail(bench.claim(job_id), 50, permanent=permanent, delay_seconds=60)

    _reopen(bench, job_id, 0)

    record = bench.record(job_id)
    assert record["pend"] == {whole(0, 300, 1): -300}
    assert not {"delay", "failed", "note", "ffail", "att", "best"} & record.keys()
    assert bench.queue.failures_by_cause(job_id) == {}
    assert bench.state(job_id) is JobState.RUNNING


def test_in_gather_bad_ranges_are_taken_back_and_the_rest_stays_counted(bench: Bench) -> None:
    job_id = bench.plant([1000, 10], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    _finish(bench, job_id)
    before = bench.record(job_id)

    assert _reopen(bench, job_id, 0, (700, 800), (100, 150), (140, 200)) == 1

    assert bench.changed(before, job_id) == {
        "pend": before["pend"] | {part(0, 100, 200, 1): -1000, part(0, 700, 800, 1): -1000},
        "done": None,
        "frem": {"0": 200},
        "gen": {"0": 1},
        "cnt": {
            "files_published": 2,
            "bytes_published": 1010,
            "claims": 1,
            "tasks_completed": 1,
            "bytes_completed": 800,
        },
    }
    for _ in range(2):
        bench.complete(bench.claim(job_id))
    assert bench.record(job_id)["frem"] == {"0": 0}
    assert _finish(bench, job_id, 1) == "counted"


def test_in_gather_what_was_open_anyway_is_carried_over_from_every_place(bench: Bench) -> None:
    job_id = bench.plant([1000, 1000, 1000], delivery=Delivery.GATHER)
    live, waiting, failed, counted = (bench.claim(job_id, carve_bytes=100) for _ in range(4))
    bench.reach(live, 40)
    bench.fail(waiting, 100, delay_seconds=60)
    bench.fail(failed, 220, permanent=True)
    bench.complete(counted)

    assert _reopen(bench, job_id, 0, (300, 350)) == 1

    record = bench.record(job_id)
    ours = {one: score for one, score in record["pend"].items() if one.startswith("r:000000")}
    assert ours == {
        part(0, 40, 200, 1): -1000,  # what the lease and the waiting one had left
        part(0, 220, 350, 1): -1000,  # what the failed one had left, and the bad range
        part(0, 400, 1000, 1): -1000,
    }
    assert len(record["pend"]) == 5
    assert record["frem"] == {"0": 890}
    assert bench.counter(job_id, "bytes_completed") == 110
    assert bench.counter(job_id, "bytes_live") == 0
    gone = {"live", "lease", "tok", "eta", "open", "delay", "failed", "note", "ffail", "att"}
    assert not gone & record.keys()
    assert bench.reach(live, 80) is None


def test_files_of_the_same_size_are_not_touched_by_a_reopening(bench: Bench) -> None:
    job_id = bench.plant([500] * 30, delivery=Delivery.GATHER)
    before = bench.record(job_id)["pend"]

    bench.queue.reopen(job_id, 17, 0, [], "wrong digest")

    after = bench.record(job_id)["pend"]
    del before[part(17, 0, 500)]
    assert after == before | {part(17, 0, 500, 1): -500}


def test_reopening_with_nothing_missing_only_asks_for_the_digest_again(bench: Bench) -> None:
    job_id = bench.plant([500], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    _finish(bench, job_id)

    assert _reopen(bench, job_id, 0) == 1

    assert bench.record(job_id)["frem"] == {"0": 0}
    assert bench.state(job_id) is JobState.RUNNING
    assert _finish(bench, job_id, 1) == "counted"
    assert bench.state(job_id) is JobState.COMPLETED


@pytest.mark.parametrize("delivery", [Delivery.KEEP, Delivery.GATHER])
def test_a_file_reopened_out_of_an_unfinished_batch_is_left_alone_by_it(
    bench: Bench, delivery: Delivery
) -> None:
    job_id = bench.plant([50, 40, 30], delivery=delivery, batches=[(0, 3)])
    task = bench.claim(job_id)

    assert bench.queue.reopen(job_id, 1, 0, [], "wrong") == 1
    bench.complete(task)

    own = whole(1, 40, 1) if delivery is Delivery.KEEP else part(1, 0, 40, 1)
    assert bench.record(job_id)["pend"] == {own: -40}
    assert bench.counter(job_id, "bytes_completed") == 80
    assert bench.counter(job_id, "bytes_live") == 0
    bench.complete(bench.claim(job_id))
    if delivery is Delivery.GATHER:
        for index, generation in ((0, 0), (1, 1), (2, 0)):
            assert bench.queue.finish(job_id, index, generation, COLLECTOR) == "counted"
    assert bench.counter(job_id, "bytes_completed") == 120
    assert bench.state(job_id) is JobState.COMPLETED


def test_an_empty_file_reopened_out_of_a_batch_only_waits_for_its_digest(bench: Bench) -> None:
    job_id = bench.plant([9, 0], delivery=Delivery.GATHER, batches=[(0, 2)])

    bench.queue.reopen(job_id, 1, 0, [], "wrong")

    record = bench.record(job_id)
    assert record["frem"] == {"1": 0}
    assert record["pend"] == {batch(0, 2, 9): -9}
    assert bench.queue.finish(job_id, 1, 1, COLLECTOR) == "counted"
    bench.complete(bench.claim(job_id))
    assert bench.record(job_id)["frem"] == {"0": 0}


def test_a_batch_cannot_fail_a_file_that_is_no_longer_its_own(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30], batches=[(0, 3)])
    task = bench.claim(job_id)
    bench.queue.reopen(job_id, 1, 0, [], "wrong")

    assert bench.fail(task, 1) == "already"

    record = bench.record(job_id)
    assert record["pend"] == {whole(1, 40, 1): -40, batch(2, 1, 30): -50}
    assert record["done"] == [0]
    assert "delay" not in record


@pytest.mark.parametrize(
    ("steer", "state"), [("pause", JobState.PAUSED), ("cancel", JobState.CANCELLED)]
)
def test_reopening_does_not_start_a_job_that_people_stopped(
    bench: Bench, steer: str, state: JobState
) -> None:
    job_id = bench.plant([50, 40])
    bench.complete(bench.claim(job_id))
    getattr(bench.queue, steer)(job_id)

    _reopen(bench, job_id, 0)

    assert bench.state(job_id) is state


def test_a_reopening_is_told_in_the_log(bench: Bench) -> None:
    job_id = bench.plant([50])
    bench.complete(bench.claim(job_id))

    _reopen(bench, job_id, 0)

    event = bench.queue.events(job_id)[-1]
    assert (event.kind, event.text, event.path) == ("reopened", "digest mismatch", "dir/file-0")


# --- requeue ----------------------------------------------------------------------------------


def test_a_failed_task_goes_back_with_fresh_budgets(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.fail(task, 20, permanent=True)
    before = bench.record(job_id)

    assert bench.queue.requeue(job_id, [task.task_id]) == 1

    assert bench.changed(before, job_id) == {
        "meta": b"running",
        "pend": {task.task_id: -300},
        "failed": None,
        "note": None,
        "ffail": None,
        "att": None,
        "best": None,
        "cnt": {"files_published": 1, "bytes_published": 300, "claims": 1},
    }
    assert bench.claim(job_id).attempt == 1
    assert bench.event_kinds(job_id)[-1] == "requeued"


def test_requeueing_again_and_requeueing_strangers_does_nothing(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    task = bench.claim(job_id)
    bench.fail(task, permanent=True)
    bench.queue.requeue(job_id, [task.task_id])
    before = bench.record(job_id)

    assert bench.queue.requeue(job_id, [task.task_id, whole(1, 200), whole(9, 9)]) == 0
    assert bench.changed(before, job_id) == {}


def test_many_are_requeued_in_bounded_steps(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    tasks = [bench.claim(job_id, carve_bytes=4) for _ in range(250)]
    for task in tasks:
        bench.fail(task, task.begin, permanent=True)
    assert bench.record(job_id)["ffail"] == {"0": 250}

    assert bench.queue.requeue(job_id, [task.task_id for task in tasks]) == 250

    record = bench.record(job_id)
    assert len(record["pend"]) == 250
    assert not {"failed", "note", "ffail", "att", "open"} & record.keys()


def test_requeueing_in_a_cancelled_job_does_not_start_it(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    task = bench.claim(job_id)
    bench.fail(task, permanent=True)
    bench.queue.cancel(job_id)

    assert bench.queue.requeue(job_id, [task.task_id]) == 1
    assert bench.state(job_id) is JobState.CANCELLED
