"""What readers ask is answered page by page and changes nothing."""

import pytest

from hfdl_core.models import Delivery, DownloaderName, JobId, TaskStatus
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import FileWork
from tests.queue.bench import PLAN, Bench, make_files, make_spec
from tests.queue.ids import batch, part, whole


def test_pending_tasks_are_listed_in_the_order_in_which_they_will_be_claimed(bench: Bench) -> None:
    job_id = bench.plant([300, 200, 5, 4, 3], batches=[(2, 3)])

    views = bench.queue.tasks(job_id, TaskStatus.PENDING)

    assert [view.task_id for view in views] == [whole(0, 300), whole(1, 200), batch(2, 3, 12)]
    assert [view.path for view in views] == ["dir/file-0", "dir/file-1", "dir/file-2 and 2 more"]
    assert [(view.begin, view.end) for view in views] == [(0, 300), (0, 200), (0, 3)]
    assert {view.state for view in views} == {TaskStatus.PENDING}


def test_tasks_in_progress_show_who_works_on_them_and_how_far(bench: Bench) -> None:
    job_id = bench.plant([300, 200], delivery=Delivery.GATHER)
    first = bench.claim(job_id, "w1", carve_bytes=100)
    second = bench.claim(job_id, "w2", carve_bytes=100)
    bench.reach(second, 150)

    one, two = bench.queue.tasks(job_id, TaskStatus.IN_PROGRESS)

    assert (one.task_id, one.worker, one.position) == (first.task_id, "w1", 0)
    assert (two.worker, two.begin, two.position, two.end) == ("w2", 100, 150, 200)
    assert two.attempt == 1


def test_waiting_tasks_show_why_and_until_when(bench: Bench) -> None:
    job_id = bench.plant([300])
    bench.fail(bench.claim(job_id), delay_seconds=40)

    [view] = bench.queue.tasks(job_id, TaskStatus.RETRYING)

    assert (view.error, view.cause, view.worker) == ("FileMissing: 404", "FileMissing", "w1")
    assert view.attempt == 1
    assert view.next_try_seconds is not None
    assert 35 < view.next_try_seconds <= 40


def test_failed_tasks_are_grouped_listed_and_found_by_cause(bench: Bench) -> None:
    job_id = bench.plant([5, 4, 3, 2])
    for cause in ("FileMissing", "FileMissing", "DigestMismatch"):
        bench.fail(bench.claim(job_id), cause=cause, permanent=True)

    assert bench.queue.failures_by_cause(job_id) == {"FileMissing": 2, "DigestMismatch": 1}
    assert len(bench.queue.tasks(job_id, TaskStatus.FAILED)) == 3
    assert list(bench.queue.failed_ids(job_id, "DigestMismatch")) == [whole(2, 3)]
    assert sorted(bench.queue.failed_ids(job_id)) == [whole(0, 5), whole(1, 4), whole(2, 3)]
    assert list(bench.queue.failed_ids(job_id, "Nothing")) == []


def test_failed_tasks_can_be_requeued_while_they_are_walked_through(bench: Bench) -> None:
    job_id = bench.plant([6000], delivery=Delivery.GATHER)
    for _ in range(1200):
        task = bench.claim(job_id, carve_bytes=5)
        bench.fail(task, task.begin, permanent=True)

    requeued = sum(
        bench.queue.requeue(job_id, [task_id]) for task_id in bench.queue.failed_ids(job_id)
    )

    assert requeued == 1200
    assert bench.queue.snapshot(job_id).failed == 0


def test_completed_files_are_listed_page_by_page(bench: Bench) -> None:
    job_id = bench.plant(list(range(50, 0, -1)))
    for _ in range(50):
        task = bench.claim(job_id)
        if task.file_index % 3:
            bench.complete(task)
    expected = [index for index in range(50) if index % 3]

    pages = [
        bench.queue.tasks(job_id, TaskStatus.COMPLETED, offset=offset, limit=10)
        for offset in range(0, 50, 10)
    ]

    listed = [view.path for page in pages for view in page]
    assert listed == [f"dir/file-{index}" for index in expected]
    assert pages[0][0].position == pages[0][0].end == 49


def test_completed_files_are_found_far_into_a_large_bitmap(bench: Bench) -> None:
    spec = make_spec()
    begun = bench.queue.begin_plan(spec, PLAN, 50_000)
    far = 2 * 50_000 + 7
    size = 99
    files = make_files([size] * 8)
    bench.queue.publish_page(spec.job_id, begun.epoch, 2, files, [FileWork(far, 0, size)])
    for index in (far - 3, far, far - 1):
        bench.server.command("SETBIT", "hfdl:{job-1}:done", index, 1)

    views = bench.queue.tasks(spec.job_id, TaskStatus.COMPLETED, offset=1, limit=5)

    assert [view.path for view in views] == ["dir/file-6", "dir/file-7"]


