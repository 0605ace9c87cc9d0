"""Redis loses its tail, or its clock jumps: nothing is counted twice, nobody is charged."""

import json
import os
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import GeneratedContent, PretendHub, Role
from tests.end_to_end.fleet import Fleet, wait_until
from tests.redis_servers import RedisServer, valkey_server

pytestmark = pytest.mark.end_to_end

MIB = 1 << 20
PARTS = {f"part-{number:02}.bin": GeneratedContent(2 * MIB, str(number)) for number in range(16)}
LIBFAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def _charges(fleet: Fleet, job: str) -> list[str]:
    events = json.loads(fleet.run("events", job, "--json").stdout)
    return [event["kind"] for event in events if event["kind"] in {"expired", "crash", "crashed"}]


def test_a_rollback_of_redis_is_noticed_and_nothing_is_counted_twice(
    fleet: Fleet, hub: PretendHub, redis: RedisServer
) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    hub.add_repo("acme/parts", PARTS)
    job = fleet.master("acme/parts")
    worker = fleet.worker("steady")
    wait_until(lambda: fleet.status(job)["files_completed"] >= 3, 60, fleet.logs)
    mark = redis.append_only_bytes()
    wait_until(lambda: fleet.status(job)["files_completed"] >= 6, 60, fleet.logs)

    redis.lose_tail(mark)

    done = fleet.wait_for_status(job, "completed", seconds=120)
    assert (done["files_completed"], done["bytes_completed"]) == (16, 32 * MIB)
    worker.wait_for_line("lost its last moments")
    # What was finished before the rollback lies on the worker's disk and is not fetched again.
    assert hub.bytes_sent(role=Role.CDN) <= 32 * MIB + 4 * MIB
    assert _charges(fleet, job) == []


@pytest.fixture
def faked_clock(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    if not LIBFAKETIME:
        missing = "libfaketime is not installed: `apt-get install faketime` runs this test"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    monkeypatch.setenv("DONT_FAKE_MONOTONIC", "1")
    return monkeypatch


@pytest.mark.parametrize("offset", ["+1h", "-1h"])
def test_a_jump_of_the_redis_clock_charges_nobody(
    tmp_path: Path, hub: PretendHub, faked_clock: pytest.MonkeyPatch, offset: str
) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    hub.add_repo("acme/parts", PARTS)
    with valkey_server(tmp_path / "redis") as redis:
        fleet = Fleet(tmp_path / "machines", hub, redis.url)
        try:
            job = fleet.master("acme/parts")
            fleet.worker("steady")
            wait_until(lambda: fleet.status(job)["files_completed"] >= 3, 60, fleet.logs)

            redis.kill()
            with faked_clock.context() as environment:
                environment.setenv("LD_PRELOAD", str(LIBFAKETIME[0]))
                environment.setenv("FAKETIME", offset)
                redis.start()

            done = fleet.wait_for_status(job, "completed", seconds=120)
            assert (done["files_completed"], done["bytes_completed"]) == (16, 32 * MIB)
            assert hub.bytes_sent(role=Role.CDN) <= 32 * MIB + 4 * MIB
            assert _charges(fleet, job) == []
        finally:
            fleet.end()
