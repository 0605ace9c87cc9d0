"""A worker brings files home: empty ones, batches, files that are there, wrong bytes."""

from pathlib import Path

from hfdl_core.models import DownloaderName, JobState, TaskStatus
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import parse_task_id
from hfdl_tui.demo.hub import Corrupt, Fault, GeneratedContent, PretendHub, Role, Status
from tests.fleet_parts import Submitter, wait_for_state, wait_until
from tests.worker.conftest import StartWorker

TINY = {f"tiny/{number:02}.txt": f"number {number}\n".encode() for number in range(20)}


def test_a_batch_with_an_empty_file_comes_home_whole(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    hub.add_repo("acme/tiny", TINY | {"tiny/empty": b""})
    job = master.job("acme/tiny")

    start()

    wait_for_state(queue, job, JobState.COMPLETED)
    found = {path: (tmp_path / "here/tiny" / path).read_bytes() for path in TINY}
    assert found == TINY
    assert (tmp_path / "here/tiny/tiny/empty").read_bytes() == b""
    assert queue.snapshot(job).files_completed == len(TINY) + 1


def test_files_of_a_batch_that_are_there_are_not_fetched_again(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    hub.add_repo("acme/tiny", TINY)
    job = master.job("acme/tiny")
    there = tmp_path / "here/tiny/tiny"
    there.mkdir(parents=True)
    for path in list(TINY)[:10]:
        (there.parent / path).write_bytes(TINY[path])
    (there / "15.txt").write_bytes(b"something")  # the right size would be 10

    start()

    wait_for_state(queue, job, JobState.COMPLETED)
    fetched = {record.path.rpartition("/")[2] for record in hub.requests.select(role=Role.RESOLVE)}
    assert fetched == {path.rpartition("/")[2] for path in list(TINY)[10:]}
    assert (there / "15.txt").read_bytes() == TINY["tiny/15.txt"]


def test_a_file_that_is_there_is_told_to_come_from_disk(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    hub.add_repo("acme/one", {"a.bin": b"a" * 400_000})
    job = master.job("acme/one")
    (tmp_path / "here/one").mkdir(parents=True)
    (tmp_path / "here/one/a.bin").write_bytes(b"a" * 400_000)

    start()

    wait_for_state(queue, job, JobState.COMPLETED)
    assert queue.downloader_of(job, 0) is DownloaderName.DISK
    assert hub.requests.select(role=Role.RESOLVE) == []


def test_one_bad_file_of_a_batch_fails_alone(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    hub.add_repo("acme/tiny", TINY)
    gone = {"X-Error-Code": "EntryNotFound"}
    hub.faults.add(Fault(Status(404, gone), role=Role.RESOLVE, path="tiny/07.txt"))
    job = master.job("acme/tiny")

    start()

    wait_for_state(queue, job, JobState.FAILED)
    snapshot = queue.snapshot(job)
    assert (snapshot.files_completed, snapshot.files_failed) == (len(TINY) - 1, 1)
    [failed] = queue.tasks(job, TaskStatus.FAILED)
    assert (failed.path, failed.cause, failed.attempt) == ("tiny/07.txt", "FileMissing", 1)


def test_wrong_bytes_are_thrown_away_and_fetched_again(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    hub.add_repo("acme/one", {"a.bin": b"a" * 400_000})
    hub.faults.add(Fault(Corrupt(offset=1000), role=Role.CDN, times=1))
    hub.faults.add(Fault(Corrupt(offset=1000), role=Role.RESOLVE, times=1))
    job = master.job("acme/one")

    start()

    wait_for_state(queue, job, JobState.COMPLETED)
    assert (tmp_path / "here/one/a.bin").read_bytes() == b"a" * 400_000
    assert "task_retrying" in [event.kind for event in queue.events(job)]


def test_a_batch_claimed_again_goes_on_after_its_finished_files(
    hub: PretendHub, master: Submitter, queue: RedisClient, start: StartWorker
) -> None:
    slow = {f"tiny/{number:02}.bin": GeneratedContent(100_000, str(number)) for number in range(20)}
    hub.add_repo("acme/slow", slow)
    hub.bandwidth.limit_client("127.0.0.1", 400_000)
    job = master.job("acme/slow")
    first = start("w1", grace_seconds=0.0)
    wait_until(lambda: first.node.status().files_completed >= 6)  # four at once: 3 of them ahead

    first.stopped_after()
    done = queue.snapshot(job).files_completed
    [rest] = queue.tasks(job, TaskStatus.PENDING)
    hub.bandwidth.limit_client("127.0.0.1", None)
    start("w2", output="there")
    wait_for_state(queue, job, JobState.COMPLETED)

    assert done >= 2
    assert parse_task_id(rest.task_id).first == done  # type: ignore[union-attr]  # a batch
    assert queue.snapshot(job).files_completed == 20
