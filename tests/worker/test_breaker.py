"""What makes a worker step aside, and what is only the trouble of one file."""

import pytest

from hfdl_core.models import JobId, LimitedBy, TaskStatus, WorkerState
from hfdl_core.queue import RedisClient
from hfdl_core.worker import WayOut
from hfdl_tui.demo.hub import Fault, GeneratedContent, PretendHub, Role, Status
from tests.fleet_parts import Submitter, http_only, wait_until
from tests.worker.conftest import StartWorker

GOOD, BAD = 20, 8


@pytest.mark.parametrize("status", [403, 404])
def test_files_that_the_cdn_refuses_do_not_keep_a_worker_from_the_others(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, status: int
) -> None:
    # The larger ones come first.
    bad = {f"bad/{number}.bin": GeneratedContent(400_000, f"b{number}") for number in range(BAD)}
    good = {f"good/{number}.bin": GeneratedContent(300_000, f"g{number}") for number in range(GOOD)}
    hub.add_repo("acme/some", bad | good)
    hub.faults.add(Fault(Status(status), role=Role.CDN, path="bad/*"))
    job = master.job("acme/some")

    worker = start()

    wait_until(lambda: queue.snapshot(job).files_completed == GOOD)
    assert worker.node._lanes.all[0].breaker.failures_in_a_row == 0
    wait_until(lambda: _refused(queue, job) == set(bad))


def test_a_machine_to_which_every_file_is_refused_steps_aside(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker
) -> None:
    files = {f"{number}.bin": GeneratedContent(300_000, str(number)) for number in range(40)}
    hub.add_repo("acme/some", files)
    hub.faults.add(Fault(Status(403), role=Role.CDN))
    job = master.job("acme/some")

    worker = start()

    wait_until(lambda: worker.node.status().state is WorkerState.STEPPED_ASIDE)
    assert worker.node.status().limited_by is LimitedBy.ACCESS
    assert queue.snapshot(job).counters["claims"] < 40


def _refused(queue: RedisClient, job: JobId) -> set[str]:
    lists = (queue.tasks(job, state) for state in (TaskStatus.RETRYING, TaskStatus.FAILED))
    return {task.path for tasks in lists for task in tasks if task.cause == "FileRefused"}


@pytest.mark.parametrize(
    ("status", "proxy", "limited_by"),
    [
        (502, None, LimitedBy.RETRY_WAIT),
        (200, "http://127.0.0.1:1", LimitedBy.ACCESS),
    ],
)
def test_a_worker_that_gets_nothing_steps_aside_after_five_files(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    start: StartWorker,
    status: int,
    proxy: str | None,
    limited_by: LimitedBy,
) -> None:
    files = {f"{number}.bin": GeneratedContent(300_000, str(number)) for number in range(12)}
    hub.add_repo("acme/some", files)
    job = master.job("acme/some")
    if status != 200:
        hub.faults.add(Fault(Status(status), role=Role.RESOLVE))

    worker = start(ways=[WayOut("way", http_only(proxy), connections=5)])

    wait_until(lambda: worker.node.status().state is WorkerState.STEPPED_ASIDE)
    assert worker.node.status().limited_by is limited_by
    assert worker.node._lanes.all[0].breaker.failures_in_a_row >= 5
    assert queue.snapshot(job).counters["claims"] < 12
