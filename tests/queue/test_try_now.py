"""A person does not want to wait until the next try is due."""

import pytest

from hfdl_core.models import Delivery, JobState, TaskStatus
from tests.queue.bench import Bench
from tests.queue.ids import part, whole


@pytest.mark.parametrize("delivery", [Delivery.KEEP, Delivery.GATHER])
def test_a_waiting_task_is_pending_at_once_with_its_files_priority(
    bench: Bench, delivery: Delivery
) -> None:
    job_id = bench.plant([300, 200], delivery=delivery)
    first = bench.claim(job_id)
    bench.fail(first, delay_seconds=60)
    before = bench.record(job_id)

    assert bench.queue.try_now(job_id, [first.task_id]) == 1

    assert bench.changed(before, job_id) == {
        "pend": before["pend"] | {first.task_id: -300},
        "delay": None,
        "note": None,
    } | ({"open": None} if delivery is Delivery.GATHER else {})
    assert bench.claim(job_id).task_id == first.task_id
    assert bench.event_kinds(job_id)[-1] == "hurried"


def test_attempts_stay_counted(bench: Bench) -> None:
    job_id = bench.plant([300], max_attempts=2)
    task = bench.claim(job_id)
    assert bench.fail(task, delay_seconds=60) == "retrying"

    bench.queue.try_now(job_id, [task.task_id])

    again = bench.claim(job_id)
    assert again.attempt == 2
    assert bench.fail(again) == "failed"


def test_what_does_not_wait_is_left_alone(bench: Bench) -> None:
    job_id = bench.plant([400, 300, 200, 100])
    bench.fail(bench.claim(job_id), permanent=True)
    held = bench.claim(job_id)
    bench.complete(bench.claim(job_id))
    before, told = bench.record(job_id), bench.event_kinds(job_id)

    ids = [whole(0, 400), held.task_id, whole(2, 200), whole(3, 100), whole(9, 1)]
    assert bench.queue.try_now(job_id, ids) == 0

    assert bench.changed(before, job_id) == {}
    assert bench.event_kinds(job_id) == told


def test_a_paused_job_stays_paused(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.fail(task, delay_seconds=60)
    bench.queue.pause(job_id)

    assert bench.queue.try_now(job_id, [task.task_id]) == 1

    assert bench.state(job_id) is JobState.PAUSED
    assert bench.queue.snapshot(job_id).pending == 1


def test_hundreds_are_hurried_in_steps(bench: Bench) -> None:
    job_id = bench.plant([1250], delivery=Delivery.GATHER)
    for _ in range(250):
        task = bench.claim(job_id, carve_bytes=5)
        bench.fail(task, task.begin, delay_seconds=60)
    waiting = bench.queue.tasks(job_id, TaskStatus.RETRYING, limit=300)

    assert bench.queue.try_now(job_id, [view.task_id for view in waiting]) == 250

    assert bench.queue.tasks(job_id, TaskStatus.RETRYING) == []
    assert part(0, 0, 5) in bench.record(job_id)["pend"]
