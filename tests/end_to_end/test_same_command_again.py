"""The same command in every state of its job, moved branches, and shared destinations."""

import json

import pytest

from hfdl_tui.demo.hub import Fault, GeneratedContent, PretendHub, Role, Status
from tests.end_to_end.fleet import Fleet, tree_bytes, wait_until

pytestmark = pytest.mark.end_to_end

MIB = 1 << 20
GONE = {"X-Error-Code": "EntryNotFound"}


def test_a_running_job_is_followed_not_made_twice(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    first = fleet.master("acme/tiny")

    second = fleet.master("acme/tiny")

    assert first == second
    assert len(json.loads(fleet.run("status", "--json").stdout)) == 1


def test_a_paused_job_resumes(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    job = fleet.master("acme/tiny")
    fleet.run("pause", job)
    assert fleet.status(job)["status"] == "paused"

    fleet.master("acme/tiny")

    assert fleet.status(job)["status"] == "running"


def test_a_failed_job_is_requeued(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1", "b": b"2"})
    rule = hub.faults.add(Fault(Status(404, GONE), role=Role.RESOLVE, path="a"))
    assert fleet.run("get", "acme/tiny").returncode == 1
    hub.faults.remove(rule)

    again = fleet.run("get", "acme/tiny")

    assert again.returncode == 0, again.stderr


def test_a_cancelled_job_starts_again(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    job = fleet.master("acme/tiny")
    fleet.run("cancel", job)
    assert fleet.status(job)["status"] == "cancelled"

    assert fleet.master("acme/tiny") == job

    assert fleet.status(job)["status"] == "running"


def test_a_completed_job_is_verified_and_repaired(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1", "b": b"22", "c": b"333"})
    assert fleet.run("get", "acme/tiny").returncode == 0
    here = fleet.machine("master") / "tiny"
    (here / "a").unlink()
    (here / "b").write_bytes(b"xx")
    hub.requests.clear()

    again = fleet.run("get", "acme/tiny")
    once_more = fleet.run("get", "acme/tiny")

    assert again.returncode == 0, again.stderr
    assert tree_bytes(here) == {"a": b"1", "b": b"22", "c": b"333"}
    assert not hub.requests.select(lambda record: record.file == "c")
    assert once_more.returncode == 0


def test_cancel_elsewhere_ends_get_with_1(fleet: Fleet, hub: PretendHub) -> None:
    hub.bandwidth.limit_client("127.0.0.1", MIB)
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(60 * MIB, "big")})
    running = fleet.start("get", "acme/big")
    wait_until(lambda: hub.bytes_sent(role=Role.CDN) > MIB, 30, fleet.logs)
    [job] = json.loads(fleet.run("status", "--json").stdout)

    fleet.run("cancel", job["job_id"])

    assert running.wait(40) == 1


def test_a_moved_branch_on_an_unfinished_destination_is_refused_until_replace(
    fleet: Fleet, hub: PretendHub
) -> None:
    repo = hub.add_repo("acme/moves", {"a": b"old"})
    old = fleet.master("acme/moves")
    repo.commit({"a": b"new"}, message="second")

    refused = fleet.run("master", "acme/moves")
    replaced = fleet.run("master", "acme/moves", "--replace")

    assert refused.returncode == 2
    assert old in refused.stderr
    assert "--replace" in refused.stderr
    assert replaced.returncode == 0, replaced.stderr
    assert fleet.status(old)["status"] == "cancelled"


def test_a_moved_branch_after_completion_brings_what_changed(fleet: Fleet, hub: PretendHub) -> None:
    repo = hub.add_repo("acme/moves", {"a": b"old", "same": b"same"})
    assert fleet.run("get", "acme/moves", "-o", "out").returncode == 0
    repo.commit({"a": b"new", "same": b"same"}, message="second")
    hub.requests.clear()

    again = fleet.run("get", "acme/moves", "-o", "out")

    assert again.returncode == 0, again.stderr
    assert tree_bytes(fleet.machine("master") / "out") == {"a": b"new", "same": b"same"}
    assert not hub.requests.select(lambda record: record.file == "same")


def test_another_repo_may_not_share_an_unfinished_destination(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/one", {"a": b"1"})
    hub.add_repo("acme/two", {"a": b"2"})
    first = fleet.master("acme/one", "-o", "same")

    refused = fleet.run("master", "acme/two", "-o", "same")

    assert refused.returncode == 2
    assert first in refused.stderr


def test_two_jobs_share_the_workers_fairly(fleet: Fleet, hub: PretendHub) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    for name in ("one", "two"):
        hub.add_repo(
            f"acme/{name}",
            {f"{number:02}.bin": GeneratedContent(MIB, f"{name}{number}") for number in range(16)},
        )
    jobs = [fleet.master("acme/one"), fleet.master("acme/two")]
    fleet.worker("w", "--connections", "2")

    wait_until(
        lambda: sum(fleet.status(job)["files_completed"] for job in jobs) >= 12, 60, fleet.logs
    )
    done = [fleet.status(job)["files_completed"] for job in jobs]

    assert min(done) >= 0.3 * sum(done)
    for job in jobs:
        fleet.wait_for_status(job, "completed")


def test_what_is_there_already_is_not_fetched(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"right", "b": b"wanted"})
    here = fleet.machine("master") / "out"
    here.mkdir()
    (here / "a").write_bytes(b"right")
    (here / "b").write_bytes(b"wrong!")

    finished = fleet.run("get", "acme/tiny", "-o", "out")

    assert finished.returncode == 0, finished.stderr
    assert tree_bytes(here) == {"a": b"right", "b": b"wanted"}
    assert not hub.requests.select(lambda record: record.file == "a")
