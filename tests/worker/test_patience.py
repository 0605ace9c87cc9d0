"""Who waits for whom: a busy Hub, a stopping worker, a neighbour on the same file, a drain."""

import random
import time
from pathlib import Path

import pytest

from hfdl_core.errors import ServerBusy, TransferCancelled
from hfdl_core.machine import machine_id
from hfdl_core.models import (
    DownloadTask,
    JobId,
    JobState,
    RepoFile,
    Token,
    WorkerState,
    WorkerStatus,
)
from hfdl_core.queue import Beat, RedisClient
from hfdl_core.retry import RetryPolicy
from hfdl_core.storage import OutputDirectory
from hfdl_core.task_id import BatchWork, FileWork, TaskKind, Work
from hfdl_core.worker.admission import Admission
from hfdl_core.worker.bring_home import _Growing
from hfdl_core.worker.condition import ConditionOf
from hfdl_core.worker.hub_pause import HubPause
from hfdl_core.worker.lease import Lease, LeaseBook, Right
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.time_source import Stop
from hfdl_tui.demo.hub import Fault, GeneratedContent, PretendHub, Role, Status
from tests.fleet_parts import (
    MovableClock,
    Submitter,
    idle_lane,
    idle_lanes,
    wait_for_state,
    wait_until,
)
from tests.worker.conftest import StartWorker

ONE_BYTE = RepoFile("one", 1, "0" * 40)
ALONE = FileWork(0, 0, 1)


def _task(work: Work = ALONE) -> DownloadTask:
    return DownloadTask(
        job_id=JobId("job"),
        task_id=work.task_id,
        kind=TaskKind(work.task_id[0]),
        files=(ONE_BYTE,),
        file_index=0,
        begin=0,
        end=1,
        token=Token("w/b.1"),
    )


def test_a_busy_hub_does_not_hold_up_a_stop(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient
) -> None:
    hub.add_repo("acme/one", {"a.bin": b"a" * 300_000})
    hub.faults.add(Fault(Status(429, {"Retry-After": "120"}), role=Role.RESOLVE))
    job = master.job("acme/one")
    worker = start(grace_seconds=20.0)
    wait_until(lambda: worker.node.status().limited_by == "hub_budget")

    seconds = worker.stopped_after()

    assert seconds < 5
    snapshot = queue.snapshot(job)
    assert (snapshot.pending, snapshot.in_progress, snapshot.retrying) == (1, 0, 0)


def test_a_busy_hub_keeps_the_worker_from_taking_more() -> None:
    clock, stop = MovableClock(), Stop()
    pause = HubPause(RetryPolicy(random.Random(1)), clock, stop)
    options = WorkerOptions("w", Path("here"), "http://127.0.0.1:1")
    condition = ConditionOf(Admission(options, "m", clock), idle_lanes(clock), pause)
    before = condition.may_work

    pause.ask(
        ServerBusy("hub", 429, 60.0), Lease(_task(), clock.monotonic(), clock, idle_lane(clock))
    )

    assert (before, condition.may_work, condition.is_waiting) == (True, False, True)
    clock.forward(61)
    assert condition.may_work


def test_a_lease_that_waits_for_the_hub_goes_on_when_the_pause_is_over() -> None:
    clock, stop = MovableClock(), Stop()
    pause = HubPause(RetryPolicy(random.Random(1)), clock, stop)
    lease = Lease(_task(), clock.monotonic(), clock, idle_lane(clock))
    pause.ask(ServerBusy("hub", 503, 60.0), lease)
    clock.forward(59.9)

    pause.wait(lease)

    assert not pause.is_on


def test_a_lease_that_waits_for_the_hub_ends_with_its_cancel() -> None:
    clock = MovableClock()
    pause = HubPause(RetryPolicy(random.Random(1)), clock, Stop())
    lease = Lease(_task(), clock.monotonic(), clock, idle_lane(clock))
    pause.ask(ServerBusy("hub", 503, 60.0), lease)
    lease.lose()

    with pytest.raises(TransferCancelled):
        pause.wait(lease)


def test_a_byte_on_the_disk_is_no_finished_file_of_a_batch(tmp_path: Path) -> None:
    clock = MovableClock()
    output = OutputDirectory(tmp_path)
    output.prepare()
    batch = Lease(_task(BatchWork(0, 0, 1, 1)), clock.monotonic(), clock, idle_lane(clock))
    whole = Lease(_task(), clock.monotonic(), clock, idle_lane(clock))

    with output.open_incomplete(ONE_BYTE, "owner") as incomplete:
        incomplete.write(b"x")
        incomplete.sync()
        for lease in (batch, whole):
            _Growing(incomplete, lease, clock).note_durable()

    assert (batch.position, whole.position) == (0, 1)


def test_a_claim_that_comes_while_the_worker_stops_goes_back_at_once() -> None:
    clock = MovableClock()
    book = LeaseBook("w1/boot", clock)
    book.close("the worker stops")

    with book.hold(_task(), clock.monotonic(), idle_lane(clock)) as lease:
        right, reason = lease.right, lease.reason

    assert (right, reason) == (Right.RETURNING, "the worker stops")


def test_a_file_still_open_in_another_hand_is_waited_for(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient, tmp_path: Path
) -> None:
    content = b"a" * 300_000
    hub.add_repo("acme/one", {"a.bin": content})
    job = master.job("acme/one")
    [(_, file)] = queue.files(job)
    output = OutputDirectory(tmp_path / "here/one")
    output.prepare()

    with output.open_incomplete(file, machine_id()[:8]):
        worker = start()
        wait_until(lambda: worker.node.status().tasks)
        assert queue.snapshot(job).in_progress == 1

    wait_for_state(queue, job, JobState.COMPLETED)
    assert "stepped_aside" not in [event.kind for event in queue.events(job)]


def test_a_draining_worker_finishes_what_it_has_and_takes_nothing_new(
    hub: PretendHub, master: Submitter, start: StartWorker, queue: RedisClient
) -> None:
    parts = {f"{number}.bin": GeneratedContent(600_000, str(number)) for number in range(3)}
    hub.add_repo("acme/parts", parts)
    hub.bandwidth.limit_client("127.0.0.1", 300_000)
    job = master.job("acme/parts")
    worker = start()
    wait_until(lambda: worker.node.status().tasks and queue.workers())

    queue.drain("w1")
    wait_until(lambda: worker.node.status().state is WorkerState.DRAINING)
    hub.bandwidth.limit_client("127.0.0.1", None)
    wait_until(lambda: queue.snapshot(job).in_progress == 0)

    done = queue.snapshot(job).files_completed
    assert 1 <= done < 3
    queue.undrain("w1")
    wait_for_state(queue, job, JobState.COMPLETED)


def test_a_worker_that_was_told_to_drain_takes_nothing_when_it_starts_again(
    hub: PretendHub,
    master: Submitter,
    start: StartWorker,
    queue: RedisClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real_beat = RedisClient.beat

    def slow_beat(self: RedisClient, status: WorkerStatus) -> Beat:
        time.sleep(0.4)  # a link with more latency than a claim takes here
        return real_beat(self, status)

    monkeypatch.setattr(RedisClient, "beat", slow_beat)
    hub.add_repo("acme/one", {"a.bin": b"a" * 300_000})
    first = start()
    wait_until(queue.workers)
    first.stopped_after()
    queue.drain("w1")
    job = master.job("acme/one")

    second = start()
    wait_until(lambda: second.node.status().state is WorkerState.DRAINING)

    assert queue.snapshot(job).counters.get("claims", 0) == 0
