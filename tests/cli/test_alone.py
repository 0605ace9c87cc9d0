"""A machine with no Redis configured: its own server, opened or not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import PretendHub
from tests.end_to_end.fleet import Fleet

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def alone(tmp_path: Path, hub: PretendHub) -> Iterator[Fleet]:
    running = Fleet(tmp_path, hub, None)
    yield running
    running.end()


def test_nothing_to_read_is_told_with_the_way_to_begin(alone: Fleet) -> None:
    finished = alone.run("status")

    assert finished.returncode == 3
    assert finished.stderr.startswith("hfdl: no queue runs on this machine; ")


def test_a_worker_on_a_private_server_says_that_it_is_alone(alone: Fleet) -> None:
    finished = alone.run("worker", "--exit-when-idle", "0")

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.splitlines()[:2] == [
        "hfdl's own server (private to this machine)",
        "no other machine can reach this queue; to join a fleet set HFDL_REDIS_URL",
    ]


def test_jobs_made_alone_are_still_known_when_the_server_has_gone(alone: Fleet) -> None:
    made = alone.run("get", "acme/data")

    later = alone.run("status")

    assert made.returncode == 0, made.stderr
    assert "acme/data" in later.stdout


def test_the_opened_server_prints_the_line_with_which_others_join(alone: Fleet) -> None:
    server = alone.start("server", "--listen", "127.0.0.1:0", machine="here")
    server.wait_for_line("hfdl --headless-worker")
    found = re.search(r"HFDL_REDIS_URL='(redis://:[^@]+@127\.0\.0\.1:\d+/0)'", server.output)

    assert found
    elsewhere = alone.run("status", machine="there", HFDL_REDIS_URL=found[1])
    server.signal(15)
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert server.wait(40) == 0
