"""The verbs that read: tables for people, JSON for programs, nothing raw for the terminal."""

import json
import subprocess
import sys

import pytest

from tests.end_to_end.fleet import Fleet
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.end_to_end


def test_the_first_line_of_stderr_says_which_redis(
    fleet: Fleet, redis: RedisServer, finished_job: str
) -> None:
    finished = fleet.run("status")

    assert finished.stderr == f"redis at 127.0.0.1:{redis.port}\n"
    assert finished_job in finished.stdout


@pytest.mark.parametrize(
    ("verb", "keys"),
    [
        (["status"], {"job_id", "limited_by", "eta_seconds", "files_failed"}),
        (["queue"], {"job_id", "pending", "in_progress", "retrying", "failed", "completed"}),
        (["workers"], {"worker_id", "status", "tasks", "lanes", "version"}),
        (["events", "JOB"], {"event_id", "at", "kind", "text"}),
        (["tasks", "JOB"], {"task_id", "state", "path", "cause", "next_try_seconds"}),
        (["ls", "acme/data"], {"path", "type", "size", "digest"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_reading_verbs_have_a_table_and_a_json_list(
    fleet: Fleet, finished_job: str, verb: list[str], keys: set[str]
) -> None:
    asked = [finished_job if word == "JOB" else word for word in verb]

    table = fleet.run(*asked)
    listed = fleet.run(*asked, "--json")

    assert (table.returncode, listed.returncode) == (0, 0), table.stderr + listed.stderr
    assert table.stdout.replace("\n", "").isprintable()
    records = json.loads(listed.stdout)
    assert records
    assert keys <= records[0].keys()


def test_one_job_by_any_unique_beginning_of_its_id(fleet: Fleet, finished_job: str) -> None:
    shown = fleet.run("status", finished_job[:4], "--json")

    job = json.loads(shown.stdout)
    assert (job["job_id"], job["status"]) == (finished_job, "completed")
    assert (job["files_completed"], job["files_total"]) == (3, 3)


def test_a_listing_shows_names_harmlessly_and_json_gives_them_back(fleet: Fleet) -> None:
    table = fleet.run("ls", "acme/data", "data")
    listed = fleet.run("ls", "acme/data", "data", "--json")

    assert r"data/turned-\u202enib.exe" in table.stdout
    assert "\u202e" not in table.stdout
    assert [entry["path"] for entry in json.loads(listed.stdout)] == [
        "data/a.bin",
        "data/turned-\u202enib.exe",
    ]


def test_verify_tells_damage_by_its_exit_code(fleet: Fleet, finished_job: str) -> None:
    damaged = fleet.machine("master") / "data" / "data" / "a.bin"
    good = fleet.run("verify", finished_job, "--json")

    damaged.write_bytes(b"A" + damaged.read_bytes()[1:])
    bad = fleet.run("verify", "data")
    repaired = fleet.run("get", "acme/data", "--json")
    again = fleet.run("verify", "data")

    assert (good.returncode, json.loads(good.stdout)["ok"]) == (0, 3)
    assert bad.returncode == 1
    assert "wrong: data/a.bin: expected " in bad.stdout
    assert repaired.returncode == 0, repaired.stderr
    assert json.loads(repaired.stdout)["status"] == "completed"
    assert again.returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "zzzz"],
        ["tasks", "zzzz"],
        ["events", "zzzz"],
        ["requeue", "zzzz"],
        ["pause", "zzzz"],
        ["resume", "zzzz"],
        ["cancel", "zzzz"],
        ["verify", "zzzz"],
        ["drain", "nobody"],
        ["undrain", "nobody"],
        ["status", ""],
    ],
    ids=" ".join,
)
def test_an_unknown_job_or_worker_is_wrong_use(
    fleet: Fleet, finished_job: str, arguments: list[str]
) -> None:
    fleet.run("master", "acme/data", "-o", "second")  # so that "" is ambiguous

    finished = fleet.run(*arguments)

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.splitlines()[-1].startswith("hfdl: ")
    assert len(finished.stderr.splitlines()) == 2


def test_whoever_stops_reading_hears_no_complaint(fleet: Fleet, finished_job: str) -> None:
    program = [sys.executable, "-m", "hfdl_tui", "tasks", finished_job, "--json"]
    with subprocess.Popen(
        program,
        env=fleet.environment("master"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()

        told = running.stderr.read()

        assert running.wait(30) == 141
    assert len(told.splitlines()) == 1


def test_output_that_nobody_can_take_is_no_error(fleet: Fleet, finished_job: str) -> None:
    finished = subprocess.run(
        ["/bin/sh", "-c", f'exec "{sys.executable}" -m hfdl_tui status >&- 2>&-'],
        env=fleet.environment("master"),
        timeout=60,
        check=False,
    )

    assert finished.returncode == 0
