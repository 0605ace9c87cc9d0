"""Collectors come, go, are called back and move to another machine, as an operator tells them."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import Fault, PretendHub, Role, Status
from tests.end_to_end.fleet import Fleet, HfdlProcess, tree_bytes, wait_until
from tests.end_to_end.gathered import (
    HERE,
    MIB,
    Files,
    background_collectors,
    big,
    job_of,
    read_all,
    sent,
    wait_for_bytes,
    wait_for_worker,
)

pytestmark = pytest.mark.end_to_end

GONE = Status(404, {"X-Error-Code": "EntryNotFound"})


@pytest.fixture(autouse=True)
def nothing_stays(fleet: Fleet) -> Iterator[None]:
    yield
    for process in background_collectors(fleet):
        os.kill(process, signal.SIGKILL)


def _collected(fleet: Fleet, repo: str, *options: str) -> tuple[HfdlProcess, str]:
    """A master that stays with a job, and the job's id."""
    master = fleet.start("master", repo, "--deliver", "gather", *options)
    job = job_of(master)
    wait_until(lambda: fleet.status(job)["limited_by"] != "collector", 30, fleet.logs)
    return master, job


def _stopped_job(fleet: Fleet, repo: str, *options: str) -> str:
    master, job = _collected(fleet, repo, *options)
    master.signal(signal.SIGINT)
    assert master.wait(15) == 130, master.output
    return job