@pytest.mark.parametrize("state", list(TaskStatus))
def test_pages_are_bounded_and_beyond_the_end_they_are_empty(
    bench: Bench, state: TaskStatus
) -> None:
    job_id = bench.plant([9, 8, 7, 6, 5, 4, 3, 2, 1] * 2)
    for _ in range(3):
        bench.complete(bench.claim(job_id))
        bench.fail(bench.claim(job_id), permanent=True)
    held = [bench.claim(job_id) for _ in range(6)]
    for task in held[:3]:
        bench.fail(task, delay_seconds=60)

    assert len(bench.queue.tasks(job_id, state, limit=2)) == 2
    assert len(bench.queue.tasks(job_id, state, offset=2, limit=100)) >= 1
    assert bench.queue.tasks(job_id, state, offset=100) == []
    assert bench.queue.tasks(job_id, state, limit=0) == []


def test_reading_never_changes_anything(bench: Bench) -> None:
    job_id = bench.plant([300, 200, 100])
    bench.run_out(bench.claim(job_id))
    bench.fail(bench.claim(job_id), delay_seconds=0)
    bench.set_beat(job_id, -60)
    dumps = {key: bench.server.command("DUMP", key) for key in bench.server.command("KEYS", "*")}

    for state in TaskStatus:
        bench.queue.tasks(job_id, state)
    bench.queue.snapshot(job_id)
    bench.queue.snapshots()
    bench.queue.failures_by_cause(job_id)
    list(bench.queue.failed_ids(job_id))
    list(bench.queue.files(job_id))
    bench.queue.events(job_id)
    bench.queue.workers()
    bench.queue.find_job("job")
    bench.queue.downloader_of(job_id, 0)

    again = {key: bench.server.command("DUMP", key) for key in bench.server.command("KEYS", "*")}
    assert again == dumps


def test_events_are_told_in_order_and_can_be_followed(bench: Bench) -> None:
    job_id = bench.plant([300])
    first = bench.queue.events(job_id, limit=1)
    bench.queue.log(job_id, "stepped_aside", "no\nroom", "w1")

    rest = bench.queue.events(job_id, after=first[-1].event_id)

    assert [event.kind for event in (*first, *rest)] == [
        "job_created",
        "job_sealed",
        "stepped_aside",
    ]
    assert (rest[-1].text, rest[-1].worker, rest[-1].job_id) == ("no room", "w1", "job-1")
    assert rest[-1].at.timestamp() * 1000 == pytest.approx(bench.now_ms(), abs=60_000)
    assert bench.queue.events(job_id, after=rest[-1].event_id) == []


def test_the_log_does_not_grow_for_ever(bench: Bench) -> None:
    job_id = bench.plant([300])
    for _ in range(3):
        bench.server.command(
            "EVAL",
            "for n = 1, 5000 do redis.call('XADD', KEYS[1], '*', 'kind', 'x', 'text', '',"
            " 'worker', '', 'file', '') end",
            1,
            "hfdl:{job-1}:ev",
        )

    bench.queue.log(job_id, "note", "the last")

    assert bench.server.command("XLEN", "hfdl:{job-1}:ev") < 10_200


def test_how_a_file_came_is_unknown_until_it_is_completed(bench: Bench) -> None:
    job_id = bench.plant([300])
    assert bench.queue.downloader_of(job_id, 0) is None

    bench.complete(bench.claim(job_id))

    assert bench.queue.downloader_of(job_id, 0) is DownloaderName.HTTP


def test_the_manifest_is_walked_through_across_pages(queue: RedisClient) -> None:
    spec = make_spec()
    begun = queue.begin_plan(spec, PLAN, 3)
    files = make_files(list(range(60, 0, -1)))
    for page in range(20):
        some = files[3 * page : 3 * page + 3]
        tasks = [FileWork(3 * page + n, 0, file.size) for n, file in enumerate(some)]
        queue.publish_page(spec.job_id, begun.epoch, page, some, tasks)

    assert list(queue.files(spec.job_id)) == list(enumerate(files))


def test_a_range_is_shown_with_its_bytes(bench: Bench) -> None:
    job_id = bench.plant([300], delivery=Delivery.GATHER)
    bench.claim(job_id, carve_bytes=100)

    [view] = bench.queue.tasks(JobId("job-1"), TaskStatus.PENDING)

    assert (view.task_id, view.begin, view.end) == (part(0, 100, 300), 100, 300)
