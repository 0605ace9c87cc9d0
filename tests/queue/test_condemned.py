"""What a collector asks about files, and a file that it gives up."""

import pytest

from hfdl_core.models import ByteRange, Delivery, JobId, JobState, TaskStatus, Token
from tests.queue.bench import Bench
from tests.queue.ids import part

WRONG = "digest is a, the Hub lists b"


def _condemn(bench: Bench, job_id: JobId, file: int = 0, generation: int = 0) -> int:
    return bench.queue.condemn(job_id, file, generation, error=WRONG, cause="DigestMismatch")


# --- file_state, begun_files, lease_ends, completed_bitmap -------------------------------------


def test_a_file_that_nobody_touched_is_all_open(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)

    state = bench.queue.file_state(job_id, 0)

    assert (state.generation, state.completed, state.missing_bytes) == (0, False, None)
    assert state.open == (ByteRange(0, 300),)
    assert bench.queue.begun_files(job_id) == []


def test_what_is_leased_is_open_from_its_position_on(bench: Bench) -> None:
    job_id = bench.plant([300, 200], delivery=Delivery.GATHER)
    first, second, third = (bench.claim(job_id, carve_bytes=100) for _ in range(3))
    bench.complete(first)
    bench.reach(second, 150)
    bench.fail(third, 230, delay_seconds=60)

    state = bench.queue.file_state(job_id, 0)

    assert state.missing_bytes == 170
    assert state.open == (ByteRange(150, 200), ByteRange(230, 300))
    assert bench.queue.begun_files(job_id) == [0]


def test_failed_ranges_are_open_too(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.fail(bench.claim(job_id), 120, permanent=True)

    assert bench.queue.file_state(job_id, 0).open == (ByteRange(120, 300),)


def test_a_reopened_file_tells_its_generation(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    bench.queue.reopen(job_id, 0, 0, [ByteRange(10, 20)], "damaged")

    state = bench.queue.file_state(job_id, 0)

    assert (state.generation, state.missing_bytes) == (1, 10)
    assert state.open == (ByteRange(10, 20),)


def test_a_completed_file_says_so_and_is_in_the_bitmap(bench: Bench) -> None:
    job_id = bench.plant([300, 200, 100], delivery=Delivery.GATHER)
    assert bench.queue.completed_bitmap(job_id) == b""
    for _ in range(3):
        bench.complete(bench.claim(job_id))

    bench.queue.finish(job_id, 1, 0, Token("c"))

    assert bench.queue.file_state(job_id, 1).completed
    assert not bench.queue.file_state(job_id, 0).completed
    assert bench.queue.completed_bitmap(job_id) == bytes([0b0100_0000])
    assert bench.queue.begun_files(job_id) == [0, 2]


def test_lease_ends_follow_a_theft(bench: Bench) -> None:
    job_id = bench.plant([1 << 20], delivery=Delivery.GATHER)
    victim = bench.claim(job_id)
    bench.reach(victim, 0, 1000.0)
    assert bench.queue.lease_ends(job_id) == {victim.token: 1 << 20}

    thief = bench.queue.steal(job_id, "w2", Token("w2.1"), minimum_bytes=1 << 12, silent_seconds=10)

    assert thief is not None
    assert bench.queue.lease_ends(job_id) == {victim.token: thief.begin, thief.token: 1 << 20}


# --- condemn -----------------------------------------------------------------------------------


def test_a_condemned_file_fails_with_all_that_is_open_of_it(bench: Bench) -> None:
    job_id = bench.plant([300, 200], delivery=Delivery.GATHER)
    held, done = bench.claim(job_id, carve_bytes=100), bench.claim(job_id, carve_bytes=100)
    bench.complete(done)
    bench.reach(held, 40)

    assert _condemn(bench, job_id) == 2

    record = bench.record(job_id)
    assert record["failed"] == sorted([part(0, 40, 100), part(0, 200, 300)])
    assert "live" not in record
    assert bench.reach(held, 50) is None
    assert bench.complete(held) == "lost"
    assert bench.queue.snapshot(job_id).files_failed == 1
    assert bench.state(job_id) is JobState.RUNNING  # the other file is still to come
    [first, second] = bench.queue.tasks(job_id, TaskStatus.FAILED)
    assert {first.error, second.error} == {WRONG}
    assert {first.cause, second.cause} == {"DigestMismatch"}


def test_condemning_the_last_file_fails_the_job_and_the_same_again_changes_nothing(
    bench: Bench,
) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)

    assert _condemn(bench, job_id) == 1
    assert bench.state(job_id) is JobState.FAILED
    before = bench.record(job_id)

    assert _condemn(bench, job_id) == 1
    assert bench.event_kinds(job_id).count("task_failed") == 1
    assert bench.changed(before, job_id) == {}


@pytest.mark.parametrize("generation", [0, 2])
def test_another_generation_is_not_condemned(bench: Bench, generation: int) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.queue.reopen(job_id, 0, 0, [], "wrong")
    before = bench.record(job_id)

    assert _condemn(bench, job_id, generation=generation) == 0
    assert bench.changed(before, job_id) == {}


def test_a_condemned_file_that_is_requeued_can_be_completed(bench: Bench) -> None:
    job_id = bench.plant([300, 50], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id))
    bench.complete(bench.claim(job_id))
    bench.queue.finish(job_id, 1, 0, Token("c"))
    generation = bench.queue.reopen(job_id, 0, 0, [ByteRange(0, 300)], WRONG)
    _condemn(bench, job_id, generation=generation)
    assert bench.state(job_id) is JobState.FAILED
    assert bench.counter(job_id, "bytes_completed") == 50

    assert bench.queue.requeue(job_id, list(bench.queue.failed_ids(job_id))) == 1

    assert bench.state(job_id) is JobState.RUNNING
    task = bench.claim(job_id)
    assert (task.generation, task.begin, task.end, task.attempt) == (generation, 0, 300, 1)
    bench.complete(task)
    assert bench.queue.finish(job_id, 0, generation, Token("c")) == "counted"
    assert bench.state(job_id) is JobState.COMPLETED
    assert bench.counter(job_id, "bytes_completed") == 350
    assert bench.queue.snapshot(job_id).files_failed == 0


def test_a_file_condemned_out_of_a_batch_leaves_the_batch_to_its_worker(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30], delivery=Delivery.GATHER, batches=[(0, 3)])
    batch = bench.claim(job_id)
    generation = bench.queue.reopen(job_id, 1, 0, [ByteRange(0, 40)], WRONG)

    assert _condemn(bench, job_id, 1, generation) == 1
    assert bench.complete(batch) == "counted"

    for index in (0, 2):
        assert bench.queue.finish(job_id, index, 0, Token("c")) == "counted"
    assert bench.state(job_id) is JobState.FAILED
    assert bench.counter(job_id, "bytes_completed") == 80
    assert bench.queue.snapshot(job_id).failed == 1
