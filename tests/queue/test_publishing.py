"""A plan gets into the queue whole, once, and never mixed with another."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from hfdl_core.errors import JobNotRunning, PlanMismatch, QueueEmptied
from hfdl_core.models import Delivery, JobId, JobState, RepoFile
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import FileWork, RangeWork, Work
from tests.queue.bench import PAGE_SIZE, PLAN, Bench, make_files, make_spec, make_tasks
from tests.queue.ids import batch, part, whole

SIZES = [500, 40, 30, 30, 0]


def test_a_new_plan_begins_unsealed_and_empty(queue: RedisClient) -> None:
    begun = queue.begin_plan(make_spec(), PLAN, PAGE_SIZE)

    assert (begun.sealed, begun.pages_published, begun.state) == (False, 0, JobState.PLANNING)
    assert len(begun.epoch) == 16
    assert queue.job_ids() == ["job-1"]


def test_a_page_brings_its_files_and_tasks_by_the_size_of_the_file(bench: Bench) -> None:
    job_id = bench.plant(SIZES, batches=[(1, 3)])

    record = bench.record(job_id)
    assert record["pend"] == {whole(0, 500): -500, batch(1, 3, 100): -40, whole(4, 0): 0}
    assert bench.queue.page(job_id, 0) == make_files(SIZES)
    assert [file.size for _, file in bench.queue.files(job_id)] == SIZES
    assert record["meta"] == b"running"


def test_in_gather_whole_files_are_ranges(bench: Bench) -> None:
    job_id = bench.plant([500, 500, 0], delivery=Delivery.GATHER)

    assert bench.record(job_id)["pend"] == {
        part(0, 0, 500): -500,
        part(1, 0, 500): -500,
        part(2, 0, 0): 0,
    }


def test_publishing_a_page_again_changes_nothing(bench: Bench) -> None:
    spec = make_spec()
    begun = bench.queue.begin_plan(spec, PLAN, PAGE_SIZE)
    page = (make_files(SIZES), make_tasks(SIZES, [(1, 3)]))
    bench.queue.publish_page(spec.job_id, begun.epoch, 0, *page)
    before = bench.record(spec.job_id)

    bench.queue.publish_page(spec.job_id, begun.epoch, 0, *page)

    assert bench.changed(before, spec.job_id) == {}


def test_a_page_of_the_same_plan_can_be_repeated_after_it_was_claimed(bench: Bench) -> None:
    job_id = bench.plant([10])
    epoch = bench.queue.snapshot(job_id).epoch
    bench.complete(bench.claim(job_id))

    bench.queue.publish_page(job_id, epoch, 0, make_files([10]), make_tasks([10]))

    assert bench.queue.snapshot(job_id).pending == 0


def test_many_pages_go_in_few_round_trips_and_are_counted(bench: Bench) -> None:
    spec = make_spec()
    begun = bench.queue.begin_plan(spec, PLAN, 2)
    sizes = list(range(100, 0, -1))
    files = make_files(sizes)
    tasks = make_tasks(sizes)

    pages = bench.queue.publish_pages(
        spec.job_id,
        begun.epoch,
        (_Page(n, files[2 * n : 2 * n + 2], tasks[2 * n : 2 * n + 2]) for n in range(50)),
    )

    assert pages == 50
    assert bench.queue.seal(spec.job_id, begun.epoch, PLAN, 100, sum(sizes), 50) == "running"
    assert bench.queue.snapshot(spec.job_id).pending == 100
    assert [file for _, file in bench.queue.files(spec.job_id)] == list(files)


@dataclass(frozen=True)
class _Page:
    page: int
    files: Sequence[RepoFile]
    tasks: Sequence[Work]


def test_the_same_plan_goes_on_where_it_was_left(queue: RedisClient) -> None:
    spec = make_spec()
    first = queue.begin_plan(spec, PLAN, PAGE_SIZE)
    queue.publish_page(spec.job_id, first.epoch, 0, make_files([5]), make_tasks([5]))

    again = queue.begin_plan(spec, PLAN, PAGE_SIZE)

    assert again.epoch == first.epoch
    assert (again.sealed, again.pages_published) == (False, 1)


def test_an_unsealed_job_with_another_plan_is_planned_anew(queue: RedisClient) -> None:
    spec = make_spec()
    first = queue.begin_plan(spec, PLAN, PAGE_SIZE)
    queue.publish_page(spec.job_id, first.epoch, 0, make_files([5]), make_tasks([5]))

    other = queue.begin_plan(spec, "plan-2", PAGE_SIZE)

    assert other.epoch != first.epoch
    assert other.pages_published == 0
    assert queue.snapshot(spec.job_id).pending == 0
    with pytest.raises(QueueEmptied):
        queue.publish_page(spec.job_id, first.epoch, 1, make_files([5]), [FileWork(50, 0, 5)])
    assert queue.snapshot(spec.job_id).pages == 0


def test_a_sealed_job_with_another_plan_is_refused(bench: Bench) -> None:
    job_id = bench.plant([5])
    before = bench.record(job_id)

    with pytest.raises(PlanMismatch):
        bench.queue.begin_plan(make_spec(), "plan-2", PAGE_SIZE)

    assert bench.changed(before, job_id) == {}


def test_a_sealed_job_with_the_same_plan_has_nothing_left_to_publish(bench: Bench) -> None:
    bench.plant([5])

    begun = bench.queue.begin_plan(make_spec(), PLAN, PAGE_SIZE)

    assert (begun.sealed, begun.state) == (True, JobState.RUNNING)


@pytest.mark.parametrize("wrong", [(2, 5, 1), (1, 6, 1), (1, 5, 2)])
def test_sealing_refuses_when_something_is_missing(
    bench: Bench, wrong: tuple[int, int, int]
) -> None:
    spec = make_spec()
    begun = bench.queue.begin_plan(spec, PLAN, PAGE_SIZE)
    bench.queue.publish_page(spec.job_id, begun.epoch, 0, make_files([5]), make_tasks([5]))
    before = bench.record(spec.job_id)

    with pytest.raises(PlanMismatch, match="1 files on 1 pages are published"):
        bench.queue.seal(spec.job_id, begun.epoch, PLAN, *wrong)

    assert bench.changed(before, spec.job_id) == {}


def test_nothing_is_claimed_before_the_seal(bench: Bench) -> None:
    spec = make_spec()
    begun = bench.queue.begin_plan(spec, PLAN, PAGE_SIZE)
    bench.queue.publish_page(spec.job_id, begun.epoch, 0, make_files([5]), make_tasks([5]))

    claimed = bench.queue.claim(spec.job_id, "w1", ["w1.1"])  # type: ignore[list-item]  # a token

    assert (claimed.state, claimed.tasks) == (JobState.PLANNING, ())


def test_an_empty_repo_is_complete_at_once(queue: RedisClient) -> None:
    spec = make_spec()
    begun = queue.begin_plan(spec, PLAN, PAGE_SIZE)

    assert queue.seal(spec.job_id, begun.epoch, PLAN, 0, 0, 0) is JobState.COMPLETED
    assert queue.seal(spec.job_id, begun.epoch, PLAN, 0, 0, 0) is JobState.COMPLETED
    assert [event.kind for event in queue.events(spec.job_id)] == [
        "job_created",
        "job_sealed",
        "job_completed",
    ]


def test_a_cancelled_plan_takes_no_more_pages_until_it_is_begun_again(queue: RedisClient) -> None:
    spec = make_spec()
    begun = queue.begin_plan(spec, PLAN, PAGE_SIZE)
    queue.cancel(spec.job_id)

    with pytest.raises(JobNotRunning, match="cancelled"):
        queue.publish_page(spec.job_id, begun.epoch, 0, make_files([5]), make_tasks([5]))
    with pytest.raises(JobNotRunning, match="cancelled"):
        queue.seal(spec.job_id, begun.epoch, PLAN, 0, 0, 0)

    assert queue.begin_plan(spec, PLAN, PAGE_SIZE).state is JobState.PLANNING
    queue.publish_page(spec.job_id, begun.epoch, 0, make_files([5]), make_tasks([5]))
    assert queue.seal(spec.job_id, begun.epoch, PLAN, 1, 5, 1) is JobState.RUNNING


def test_a_plan_of_ranges_is_a_mistake(queue: RedisClient) -> None:
    spec = make_spec(delivery=Delivery.GATHER)
    begun = queue.begin_plan(spec, PLAN, PAGE_SIZE)

    with pytest.raises(ValueError, match="whole files"):
        queue.publish_page(spec.job_id, begun.epoch, 0, make_files([5]), [RangeWork(0, 0, 0, 5)])


def test_a_page_that_was_never_published_is_said_to_be_missing(bench: Bench) -> None:
    job_id = bench.plant([5])

    with pytest.raises(PlanMismatch, match="page 7"):
        bench.queue.page(job_id, 7)


def test_sizes_up_to_sixteen_tebibytes_stay_exact(bench: Bench) -> None:
    size = (1 << 44) - 1
    job_id = bench.plant([size], max_attempts=2)

    assert bench.record(job_id)["pend"] == {whole(0, size): -size}
    task = bench.claim(job_id)
    assert (task.begin, task.end) == (0, size)
    assert bench.reach(task, size - 1) == size
    assert bench.counter(job_id, "bytes_live") == size - 1
    assert bench.fail(task, size - 1) == "retrying"
    again = bench.claim(job_id)
    assert bench.fail(again, size - 1) == "failed"
    assert bench.queue.requeue(job_id, [again.task_id]) == 1
    assert bench.record(job_id)["pend"] == {whole(0, size): -size}
    assert bench.complete(bench.claim(job_id)) == "counted"
    assert bench.counter(job_id, "bytes_completed") == size
    assert bench.state(JobId("job-1")) is JobState.COMPLETED
