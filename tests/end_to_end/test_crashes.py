"""Things die in the middle: another goes on, nothing is counted twice, little is fetched twice."""

import json
import signal
import time

import pytest

from hfdl_tui.demo.hub import GeneratedContent, PretendHub, Role
from tests.end_to_end.fleet import Fleet, wait_until
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.end_to_end

MIB = 1 << 20


def _sent(hub: PretendHub) -> int:
    return hub.bytes_sent(role=Role.CDN)


def test_another_worker_finishes_what_a_killed_one_began(fleet: Fleet, hub: PretendHub) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(24 * MIB, "big"), "small.txt": b"x"})
    job = fleet.master("acme/big")
    victim = fleet.worker("victim", "--connections", "1")
    wait_until(lambda: _sent(hub) > 6 * MIB, 30, fleet.logs)

    victim.signal(signal.SIGKILL)
    victim.wait()
    hub.bandwidth.limit_client("127.0.0.1", 100 * MIB)
    fleet.worker("heir")

    done = fleet.wait_for_status(job, "completed", seconds=120)
    assert (done["files_completed"], done["bytes_completed"]) == (2, 24 * MIB + 1)
    # The victim's bytes lie on its own disk; the heir fetches the file once, from its beginning.
    assert _sent(hub) < 24 * MIB + 16 * MIB


def test_a_worker_started_again_goes_on_from_what_is_durable(fleet: Fleet, hub: PretendHub) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(48 * MIB, "big")})
    job = fleet.master("acme/big")
    first = fleet.worker("steady", "--connections", "1")
    wait_until(lambda: _sent(hub) > 32 * MIB, 40, fleet.logs)

    first.signal(signal.SIGKILL)
    first.wait()
    sent_before = _sent(hub)
    fleet.start("worker", "--worker-id", "steady", machine="steady")

    # Not 45 s later: the new worker sees that the old one's process is gone.
    fleet.wait_for_status(job, "completed", seconds=40)
    # A position is made durable every five seconds: at most that much comes twice.
    assert _sent(hub) - sent_before < 48 * MIB - sent_before + 26 * MIB


def test_sigterm_gives_the_lease_back_at_once(fleet: Fleet, hub: PretendHub) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 2 * MIB)
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(40 * MIB, "big")})
    job = fleet.master("acme/big")
    worker = fleet.worker("polite", "--connections", "1", "--grace", "1")
    wait_until(lambda: _sent(hub) > 4 * MIB, 30, fleet.logs)

    worker.signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    [counts] = json.loads(fleet.run("queue", "--json").stdout)
    assert (counts["pending"], counts["in_progress"], counts["failed"]) == (1, 0, 0)
    assert fleet.status(job)["status"] == "running"
    [left] = json.loads(fleet.run("workers", "--json").stdout)
    assert left["status"] == "left"


def test_redis_killed_and_started_again_in_the_middle(
    fleet: Fleet, hub: PretendHub, redis: RedisServer
) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    files = {f"part-{number}.bin": GeneratedContent(4 * MIB, str(number)) for number in range(12)}
    hub.add_repo("acme/parts", files)
    job = fleet.master("acme/parts")
    fleet.worker("carries-on")
    wait_until(lambda: _sent(hub) > 12 * MIB, 40, fleet.logs)

    redis.kill()
    time.sleep(5)
    redis.start()

    done = fleet.wait_for_status(job, "completed", seconds=120)
    assert (done["files_completed"], done["bytes_completed"]) == (12, 48 * MIB)
    assert _sent(hub) <= 48 * MIB + 8 * MIB


def test_redis_emptied_in_the_middle_is_said_and_not_called_done(
    fleet: Fleet, hub: PretendHub, redis: RedisServer
) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 2 * MIB)
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(40 * MIB, "big")})
    running = fleet.start("get", "acme/big")
    wait_until(lambda: _sent(hub) > 4 * MIB, 30, fleet.logs)

    redis.command("FLUSHALL")

    assert running.wait(60) not in {0, 2}
    assert "emptied" in running.output.lower()

    hub.bandwidth.limit_client("127.0.0.1", 100 * MIB)
    again = fleet.run("get", "acme/big")
    assert again.returncode == 0, again.stderr


@pytest.mark.timeout(300)
def test_redis_away_for_two_minutes_charges_nobody(
    fleet: Fleet, hub: PretendHub, redis: RedisServer
) -> None:
    hub.bandwidth.limit_client("127.0.0.1", 1 * MIB)
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(60 * MIB, "big")})
    job = fleet.master("acme/big")
    fleet.worker("patient", "--connections", "1")
    wait_until(lambda: _sent(hub) > 2 * MIB, 30, fleet.logs)

    with redis.paused():
        time.sleep(120)
    hub.bandwidth.limit_client("127.0.0.1", 100 * MIB)

    done = fleet.wait_for_status(job, "completed", seconds=120)
    assert (done["files_completed"], done["files_failed"]) == (1, 0)
    events = json.loads(fleet.run("events", job, "--json").stdout)
    assert not [event for event in events if "crash" in event["kind"] or "expired" in event["kind"]]
    assert _sent(hub) < 60 * MIB + 16 * MIB
