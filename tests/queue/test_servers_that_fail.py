"""Servers are killed, stopped, cut and emptied: it is noticed, said, and work goes on."""

import os
import signal
import threading

import pytest

from hfdl_core.errors import QueueEmptied, QueueRolledBack, QueueUnavailable
from hfdl_core.models import Delivery, JobId, JobState
from hfdl_core.queue import RedisClient
from tests.queue.bench import PLAN, Bench
from tests.redis_servers import RedisServer


def test_scripts_that_the_server_forgot_are_sent_again(bench: Bench) -> None:
    job_id = bench.plant([3, 2])
    bench.server.command("SCRIPT", "FLUSH")

    task = bench.claim(job_id)
    bench.server.command("SCRIPT", "FLUSH")

    assert bench.complete(task) == "counted"
    assert [snapshot.files_completed for snapshot in bench.queue.snapshots()] == [1]


def test_pages_published_in_one_round_trip_survive_forgotten_scripts(bench: Bench) -> None:
    bench.plant([1], name="other")
    bench.server.command("SCRIPT", "FLUSH")

    assert len(bench.queue.snapshots()) == 1


def test_after_kill_9_and_a_new_start_everything_acknowledged_is_there(
    own_server: RedisServer,
) -> None:
    with RedisClient(own_server.target) as queue:
        bench = Bench(own_server, queue)
        job_id = bench.plant(list(range(40, 0, -1)))
        for _ in range(20):
            bench.complete(bench.claim(job_id))
        held = bench.claim(job_id)
        before = bench.record(job_id)

        own_server.kill()
        with pytest.raises(QueueUnavailable, match=r"redis at 127\.0\.0\.1"):
            queue.reap(job_id)
        own_server.start()

        # Only the deadline is nearer by the time that this took.
        assert bench.changed(before, job_id).keys() <= {"lease"}
        assert bench.complete(held) == "counted"


def test_a_stopped_server_costs_seconds_and_nothing_is_done_twice(
    own_server: RedisServer,
) -> None:
    with RedisClient(own_server.target) as queue:
        bench = Bench(own_server, queue)
        job_id = bench.plant([3, 2, 1])
        task = bench.claim(job_id)

        with own_server.paused():
            # The first send is given up after 5 s and repeated; both are executed in the end.
            waking = threading.Timer(5.5, _wake, [own_server])
            waking.start()
            assert bench.complete(task) in {"counted", "already"}
            waking.join()

        assert bench.counter(job_id, "files_completed") == 1


def _wake(server: RedisServer) -> None:
    os.kill(server.process.pid, signal.SIGCONT)


def test_a_lost_tail_is_noticed_once_and_then_work_goes_on(own_server: RedisServer) -> None:
    with RedisClient(own_server.target) as queue:
        bench = Bench(own_server, queue)
        job_id = bench.plant([5, 4, 3, 2, 1])
        bench.complete(bench.claim(job_id))
        mark = own_server.append_only_bytes()
        lost = [bench.claim(job_id) for _ in range(3)]
        bench.complete(lost[0])
        bench.server.close()

        own_server.lose_tail(mark)

        with pytest.raises(QueueRolledBack, match="job-1"):
            bench.complete(lost[0])
        assert bench.complete(lost[0]) == "lost"
        assert bench.queue.snapshot(job_id).files_completed == 1
        for _ in range(4):
            bench.complete(bench.claim(job_id))
        assert bench.state(job_id) is JobState.COMPLETED
        assert bench.counter(job_id, "bytes_completed") == 15


def test_a_tail_cut_anywhere_leaves_a_whole_record(own_server: RedisServer) -> None:
    with RedisClient(own_server.target) as queue:
        bench = Bench(own_server, queue)
        job_id = bench.plant(list(range(60, 0, -1)), delivery=Delivery.GATHER)
        mark = own_server.append_only_bytes()
        for _ in range(30):
            task = bench.claim(job_id, carve_bytes=20)
            bench.reach(task, task.begin + 5)
            bench.complete(task, task.begin + 10)
        end = own_server.append_only_bytes()

        for cut in range(end - 7, mark, -((end - mark) // 8)):
            own_server.lose_tail(cut)

            record = bench.record(job_id)
            places = [*record["pend"], *record.get("live", {})]
            assert len(places) == len(set(places))
            assert record.get("lease", {}).keys() == record.get("live", {}).keys()
            counted = record["cnt"].get("bytes_completed", 0)
            still_open = sum(int(one[-11:], 16) - int(one[12:23], 16) for one in places)
            assert counted + still_open == sum(range(61))


def test_a_flushed_redis_is_told_from_an_empty_queue(bench: Bench) -> None:
    job_id = bench.plant([5, 4])
    task = bench.claim(job_id)
    epoch = bench.queue.fleet_epoch()

    bench.server.command("FLUSHALL")

    with pytest.raises(QueueEmptied, match="emptied"):
        bench.complete(task)
    assert bench.queue.fleet_epoch() != epoch
    assert bench.server.command("KEYS", "hfdl:{job*") == []


def test_a_plan_made_again_after_a_flush_has_another_epoch(bench: Bench) -> None:
    job_id = bench.plant([5, 4])
    task = bench.claim(job_id)
    bench.server.command("FLUSHALL")
    with RedisClient(bench.server.target) as other:
        Bench(bench.server, other).plant([5, 4])

    with pytest.raises(QueueEmptied):
        bench.reach(task, 3)

    assert bench.complete(task) == "lost"
    assert bench.queue.snapshot(job_id).pending == 2


def test_a_plan_goes_on_after_redis_was_killed_in_its_middle(own_server: RedisServer) -> None:
    with RedisClient(own_server.target) as queue:
        bench = Bench(own_server, queue)
        job_id = bench.plant([5], name="whole")
        own_server.kill()
        own_server.start()

        assert queue.begin_plan(queue.spec(job_id), PLAN, 50).sealed
        assert queue.find_job("wh") == JobId("whole")


def test_one_who_notices_a_lost_tail_tells_all_others(own_server: RedisServer) -> None:
    with RedisClient(own_server.target) as quick, RedisClient(own_server.target) as quiet:
        bench, other = Bench(own_server, quick), Bench(own_server, quiet)
        job_id = bench.plant([5, 4, 3, 2, 1])
        held = other.claim(job_id, "quiet")
        mark = own_server.append_only_bytes()
        bench.claim(job_id)
        assert other.complete(held) == "counted"
        own_server.lose_tail(mark)

        # The numbers have passed what the quiet one knows before it asks again.
        for _ in range(2):
            with pytest.raises(QueueRolledBack):
                quick.reap(job_id)
            quick.reap(job_id)
            own_server.lose_tail(mark)
        with pytest.raises(QueueRolledBack):
            quick.reap(job_id)
        for _ in range(9):
            quick.reap(job_id)
        with pytest.raises(QueueRolledBack):
            other.complete(held)

        # That call has counted; its answer was withheld so that its caller takes notice.
        assert other.complete(held) == "already"
        assert bench.counter(job_id, "files_completed") == 1
        assert quick.reap(job_id) == 0
        with RedisClient(own_server.target) as newcomer:
            assert newcomer.reap(job_id) == 0
