"""Leases that run out: the work goes back, crashes are charged, outages and clocks are forgiven."""

import pytest

from hfdl_core.models import Delivery, JobState, Token
from tests.queue.bench import Bench
from tests.queue.ids import batch, part, whole


def test_a_lease_that_ran_out_goes_back_and_is_charged_a_crash(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.reach(task, 120)
    bench.run_out(task)
    before = bench.record(job_id)

    assert bench.queue.reap(job_id) == 1

    assert bench.changed(before, job_id) == {
        "pend": {whole(0, 300): -300},
        "lease": None,
        "live": None,
        "tok": None,
        "crash": {"000000:00": 1},
        "best": {"000000:00": 120},
        "over": {task.token: "reap"},
        "overq": [task.token],
        "cnt": {
            "files_published": 1,
            "bytes_published": 300,
            "claims": 1,
            "reaped": 1,
            "crashes": 1,
        },
    }
    [event] = bench.queue.events(job_id)[2:]
    assert (event.kind, event.worker, event.path) == ("lease_expired", "w1", "dir/file-0")
    assert bench.claim(job_id).attempt == 1


def test_a_living_lease_is_left_alone(bench: Bench) -> None:
    job_id = bench.plant([300])
    bench.claim(job_id)
    before = bench.record(job_id)

    assert bench.queue.reap(job_id) == 0
    assert bench.changed(before, job_id) == {}


def test_a_late_report_keeps_a_lease_that_nobody_took_back_yet(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.run_out(task)

    assert bench.reach(task, 10) == 300
    assert bench.queue.reap(job_id) == 0


def test_one_call_takes_no_more_than_asked_and_never_more_than_a_hundred(bench: Bench) -> None:
    job_id = bench.plant([1] * 50, delivery=Delivery.GATHER)
    bench.plant([3] * 40, name="job-2", delivery=Delivery.GATHER)
    tokens = [Token(f"w1.{n}") for n in range(240)]
    tasks = [
        task
        for first in (0, 80, 160)
        for task in bench.queue.claim("job-2", "w1", tokens[first : first + 80], 1).tasks  # type: ignore[arg-type]  # an id
    ]
    bench.run_out(*tasks)

    assert bench.queue.reap(tasks[0].job_id, 7) == 7
    assert bench.queue.reap(tasks[0].job_id, 1000) == 100
    assert bench.queue.reap(job_id) == 0


def test_reaped_bytes_count_in_gather_and_the_rest_is_a_new_range(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    task = bench.claim(job_id)
    bench.reach(task, 400)
    bench.run_out(task)

    bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert record["pend"] == {part(0, 400, 1000): -1000}
    assert record["frem"] == {"0": 600}
    assert record["crash"] == {"000000:00:00000000190": 1}
    assert not {"open", "eta"} & record.keys()
    assert (bench.counter(job_id, "bytes_completed"), bench.counter(job_id, "bytes_live")) == (
        400,
        0,
    )


def test_a_range_that_ran_out_at_its_end_is_complete_and_charges_nobody(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    task = bench.claim(job_id)
    bench.reach(task, 1000)
    bench.run_out(task)

    bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert record["frem"] == {"0": 0}
    assert not {"pend", "crash"} & record.keys()


def test_finished_files_of_a_reaped_batch_count(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30], batches=[(0, 3)])
    task = bench.claim(job_id)
    bench.reach(task, 1)
    bench.run_out(task)

    bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert (record["done"], record["pend"]) == ([0], {batch(1, 2, 70): -50})
    assert record["crash"] == {"b:000000:0001": 1}


def test_who_was_reaped_hears_it_and_can_do_nothing_more(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.run_out(task)
    bench.queue.reap(job_id)
    before = bench.record(job_id)

    assert bench.reach(task, 200) is None
    assert bench.complete(task) == "lost"
    assert bench.fail(task) == "lost"
    assert bench.release(task) == "lost"
    assert bench.queue.claim(job_id, "w1", [task.token]).tasks == ()
    assert bench.changed(before, job_id) == {}


def test_the_fifth_crash_without_progress_fails_the_task(bench: Bench) -> None:
    job_id = bench.plant([300])
    for _ in range(4):
        bench.run_out(bench.claim(job_id))
        bench.queue.reap(job_id)
    assert bench.state(job_id) is JobState.RUNNING

    bench.run_out(bench.claim(job_id, "w9"))
    bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert record["failed"] == [whole(0, 300)]
    assert record["note"][whole(0, 300)]["cause"] == "crashes"
    assert record["note"][whole(0, 300)]["worker"] == "w9"
    assert bench.queue.failures_by_cause(job_id) == {"crashes": 1}
    assert bench.state(job_id) is JobState.FAILED


def test_crashes_that_get_further_each_time_go_on(bench: Bench) -> None:
    job_id = bench.plant([300])
    for position in range(10, 110, 10):
        task = bench.claim(job_id)
        bench.reach(task, position)
        bench.run_out(task)
        bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert record["crash"] == {"000000:00": 1}
    assert record["best"] == {"000000:00": 100}


def test_crashes_cost_no_attempts_and_failures_cost_no_crashes(bench: Bench) -> None:
    job_id = bench.plant([300])
    for _ in range(3):
        bench.run_out(bench.claim(job_id))
        bench.queue.reap(job_id)
        bench.fail(bench.claim(job_id))

    record = bench.record(job_id)
    assert (record["att"], record["crash"]) == ({"000000:00": 3}, {"000000:00": 3})


def test_a_batch_that_gets_further_with_every_crash_stays_together(bench: Bench) -> None:
    job_id = bench.plant([9] * 8, batches=[(0, 8)])
    for _ in range(6):
        task = bench.claim(job_id)
        bench.reach(task, 1)
        bench.run_out(task)
        bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert record["pend"] == {batch(6, 2, 18): -9}
    assert record["crash"] == {"b:000000:0006": 1}


def test_a_batch_that_crashes_five_times_at_one_file_is_taken_apart(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30], batches=[(0, 3)])
    for _ in range(5):
        bench.run_out(bench.claim(job_id))
        bench.queue.reap(job_id)

    record = bench.record(job_id)
    assert record["pend"] == {whole(0, 50): -50, whole(1, 40): -40, whole(2, 30): -30}
    assert not {"crash", "failed"} & record.keys()


@pytest.mark.parametrize("silence", [-21, -3600, +3600, +1])
def test_after_an_outage_or_a_clock_step_every_lease_begins_anew(
    bench: Bench, silence: float
) -> None:
    job_id = bench.plant([300, 200])
    first, second = bench.claim(job_id), bench.claim(job_id)
    bench.set_deadline(first, -5000)
    bench.set_deadline(second, 5000)
    bench.set_beat(job_id, silence)
    before = bench.record(job_id)

    assert bench.queue.reap(job_id) == 0

    assert bench.changed(before, job_id) == {"lease": {first.task_id: 45, second.task_id: 45}}
    assert bench.reach(first, 1) == 300


def test_silence_of_less_than_twenty_seconds_is_no_outage(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.run_out(task)
    bench.set_beat(job_id, -19)

    assert bench.queue.reap(job_id) == 1


def test_any_move_forgives_an_outage_not_only_the_reaper(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    task = bench.claim(job_id)
    bench.run_out(task)
    bench.set_beat(job_id, -60)

    claimed = bench.queue.claim(job_id, "w2", [Token("w2.1")])

    assert [other.file_index for other in claimed.tasks] == [1]
    assert bench.counter(job_id, "crashes") == 0


def test_polling_for_work_keeps_the_beat(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.set_beat(job_id, -15)
    bench.queue.claim(job_id, "w2", [Token("w2.1")])
    bench.run_out(task)

    assert bench.queue.reap(job_id) == 1


def test_an_outage_with_ten_thousand_leases_is_forgiven(bench: Bench) -> None:
    job_id = bench.plant([10_000], delivery=Delivery.GATHER)
    for first in range(0, 10_000, 100):
        tokens = [Token(f"w1.{n}") for n in range(first, first + 100)]
        assert len(bench.queue.claim(job_id, "w1", tokens, 1).tasks) == 100
    bench.set_beat(job_id, -60)

    begun = bench.now_ms()
    bench.queue.reap(job_id)
    took_ms = bench.now_ms() - begun

    lowest = bench.server.command("ZRANGE", "hfdl:{job-1}:lease", 0, 0, "WITHSCORES")
    assert float(lowest[1]) >= begun + 45_000
    assert took_ms < 1000


def test_a_deadline_further_than_a_lease_is_long_counts_as_one_lease(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.set_deadline(task, 500)

    bench.queue.reap(job_id)

    assert bench.record(job_id)["lease"] == {task.task_id: 45}


def test_a_retry_due_in_the_far_future_is_due_in_ten_minutes(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.fail(task, delay_seconds=300)
    bench.set_due(job_id, task.task_id, 3600 + 300)
    bench.set_beat(job_id, 3600)

    bench.queue.claim(job_id, "w1", [])

    assert bench.record(job_id)["delay"] == {task.task_id: 600}
