"""The same command in every state of its job, and when the destination was taken meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from hfdl_core.errors import DestinationRefused
from hfdl_core.master import SubmittedHow
from hfdl_core.master.steering import Steering
from hfdl_core.models import Delivery, JobId, JobState
from hfdl_core.queue import RedisClient
from hfdl_core.queue.keys import job_key
from hfdl_core.storage import OutputDirectory
from hfdl_tui.demo.hub import Fault, PretendHub, Role, Status
from tests.fleet_parts import Submitter, wait_for_state, wait_until
from tests.redis_servers import RedisServer
from tests.worker.conftest import StartWorker

FILES = {"a.bin": b"a" * 300_000, "b.txt": b"b" * 10}
GONE = Fault(Status(404, {"X-Error-Code": "EntryNotFound"}), role=Role.RESOLVE)


@pytest.fixture
def repos(hub: PretendHub) -> None:
    for name in ("one", "two"):
        hub.add_repo(f"acme/{name}", FILES)


def _become(job: JobId, queue: RedisClient, state: JobState) -> None:
    match state:
        case JobState.PAUSED:
            queue.pause(job)
        case JobState.CANCELLED:
            queue.cancel(job)
        case _:
            assert state is JobState.RUNNING


@pytest.mark.parametrize(
    ("state", "how"),
    [
        (JobState.RUNNING, SubmittedHow.FOLLOWED),
        (JobState.PAUSED, SubmittedHow.RESUMED),
        (JobState.CANCELLED, SubmittedHow.RESTARTED),
    ],
)
@pytest.mark.usefixtures("repos")
def test_the_same_command_goes_on(
    master: Submitter, queue: RedisClient, state: JobState, how: SubmittedHow
) -> None:
    job = master.job("acme/one")
    _become(job, queue, state)

    again = master.submit("acme/one")

    assert (again.job_id, again.how, again.files_total) == (job, how, 2)
    assert queue.snapshot(job).state is JobState.RUNNING


@pytest.mark.usefixtures("repos")
def test_a_failed_job_is_requeued_and_completes(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker
) -> None:
    rule = hub.faults.add(GONE)
    job = master.job("acme/one")
    start()
    wait_for_state(queue, job, JobState.FAILED)
    hub.faults.remove(rule)

    again = master.submit("acme/one")

    assert again.how is SubmittedHow.REQUEUED
    wait_for_state(queue, job, JobState.COMPLETED)


@pytest.mark.usefixtures("repos")
def test_a_complete_shared_job_is_repaired_where_files_are_missing_or_wrong(
    master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    job = master.job("acme/one", delivery=Delivery.SHARED, destination="there")
    start()
    wait_for_state(queue, job, JobState.COMPLETED)
    assert (
        master.submit("acme/one", delivery=Delivery.SHARED, destination="there").how
        is SubmittedHow.ALREADY_COMPLETE
    )
    (tmp_path / "there/a.bin").write_bytes(b"x" * 300_000)
    (tmp_path / "there/b.txt").unlink()

    again = master.submit("acme/one", delivery=Delivery.SHARED, destination="there")

    assert again.how is SubmittedHow.REPAIRED
    wait_for_state(queue, job, JobState.COMPLETED)
    found = {name: (tmp_path / "there" / name).read_bytes() for name in FILES}
    assert found == FILES


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED, JobState.COMPLETED])
@pytest.mark.usefixtures("repos")
def test_a_job_whose_destination_was_taken_since_does_not_come_back_beside_the_new_one(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    start: StartWorker,
    state: JobState,
) -> None:
    place: dict[str, Any] = {"delivery": Delivery.SHARED, "destination": "same"}
    rule = hub.faults.add(GONE) if state is JobState.FAILED else 0
    old = master.job("acme/one", **place)
    if state is JobState.CANCELLED:
        queue.cancel(old)
    else:
        worker = start()
        wait_for_state(queue, old, state)
        worker.stopped_after()
    hub.faults.remove(rule)
    new = master.job("acme/two", **place)

    with pytest.raises(DestinationRefused, match=new):
        master.submit("acme/one", **place)

    assert queue.snapshot(old).state is state
    master.submit("acme/one", replace=True, **place)
    assert queue.snapshot(new).state is JobState.CANCELLED


@pytest.mark.usefixtures("repos")
def test_steering_does_not_bring_back_a_job_whose_destination_was_taken(
    master: Submitter, queue: RedisClient
) -> None:
    old = master.job("acme/one", destination="same")
    queue.cancel(old)
    new = master.job("acme/two", destination="same")
    steering = Steering(queue)

    for move in (steering.resume, steering.requeue):
        with pytest.raises(DestinationRefused, match=new):
            move(old)

    assert queue.snapshot(old).state is JobState.CANCELLED


@pytest.mark.usefixtures("repos")
def test_a_shared_job_of_another_machine_is_not_followed_from_a_place_that_only_looks_the_same(
    master: Submitter, queue: RedisClient, redis: RedisServer, tmp_path: Path
) -> None:
    place: dict[str, Any] = {"delivery": Delivery.SHARED, "destination": "there"}
    job = master.job("acme/one", **place)
    spec = queue.spec(job).model_copy(update={"machine": "another", "host": "pc-7"})
    redis.command("HSET", job_key(job, "meta"), "spec", spec.model_dump_json())

    with pytest.raises(DestinationRefused, match="pc-7"):
        master.submit("acme/one", **place)

    OutputDirectory(tmp_path / "there").leave_probe(job, "another")
    assert master.submit("acme/one", **place).how is SubmittedHow.FOLLOWED


@pytest.mark.usefixtures("repos")
def test_replace_cancels_the_unfinished_job_and_starts_the_new_one(
    master: Submitter, queue: RedisClient, start: StartWorker
) -> None:
    old = master.job("acme/one", destination="same")
    with pytest.raises(DestinationRefused, match="--replace"):
        master.job("acme/two", destination="same")

    new = master.job("acme/two", destination="same", replace=True)

    start()
    wait_for_state(queue, new, JobState.COMPLETED)
    assert queue.snapshot(old).state is JobState.CANCELLED
    wait_until(lambda: queue.snapshot(old).in_progress == 0)
