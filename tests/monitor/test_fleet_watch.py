"""One look after the other at a real queue: what it shows, what it costs, what it outlives."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hfdl_core.errors import QueueUnavailable
from hfdl_core.models import Delivery, JobId, JobState, TaskStatus, WorkerState
from hfdl_core.monitor import FleetWatch, Focus, JobMonitor, TaskPage
from hfdl_core.queue import RedisClient
from hfdl_core.queue.keys import FLEET_EVENTS, job_key
from hfdl_core.task_id import FileWork
from tests.monitor.samples import status_of
from tests.queue.bench import PLAN, Bench, make_files, make_spec
from tests.redis_servers import RedisServer

MOST_COMMANDS = 30


@pytest.fixture
def bench(redis: RedisServer, queue: RedisClient) -> Bench:
    return Bench(redis, queue)


@pytest.fixture
def watch(redis: RedisServer) -> Iterator[FleetWatch]:
    """With a connection of its own: nothing is remembered of what the bench has done."""
    with RedisClient(redis.target, client_name="watch") as client:
        yield FleetWatch(client)


@contextmanager
def _commands_sent(redis: RedisServer, into: list[str]) -> Iterator[None]:
    """What clients send inside; what scripts do is counted as the one call that it is."""
    with redis.client.monitor() as monitor:  # type: ignore[no-untyped-call]  # redis-py
        yield
        redis.command("ECHO", "that-was-all")
        for heard in monitor.listen():
            if "that-was-all" in heard["command"]:
                return
            is_setup = heard["command"].startswith("CLIENT ")  # of a connection
            if heard["client_type"] != "lua" and not is_setup:
                into.append(heard["command"])


def _plant_many(bench: Bench, ended: int, running: int) -> list[JobId]:
    for number in range(ended):
        job_id = bench.plant([5], name=f"ended-{number}")
        bench.complete(bench.claim(job_id))
    sizes = list(range(1000, 950, -1))
    names = [f"running-{number}" for number in range(running)]
    return [bench.plant(sizes, name=name, delivery=Delivery.GATHER) for name in names]


def _write(bench: Bench, job_id: JobId | None, seconds: int, text: str) -> None:
    """A line that is dated so many seconds after now."""
    stream = FLEET_EVENTS if job_id is None else job_key(job_id, "ev")
    fields = ("kind", "note", "text", text, "worker", "", "file", "")
    bench.server.command("XADD", stream, bench.now_ms() + 1000 * seconds, *fields)


def test_a_look_costs_thirty_commands_at_most_whatever_there_is(
    bench: Bench, watch: FleetWatch, redis: RedisServer
) -> None:
    jobs = _plant_many(bench, ended=100, running=20)
    for number in range(500):
        bench.queue.beat(status_of(f"w-{number:03d}", jobs[number % 20]))
    tasks = [bench.claim(jobs[0], carve_bytes=100) for _ in range(40)]
    for task in tasks[:10]:
        bench.fail(task, task.begin, delay_seconds=60)
    for task in tasks[10:20]:
        bench.complete(task)
    watch.read(Focus(jobs[0], most_files=8))
    costs = {}

    for state in TaskStatus:
        sent: list[str] = []
        with _commands_sent(redis, sent):
            view = watch.read(Focus(jobs[0], most_files=8, tasks=TaskPage(state)))
        costs[state] = len(sent)
        assert (len(view.jobs), len(view.workers)) == (120, 500)

    assert max(costs.values()) <= MOST_COMMANDS, costs


def test_a_look_shows_what_the_other_readers_show(
    bench: Bench, queue: RedisClient, watch: FleetWatch
) -> None:
    job_id = bench.plant([1000, 900], delivery=Delivery.GATHER)
    other = bench.plant([10], name="job-2")
    queue.beat(status_of("w1", job_id))
    queue.beat(status_of("w2", other))
    held = bench.claim(job_id, "w1/boot", carve_bytes=100)
    bench.reach(held, 40)
    queue.drain("w2")
    queue.set_limit(None, "3MB")
    queue.set_limit("w1", "1MB")

    view = watch.read(Focus(job_id, most_files=8, tasks=TaskPage(TaskStatus.PENDING, limit=1)))

    assert list(view.jobs) == JobMonitor(queue).statuses()
    assert [job.job_id for job in view.jobs] == [other, job_id]
    assert view.job(job_id) == JobMonitor(queue).status(job_id)
    assert view.snapshots[job_id].in_progress == 1
    assert [worker.worker_id for worker in view.workers] == ["w1", "w2"]
    assert view.workers[0].tasks == status_of("w1", job_id).tasks
    assert view.draining == {"w2"}
    assert view.limits == {None: "3MB", "w1": "1MB"}
    assert [(file.path, file.leases[0].position) for file in view.files] == [("dir/file-0", 40)]
    assert list(view.tasks) == queue.tasks(job_id, TaskStatus.PENDING, limit=1)
    assert view.tasks_page == TaskPage(TaskStatus.PENDING, limit=1)
    assert view.server == queue.check_server()
    assert abs(view.at - queue.clock()) < 60
    assert 0 < view.round_trip_seconds < view.took_seconds


def test_without_a_focus_nothing_of_a_job_is_read(bench: Bench, watch: FleetWatch) -> None:
    bench.claim(bench.plant([100]))

    view = watch.read(Focus())

    assert (view.files, view.tasks, view.tasks_page, view.events) == ((), (), None, ())
    assert view.job(None) is None


def test_an_empty_queue_is_no_error(watch: FleetWatch) -> None:
    view = watch.read(Focus(JobId("nobody"), most_files=8, tasks=TaskPage(TaskStatus.FAILED)))

    assert (view.jobs, view.workers, view.files, view.tasks, view.events) == ((), (), (), (), ())
    assert view.server is not None


def test_events_of_the_fleet_and_of_the_job_are_told_once_in_the_order_of_time(
    bench: Bench, watch: FleetWatch
) -> None:
    one, two = bench.plant([100]), bench.plant([100], name="job-2")
    first = watch.read(Focus(one))
    assert [event.kind for event in first.events] == ["job_created", "job_sealed"]

    _write(bench, one, 1, "first")
    _write(bench, None, 2, "second")
    _write(bench, one, 3, "third")
    _write(bench, two, 4, "not of this job")
    assert [event.text for event in watch.read(Focus(one)).events] == ["first", "second", "third"]
    assert watch.read(Focus(one)).events == ()

    changed = watch.read(Focus(two))
    assert [event.text for event in changed.events][-1] == "not of this job"
    assert {event.job_id for event in changed.events} == {two}


def test_lines_that_were_trimmed_away_are_counted(
    bench: Bench, queue: RedisClient, watch: FleetWatch, redis: RedisServer
) -> None:
    job_id = bench.plant([100])
    watch.read(Focus(job_id))
    for number in range(20):
        queue.log(job_id, "note", f"{number}")
    redis.command("XTRIM", f"hfdl:{{{job_id}}}:ev", "MAXLEN", 5)

    view = watch.read(Focus(job_id))

    assert (len(view.events), view.events_missed) == (5, 15)


def test_a_new_job_is_there_at_once_and_a_deleted_one_gone(
    bench: Bench, queue: RedisClient, watch: FleetWatch
) -> None:
    _plant_many(bench, ended=15, running=0)
    watch.read(Focus())
    job_id = bench.plant([100], name="new")
    bench.claim(job_id)
    focus = Focus(job_id, most_files=8, tasks=TaskPage(TaskStatus.IN_PROGRESS))
    view = watch.read(focus)
    assert (view.jobs[0].job_id, len(view.jobs), len(view.tasks)) == (job_id, 16, 1)

    queue.delete(job_id)
    view = watch.read(focus)

    assert (view.job(job_id), view.files, view.tasks) == (None, (), ())
    assert len(view.jobs) == 15


def test_what_happens_to_a_job_in_focus_or_unfinished_is_seen_at_the_next_look(
    bench: Bench, queue: RedisClient, watch: FleetWatch
) -> None:
    job_id = bench.plant([100], name="steered")
    _plant_many(bench, ended=40, running=0)
    watch.read(Focus())

    queue.pause(job_id)
    paused = watch.read(Focus()).job(job_id)
    queue.cancel(job_id)
    cancelled = watch.read(Focus()).job(job_id)
    queue.resume(job_id)
    resumed = watch.read(Focus(job_id)).job(job_id)

    states = [job.status for job in (paused, cancelled, resumed) if job is not None]
    assert states == [JobState.PAUSED, JobState.CANCELLED, JobState.RUNNING]


def test_an_ended_job_that_goes_on_is_seen_within_a_few_looks(
    bench: Bench, queue: RedisClient, watch: FleetWatch
) -> None:
    job_id = bench.plant([100], name="ended-first")
    task = bench.claim(job_id)
    bench.fail(task, permanent=True)
    _plant_many(bench, ended=30, running=1)
    watch.read(Focus())

    queue.requeue(job_id, [task.task_id])
    seen = [watch.read(Focus()).job(job_id) for _ in range(5)]

    assert seen[-1] is not None
    assert seen[-1].status is JobState.RUNNING


def test_the_watch_outlives_a_redis_that_is_emptied(
    bench: Bench, queue: RedisClient, watch: FleetWatch, redis: RedisServer
) -> None:
    job_id = bench.plant([100])
    bench.claim(job_id)
    queue.beat(status_of("w1", job_id))
    focus = Focus(job_id, most_files=8, tasks=TaskPage(TaskStatus.IN_PROGRESS))
    assert len(watch.read(focus).tasks) == 1

    redis.command("FLUSHALL")
    empty = watch.read(focus)
    with RedisClient(redis.target) as other:
        again = Bench(redis, other)
        again.plant([200, 100])
        again.claim(job_id)
    looks = [watch.read(focus) for _ in range(2)]

    assert (empty.jobs, empty.workers, empty.files, empty.tasks) == ((), (), (), ())
    assert [job.bytes_total for job in looks[-1].jobs] == [300]
    assert [file.size for file in looks[-1].files] == [200]
    assert [event.kind for look in looks for event in look.events][:1] == ["job_created"]


def test_a_redis_that_is_away_is_said_to_be_away_and_nothing_is_told_twice(
    own_redis: RedisServer,
) -> None:
    with RedisClient(own_redis.target) as client:
        bench, watch = Bench(own_redis, client), FleetWatch(client)
        job_id = bench.plant([100])
        watch.read(Focus(job_id))
        own_redis.kill()

        with pytest.raises(QueueUnavailable):
            watch.read(Focus(job_id))

        own_redis.start()  # and has forgotten its scripts
        client.log(job_id, "note", "back again")
        view = watch.read(Focus(job_id))
        assert [event.text for event in view.events] == ["back again"]
        assert view.job(job_id) is not None


def test_what_a_look_had_read_that_broke_off_is_told_by_the_next_one(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RedisClient(own_redis.target) as client:
        bench, watch = Bench(own_redis, client), FleetWatch(client)
        job_id = bench.plant([300, 200])
        task = bench.claim(job_id)
        focus = Focus(job_id, most_files=8)
        watch.read(focus)
        bench.complete(task)
        client.log(job_id, "note", "just before")
        done_among = client.done_among

        def too_late(of: JobId, files: list[int]) -> set[int]:
            own_redis.kill()
            return done_among(of, files)

        with monkeypatch.context() as patch:
            patch.setattr(client, "done_among", too_late)
            with pytest.raises(QueueUnavailable):
                watch.read(focus)

        own_redis.start()
        view = watch.read(focus)
        assert "just before" in [event.text for event in view.events]
        assert [(file.file_index, file.is_verified) for file in view.files] == [(0, True)]


def test_the_server_itself_is_asked_every_half_minute(bench: Bench, redis: RedisServer) -> None:
    now = 1000.0
    with RedisClient(redis.target) as client:
        watch = FleetWatch(client, clock=lambda: now)
        sent: list[str] = []
        with _commands_sent(redis, sent):
            first = watch.read(Focus())
            now += 29
            second = watch.read(Focus())
            now += 2
            watch.read(Focus())

    assert len([command for command in sent if command.startswith("INFO")]) == 2
    assert first.server is second.server


def test_paths_of_failures_all_over_the_plan_are_read_once(
    bench: Bench, queue: RedisClient, watch: FleetWatch, redis: RedisServer
) -> None:
    spec = make_spec()
    begun = queue.begin_plan(spec, PLAN, 1)
    for page in range(80):
        queue.publish_page(spec.job_id, begun.epoch, page, make_files([5]), [FileWork(page, 0, 5)])
    queue.seal(spec.job_id, begun.epoch, PLAN, 80, 400, 80)
    for _ in range(80):
        bench.fail(bench.claim(spec.job_id), permanent=True)
    focus = Focus(spec.job_id, tasks=TaskPage(TaskStatus.FAILED))
    assert {task.path for task in watch.read(focus).tasks} == {"dir/file-0"}

    sent: list[str] = []
    with _commands_sent(redis, sent):
        watch.read(focus)

    assert len([command for command in sent if ":plan" in command]) == 1
    assert all("EVALSHA" in command for command in sent if ":plan" in command)  # a snapshot's key


def test_reading_changes_nothing(
    bench: Bench, queue: RedisClient, watch: FleetWatch, redis: RedisServer
) -> None:
    job_id = bench.plant([300, 200], delivery=Delivery.GATHER)
    bench.complete(bench.claim(job_id), 100)
    bench.claim(job_id, carve_bytes=50)
    queue.beat(status_of("w1", job_id))
    kept = {key: redis.command("DUMP", key) for key in redis.command("KEYS", "*")}

    looks = [watch.read(Focus(job_id, most_files=8, tasks=TaskPage(state))) for state in TaskStatus]

    assert {key: redis.command("DUMP", key) for key in redis.command("KEYS", "*")} == kept
    assert {look.workers[0].status for look in looks} == {WorkerState.WORKING}


def test_a_file_that_was_completed_since_the_last_look_is_shown_once_as_verified(
    bench: Bench, watch: FleetWatch
) -> None:
    job_id = bench.plant([300, 200, 100])
    ending, given_back, going = (bench.claim(job_id) for _ in range(3))
    focus = Focus(job_id, most_files=8)
    assert [file.file_index for file in watch.read(focus).files] == [0, 1, 2]

    bench.complete(ending)
    bench.release(given_back)
    files = watch.read(focus).files

    assert [(file.file_index, file.is_verified) for file in files] == [(0, True), (2, False)]
    assert files[0].bytes_here == files[0].size
    assert [file.file_index for file in watch.read(focus).files] == [2]
    assert going.file_index == 2
