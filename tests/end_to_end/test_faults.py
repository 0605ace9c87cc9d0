"""The Hub or one machine is at fault: who pays, and does the job get done all the same?"""

import json

import pytest

from hfdl_tui.demo.hub import Access, Cut, Fault, PretendHub, Role, Status
from tests.end_to_end.fleet import Fleet, wait_until

pytestmark = pytest.mark.end_to_end


def _wait_until_stepped_aside(fleet: Fleet) -> None:
    def stepped_aside() -> bool:
        workers = json.loads(fleet.run("workers", "--json").stdout)
        return [worker["status"] for worker in workers] == ["stepped_aside"]

    wait_until(stepped_aside, 60, fleet.logs)


MANY = {f"data/{number:03}.bin": bytes([number]) * 20_000 for number in range(40)}


@pytest.mark.parametrize("status", [429, 503])
def test_a_storm_of_busy_answers_costs_no_attempt(
    fleet: Fleet, hub: PretendHub, status: int
) -> None:
    hub.add_repo("acme/many", MANY)
    headers = {"Retry-After": "1"}
    hub.faults.add(Fault(Status(status, headers), role=Role.CDN, probability=0.3, times=10))
    hub.faults.add(Fault(Status(status, headers), role=Role.RESOLVE, probability=0.2, times=10))

    finished = fleet.run("get", "acme/many", "--max-attempts", "1", seconds=150)

    assert finished.returncode == 0, finished.stderr
    [job] = json.loads(fleet.run("status", "--json").stdout)
    assert (job["files_completed"], job["files_failed"]) == (len(MANY), 0)


def test_a_file_the_hub_does_not_serve_fails_at_once_with_the_reason(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/many", MANY)
    gone = {"X-Error-Code": "EntryNotFound"}
    hub.faults.add(Fault(Status(404, gone), role=Role.RESOLVE, path="data/007.bin"))

    finished = fleet.run("get", "acme/many", seconds=60)

    assert finished.returncode == 1
    assert "data/007.bin" in finished.stderr
    [job] = json.loads(fleet.run("status", "--json").stdout)
    assert (job["files_completed"], job["files_failed"]) == (len(MANY) - 1, 1)
    [task] = json.loads(fleet.run("tasks", job["job_id"], "--state", "failed", "--json").stdout)
    assert task["cause"] == "FileMissing"


def test_broken_connections_are_resumed(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/cut", {"a.bin": bytes(3_000_000)})
    hub.faults.add(Fault(Cut(after=500_000), role=Role.CDN, times=4))

    finished = fleet.run("get", "acme/cut", "--max-attempts", "1")

    assert finished.returncode == 0, finished.stderr
    assert hub.bytes_sent(role=Role.CDN) < 3_000_000 + 4 * 300_000


def test_a_machine_without_a_token_steps_aside_and_the_job_completes(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/gated", MANY, access=Access.GATED)
    hub.add_token("hf_good", repos=["acme/gated"])
    job = fleet.master("acme/gated", HF_TOKEN="hf_good")
    poor = fleet.worker("poor")
    poor.wait_for_line("HF_TOKEN")
    _wait_until_stepped_aside(fleet)
    fleet.worker("rich", HF_TOKEN="hf_good")

    done = fleet.wait_for_status(job, "completed")
    assert (done["files_completed"], done["files_failed"]) == (len(MANY), 0)
    assert "hf_good" not in fleet.logs()


@pytest.mark.parametrize(
    "trouble",
    [
        {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"},
        {"HF_ENDPOINT": "http://no-such-host.invalid"},
    ],
    ids=["dead proxy", "no dns"],
)
def test_a_machine_that_cannot_reach_the_hub_does_not_fail_the_job(
    fleet: Fleet, hub: PretendHub, trouble: dict[str, str]
) -> None:
    hub.add_repo("acme/many", MANY)
    job = fleet.master("acme/many")
    fleet.worker("cut-off", **trouble)

    _wait_until_stepped_aside(fleet)
    fleet.worker("connected")

    done = fleet.wait_for_status(job, "completed")
    assert (done["files_completed"], done["files_failed"]) == (len(MANY), 0)


def test_a_machine_whose_directory_cannot_be_written_does_not_fail_the_job(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/many", MANY)
    job = fleet.master("acme/many")
    (fleet.machine("blocked") / "many").write_text("a file where the directory should be")
    blocked = fleet.worker("blocked")
    blocked.wait_for_line("many")
    fleet.worker("free")

    done = fleet.wait_for_status(job, "completed")
    assert (done["files_completed"], done["files_failed"]) == (len(MANY), 0)


def test_a_listing_that_would_leave_the_directory_is_refused_and_named(
    fleet: Fleet, hub: PretendHub
) -> None:
    for number, path in enumerate(["../x", "/etc/x", "a/../../x", "a\\b", "a\0b"]):
        hub.add_repo(f"acme/evil{number}", {path: b"evil", "good.txt": b"good"})

        finished = fleet.run("get", f"acme/evil{number}", "-o", "inside/deep")

        assert finished.returncode not in {0, 130}, path
        assert "\0" not in finished.stderr
        assert "'" in finished.stderr.splitlines()[-1], "the path is not named"
    written = [path for path in fleet.machine("master").rglob("*") if path.is_file()]
    assert [path for path in written if b"evil" in path.read_bytes()] == []
