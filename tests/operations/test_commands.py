"""What other processes and other machines are told: environments, command lines, destinations."""

import re
import shlex
from pathlib import Path

import pytest

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.master import JobRequest
from hfdl_core.models import Delivery, RepoType
from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings
from hfdl_tui.operations.destination import Destination
from hfdl_tui.operations.environment import environment_for
from hfdl_tui.operations.launching import command_for

_GIVEN = {
    "redis_host": "10.0.0.9",
    "redis_port": "6400",
    "redis_password": "s3cret",
    "output_dir": "/data",
    "allow_path": ("/mnt/a", "/mnt/b"),
    "connections": "3",
    "grace": "7.5",
    "downloader": "http",
    "limit_rate": "08:00,512k 23:00,off",
    "proxy": ("http://u:p@one:80", "http://two:81"),
    "collector_port": "7001",
    "hf_endpoint": "http://hub.example",
    "log_format": "json",
}


def test_a_process_is_told_what_the_options_said(tmp_path: Path) -> None:
    before = {"HOME": str(tmp_path), "HFDL_WORKER_ID": "me", "HFDL_REDIS_URL": "redis://elsewhere"}
    settings = Settings.load({**_GIVEN, "stall_seconds": "9"}, before)
    target = settings.redis_target()
    assert target is not None
    with RedisClient(target, client_name="test") as client:
        queue = OpenQueue(client, "", private=False, started_here=False)

        told = environment_for(before, settings, queue)

    heard = Settings.load({}, told)
    assert heard.redis_target() == target
    not_told = {"redis_host", "redis_port", "redis_url", "worker_id", "warnings"}
    for field in settings.model_fields_set - not_told:
        assert getattr(heard, field) == getattr(settings, field), field
    assert heard.worker_id is None


def test_a_lifted_limit_is_passed_on(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "HFDL_LIMIT_RATE": "1k"}
    settings = Settings.load({"limit_rate": "off"}, environ)
    with RedisClient(RedisTarget(), client_name="test") as client:
        queue = OpenQueue(client, "", private=False, started_here=False)

        told = environment_for(environ, settings, queue)

    assert Settings.load({}, told).limit_rate is None


def test_the_command_of_a_request_is_quoted_and_without_secrets() -> None:
    request = JobRequest(
        repo="https://me:token@hub.example/acme/data",
        repo_type=RepoType.MODEL,
        revision="v 1",
        include=("data/*.bin", "a b"),
        exclude=("*.tmp",),
        delivery=Delivery.KEEP,
        destination="/mnt/d",
        max_attempts=9,
    )

    words = shlex.split(command_for(request))

    assert words == [
        *("hfdl", "get", "https://hub.example/acme/data"),
        *("--repo-type", "model", "--revision", "v 1"),
        *("--include", "data/*.bin", "--include", "a b", "--exclude", "*.tmp"),
        *("--deliver", "keep", "--max-attempts", "9", "-o", "/mnt/d"),
    ]
    plain = JobRequest(repo="acme/data", delivery=Delivery.GATHER)
    assert command_for(plain) == "hfdl get acme/data"


@pytest.mark.parametrize(("needed", "fits"), [(1000, True), (1 << 60, False)])
def test_a_destination_tells_where_and_whether_it_fits(
    tmp_path: Path, needed: int, fits: bool
) -> None:
    request = JobRequest(repo="acme/data", delivery=Delivery.GATHER)

    found = Destination.look(request, "acme/data", needed, tmp_path)

    assert (found.path, found.fits) == (str(tmp_path / "data"), fits)
    assert found.text.startswith(f"to {found.host}:{tmp_path / 'data'}, ")
    assert re.search(r", free [\d.]+ [kMGTPE]?B, needs ", found.text)
    assert list(tmp_path.iterdir()) == []


def test_of_what_workers_keep_nobody_knows_the_room(tmp_path: Path) -> None:
    request = JobRequest(repo="acme/data", delivery=Delivery.KEEP, destination="sub/dir")

    found = Destination.look(request, "acme/data", 1 << 60, tmp_path)

    assert found.fits
    assert found.text == (
        "to sub/dir in each worker's own --output-dir, free as each of them has, needs 1.2 EB"
    )
