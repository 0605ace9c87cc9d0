"""Releasing: the task goes back at once, and nobody is charged."""

from hfdl_core.models import Delivery, JobState, Token
from tests.queue.bench import Bench
from tests.queue.ids import batch, part, whole


def test_a_released_file_is_pending_again_without_an_attempt(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.reach(task, 120)
    before = bench.record(job_id)

    assert bench.release(task, 130) == "counted"

    assert bench.changed(before, job_id) == {
        "pend": {whole(0, 300): -300},
        "lease": None,
        "live": None,
        "tok": None,
        "over": {task.token: "release"},
        "overq": [task.token],
        "cnt": {"files_published": 1, "bytes_published": 300, "claims": 1},
    }
    assert bench.claim(job_id).attempt == 1


def test_releasing_again_says_already(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.release(task)
    holder = bench.claim(job_id)
    before = bench.record(job_id)

    assert bench.release(task) == "already"
    assert bench.changed(before, job_id) == {}
    assert bench.complete(holder) == "counted"


def test_a_stranger_cannot_release(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    before = bench.record(job_id)

    assert bench.release(task.model_copy(update={"token": Token("w0.1")})) == "lost"
    assert bench.changed(before, job_id) == {}


def test_in_gather_the_bytes_are_credited_and_the_rest_keeps_its_priority(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    task = bench.claim(job_id, carve_bytes=600)

    bench.release(task, 250)

    record = bench.record(job_id)
    assert record["pend"] == {part(0, 250, 600): -1000, part(0, 600, 1000): -1000}
    assert record["frem"] == {"0": 750}
    assert not {"open", "eta"} & record.keys()
    assert bench.claim(job_id).begin == 250


def test_a_range_released_at_its_end_is_complete(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    task = bench.claim(job_id)

    assert bench.release(task, 1000) == "counted"

    record = bench.record(job_id)
    assert record["frem"] == {"0": 0}
    assert "pend" not in record
    assert bench.counter(job_id, "tasks_completed") == 1


def test_finished_files_of_a_released_batch_count(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30], batches=[(0, 3)])

    bench.release(bench.claim(job_id), 2)

    record = bench.record(job_id)
    assert (record["done"], record["pend"]) == ([0, 1], {batch(2, 1, 30): -50})


def test_releasing_a_finished_batch_can_end_the_job(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30], batches=[(0, 3)])

    bench.release(bench.claim(job_id), 3)

    assert bench.state(job_id) is JobState.COMPLETED


def test_a_whole_file_released_at_its_end_was_not_verified_and_goes_back(bench: Bench) -> None:
    job_id = bench.plant([300])

    bench.release(bench.claim(job_id), 300)

    assert bench.record(job_id)["pend"] == {whole(0, 300): -300}
    assert bench.counter(job_id, "bytes_completed") == 0


def test_a_reason_is_told_in_the_log(bench: Bench) -> None:
    job_id = bench.plant([300])

    bench.release(bench.claim(job_id), reason="w1: no access, set HF_TOKEN there")

    [event] = bench.queue.events(job_id)[2:]
    assert (event.kind, event.worker, event.path) == ("released", "w1", "dir/file-0")
    assert event.text == "w1: no access, set HF_TOKEN there"


def test_progress_that_was_released_earns_fresh_attempts_too(bench: Bench) -> None:
    job_id = bench.plant([300], max_attempts=2)
    bench.fail(bench.claim(job_id), 100)
    bench.release(bench.claim(job_id), 150)

    task = bench.claim(job_id)

    assert task.attempt == 1
    assert bench.fail(task, 120) == "retrying"
    assert bench.fail(bench.claim(job_id), 120) == "failed"
