"""Reporting: positions only go forward, leases are renewed, the answer tells where they end."""

import math

from hfdl_core.models import Delivery, JobState, Token
from hfdl_core.queue import Progress
from tests.queue.bench import Bench
from tests.queue.ids import part, whole


def test_a_report_notes_the_position_and_renews_the_lease(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.set_deadline(task, 10)
    before = bench.record(job_id)

    end = bench.reach(task, 120)

    assert end == 300
    assert bench.changed(before, job_id) == {
        "lease": {task.task_id: 45},
        "live": {task.task_id: ("w1", task.token, 0, 120, 300)},
        "cnt": before["cnt"] | {"bytes_live": 120},
    }


def test_a_position_never_goes_back_nor_beyond_the_end(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)

    for position, kept in ((200, 200), (150, 200), (-5, 200), (10_000, 300), (0, 300)):
        assert bench.reach(task, position) == 300
        assert bench.counter(job_id, "bytes_live") == kept


def test_a_stranger_hears_that_the_lease_is_lost_and_changes_nothing(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    before = bench.record(job_id)

    zombie = Progress(task.task_id, Token("w0.1"), 250, 1.0)
    unknown = Progress(whole(7, 7), task.token, 5, 1.0)
    answer = bench.queue.report(job_id, "w0", [zombie, unknown])

    assert answer.ends == {"w0.1": None, task.token: None}
    assert bench.changed(before, job_id) == {}


def test_holder_and_zombie_in_one_report_are_told_apart(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)

    zombie = Progress(task.task_id, Token("w0.1"), 250, 1.0)
    holder = Progress(task.task_id, task.token, 100, 1.0)
    for pair in ([zombie, holder], [holder, zombie]):
        answer = bench.queue.report(job_id, "w1", pair)

        assert answer.ends == {"w0.1": None, task.token: 300}
        assert bench.counter(job_id, "bytes_live") == 100


def test_a_lease_named_twice_in_one_report_counts_once(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)

    report = [Progress(task.task_id, task.token, position, 1.0) for position in (100, 120, 90)]
    bench.queue.report(job_id, "w1", report)

    assert bench.counter(job_id, "bytes_live") == 120
    assert bench.record(job_id)["live"][task.task_id] == ("w1", task.token, 0, 120, 300)


def test_a_report_brings_back_the_state_of_the_job(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.queue.pause(job_id)

    answer = bench.queue.report(job_id, "w1", [Progress(task.task_id, task.token, 1, 1.0)])

    assert answer.state is JobState.PAUSED
    assert answer.ends == {task.token: 300}


def test_the_position_of_a_batch_counts_files_and_its_bytes_are_known(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30, 20], batches=[(0, 4)])
    task = bench.claim(job_id)

    for position, bytes_done in ((1, 50), (3, 120), (2, 120), (9, 140)):
        assert bench.reach(task, position) == 4
        assert bench.counter(job_id, "bytes_live") == bytes_done


def test_hundreds_of_leases_are_reported_in_one_call(bench: Bench) -> None:
    job_id = bench.plant([10] * 50, delivery=Delivery.GATHER)
    tokens = [Token(f"w1.{n}") for n in range(500)]
    tasks = [
        task
        for first in range(0, 500, 100)
        for task in bench.queue.claim(job_id, "w1", tokens[first : first + 100], 1).tasks
    ]

    answer = bench.queue.report(
        job_id, "w1", [Progress(task.task_id, task.token, task.end, 5.0) for task in tasks]
    )

    assert len(answer.ends) == 500
    assert answer.ends == {task.token: task.end for task in tasks}
    assert bench.counter(job_id, "bytes_live") == 500


def test_a_report_of_nothing_still_tells_the_state(bench: Bench) -> None:
    job_id = bench.plant([10])

    assert bench.queue.report(job_id, "w1", []).state is JobState.RUNNING


def test_speeds_that_are_no_numbers_do_no_harm(bench: Bench) -> None:
    job_id = bench.plant([10], delivery=Delivery.GATHER)
    task = bench.claim(job_id)

    for speed in (math.nan, math.inf, -5.0, 0.0, 1e300, 1e-300):
        assert bench.reach(task, 1, speed) == 10
    assert bench.record(job_id)["eta"] == [part(0, 0, 10)]
