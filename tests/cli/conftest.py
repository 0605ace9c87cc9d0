"""One Hub, one Redis and one finished job for a whole module of tests that mostly read."""

from collections.abc import Iterator

import pytest

from hfdl_tui.demo.hub import GeneratedContent, HubOptions, PretendHub
from tests.end_to_end.fleet import Fleet
from tests.redis_servers import RedisServer, valkey_server

FILES = {
    "readme.md": b"hello\n",
    "data/a.bin": b"a" * 400_000,
    "data/turned-\u202enib.exe": b"b" * 300_000,
}
SLOW_BYTES = 40_000_000


@pytest.fixture(scope="module")
def hub() -> Iterator[PretendHub]:
    with PretendHub(HubOptions()) as running:
        running.add_repo("acme/data", FILES)
        running.add_repo("acme/slow", {"slow.bin": GeneratedContent(SLOW_BYTES, "slow")})
        running.bandwidth.limit_client("127.0.0.1", 4_000_000)
        yield running


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with valkey_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def fleet(
    tmp_path_factory: pytest.TempPathFactory, hub: PretendHub, redis: RedisServer
) -> Iterator[Fleet]:
    running = Fleet(tmp_path_factory.mktemp("machines"), hub, redis.url)
    yield running
    running.end()


@pytest.fixture(scope="module")
def finished_job(fleet: Fleet) -> str:
    """The id of a job whose files are all here."""
    finished = fleet.run("get", "acme/data")
    assert finished.returncode == 0, finished.stderr
    return finished.stderr.partition("job ")[2].split()[0]
