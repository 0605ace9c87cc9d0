"""`hfdl doctor` as a user and a script see it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import PretendHub
from tests.end_to_end.fleet import Fleet
from tests.redis_servers import RedisServer

TOKEN = "hf_0123456789abcdefghij"


@pytest.fixture
def fleet(tmp_path: Path, hub: PretendHub, redis: RedisServer) -> Iterator[Fleet]:
    running = Fleet(tmp_path / "machines", hub, redis.url)
    yield running
    running.end()


def test_a_healthy_machine_is_one_line_a_check_and_exit_code_0(
    fleet: Fleet, hub: PretendHub
) -> None:
    hub.add_repo("acme/data", {"README.md": b"hello"})

    finished = fleet.run("doctor", "acme/data", "--repo-type", "dataset")

    lines = finished.stdout.splitlines()
    assert (finished.returncode, finished.stderr) == (0, "")
    assert {line[:6] for line in lines} <= {"ok    ", "warn  "}
    assert lines[0].startswith("ok    redis         redis at 127.0.0.1:")
    assert [line[6:18].strip() for line in lines][:6] == [
        "redis",
        "redis access",
        "redis memory",
        "redis log",
        "clock",
        "collector",
    ]


def test_json_is_a_list_with_four_fields(fleet: Fleet) -> None:
    finished = fleet.run("doctor", "--json")

    found = json.loads(finished.stdout)
    assert finished.returncode == 0
    assert all(list(each) == ["check", "status", "detail", "advice"] for each in found)
    assert {each["status"] for each in found} <= {"ok", "warn"}
    assert {"redis", "hub", "token", "proxy", "ca", "dns", "disk", "collector"} <= {
        each["check"] for each in found
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--proxy", "http://ann:pw12345@127.0.0.1:1"], 3),
        (["--redis-url", "redis://:pw12345@127.0.0.1:1", "--json"], 3),
        (["acme/nothing"], 3),
        (["-o", "/proc/version"], 1),
        (["not//a repo"], 2),
        (["--proxy", "pw12345"], 2),
    ],
)
def test_the_exit_code_says_what_failed_and_no_secret_is_shown(
    fleet: Fleet, hub: PretendHub, arguments: list[str], code: int
) -> None:
    hub.add_token(TOKEN)

    finished = fleet.run("doctor", *arguments, HF_TOKEN=TOKEN)

    assert finished.returncode == code, finished.stdout + finished.stderr
    told = finished.stdout + finished.stderr
    assert "Traceback" not in told
    assert "pw12345" not in told
    assert TOKEN not in told


def test_nothing_is_left_behind(fleet: Fleet) -> None:
    fleet.run("doctor")

    assert list(fleet.machine("master").iterdir()) == []
