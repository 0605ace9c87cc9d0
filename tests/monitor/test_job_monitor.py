"""Job status over a real queue: bytes, speed, time left, with workers late and lost."""

from datetime import UTC, datetime

import pytest

from hfdl_core.errors import UnknownJob
from hfdl_core.models import CurrentTask, JobId, JobState, Lane, WorkerState, WorkerStatus
from hfdl_core.monitor import JobMonitor
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import TaskId
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer

MIB = 1 << 20


def _status(name: str, speed: float, jobs: list[JobId]) -> WorkerStatus:
    return WorkerStatus(
        worker_id=name,
        boot_id=f"boot-{name}",
        host="h",
        pid=1,
        version="1",
        state=WorkerState.WORKING,
        started_at=datetime.now(UTC),
        throughput_bytes_per_second=speed,
        lanes=(Lane(name="direct", connections=2),),
        tasks=tuple(
            CurrentTask(
                job_id=job,
                task_id=TaskId("f:000000:00:00000000001"),
                path="a",
                begin=0,
                end=1,
                position=0,
            )
            for job in jobs
        ),
    )


def _seen(redis: RedisServer, name: str, seconds_ago: float) -> None:
    seconds, _ = redis.command("TIME")
    redis.command("ZADD", "hfdl:{fleet}:seen", int((int(seconds) - seconds_ago) * 1000), name)


@pytest.fixture
def bench(redis: RedisServer, queue: RedisClient) -> Bench:
    return Bench(redis, queue)


def test_speed_and_time_left_come_from_workers_that_live(
    bench: Bench, queue: RedisClient, redis: RedisServer
) -> None:
    job = bench.plant([4 * MIB, 4 * MIB, 4 * MIB])
    for name in ("good", "late", "lost", "left"):
        queue.beat(_status(name, 1.0 * MIB, [job]))
    _seen(redis, "late/boot-late", 10)
    _seen(redis, "lost/boot-lost", 30)
    queue.leave(_status("left", 1.0 * MIB, [job]), "stopped")

    status = JobMonitor(queue).status(job)

    assert status.throughput_bytes_per_second == 2 * MIB
    assert status.eta_seconds == pytest.approx(6.0)


def test_a_worker_on_two_jobs_counts_for_each_with_its_share(
    bench: Bench, queue: RedisClient
) -> None:
    one, two = bench.plant([MIB], name="one"), bench.plant([MIB], name="two")
    queue.beat(_status("both", 3.0 * MIB, [one, one, two]))

    speeds = {
        status.job_id: status.throughput_bytes_per_second for status in JobMonitor(queue).statuses()
    }

    assert speeds == {one: 2 * MIB, two: 1 * MIB}


def test_bytes_of_leases_count_and_never_exceed_the_job(
    bench: Bench, queue: RedisClient, redis: RedisServer
) -> None:
    job = bench.plant([4 * MIB, 4 * MIB])
    first, second = bench.claim(job), bench.claim(job)
    bench.complete(first)
    bench.reach(second, MIB)
    monitor = JobMonitor(queue)
    before = monitor.status(job).bytes_completed

    redis.command("HINCRBY", f"hfdl:{{{job}}}:cnt", "bytes_live", 64 * MIB)
    queue.reap(job)
    beyond = monitor.status(job)

    assert before == 5 * MIB
    assert beyond.bytes_completed == 8 * MIB
    assert beyond.eta_seconds in {None, 0.0}


def test_a_finished_job_has_no_speed_and_no_time_left(bench: Bench, queue: RedisClient) -> None:
    job = bench.plant([MIB])
    bench.complete(bench.claim(job))
    queue.beat(_status("w", 1.0 * MIB, [job]))

    status = JobMonitor(queue).status(job)

    assert status.status is JobState.COMPLETED
    assert (status.throughput_bytes_per_second, status.eta_seconds) == (0.0, None)


def test_an_unknown_job_is_said_to_be_unknown(queue: RedisClient) -> None:
    with pytest.raises(UnknownJob):
        JobMonitor(queue).status(JobId("nobody"))
