"""Completing: counted once, whatever is repeated, late or stolen."""

from hfdl_core.models import Delivery, DownloaderName, JobState, Token
from tests.queue.bench import Bench
from tests.queue.ids import batch, part, whole


def test_a_finished_file_is_counted_and_its_lease_is_gone(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    task = bench.claim(job_id)
    bench.reach(task, 120)
    before = bench.record(job_id)

    assert bench.complete(task) == "counted"

    assert bench.changed(before, job_id) == {
        "lease": None,
        "live": None,
        "tok": None,
        "done": [0],
        "over": {task.token: "complete"},
        "overq": [task.token],
        "cnt": {
            "files_published": 2,
            "bytes_published": 500,
            "claims": 1,
            "files_completed": 1,
            "tasks_completed": 1,
            "bytes_completed": 300,
        },
    }


def test_completing_again_says_already_and_counts_nothing(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    task = bench.claim(job_id)
    bench.complete(task)
    before = bench.record(job_id)

    assert bench.complete(task) == "already"
    assert bench.complete(task) == "already"

    assert bench.changed(before, job_id) == {}


def test_a_stranger_cannot_complete(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    before = bench.record(job_id)

    zombie = task.model_copy(update={"token": Token("w0.1")})

    assert bench.complete(zombie) == "lost"
    assert bench.changed(before, job_id) == {}


def test_who_lost_the_lease_cannot_complete_after_another_took_it(bench: Bench) -> None:
    job_id = bench.plant([300])
    old = bench.claim(job_id, "w1")
    bench.run_out(old)
    new = bench.claim(job_id, "w2")
    assert new.task_id == old.task_id
    before = bench.record(job_id)

    assert bench.complete(old) == "lost"
    assert bench.changed(before, job_id) == {}
    assert bench.complete(new) == "counted"
    assert bench.complete(old) == "lost"
    assert bench.counter(job_id, "files_completed") == 1


def test_a_lease_that_ended_another_way_is_lost_to_complete(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)
    bench.release(task)

    assert bench.complete(task) == "lost"
    assert bench.counter(job_id, "files_completed") == 0


def test_an_unfinished_whole_file_counts_nothing_and_goes_back(bench: Bench) -> None:
    job_id = bench.plant([300])
    task = bench.claim(job_id)

    came_by = DownloaderName.HUB
    outcome = bench.queue.complete(job_id, task.task_id, task.token, 299, came_by)

    assert outcome == "counted"
    record = bench.record(job_id)
    assert record["pend"] == {whole(0, 300): -300}
    assert not {"done", "via"} & record.keys()
    assert bench.counter(job_id, "bytes_completed") == 0
    assert bench.counter(job_id, "bytes_live") == 0


def test_an_empty_file_is_counted(bench: Bench) -> None:
    job_id = bench.plant([0])

    assert bench.complete(bench.claim(job_id)) == "counted"
    assert bench.queue.is_done(job_id, 0)
    assert bench.state(job_id) is JobState.COMPLETED


def test_a_batch_counts_each_of_its_files(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30, 20], batches=[(0, 4)])
    task = bench.claim(job_id)
    bench.reach(task, 2)

    assert bench.complete(task) == "counted"

    assert bench.record(job_id)["done"] == [0, 1, 2, 3]
    snapshot = bench.queue.snapshot(job_id)
    assert (snapshot.files_completed, snapshot.bytes_completed) == (4, 140)
    assert (snapshot.tasks_completed, snapshot.bytes_live) == (1, 0)
    assert snapshot.state is JobState.COMPLETED


def test_half_a_batch_counts_its_files_and_the_rest_goes_back(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 30, 20], batches=[(0, 4)])
    task = bench.claim(job_id)

    assert bench.complete(task, 3) == "counted"

    record = bench.record(job_id)
    assert record["done"] == [0, 1, 2]
    assert record["pend"] == {batch(3, 1, 20): -50}
    assert bench.counter(job_id, "bytes_completed") == 120
    assert bench.counter(job_id, "tasks_completed") == 0


def test_in_gather_bytes_are_counted_and_the_file_waits_for_its_digest(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    task = bench.claim(job_id, carve_bytes=400)
    before = bench.record(job_id)

    assert bench.complete(task) == "counted"

    assert bench.changed(before, job_id) == {
        "lease": None,
        "live": None,
        "tok": None,
        "eta": None,
        "open": None,
        "frem": {"0": 600},
        "over": {task.token: "complete"},
        "overq": [task.token],
        "cnt": before["cnt"] | {"tasks_completed": 1, "bytes_completed": 400},
    }
    bench.complete(bench.claim(job_id))
    assert bench.record(job_id)["frem"] == {"0": 0}
    assert bench.state(job_id) is JobState.RUNNING


def test_a_range_completed_in_part_leaves_its_rest(bench: Bench) -> None:
    job_id = bench.plant([1000], delivery=Delivery.GATHER)
    task = bench.claim(job_id)

    bench.complete(task, 700)

    record = bench.record(job_id)
    assert record["pend"] == {part(0, 700, 1000): -1000}
    assert record["frem"] == {"0": 300}
    assert bench.counter(job_id, "bytes_completed") == 700


def test_a_batch_in_gather_waits_for_its_digests(bench: Bench) -> None:
    job_id = bench.plant([50, 40, 0], delivery=Delivery.GATHER, batches=[(0, 3)])

    bench.complete(bench.claim(job_id))

    assert bench.record(job_id)["frem"] == {"0": 0, "1": 0, "2": 0}
    assert bench.counter(job_id, "bytes_completed") == 90
    assert bench.counter(job_id, "files_completed") == 0


def test_how_a_file_came_is_kept_unless_it_came_by_http(bench: Bench) -> None:
    job_id = bench.plant([90, 80, 0, 5, 4], batches=[(3, 2)])
    ways = [DownloaderName.HTTP, DownloaderName.HUB, DownloaderName.DISK, DownloaderName.DISK]
    for way in ways:
        task = bench.claim(job_id)
        bench.queue.complete(job_id, task.task_id, task.token, task.end, way)

    came = [bench.queue.downloader_of(job_id, index) for index in range(5)]

    assert came == ["http", "hub", "disk", "disk", "disk"]
    assert bench.record(job_id)["via"] == {"1": "hub", "2": "disk", "3": "disk", "4": "disk"}


def test_completion_forgets_the_budgets_of_the_task(bench: Bench) -> None:
    job_id = bench.plant([300, 200])
    bench.fail(bench.claim(job_id), 100)
    task = bench.claim(job_id)
    bench.run_out(task)
    again = bench.claim(job_id)
    record = bench.record(job_id)
    assert (len(record["att"]), len(record["crash"]), len(record["best"])) == (1, 1, 1)

    bench.complete(again)

    assert not {"att", "crash", "best", "note"} & bench.record(job_id).keys()


def test_endings_are_forgotten_after_ten_minutes(bench: Bench) -> None:
    job_id = bench.plant([5, 4, 3])
    first = bench.claim(job_id)
    bench.complete(first)
    long_ago = bench.now_ms() - 601_000
    bench.server.command("ZADD", "hfdl:{job-1}:overq", long_ago, first.token)

    second = bench.claim(job_id)
    bench.complete(second)

    assert bench.record(job_id)["over"] == {second.token: "complete"}
    assert bench.complete(first) == "lost"
