"""What stands in the destination before: right, wrong, unlisted, in the way; and hostile names."""

import hashlib
from pathlib import Path

import pytest

from hfdl_core.models import (
    Delivery,
    JobId,
    JobSpec,
    JobState,
    RepoFile,
    RepoType,
    TaskStatus,
)
from hfdl_core.planning import PAGE_SIZE, plan_pages
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import Fault, PretendHub, Status
from tests.fleet_parts import Submitter, wait_until
from tests.gather.conftest import Fleet, StartCollector
from tests.gather.parts import (
    MIB,
    PATIENT_SECONDS,
    assert_settled,
    content,
    file_bytes_sent,
    file_requests,
    gather_job,
    wait_for_end,
)
from tests.worker.conftest import StartWorker

BIG = content(6 * MIB)


@pytest.mark.parametrize("is_local", [True, False], ids=["in-process", "over-the-network"])
def test_right_files_are_kept_wrong_ones_fetched_and_unlisted_ones_left_alone(
    is_local: bool,
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    (out / "right.bin").write_bytes(BIG)
    (out / "wrong.bin").write_bytes(bytes(len(BIG)))  # the right size
    (out / "short.bin").write_bytes(BIG[:100])
    (out / "sub/right.txt").write_bytes(b"right")
    (out / "sub/wrong.txt").write_bytes(b"wrong")
    (out / "unlisted.txt").write_bytes(b"mine")
    files = {
        "right.bin": BIG,
        "wrong.bin": BIG[::-1],
        "short.bin": BIG[:-1],
        "sub/right.txt": b"right",
        "sub/wrong.txt": b"other",
    }
    job_id = gather_job(hub, master, out, files)
    collector = collect(job_id)
    start(**({"local": collector.local} if is_local else {}))

    wait_for_end(queue, job_id)
    assert {path: (out / path).read_bytes() for path in files} == files
    assert (out / "unlisted.txt").read_bytes() == b"mine"
    assert file_requests(hub, "right.bin") == file_requests(hub, "sub/right.txt") == 0
    assert file_bytes_sent(hub) == len(BIG) * 2 - 1
    assert_settled(queue, job_id, out)


@pytest.mark.parametrize("is_local", [True, False], ids=["in-process", "over-the-network"])
def test_empty_files_come_whether_alone_or_in_a_batch(
    is_local: bool,
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    files = {f"{number}.txt": b"" for number in range(5)} | {"big.bin": BIG, "tiny": b"t"}
    job_id = gather_job(hub, master, out, files)
    collector = collect(job_id)
    start(**({"local": collector.local} if is_local else {}))

    wait_for_end(queue, job_id)
    assert {path: (out / path).read_bytes() for path in files} == files
    assert_settled(queue, job_id, out)


def test_a_repo_of_one_empty_file_is_gathered(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"empty": b""})
    collect(job_id)
    start()

    wait_for_end(queue, job_id)
    assert (tmp_path / "out/empty").read_bytes() == b""
    assert_settled(queue, job_id, tmp_path / "out")


@pytest.mark.parametrize("size", [500, len(BIG)], ids=["small", "large"])
@pytest.mark.parametrize("is_local", [True, False], ids=["in-process", "over-the-network"])
def test_a_directory_in_the_way_fails_that_file_and_says_so(
    size: int,
    is_local: bool,
    fleet: Fleet,
) -> None:
    queue, out = fleet.queue, fleet.out
    (out / "name").mkdir(parents=True)
    files = {"name": BIG[:size], "other": b"o" * 700, "third": b"t" * 300}
    job_id = gather_job(fleet.hub, fleet.master, out, files)
    collector = fleet.collect(job_id)
    fleet.start(**({"local": collector.local} if is_local else {}))

    wait_for_end(queue, job_id, JobState.FAILED)
    wait_until(lambda: collector.has_ended, PATIENT_SECONDS)
    [failed] = queue.tasks(job_id, TaskStatus.FAILED)
    assert failed.path == "name"
    assert "directory" in failed.error
    assert (out / "other").read_bytes() == files["other"]
    assert file_bytes_sent(fleet.hub) == 0  # found before a byte was asked for

    (out / "name").rmdir()
    assert queue.requeue(job_id, list(queue.failed_ids(job_id))) == 1
    again = fleet.collect(job_id)
    fleet.start("w2", **({"local": again.local} if is_local else {}))
    wait_for_end(queue, job_id)
    assert (out / "name").read_bytes() == files["name"]
    assert_settled(queue, job_id, out)


def test_a_plan_that_leads_out_of_the_destination_is_refused(
    queue: RedisClient,
    hub: PretendHub,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    evil = ["../escaped", "/tmp/escaped-too", "a/../../escaped", "ok.txt"]
    digest = hashlib.sha256(b"x" * 9).hexdigest()
    job_id = _planned(queue, tmp_path / "out", [RepoFile(path, 9, digest) for path in evil])
    hub.add_repo("acme/one", {"ok.txt": b"x" * 9})
    collect(job_id)
    start()

    wait_until(lambda: queue.snapshot(job_id).state is JobState.FAILED, PATIENT_SECONDS)
    failed = queue.tasks(job_id, TaskStatus.FAILED)
    assert {task.path for task in failed} >= set(evil[:3])
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "home", "here"}


def _planned(queue: RedisClient, out: Path, files: list[RepoFile]) -> JobId:
    """As an evil master would: past every check of the listing."""
    spec = JobSpec(
        job_id=JobId("evil"),
        repo_id="acme/one",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="c" * 40,
        delivery=Delivery.GATHER,
        destination=str(out),
        machine="m",
        host="h",
        max_attempts=1,
    )
    begun = queue.begin_plan(spec, "plan", PAGE_SIZE)
    pages = queue.publish_pages(spec.job_id, begun.epoch, plan_pages(files))
    queue.seal(spec.job_id, begun.epoch, "plan", len(files), sum(f.size for f in files), pages)
    return spec.job_id


def test_one_missing_file_of_a_batch_costs_the_others_nothing(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    files = {f"dir/{number:02}.txt": b"%d" % number * 40 for number in range(30)}
    missing = hub.faults.add(Fault(Status(404), path="dir/11.txt"))
    job_id = gather_job(hub, master, out, files)
    first = collect(job_id)
    start("w1")
    start("w2")

    wait_for_end(queue, job_id, JobState.FAILED)
    wait_until(lambda: first.has_ended, PATIENT_SECONDS)
    [failed] = queue.tasks(job_id, TaskStatus.FAILED)
    assert failed.cause == "FileMissing"
    assert len(list((out / "dir").iterdir())) == 29
    assert all(file_requests(hub, path) <= 2 for path in files)

    hub.faults.remove(missing)
    queue.requeue(job_id, list(queue.failed_ids(job_id)))
    collect(job_id)
    wait_for_end(queue, job_id)
    assert {path: (out / path).read_bytes() for path in files} == files
    assert_settled(queue, job_id, out)
