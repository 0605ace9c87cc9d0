"""The fleet: who lives, who is late, lost, left or doubled, and who shall drain."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hfdl_core.errors import UnknownWorker
from hfdl_core.models import (
    CurrentTask,
    JobId,
    Lane,
    LimitedBy,
    WorkerState,
    WorkerStatus,
    WorkerView,
)
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import TaskId
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer

SEEN = "hfdl:{fleet}:seen"


def _status(worker_id: str = "w1", boot_id: str = "b1", **more: Any) -> WorkerStatus:
    told: dict[str, Any] = {
        "worker_id": worker_id,
        "boot_id": boot_id,
        "host": "host-1",
        "pid": 7,
        "version": "0.1.0",
        "state": WorkerState.WORKING,
        "started_at": datetime(2026, 1, 1, tzinfo=UTC),
        "throughput_bytes_per_second": 1000.0,
        "lanes": (Lane(name="direct", bytes_per_second=1000.0),),
        "files_completed": 3,
    }
    return WorkerStatus(**(told | more))


def _working_on(job_id: str) -> tuple[CurrentTask, ...]:
    return (
        CurrentTask(
            job_id=JobId(job_id), task_id=TaskId("f"), path="a", begin=0, end=9, position=4
        ),
    )


def _last_heard(server: RedisServer, member: str, seconds_ago: float) -> None:
    seconds, _ = server.command("TIME")
    server.command("ZADD", SEEN, round((int(seconds) - seconds_ago) * 1000), member)


def _workers(queue: RedisClient) -> dict[str, WorkerView]:
    return {f"{view.worker_id}/{view.boot_id}": view for view in queue.workers()}


def test_a_heartbeat_shows_the_worker_as_it_is(queue: RedisClient) -> None:
    beat = queue.beat(_status(tasks=_working_on("job-1"), last_error="cut off"))

    assert (beat.draining, beat.duplicate) == (False, False)
    assert beat.fleet_epoch == queue.fleet_epoch()
    [view] = queue.workers()
    assert (view.worker_id, view.host, view.status) == ("w1", "host-1", WorkerState.WORKING)
    assert view.tasks == _working_on("job-1")
    assert (view.throughput_bytes_per_second, view.last_error) == (1000.0, "cut off")
    assert view.last_heartbeat_seconds_ago < 5


@pytest.mark.parametrize(
    ("seconds_ago", "state", "speed"),
    [
        (5, WorkerState.WORKING, 1000.0),
        (8, WorkerState.LATE, 1000.0),
        (19, WorkerState.LATE, 1000.0),
        (22, WorkerState.LOST, 0.0),
        (-100, WorkerState.WORKING, 1000.0),
    ],
)
def test_silence_makes_a_worker_late_and_then_lost(
    server: RedisServer, queue: RedisClient, seconds_ago: float, state: WorkerState, speed: float
) -> None:
    queue.beat(_status())
    _last_heard(server, "w1/b1", seconds_ago)

    [view] = queue.workers()

    assert (view.status, view.throughput_bytes_per_second) == (state, speed)
    assert view.last_heartbeat_seconds_ago >= 0


def test_the_roster_outlives_the_status(server: RedisServer, queue: RedisClient) -> None:
    queue.beat(_status(tasks=_working_on("job-1"), last_error="disk full", errors=2))
    assert 0 < server.command("PTTL", "hfdl:{fleet}:worker:w1/b1") <= 60_000
    server.command("DEL", "hfdl:{fleet}:worker:w1/b1")
    _last_heard(server, "w1/b1", 3600)

    [view] = queue.workers()

    assert (view.status, view.last_error, view.errors) == (WorkerState.LOST, "disk full", 2)
    assert (view.host, view.files_completed, view.tasks) == ("host-1", 3, ())


def test_who_says_goodbye_has_left_and_is_not_lost(server: RedisServer, queue: RedisClient) -> None:
    queue.beat(_status())

    queue.leave(_status(), "was asked to stop")
    queue.leave(_status(), "was asked to stop")
    _last_heard(server, "w1/b1", 3600)

    [view] = queue.workers()
    assert (view.status, view.reason) == (WorkerState.LEFT, "was asked to stop")
    assert server.command("EXISTS", "hfdl:{fleet}:worker:w1/b1") == 0
    kinds = [event.kind for event in queue.events(None)]
    assert kinds == ["worker_joined", "worker_left", "worker_left"]


def test_a_worker_that_comes_back_is_itself_again(queue: RedisClient) -> None:
    queue.beat(_status())
    queue.leave(_status(), "stopped")

    queue.beat(_status(boot_id="b2"))

    shown = _workers(queue)
    assert shown["w1/b1"].status is WorkerState.LEFT
    assert shown["w1/b2"].status is WorkerState.WORKING


def test_two_that_live_with_one_id_hear_of_each_other(queue: RedisClient) -> None:
    first, second = _status(boot_id="b1"), _status(boot_id="b2")
    assert not queue.beat(first).duplicate
    assert not queue.beat(second).duplicate  # it may have been started again

    assert queue.beat(first).duplicate
    assert queue.beat(second).duplicate

    assert {view.status for view in queue.workers()} == {WorkerState.DUPLICATE}


def test_a_worker_started_again_is_no_double(server: RedisServer, queue: RedisClient) -> None:
    queue.beat(_status(boot_id="b1"))

    beats = [queue.beat(_status(boot_id="b2")).duplicate for _ in range(3)]

    assert beats == [False, False, False]
    _last_heard(server, "w1/b1", 30)
    assert _workers(queue)["w1/b1"].status is WorkerState.LOST
    assert _workers(queue)["w1/b2"].status is WorkerState.WORKING


def test_draining_is_heard_with_the_next_beat(queue: RedisClient) -> None:
    queue.beat(_status("team/w1"))

    queue.drain("team/w1")
    assert queue.beat(_status("team/w1")).draining
    assert not queue.beat(_status("w2")).draining

    queue.undrain("team/w1")
    assert not queue.beat(_status("team/w1")).draining


def test_a_worker_nobody_knows_cannot_be_drained(queue: RedisClient) -> None:
    queue.beat(_status())

    with pytest.raises(UnknownWorker, match="'w9': w1"):
        queue.drain("w9")
    with pytest.raises(UnknownWorker):
        queue.undrain("w9")


def test_the_roster_keeps_a_worker_for_a_day(bench: Bench) -> None:
    bench.queue.beat(_status())

    _last_heard(bench.server, "w1/b1", 23 * 3600)
    assert len(bench.queue.workers()) == 1
    assert bench.queue.sweep_roster() == 0
    _last_heard(bench.server, "w1/b1", 25 * 3600)
    assert bench.queue.workers() == []
    assert bench.queue.sweep_roster() == 1
    assert bench.server.command("HLEN", "hfdl:{fleet}:roster") == 0


def test_the_roster_keeps_a_worker_while_a_job_of_its_is_unfinished(bench: Bench) -> None:
    job_id = bench.plant([5])
    bench.queue.beat(_status(tasks=_working_on(job_id)))
    bench.queue.beat(_status(tasks=()))
    _last_heard(bench.server, "w1/b1", 25 * 3600)

    assert [view.status for view in bench.queue.workers()] == [WorkerState.LOST]
    assert bench.queue.sweep_roster() == 0

    bench.complete(bench.claim(job_id))
    assert bench.queue.workers() == []


def test_why_a_worker_takes_nothing_is_shown(queue: RedisClient) -> None:
    queue.beat(
        _status(
            state=WorkerState.STEPPED_ASIDE,
            reason="no access, set HF_TOKEN there",
            limited_by=LimitedBy.ACCESS,
        )
    )

    [view] = queue.workers()

    assert (view.status, view.limited_by) == (WorkerState.STEPPED_ASIDE, LimitedBy.ACCESS)
    assert view.reason == "no access, set HF_TOKEN there"


def test_what_another_version_wrote_into_the_roster_disturbs_nobody(
    server: RedisServer, queue: RedisClient
) -> None:
    queue.beat(_status("w1"))
    queue.beat(_status("w2"))
    queue.beat(_status("w3"))
    for worker in ("w1", "w3"):
        server.command("HSET", "hfdl:{fleet}:roster", f"{worker}/b1", '{"of": "the future"}')
    for worker in ("w2", "w3"):
        server.command("SET", f"hfdl:{{fleet}}:worker:{worker}/b1", "nonsense")

    views = queue.workers()

    assert [(view.worker_id, view.files_completed) for view in views] == [("w1", 3), ("w2", 3)]


def test_the_silent_are_read_from_the_roster_once_and_again_when_they_were_heard(
    bench: Bench,
) -> None:
    for worker in ("w1", "w2"):
        bench.queue.beat(_status(worker, last_error="disk full"))
        bench.server.command("DEL", f"hfdl:{{fleet}}:worker:{worker}/b1")
        _last_heard(bench.server, f"{worker}/b1", 3600)
    assert {view.last_error for view in bench.queue.workers()} == {"disk full"}
    read_before = _calls(bench, "hmget")

    bench.queue.workers()
    assert _calls(bench, "hmget") == read_before

    bench.queue.leave(_status("w1"), "was asked to stop")
    shown = _workers(bench.queue)
    assert shown["w1/b1"].status is WorkerState.LEFT
    assert shown["w2/b1"].status is WorkerState.LOST
    bench.queue.beat(_status("w1"))
    assert _workers(bench.queue)["w1/b1"].status is WorkerState.WORKING


def test_the_view_tells_which_process_a_worker_is(queue: RedisClient) -> None:
    queue.beat(_status(bytes_refetched=77))

    [view] = queue.workers()

    assert (view.pid, view.bytes_refetched) == (7, 77)
    assert view.started_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_fleet_of_hundreds_is_read_in_two_round_trips(bench: Bench) -> None:
    for number in range(300):
        bench.queue.beat(_status(f"w{number:03d}"))
    before = _commands(bench)

    views = bench.queue.workers()

    assert len(views) == 300
    assert _commands(bench) - before <= 6


def _calls(bench: Bench, command: str) -> int:
    return int(bench.server.command("INFO", "commandstats")[f"cmdstat_{command}"]["calls"])


def _commands(bench: Bench) -> int:
    return int(bench.server.command("INFO", "stats")["total_commands_processed"])


def test_the_fleet_has_a_log_of_its_own(queue: RedisClient) -> None:
    queue.log(None, "note", "hello", "w1")

    [event] = queue.events(None)

    assert (event.kind, event.text, event.worker, event.job_id) == ("note", "hello", "w1", "")
