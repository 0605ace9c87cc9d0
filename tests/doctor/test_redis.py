"""What is told of the queue's Redis."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hfdl_core.doctor import Health
from hfdl_core.machine import own_addresses
from hfdl_tui.demo.hub import PretendHub
from tests.doctor.conftest import Examine
from tests.end_to_end.fleet import Fleet
from tests.redis_servers import Flavour, RedisServer, server_of, valkey_server
from tests.transfer.middlebox import deaf_address

CHECKS = ("redis", "redis access", "redis memory", "redis log", "clock", "collector")
LIBFAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfdl_core.doctor.visit.HubExamination.checks", lambda _: ())


@pytest.mark.parametrize("flavour", list(Flavour))
def test_a_good_server_is_described(tmp_path: Path, examine: Examine, flavour: Flavour) -> None:
    with server_of(flavour, tmp_path / "redis", "--requirepass", "tops3cret") as running:
        found = examine(HFDL_REDIS_URL=running.url)

    assert [found[check].status for check in CHECKS] == [Health.OK] * len(CHECKS)
    told = found["redis"].detail
    assert f"redis at 127.0.0.1:{running.port}: {flavour} " in told
    assert "named by HFDL_REDIS_URL" in told
    assert " ms;" in told
    assert "only this machine" in told
    assert "password accepted" in found["redis access"].detail
    assert "tops3cret" not in str(found)


@pytest.mark.parametrize(
    ("login", "says"),
    [("", "wants a password: give"), (":wr0ngword@", "does not take this password: check")],
)
def test_a_password_that_does_not_fit_is_out_of_reach(
    tmp_path: Path, examine: Examine, login: str, says: str
) -> None:
    with valkey_server(tmp_path / "redis", "--requirepass", "tops3cret") as running:
        found = examine(HFDL_REDIS_URL=f"redis://{login}127.0.0.1:{running.port}")

    assert (found["redis"].status, found["redis"].exit_code) == (Health.FAIL, 3)
    assert says in found["redis"].text
    assert "wr0ngword" not in str(found)
    assert not found.keys() & {"redis access", "clock", "collector"}


def test_a_server_that_may_lose_the_queue_is_a_warning(tmp_path: Path, examine: Examine) -> None:
    options = ("--appendonly", "no", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    with valkey_server(tmp_path / "redis", *options) as running:
        found = examine(HFDL_REDIS_URL=running.url)

    assert found["redis"].status is Health.OK
    assert found["redis memory"].status is Health.WARN
    assert "allkeys-lru" in found["redis memory"].detail
    assert found["redis memory"].advice == "set it to noeviction"
    assert found["redis log"].status is Health.WARN
    assert found["redis log"].advice == "set appendonly yes"


def test_memory_that_is_nearly_full_is_a_warning(tmp_path: Path, examine: Examine) -> None:
    with valkey_server(tmp_path / "redis", "--maxmemory", "1000kb") as running:
        found = examine(HFDL_REDIS_URL=running.url)

    assert found["redis memory"].status is Health.WARN
    assert found["redis memory"].advice == "raise its maxmemory"


def test_a_replica_is_refused(redis: RedisServer, tmp_path: Path, examine: Examine) -> None:
    primary = ("--replicaof", "127.0.0.1", str(redis.port))
    with valkey_server(tmp_path / "redis", *primary) as replica:
        found = examine(HFDL_REDIS_URL=replica.url)

    assert found["redis access"].status is Health.FAIL
    assert found["redis access"].advice == "give its primary's address"


def test_a_server_for_all_without_a_password_is_a_warning(tmp_path: Path, examine: Examine) -> None:
    addresses = own_addresses()
    if not addresses:
        pytest.skip("this machine has no address but loopback")
    options = ("--bind", "0.0.0.0", "--protected-mode", "no")  # noqa: S104 - that is what is warned of
    with valkey_server(tmp_path / "redis", *options) as running:
        found = examine(HFDL_REDIS_HOST=addresses[0], HFDL_REDIS_PORT=str(running.port))

    assert "named by HFDL_REDIS_HOST and HFDL_REDIS_PORT" in found["redis"].detail
    assert "other machines can use it, too" in found["redis"].detail
    assert found["redis access"].status is Health.WARN
    assert "requirepass" in found["redis access"].advice


def test_a_redis_that_is_not_there_says_what_is_missing(examine: Examine) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        refused = examine(HFDL_REDIS_URL=f"redis://:tops3cret@127.0.0.1:{port}")["redis"]
    unknown = examine(HFDL_REDIS_URL="redis://:tops3cret@redis.invalid")["redis"]
    with deaf_address() as (host, deaf_port):
        deaf = examine(HFDL_REDIS_URL=f"redis://{host}:{deaf_port}")["redis"]

    assert {each.exit_code for each in (refused, unknown, deaf)} == {3}
    assert "nothing listens there" in refused.detail
    assert "start it" in refused.advice
    assert "(DNS)" in unknown.detail
    assert "nothing answers there" in deaf.detail
    assert f"open port {deaf_port}" in deaf.advice
    assert "tops3cret" not in refused.text + unknown.text


def test_something_that_is_no_redis_is_told(examine: Examine, hub: PretendHub) -> None:
    port = hub.endpoint.rpartition(":")[2]

    found = examine(HFDL_REDIS_URL=f"redis://127.0.0.1:{port}")

    assert (found["redis"].status, found["redis"].exit_code) == (Health.FAIL, 3)


def test_no_queue_at_all_is_no_failure(examine: Examine) -> None:
    found = examine()

    assert (found["redis"].status, found["redis"].exit_code) == (Health.WARN, 0)
    assert "hfdl get REPO" in found["redis"].text
    assert not found.keys() & {"redis access", "clock", "collector"}


@pytest.mark.parametrize(
    ("offset", "says"), [("+1h", "s ahead of Redis"), ("-1h", "s behind Redis")]
)
def test_a_clock_that_is_wrong_is_told(
    tmp_path: Path, hub: PretendHub, redis: RedisServer, offset: str, says: str
) -> None:
    if not LIBFAKETIME:
        missing = "libfaketime is not installed: `apt-get install faketime` runs this test"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    fleet = Fleet(tmp_path / "machines", hub, redis.url)
    wrong = {"LD_PRELOAD": str(LIBFAKETIME[0]), "FAKETIME": offset, "DONT_FAKE_MONOTONIC": "1"}

    finished = subprocess.run(
        [sys.executable, "-m", "hfdl_tui", "doctor"],
        env=fleet.environment("master", **wrong),
        cwd=fleet.machine("master"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    [clock] = [line for line in finished.stdout.splitlines() if line[6:11] == "clock"]
    [hub_clock] = [line for line in finished.stdout.splitlines() if line[6:15] == "hub clock"]
    assert clock.startswith("warn")
    assert f"3,600 {says}" in clock
    assert "timedatectl" in hub_clock
    assert finished.returncode == 0, finished.stderr
