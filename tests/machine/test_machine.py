"""The machine's identity stays; what was made here is remembered."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hfdl_core.errors import OutputRefused
from hfdl_core.machine import (
    JobMade,
    JobsMade,
    command_without_secrets,
    config_dir,
    data_dir,
    log_dir,
    machine_id,
    new_boot_id,
    own_addresses,
    state_dir,
)

JOB = JobMade(
    job_id="abc",
    repo="datasets/owner/name",
    command="hfdl master owner/name",
    made_at="2026-01-01T00:00:00+00:00",
    redis="redis at 10.0.0.1:6379",
)

_RECORD = """
import sys
from pathlib import Path
from hfdl_core.machine import JobMade, JobsMade
JobsMade(Path(sys.argv[1])).record(JobMade(sys.argv[2], "r", "c", "t", "q"))
"""


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


def test_directories_follow_the_environment(fresh_home: Path) -> None:
    assert config_dir() == fresh_home / "config" / "hfdl"
    assert state_dir() == fresh_home / "state" / "hfdl"
    assert data_dir() == fresh_home / "data" / "hfdl"
    assert fresh_home in log_dir().parents


def test_the_machine_keeps_its_id() -> None:
    program = "from hfdl_core.machine import machine_id; print(machine_id())"

    ids = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    } | {machine_id()}

    assert len(ids) == 1
    assert len(machine_id()) == 16
    assert set(machine_id()) <= set("0123456789abcdef")


def test_containers_that_share_an_image_get_an_id_each(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = machine_id()

    monkeypatch.setenv("XDG_STATE_HOME", str(fresh_home / "another"))

    assert machine_id() != first


def test_a_machine_that_can_store_nothing_still_has_an_id(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh_home / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(fresh_home / "file"))

    assert len(machine_id()) == 16
    assert machine_id() == machine_id()


def test_the_stored_half_of_the_id_is_private() -> None:
    machine_id()

    assert state_dir().stat().st_mode & 0o777 == 0o700
    assert (state_dir() / "machine-id").stat().st_mode & 0o777 == 0o600


def test_every_start_gets_another_boot_id() -> None:
    assert len({new_boot_id() for _ in range(100)}) == 100


def test_own_addresses_are_none_that_only_we_can_reach() -> None:
    addresses = own_addresses()

    assert not [a for a in addresses if a.startswith(("127.", "0.", "169.254.")) or a == "::1"]
    assert len(set(addresses)) == len(addresses)


def test_jobs_made_here_are_listed_newest_first() -> None:
    jobs = JobsMade.of_this_machine()
    other = JobMade("def", "gpt2", "hfdl get gpt2", "2026-01-02T00:00:00+00:00", "redis")

    jobs.record(JOB)
    jobs.record(other)

    assert JobsMade.of_this_machine().jobs() == [other, JOB]


def test_a_job_made_again_is_listed_once(tmp_path: Path) -> None:
    jobs = JobsMade(tmp_path / "jobs.jsonl")
    again = JobMade("abc", "r", "hfdl get r", "2026-01-02T00:00:00+00:00", "redis")

    jobs.record(JOB)
    jobs.record(again)

    assert jobs.jobs() == [again]


def test_commands_that_record_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "jobs.jsonl"

    commands = [
        subprocess.Popen([sys.executable, "-c", _RECORD, str(path), f"job-{number}"])
        for number in range(8)
    ]
    codes = [command.wait(30) for command in commands]

    assert codes == [0] * 8
    assert {job.job_id for job in JobsMade(path).jobs()} == {f"job-{n}" for n in range(8)}
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["", "{half", "[]", "17", json.dumps({"job_id": "x"}), "\udcff"])
def test_a_damaged_line_costs_only_itself(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "jobs.jsonl"
    JobsMade(path).record(JOB)
    with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(damage + "\n")

    assert JobsMade(path).jobs() == [JOB]


def test_no_file_is_no_jobs(tmp_path: Path) -> None:
    assert JobsMade(tmp_path / "none.jsonl").jobs() == []


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputRefused, match="XDG_STATE_HOME"):
        JobsMade(tmp_path / "file" / "jobs.jsonl").record(JOB)


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["hfdl", "get", "a/b", "-o", "my dir"], "hfdl get a/b -o 'my dir'"),
        (["hfdl", "--redis-password", "pw", "get", "a/b"], "hfdl get a/b"),
        (["hfdl", "--redis-password=pw", "get", "a/b"], "hfdl get a/b"),
        (
            ["hfdl", "--redis-url", "redis://:p@h:1/0", "get", "a/b"],
            "hfdl --redis-url redis://h:1/0 get a/b",
        ),
        (["hfdl", "get", "a/b", "--proxy=http://u:p@x:1"], "hfdl get a/b --proxy=http://x:1"),
        (
            ["hfdl", "--redis-password-file", "/f", "get", "a/b"],
            "hfdl --redis-password-file /f get a/b",
        ),
    ],
)
def test_a_command_is_kept_without_its_secrets(arguments: list[str], command: str) -> None:
    assert command_without_secrets(arguments) == command


def test_machine_ids_of_two_users_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = machine_id()

    monkeypatch.setattr(os, "geteuid", lambda: 12345)

    assert machine_id() != ours
