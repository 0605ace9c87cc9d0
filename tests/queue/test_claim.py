"""Claiming: the largest files first, one task a token, never two for one."""

import pytest

from hfdl_core.models import Delivery, JobState, Token
from hfdl_core.task_id import TaskKind
from tests.queue.bench import Bench, make_files
from tests.queue.ids import batch, part, whole


def test_a_claim_moves_the_largest_file_to_in_progress(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    before = bench.record(job_id)

    claimed = bench.queue.claim(job_id, "w1", [Token("w1.1")])

    [task] = claimed.tasks
    assert claimed.state is JobState.RUNNING
    assert (task.task_id, task.kind, task.token) == (whole(0, 300), TaskKind.FILE, "w1.1")
    assert (task.begin, task.end, task.attempt, task.generation) == (0, 300, 1, 0)
    assert task.files == make_files([300])
    assert bench.changed(before, job_id) == {
        "pend": {whole(1, 200): -200},
        "lease": {whole(0, 300): 45},
        "live": {whole(0, 300): ("w1", "w1.1", 0, 0, 300)},
        "tok": {"w1.1": whole(0, 300)},
        "cnt": before["cnt"] | {"claims": 1},
    }


def test_files_of_one_size_are_claimed_in_file_order(bench: Bench) -> None:
    job_id = bench.plant([7] * 20)

    order = [bench.claim(job_id).file_index for _ in range(20)]

    assert order == list(range(20))


def test_several_tokens_get_a_task_each_as_long_as_there_are_some(bench: Bench) -> None:
    job_id = bench.plant([3, 2])

    claimed = bench.queue.claim(job_id, "w1", [Token(f"w1.{n}") for n in range(3)])

    assert [task.file_index for task in claimed.tasks] == [0, 1]


def test_the_same_claim_again_gets_the_same_tasks(bench: Bench) -> None:
    job_id = bench.plant([3, 2, 1])
    tokens = [Token("w1.1"), Token("w1.2")]
    first = bench.queue.claim(job_id, "w1", tokens)
    before = bench.record(job_id)

    again = bench.queue.claim(job_id, "w1", tokens)

    assert again == first
    assert bench.changed(before, job_id) == {}


def test_a_late_repeat_of_a_claim_whose_lease_has_ended_takes_nothing(bench: Bench) -> None:
    job_id = bench.plant([3, 2])
    task = bench.claim(job_id)
    bench.complete(task)
    before = bench.record(job_id)

    late = bench.queue.claim(job_id, "w1", [task.token])

    assert late.tasks == ()
    assert bench.changed(before, job_id) == {}


def test_a_paused_job_gives_nothing_new_but_repeats_what_it_gave(bench: Bench) -> None:
    job_id = bench.plant([3, 2])
    task = bench.claim(job_id)
    bench.queue.pause(job_id)

    claimed = bench.queue.claim(job_id, "w1", [task.token, Token("w1.99")])

    assert claimed.state is JobState.PAUSED
    assert claimed.tasks == (task,)


def test_a_batch_comes_with_all_its_files(bench: Bench) -> None:
    job_id = bench.plant([9, 3, 2, 1], batches=[(1, 3)])
    bench.claim(job_id)

    task = bench.claim(job_id)

    assert (task.task_id, task.kind) == (batch(1, 3, 6), TaskKind.BATCH)
    assert task.files == make_files([9, 3, 2, 1])[1:]
    assert (task.file_index, task.begin, task.end) == (1, 0, 3)


def test_gather_carves_a_piece_and_leaves_the_rest_with_the_files_priority(bench: Bench) -> None:
    job_id = bench.plant([1000, 900], delivery=Delivery.GATHER)
    before = bench.record(job_id)

    task = bench.claim(job_id, carve_bytes=400)

    assert (task.task_id, task.begin, task.end) == (part(0, 0, 400), 0, 400)
    assert bench.changed(before, job_id) == {
        "pend": {part(0, 400, 1000): -1000, part(1, 0, 900): -900},
        "lease": {task.task_id: 45},
        "live": {task.task_id: ("w1", task.token, 0, 0, 400)},
        "tok": {task.token: task.task_id},
        "eta": [task.task_id],
        "open": [task.task_id],
        "cnt": before["cnt"] | {"claims": 1},
    }


def test_gather_runs_through_one_file_before_the_next_of_its_size(bench: Bench) -> None:
    job_id = bench.plant([1000, 1000], delivery=Delivery.GATHER)

    pieces = [bench.claim(job_id, carve_bytes=400) for _ in range(6)]

    assert [(task.file_index, task.begin, task.end) for task in pieces] == [
        (0, 0, 400),
        (0, 400, 800),
        (0, 800, 1000),
        (1, 0, 400),
        (1, 400, 800),
        (1, 800, 1000),
    ]


def test_a_range_no_longer_than_the_carve_is_not_cut(bench: Bench) -> None:
    job_id = bench.plant([400], delivery=Delivery.GATHER)

    task = bench.claim(job_id, carve_bytes=400)

    assert (task.begin, task.end) == (0, 400)
    assert "pend" not in bench.record(job_id)


def test_whole_files_are_never_carved(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.KEEP)

    assert bench.claim(job_id, carve_bytes=10).task_id == whole(0, 1000)


def test_a_claim_brings_back_what_ran_out_and_what_is_due(bench: Bench) -> None:
    job_id = bench.plant([30, 20, 10])
    silent, failing = bench.claim(job_id), bench.claim(job_id)
    bench.fail(failing, delay_seconds=0)
    bench.run_out(silent)

    claimed = bench.queue.claim(job_id, "w2", [Token(f"w2.{n}") for n in range(3)])

    assert [task.file_index for task in claimed.tasks] == [0, 1, 2]
    assert [task.attempt for task in claimed.tasks] == [1, 2, 1]


def test_a_claim_reaps_and_promotes_no_more_than_eight(bench: Bench) -> None:
    job_id = bench.plant([1] * 24)
    tasks = [bench.claim(job_id) for _ in range(24)]
    for task in tasks[:12]:
        bench.fail(task)
    bench.run_out(*tasks[12:])

    bench.queue.claim(job_id, "w2", [])

    record = bench.record(job_id)
    assert (len(record["delay"]), len(record["lease"]), len(record["pend"])) == (4, 4, 16)


def test_too_many_tokens_are_a_mistake(bench: Bench) -> None:
    job_id = bench.plant([1])

    with pytest.raises(ValueError, match="100"):
        bench.queue.claim(job_id, "w1", [Token(str(n)) for n in range(101)])
