"""Several workers, several jobs: one machine, one directory, one name, fair shares, the dead."""

from collections import Counter
from pathlib import Path

import pytest

from hfdl_core.machine import WorkerMarks
from hfdl_core.models import JobState, Token, WorkerState
from hfdl_core.queue import RedisClient
from hfdl_core.queue.keys import job_key
from hfdl_core.worker.predecessors import release_the_dead
from hfdl_tui.demo.hub import GeneratedContent, PretendHub, Role
from tests.fleet_parts import Submitter, wait_for_state, wait_until
from tests.redis_servers import RedisServer
from tests.worker.conftest import StartWorker

PARTS = {f"{number:02}.bin": GeneratedContent(300_000, str(number)) for number in range(12)}


def test_two_workers_in_one_directory_of_one_machine_fetch_every_file_once(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    hub.add_repo("acme/parts", PARTS)
    job = master.job("acme/parts")

    for name in ("w1", "w2"):
        start(name, connections=2)

    wait_for_state(queue, job, JobState.COMPLETED)
    asked = Counter(record.path for record in hub.requests.select(role=Role.RESOLVE))
    assert set(asked.values()) == {1}
    assert len(asked) == len(PARTS)


def test_two_workers_of_one_name_both_work_and_both_say_so(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    start: StartWorker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hub.add_repo("acme/parts", PARTS)
    first, second = start("twin"), start("twin", output="there")
    wait_until(lambda: first.node._heartbeat._is_duplicate or second.node._heartbeat._is_duplicate)

    job = master.job("acme/parts")

    wait_for_state(queue, job, JobState.COMPLETED)
    assert [worker.status for worker in queue.workers()] == [WorkerState.DUPLICATE] * 2
    assert "another worker is called twin" in caplog.text


def test_workers_are_shared_between_jobs_by_weight(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, redis: RedisServer
) -> None:
    slow = {f"{number:02}.bin": GeneratedContent(400_000, str(number)) for number in range(12)}
    hub.bandwidth.limit_client("127.0.0.1", 200_000)
    jobs = []
    for name, weight in (("light", 1.0), ("heavy", 3.0)):
        hub.add_repo(f"acme/{name}", slow)
        job = master.job(f"acme/{name}")
        queue.pause(job)
        spec = queue.spec(job).model_copy(update={"weight": weight})
        redis.command("HSET", job_key(job, "meta"), "spec", spec.model_dump_json())
        jobs.append(job)
    for job in jobs:
        queue.resume(job)

    start(connections=8)

    wait_until(lambda: sum(queue.snapshot(job).in_progress for job in jobs) == 8)
    assert [queue.snapshot(job).in_progress for job in jobs] == [2, 6]


def test_a_worker_for_one_job_leaves_the_others_alone(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker
) -> None:
    hub.add_repo("acme/parts", PARTS)
    hub.add_repo("acme/mine", {"a.bin": b"a" * 300_000})
    other, mine = master.job("acme/parts"), master.job("acme/mine")

    worker = start(only_job=mine, exit_when_idle_seconds=1.0)

    wait_until(lambda: worker.has_ended)
    assert queue.snapshot(mine).state is JobState.COMPLETED
    assert queue.snapshot(other).counters.get("claims", 0) == 0


def test_what_a_dead_worker_of_this_machine_held_goes_on_at_once(
    hub: PretendHub, master: Submitter, queue: RedisClient, tmp_path: Path
) -> None:
    hub.add_repo("acme/one", {"a.bin": b"a" * 300_000})
    job = master.job("acme/one")
    marks = WorkerMarks(tmp_path / "marks")
    queue.claim(job, "dead/1", [Token("dead/1.1")])
    queue.claim(job, "alive/2", [Token("alive/2.1")])
    (tmp_path / "marks").mkdir(mode=0o700)
    (tmp_path / "marks/dead@1.mark").touch()  # nobody holds its lock

    with marks.marked("alive/2"):
        released = release_the_dead(queue, marks)
        again = release_the_dead(queue, marks)

    assert (released, again) == (1, 0)
    snapshot = queue.snapshot(job)
    assert (snapshot.pending, snapshot.in_progress) == (1, 0)
    assert snapshot.counters.get("crashes", 0) == 0


def test_a_state_directory_that_cannot_be_written_keeps_nobody_from_working(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    start: StartWorker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_text("not a directory")
    hub.add_repo("acme/one", {"a.bin": b"a" * 300_000})
    job = master.job("acme/one")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    start()

    wait_for_state(queue, job, JobState.COMPLETED)
