"""Failing: attempts are counted, the rest waits or fails for good, progress earns new attempts."""

import json

from hfdl_core.models import Delivery, JobState, TaskStatus, Token
from tests.queue.bench import Bench
from tests.queue.ids import batch, part, whole


def test_a_failed_attempt_waits_out_its_backoff(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.reach(task, 120)
    before = bench.record(job_id)

    failed = bench.queue.fail(
        job_id,
        task.task_id,
        task.token,
        100,
        error="404\n  not  found",
        cause="FileMissing",
        permanent=False,
        delay_seconds=30,
    )

    assert (failed.outcome, failed.attempt) == ("retrying", 1)
    note = {
        "error": "404 not found",
        "cause": "FileMissing",
        "worker": "w1",
        "attempt": 1,
        "score": -300,
    }
    assert bench.changed(before, job_id) == {
        "lease": None,
        "live": None,
        "tok": None,
        "delay": {task.task_id: 30},
        "note": {task.task_id: note},
        "att": {"000000:00": 1},
        "best": {"000000:00": 120},
        "over": {task.token: "fail 1"},
        "overq": [task.token],
        "cnt": {"files_published": 1, "bytes_published": 300, "claims": 1, "retries": 1},
    }


def test_failing_again_gets_the_first_answer_and_charges_nothing(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.fail(task)
    before = bench.record(job_id)

    again = bench.queue.fail(
        job_id,
        task.task_id,
        task.token,
        0,
        error="other",
        cause="Other",
        permanent=True,
        delay_seconds=1,
    )

    assert (again.outcome, again.attempt) == ("already", 1)
    assert bench.changed(before, job_id) == {}


def test_a_stranger_cannot_fail_a_task(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    before = bench.record(job_id)

    assert bench.fail(task.model_copy(update={"token": Token("w0.1")}), permanent=True) == "lost"
    assert bench.changed(before, job_id) == {}


def test_the_fourth_failed_attempt_is_the_last(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    outcomes, attempts = [], []
    for _ in range(4):
        task = bench.claim(job_id)
        attempts.append(task.attempt)
        outcomes.append(bench.fail(task))

    assert outcomes == ["retrying", "retrying", "retrying", "failed"]
    assert attempts == [1, 2, 3, 4]
    record = bench.record(job_id)
    assert record["failed"] == [whole(0, 300)]
    assert record["ffail"] == {"0": 1}
    assert record["note"][whole(0, 300)]["attempt"] == 4
    assert bench.queue.failures_by_cause(job_id) == {"FileMissing": 1}
    assert bench.state(job_id) is JobState.RUNNING
    assert bench.event_kinds(job_id)[2:] == ["task_retrying"] * 3 + ["task_failed"]


def test_when_another_try_cannot_help_the_first_is_the_last(bench: Bench) -> None:
    job_id = bench.plant([300, 200])

    assert bench.fail(bench.claim(job_id), permanent=True) == "failed"
    assert "delay" not in bench.record(job_id)


def test_a_delay_is_at_most_ten_minutes(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)

    bench.fail(task, delay_seconds=10**9)

    assert bench.record(job_id)["delay"] == {task.task_id: 600}


def test_getting_further_than_ever_earns_fresh_attempts(bench: Bench) -> None:
    job_id = bench.plant([300], max_attempts=3)
    outcomes = []
    for position in (100, 100, 101, 50, 101):
        task = bench.claim(job_id)
        outcomes.append((task.attempt, bench.fail(task, position)))

    assert outcomes == [
        (1, "retrying"),
        (2, "retrying"),
        (3, "retrying"),  # it passed 100: this is the first failure again
        (2, "retrying"),
        (3, "failed"),  # 101 is no further than it was
    ]
    assert bench.state(job_id) is JobState.FAILED


def test_in_gather_any_progress_is_credited_and_earns_fresh_attempts(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER, max_attempts=2)
    first = bench.claim(job_id)
    bench.fail(first, 100)
    before = bench.record(job_id)
    assert before["delay"] == {part(0, 100, 300): 0}
    assert before["frem"] == {"0": 200}
    assert before["att"] == {"000000:00:00000000064": 1}
    assert before["open"] == [part(0, 100, 300)]

    second = bench.claim(job_id)
    assert (second.task_id, second.attempt) == (part(0, 100, 300), 2)
    assert bench.fail(second, 150) == "retrying"
    assert bench.record(job_id)["att"] == {"000000:00:00000000096": 1}

    third = bench.claim(job_id)
    assert bench.fail(third, 150) == "failed"
    record = bench.record(job_id)
    assert record["failed"] == [part(0, 150, 300)]
    assert record["open"] == [part(0, 150, 300)]
    assert bench.counter(job_id, "bytes_completed") == 150
    assert bench.state(job_id) is JobState.FAILED


def test_a_failure_after_all_bytes_arrived_finds_nothing_left_to_fail(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    task = bench.claim(job_id)

    assert bench.fail(task, 300) == "already"
    assert bench.fail(task, 300) == "already"

    record = bench.record(job_id)
    assert record["frem"] == {"0": 0}
    assert not {"delay", "failed", "att", "pend"} & record.keys()
    assert bench.counter(job_id, "tasks_completed") == 1


def test_in_a_batch_the_file_at_the_position_failed_and_the_others_go_on(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30, 20], batches=[(0, 4)])
    task = bench.claim(job_id)

    assert bench.fail(task, 1, delay_seconds=9) == "retrying"

    record = bench.record(job_id)
    assert record["done"] == [0]
    assert record["delay"] == {whole(1, 40): 9}
    assert record["pend"] == {batch(2, 2, 50): -50}
    assert record["att"] == {"000001:00": 1}
    assert record["note"][whole(1, 40)]["score"] == -40
    assert bench.counter(job_id, "bytes_live") == 0


def test_the_last_file_of_a_batch_can_fail(bench: Bench) -> None:
    job_id = bench.plant([50, 40], batches=[(0, 2)])

    assert bench.fail(bench.claim(job_id), 1, permanent=True) == "failed"

    record = bench.record(job_id)
    assert (record["done"], record["failed"]) == ([0], [whole(1, 40)])
    assert "pend" not in record
    assert bench.state(job_id) is JobState.FAILED


def test_a_batch_that_failed_with_all_files_done_fails_its_last(bench: Bench) -> None:
    job_id = bench.plant([50, 40], batches=[(0, 2)])
    task = bench.claim(job_id)
    bench.reach(task, 2)

    assert bench.fail(task, 2) == "retrying"

    assert bench.record(job_id)["delay"] == {whole(1, 40): 0}
    assert bench.counter(job_id, "bytes_live") == 0


def test_a_failed_file_of_a_batch_in_gather_is_a_range(bench: Bench) -> None:
    job_id = bench.plant([50, 40], delivery=Delivery.GATHER, batches=[(0, 2)])

    bench.fail(bench.claim(job_id), 0, permanent=True)

    record = bench.record(job_id)
    assert (record["failed"], record["open"]) == ([part(0, 0, 50)], [part(0, 0, 50)])
    assert record["pend"] == {batch(1, 1, 40): -50}


def test_texts_of_the_whole_world_survive(bench: Bench) -> None:
    job_id = bench.plant([50])
    task = bench.claim(job_id)
    nasty = 'quote " back\\slash \u2028 \x00 \ud800 日本語 ' + "x" * 600

    bench.queue.fail(
        job_id,
        task.task_id,
        task.token,
        0,
        error=nasty,
        cause='odd "cause"',
        permanent=True,
        delay_seconds=0,
    )

    [view] = bench.queue.tasks(job_id, TaskStatus.FAILED)
    assert view.error.startswith('quote " back\\slash \x00 ? 日本語 xx')
    assert len(view.error) == 500
    assert bench.queue.failures_by_cause(job_id) == {'odd "cause"': 1}
    assert list(bench.queue.failed_ids(job_id, 'odd "cause"')) == [task.task_id]
    json.dumps(view.model_dump(mode="json"))
