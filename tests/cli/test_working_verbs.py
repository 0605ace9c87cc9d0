"""The verbs that fetch, follow and steer, as scripts and impatient people use them."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import Fault, PretendHub, Role, Status
from tests.end_to_end.fleet import Fleet, wait_until
from tests.redis_servers import valkey_server

pytestmark = pytest.mark.end_to_end


def _sent(hub: PretendHub) -> int:
    return hub.bytes_sent(role=Role.CDN)


def test_get_ends_with_one_line_of_result(fleet: Fleet) -> None:
    finished = fleet.run("get", "acme/data", "-o", "fresh")

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("complete: 3 files, 700.0 kB in ")
    assert finished.stdout.count("\n") == 1
    assert "limited by no worker" not in finished.stderr
    assert "Traceback" not in finished.stderr


def test_get_interrupted_gives_back_and_the_same_command_goes_on(
    fleet: Fleet, hub: PretendHub
) -> None:
    before = _sent(hub)
    running = fleet.start("get", "acme/slow", machine="patient")
    wait_until(lambda: _sent(hub) - before > 4_000_000, 40, fleet.logs)

    running.signal(signal.SIGINT)

    assert running.wait(15) == 130
    assert "interrupted; run the same command to go on" in running.output
    assert "Traceback" not in running.output
    hub.bandwidth.limit_client("127.0.0.1", 100_000_000)
    again = fleet.run("get", "acme/slow", machine="patient")
    hub.bandwidth.limit_client("127.0.0.1", 4_000_000)
    assert again.returncode == 0, again.stderr
    assert "is running already" in again.stderr


def test_failed_files_are_listed_with_the_way_to_try_again(fleet: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/holes", {"there.txt": b"x", "gone.bin": b"y" * 300_000})
    gone = Status(404, {"X-Error-Code": "EntryNotFound"})
    rule = hub.faults.add(Fault(gone, role=Role.RESOLVE, path="gone.bin"))

    finished = fleet.run("get", "acme/holes", machine="holes")
    hub.faults.remove(rule)
    again = fleet.run("get", "acme/holes", machine="holes")

    assert finished.returncode == 1
    *_, listed, last = finished.stderr.splitlines()
    assert listed.startswith("failed: gone.bin: ")
    assert last.startswith("hfdl: 1 of 2 files failed; ")
    assert "hfdl requeue " in last
    assert again.returncode == 0, again.stderr


def test_status_watch_tells_sentences_until_the_job_ends(fleet: Fleet) -> None:
    job = fleet.master("acme/data", "-o", "watched", machine="watched")
    watching = fleet.start("status", job, "--watch")
    watching.wait_for_line("is running")

    worker = fleet.worker("watched", "--exit-when-idle", "1")

    assert watching.wait() == 0
    assert worker.wait() == 0
    assert f"job {job} (acme/data) is completed: 3 of 3 files" in watching.output


def test_jobs_are_paused_resumed_and_cancelled(fleet: Fleet) -> None:
    job = fleet.master("acme/data", "-o", "steered")
    states = []
    for verb in ("pause", "resume", "cancel"):
        moved = fleet.run(verb, job)
        states.append((moved.returncode, moved.stdout, fleet.status(job)["status"]))

    watched = fleet.run("status", job, "--watch", "--json")

    assert states == [
        (0, f"job {job} is paused\n", "paused"),
        (0, f"job {job} is running\n", "running"),
        (0, f"job {job} is cancelled\n", "cancelled"),
    ]
    assert watched.returncode == 1
    assert json.loads(watched.stdout)["status"] == "cancelled"


def test_the_same_command_follows_and_says_so(fleet: Fleet) -> None:
    first = fleet.run("master", "acme/data", "-o", "twice", "--json")
    second = fleet.run("master", "acme/data", "-o", "twice", "--json")

    made, met = json.loads(first.stdout), json.loads(second.stdout)
    assert (made["how"], met["how"]) == ("created", "followed")
    assert made["job_id"] == met["job_id"]


def test_a_dry_run_tells_the_sizes_and_queues_nothing(fleet: Fleet) -> None:
    before = fleet.run("status", "--json").stdout

    table = fleet.run("get", "acme/data", "--dry-run", "-o", "dry")
    plan = json.loads(fleet.run("master", "acme/data", "--dry-run", "-o", "dry", "--json").stdout)

    assert "3 files, 700.0 kB" in table.stdout
    assert (plan["files_total"], plan["bytes_total"]) == (3, 700_006)
    assert fleet.run("status", "--json").stdout == before
    assert not (fleet.machine("master") / "dry").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_exit_code_of_a_worker_says_who_stopped_it(
    fleet: Fleet, number: signal.Signals, code: int
) -> None:
    name = f"stopped-by-{number.name}"
    worker = fleet.worker(name, "--grace", "1")
    wait_until(lambda: name in fleet.run("workers").stdout, 30, fleet.logs)

    worker.signal(number)

    assert worker.wait(20) == code
    assert "Traceback" not in worker.output


def test_a_second_signal_does_not_wait_for_the_grace(fleet: Fleet, hub: PretendHub) -> None:
    fleet.master("acme/slow", "-o", "hurried", machine="hurried")
    before = _sent(hub)
    worker = fleet.worker("hurried", "--grace", "600")
    wait_until(lambda: _sent(hub) - before > 1_000_000, 40, fleet.logs)

    worker.signal(signal.SIGTERM)
    worker.wait_for_line("once more gives it back at once")
    worker.signal(signal.SIGTERM)

    assert worker.wait(15) == 0
    assert "stopping at once" in worker.output


def test_a_drained_worker_is_told_and_shown(fleet: Fleet) -> None:
    worker = fleet.worker("tired")
    worker.wait_for_line("redis at ")
    wait_until(lambda: "tired" in fleet.run("workers").stdout, 30, fleet.logs)

    drained = fleet.run("drain", "tired")
    wait_until(lambda: "draining" in fleet.run("workers").stdout, 30, fleet.logs)
    undrained = fleet.run("undrain", "tired")
    worker.signal(signal.SIGTERM)

    assert (drained.returncode, undrained.returncode, worker.wait(20)) == (0, 0, 0)


def test_get_ends_when_its_job_is_cancelled_elsewhere(fleet: Fleet, hub: PretendHub) -> None:
    before = _sent(hub)
    running = fleet.start("get", "acme/slow", machine="unlucky")
    wait_until(lambda: _sent(hub) - before > 1_000_000, 40, fleet.logs)
    job = running.output.partition("job ")[2].split()[0]

    cancelled = fleet.run("cancel", job)

    assert cancelled.returncode == 0, cancelled.stderr
    assert running.wait(20) == 1
    assert running.output.splitlines()[-1] == (
        f"hfdl: job {job} was cancelled; run the same command to start it again"
    )


def test_whoever_watches_waits_for_a_redis_that_is_away(fleet: Fleet, tmp_path: Path) -> None:
    with valkey_server(tmp_path / "shaky") as shaky:
        job = fleet.master("acme/data", "-o", "shaky", HFDL_REDIS_URL=shaky.url)
        watching = fleet.start("status", job, "--watch", HFDL_REDIS_URL=shaky.url)
        watching.wait_for_line("is running")

        shaky.kill()
        watching.wait_for_line("waiting for it")
        shaky.start()
        watching.wait_for_line("redis answers again")
        fleet.run("cancel", job, HFDL_REDIS_URL=shaky.url)

        assert watching.wait(20) == 1


def test_events_are_followed_as_they_happen(fleet: Fleet) -> None:
    job = fleet.master("acme/data", "-o", "told")
    following = fleet.start("events", job, "--follow", "--json")
    following.wait_for_line("job_sealed")

    fleet.run("pause", job)

    following.wait_for_line("job_paused")
    following.signal(signal.SIGINT)
    assert following.wait(20) == 130
    assert "Traceback" not in following.output


@pytest.mark.parametrize("verb", ["worker", "--headless-worker"])
def test_a_worker_that_fetches_loads_no_screen(fleet: Fleet, verb: str) -> None:
    machine = f"lean{verb}"
    fleet.master("acme/data", "-o", "lean", machine=machine)
    program = [sys.executable, "-X", "importtime", "-m", "hfdl_tui", verb, "--exit-when-idle", "1"]

    finished = subprocess.run(
        program,
        env=fleet.environment(machine),
        cwd=fleet.machine(machine),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in finished.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert {"requests", "redis"} <= loaded
    assert loaded & {"textual", "rich", "huggingface_hub"} == set()
