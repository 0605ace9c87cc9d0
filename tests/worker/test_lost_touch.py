"""Redis is away, emptied, hung or refuses; jobs are deleted, paused, cancelled under a worker."""

import logging
import time
from pathlib import Path

import pytest

from hfdl_core.errors import QueueEmptied, UnknownJob
from hfdl_core.models import JobId, JobState, TaskStatus, Token
from hfdl_core.queue import RedisClient
from hfdl_core.queue.keys import job_key
from hfdl_core.worker import ExitReason
from hfdl_core.worker.dispenser import Handout
from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from tests.fleet_parts import RunningNode, Submitter, wait_for_state, wait_until
from tests.redis_servers import RedisServer
from tests.worker.conftest import StartWorker

BIG = {"big.bin": GeneratedContent(2_000_000)}


def _begin_slowly(
    hub: PretendHub, master: Submitter, start: StartWorker, **options: object
) -> tuple[JobId, RunningNode]:
    """A job of one file, in the hands of a worker that needs 20 s for it."""
    hub.add_repo("acme/big", BIG)
    hub.bandwidth.limit_client("127.0.0.1", 100_000)
    job = master.job("acme/big")
    worker = start(**options)
    wait_until(lambda: worker.node.status().tasks)
    return job, worker


def test_a_hung_redis_does_not_hold_up_the_self_stop(
    hub: PretendHub, master: Submitter, redis: RedisServer, start: StartWorker
) -> None:
    _, worker = _begin_slowly(hub, master, start)

    with redis.paused():
        time.sleep(5.5)  # the lease keeper hangs in its report now
        begun = time.monotonic()
        worker.clock.forward(36)
        wait_until(lambda: hub.requests.wait_idle(0.01), 4)

        assert time.monotonic() - begun < 4


def test_a_lease_that_the_queue_gave_to_another_is_never_spoken_for(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient, redis: RedisServer
) -> None:
    job, worker = _begin_slowly(hub, master, start)
    [task] = worker.node.status().tasks
    [held] = queue.held_by(job, f"w1/{worker.node.status().boot_id}")
    queue.release(job, task.task_id, held.token, 0, reason="taken away")
    queue.pause(job)  # so that nobody takes it anew

    worker.node._keeper.report_due()

    wait_until(lambda: not worker.node.status().tasks)
    kinds = [event.kind for event in queue.events(job)]
    assert kinds.count("released") == 1
    assert queue.snapshot(job).pending == 1


@pytest.mark.parametrize("move", ["pause", "cancel"])
def test_a_paused_or_cancelled_job_gets_its_lease_back(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient, move: str
) -> None:
    job, worker = _begin_slowly(hub, master, start)
    getattr(queue, move)(job)

    worker.node._keeper.report_due()

    wait_until(lambda: queue.snapshot(job).in_progress == 0, 4)
    assert queue.snapshot(job).pending == 1
    [task] = queue.tasks(job, TaskStatus.PENDING)
    assert task.attempt == 0