def test_a_master_collects_what_workers_bring_and_tells_how_it_ended(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/big", {"big.bin": big(4), "a.txt": b"a"})
    master, job = _collected(fleet, "acme/big", "-o", "out")
    waiting = fleet.status(job)

    fleet.worker("one")

    assert master.wait(40) == 0, master.output
    assert f"Job ID: {job}\n" in master.lines
    assert "complete: 2 files" in master.output
    assert waiting["limited_by"] == "no_workers"
    here = tree_bytes(fleet.machine("master") / "out")
    assert here == {"big.bin": read_all(big(4)), "a.txt": b"a"}


def test_a_master_as_json_says_one_object_and_stays(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    master = fleet.start("master", "acme/tiny", "--deliver", "gather", "--json")
    master.wait_for_line('"job_id"')
    fleet.worker("one")

    assert master.wait(40) == 0, master.output
    start = master.output.index("{")
    told = json.loads(master.output[start : master.output.index("}") + 1])
    assert told["how"] == "created"
    assert fleet.status(told["job_id"])["status"] == "completed"


def test_without_a_collector_workers_wait_and_say_why(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    job = _stopped_job(fleet, "acme/tiny")
    fleet.worker("one")
    wait_for_worker(fleet, "one", "stepped_aside")

    waiting, shown = fleet.status(job), fleet.run("workers").stdout
    collecting = fleet.start("collect", job[:8])

    assert waiting["limited_by"] == "collector"
    assert f"hfdl collect {job}" in shown
    assert collecting.wait(40) == 0, collecting.output
    assert tree_bytes(fleet.machine("master") / "tiny") == {"a": b"1"}


def test_collect_says_what_it_cannot_take(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    kept = fleet.master("acme/tiny", "-o", "kept")
    gathered = _stopped_job(fleet, "acme/tiny", "-o", "out")

    answers = [
        fleet.run("collect", "nobody"),
        fleet.run("collect", kept),
        fleet.run("collect", gathered, machine="elsewhere"),
    ]

    assert [answer.returncode for answer in answers] == [2, 2, 2]
    last = [answer.stderr.splitlines()[-1] for answer in answers]
    assert "nobody" in last[0]
    assert "delivered by its workers (keep)" in last[1]
    assert str(fleet.machine("master") / "out") in last[2]
    assert "--move" in last[2]


def test_a_moved_job_is_fetched_whole_to_its_new_machine(
    fleet: Fleet, hub: PretendHub, tmp_path: Path
) -> None:
    files: Files = {"first.bin": big(2, "1"), "second.bin": big(1, "2"), "a.txt": b"a"}
    hub.add_repo("acme/parts", files)
    blocked = hub.faults.add(Fault(Status(503, {"Retry-After": "1"}), path="second.bin"))
    place = tmp_path / "place"
    master, job = _collected(fleet, "acme/parts", "-o", str(place))
    fleet.worker("one")
    wait_until(lambda: fleet.status(job)["files_completed"] == 2, 40, fleet.logs)
    master.signal(signal.SIGINT)
    assert master.wait(20) == 130, master.output
    place.rename(tmp_path / "on the old machine")  # the new one has a disk of its own
    hub.faults.remove(blocked)

    moved = fleet.start("collect", job, "--move", machine="elsewhere")

    assert moved.wait(60) == 0, fleet.logs()
    assert tree_bytes(place) == {path: read_all(content) for path, content in files.items()}
    refused = fleet.run("collect", job)
    assert refused.returncode == 2
    assert "is complete, in" in refused.stderr


def test_a_collector_in_the_background_outlives_the_command_that_called_it(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/tiny", {"a": b"1", "b.bin": big(2)})
    job = _stopped_job(fleet, "acme/tiny", "-o", "out")
    paused = fleet.run("pause", job)

    resumed = fleet.run("resume", job)

    assert (paused.returncode, resumed.returncode) == (0, 0), resumed.stderr
    [line] = [line for line in resumed.stderr.splitlines() if "in the background" in line]
    log = Path(line.rpartition("log: ")[2])
    [process] = background_collectors(fleet)
    assert os.getsid(process) == process
    assert log.stat().st_mode & 0o077 == 0
    once_more = fleet.run("resume", job)
    assert background_collectors(fleet) == [process], once_more.stderr
    fleet.worker("one")
    fleet.wait_for_status(job, "completed")
    wait_until(lambda: not background_collectors(fleet), 20, fleet.logs)
    assert "complete: 2 files" in log.read_text()
    assert tree_bytes(fleet.machine("master") / "out") == {"a": b"1", "b.bin": read_all(big(2))}


def test_requeue_brings_a_collector_back(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/holes", {"there.txt": b"x", "gone.bin": b"y" * 300_000})
    rule = hub.faults.add(Fault(GONE, role=Role.RESOLVE, path="gone.bin"))
    failed = fleet.run("get", "acme/holes")
    [told] = json.loads(fleet.run("status", "--json").stdout)
    hub.faults.remove(rule)
    fleet.worker("one")

    requeued = fleet.run("requeue", told["job_id"])

    assert failed.returncode == 1, failed.stderr
    assert told["status"] == "failed"
    assert requeued.returncode == 0, requeued.stderr
    assert "collects in the background" in requeued.stderr
    fleet.wait_for_status(told["job_id"], "completed")
    assert (fleet.machine("master") / "holes" / "gone.bin").read_bytes() == b"y" * 300_000


def test_another_machine_is_told_where_to_collect(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    job = _stopped_job(fleet, "acme/tiny")
    fleet.run("pause", job)

    resumed = fleet.run("resume", job, machine="elsewhere")

    assert resumed.returncode == 0, resumed.stderr
    assert f"hfdl collect {job}" in resumed.stderr
    assert background_collectors(fleet) == []


def test_cancel_ends_whoever_collects_with_1(fleet: Fleet, hub: PretendHub) -> None:
    hub.bandwidth.limit_client(HERE, MIB)
    hub.add_repo("acme/big", {"big.bin": big(40)})
    master, job = _collected(fleet, "acme/big")
    standby = fleet.start("collect", job)
    standby.wait_for_line("stands by: ")
    fleet.worker("one")
    wait_for_bytes(fleet, 2 * MIB)

    assert fleet.run("cancel", job).returncode == 0

    assert (master.wait(20), standby.wait(20)) == (1, 1), fleet.logs()
    assert f"job {job} was cancelled" in master.output
    assert "Traceback" not in master.output + standby.output


def test_a_pause_holds_the_bytes_back_and_keeps_the_collector(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.bandwidth.limit_client(HERE, 2 * MIB)
    hub.add_repo("acme/big", {"big.bin": big(10)})
    running = fleet.start("get", "acme/big")
    wait_for_bytes(fleet, 3 * MIB)
    job = job_of(running)

    fleet.run("pause", job)
    wait_until(lambda: not json.loads(fleet.run("queue", "--json").stdout)[0]["in_progress"], 20)
    held = sent(hub)
    assert fleet.status(job)["limited_by"] == "paused"
    hub.bandwidth.limit_client(HERE, None)
    resumed = fleet.run("resume", job)

    assert "in the background" not in resumed.stderr
    assert running.wait(40) == 0, running.output
    assert sent(hub) <= 10 * MIB + 4 * MIB
    assert held < 10 * MIB


def test_one_destination_has_one_unfinished_job(fleet: Fleet, hub: PretendHub) -> None:
    repo = hub.add_repo("acme/moves", {"a": b"old"})
    hub.add_repo("acme/other", {"a": b"other"})
    old = _stopped_job(fleet, "acme/moves", "-o", "out")
    repo.commit({"a": b"new"}, message="second")

    moved = fleet.run("get", "acme/moves", "-o", "out")
    other = fleet.run("get", "acme/other", "-o", "out")
    replaced = fleet.run("get", "acme/moves", "-o", "out", "--replace")

    assert (moved.returncode, other.returncode) == (2, 2)
    assert old in moved.stderr
    assert "--replace" in moved.stderr
    assert old in other.stderr
    assert replaced.returncode == 0, replaced.stderr
    assert tree_bytes(fleet.machine("master") / "out") == {"a": b"new"}