def test_a_deleted_job_costs_its_worker_nothing(
    hub: PretendHub,
    master: Submitter,
    start: StartWorker,
    queue: RedisClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    job, worker = _begin_slowly(hub, master, start, connections=2)
    hub.add_repo("acme/next", {"next.bin": b"next" * 100_000})

    queue.delete(job)
    with pytest.raises((QueueEmptied, UnknownJob)):  # from now on the worker's client says: unknown
        worker.queue.reap(job)
    [lease] = worker.node._book.leases()
    lease.give_back("as if it had ended just now")
    following = master.job("acme/next")

    hub.bandwidth.limit_client("127.0.0.1", None)
    wait_for_state(queue, following, JobState.COMPLETED)
    wait_until(lambda: worker.node.status().state == "idle")
    assert worker.node._lanes.all[0].breaker.failures_in_a_row == 0
    assert "unexpected" not in caplog.text


def test_a_job_that_was_deleted_before_its_task_began_costs_its_worker_nothing(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient
) -> None:
    hub.add_repo("acme/big", {"a.bin": b"a" * 300_000})
    job = master.job("acme/big")
    [task] = queue.claim(job, "w1/x", [Token("w1/x.1")]).tasks
    queue.delete(job)
    worker = start()

    worker.node._runner.run(Handout(task, worker.clock.monotonic()), worker.node._lanes.all[0])

    assert worker.node._lanes.all[0].breaker.failures_in_a_row == 0
    assert worker.node.status().errors == 0


def test_an_emptied_redis_makes_the_worker_drop_its_lease_and_serve_what_comes(
    hub: PretendHub,
    master: Submitter,
    start: StartWorker,
    redis: RedisServer,
    queue: RedisClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    job, worker = _begin_slowly(hub, master, start)
    redis.command("FLUSHALL")

    worker.node._keeper.report_due()
    wait_until(lambda: not worker.node.status().tasks)
    hub.bandwidth.limit_client("127.0.0.1", None)
    assert master.job("acme/big") == job

    wait_for_state(queue, job, JobState.COMPLETED)
    assert "drops its leases" in caplog.text
    assert (tmp_path / "here/big/big.bin").stat().st_size == 2_000_000


def test_a_job_whose_record_is_broken_does_not_stop_the_others(
    hub: PretendHub, master: Submitter, start: StartWorker, redis: RedisServer, queue: RedisClient
) -> None:
    hub.add_repo("acme/a", {"a.bin": b"a" * 300_000})
    hub.add_repo("acme/b", {"b.bin": b"b" * 300_000})
    hub.add_repo("acme/c", {"c.bin": b"c" * 300_000})
    unknown, refused, good = master.job("acme/a"), master.job("acme/b"), master.job("acme/c")
    redis.command("HSET", job_key(unknown, "meta"), "protocol", "999")
    redis.command("SET", job_key(refused, "over"), "not a hash")

    worker = start()

    wait_for_state(queue, good, JobState.COMPLETED)
    assert queue.snapshot(refused).state is JobState.RUNNING
    # Its last task is completed in Redis a moment before it counts as no longer at work.
    wait_until(lambda: worker.node.status().limited_by == "redis")


def test_a_stop_while_redis_is_away_takes_seconds(
    hub: PretendHub, master: Submitter, start: StartWorker, own_redis: RedisServer
) -> None:
    worker = start(server=own_redis, connections=2)
    wait_until(lambda: own_redis.command("ZCARD", "hfdl:{fleet}:seen"))
    own_redis.kill()
    wait_until(lambda: worker.node._dispenser._reconnect.away_reason)

    assert worker.stopped_after() < 12
    assert worker.reason is ExitReason.STOPPED


def test_a_redis_that_is_away_is_no_idleness(
    hub: PretendHub, start: StartWorker, own_redis: RedisServer
) -> None:
    worker = start(server=own_redis, exit_when_idle_seconds=4.0)
    wait_until(lambda: own_redis.command("ZCARD", "hfdl:{fleet}:seen"))
    own_redis.kill()
    time.sleep(0.2)

    worker.clock.forward(60)
    time.sleep(1.5)

    assert not worker.has_ended


def test_an_idle_worker_ends_when_it_shall(start: StartWorker) -> None:
    worker = start(exit_when_idle_seconds=1.0)

    wait_until(lambda: worker.has_ended)

    assert worker.reason is ExitReason.IDLE


def test_a_bug_in_the_heartbeat_or_a_connection_ends_neither(
    hub: PretendHub,
    master: Submitter,
    start: StartWorker,
    queue: RedisClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real_beat, real_snapshots = RedisClient.beat, RedisClient.snapshots
    bugs = {"beat": 2, "snapshots": 1}

    def beat(self: RedisClient, status: object) -> object:
        bugs["beat"] -= 1
        if bugs["beat"] >= 0:
            raise ValueError("a bug in the heartbeat")
        return real_beat(self, status)  # type: ignore[arg-type]  # passed on

    def snapshots(self: RedisClient) -> object:
        bugs["snapshots"] -= 1
        if bugs["snapshots"] >= 0:
            raise KeyError("a bug in a look")
        return real_snapshots(self)

    hub.add_repo("acme/big", {"a.bin": b"a" * 1000})
    job = master.job("acme/big")
    monkeypatch.setattr(RedisClient, "beat", beat)
    monkeypatch.setattr(RedisClient, "snapshots", snapshots)

    with caplog.at_level(logging.ERROR):
        start()
        wait_for_state(queue, job, JobState.COMPLETED)
        wait_until(queue.workers, 6)

    assert caplog.text.count("a bug in the heartbeat") >= 1
    assert "a bug in a look" in caplog.text
