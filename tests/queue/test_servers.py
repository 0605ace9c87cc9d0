"""Which servers a queue may live on, and who may come in."""

import threading
import time
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from hfdl_core.errors import QueueRefused, QueueUnavailable
from hfdl_core.models import Delivery, JobState, Token
from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from tests.queue.bench import Bench
from tests.queue.lossy_proxy import LossyProxy
from tests.redis_servers import Flavour, RedisServer, server_of


def target_of(url: str) -> RedisTarget:
    return RedisTarget.from_url(SecretStr(url))


@pytest.mark.parametrize("flavour", list(Flavour), ids=str)
def test_passwords_are_asked_for_and_never_shown(flavour: Flavour, tmp_path: Path) -> None:
    with server_of(flavour, tmp_path, "--requirepass", "s3cret") as running:
        bare = f"redis://127.0.0.1:{running.port}"
        with RedisClient(target_of(bare)) as nobody, pytest.raises(QueueRefused) as refused:
            nobody.ping()
        assert "wants a password" in str(refused.value)
        wrong = f"redis://:wr0ng@127.0.0.1:{running.port}"
        with RedisClient(target_of(wrong)) as stranger, pytest.raises(QueueRefused) as refused:
            stranger.ping()
        assert "--redis-password" in str(refused.value)
        assert "wr0ng" not in str(refused.value)
        with RedisClient(running.target) as friend:
            assert friend.ping() < 5


def test_a_user_without_rights_hears_what_is_missing(own_server: RedisServer) -> None:
    own_server.command("ACL", "SETUSER", "reader", "on", ">pw", "~hfdl:*", "+@read", "+ping")
    target = target_of(f"redis://reader:pw@127.0.0.1:{own_server.port}")

    with RedisClient(target) as reader, pytest.raises(QueueRefused, match="does not let"):
        reader.fleet_epoch()


def test_a_server_out_of_memory_refuses_before_anything_is_changed(
    own_server: RedisServer,
) -> None:
    with RedisClient(own_server.target) as queue:
        bench = Bench(own_server, queue)
        job_id = bench.plant([5, 4])
        before = bench.record(job_id)
        own_server.command("CONFIG", "SET", "maxmemory", "1")

        with pytest.raises(QueueRefused, match="out of memory"):
            bench.claim(job_id)

        own_server.command("CONFIG", "SET", "maxmemory", "0")
        assert bench.changed(before, job_id) == {}


def test_nobody_at_the_address_is_said_within_seconds(own_server: RedisServer) -> None:
    target = own_server.target
    own_server.kill()
    begun = time.monotonic()

    with RedisClient(target) as queue, pytest.raises(QueueUnavailable, match="does not answer"):
        queue.ping()

    assert time.monotonic() - begun < 5


def test_an_old_server_is_refused_with_advice(server: RedisServer) -> None:
    with LossyProxy(server.port) as proxy, RedisClient(proxy.target) as queue:
        proxy.rewrite = _as_if_old
        with pytest.raises(QueueRefused) as refused:
            queue.check_server()

    assert "Redis 6.2" in str(refused.value)
    assert "needs 7.0 or newer" in str(refused.value)


def _as_if_old(answer: bytes) -> bytes:
    newer = (b"redis_version:7.0.15", b"redis_version:7.2.4")
    older = (b"redis_version:6.2.14", b"redis_version:6.2.4")
    for now, then in zip(newer, older, strict=True):
        answer = answer.replace(now, then)
    return answer


def test_a_safe_server_is_reported_without_warnings(
    server: RedisServer, queue: RedisClient
) -> None:
    report = queue.check_server()

    assert report.warnings == ()
    assert report.aof_enabled
    assert report.maxmemory_policy == "noeviction"
    assert report.flavour in {"redis", "valkey"}
    assert int(report.version.partition(".")[0]) >= 7


def test_a_server_that_may_lose_the_queue_is_warned_of(own_server: RedisServer) -> None:
    own_server.command("CONFIG", "SET", "appendonly", "no")
    own_server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")

    with RedisClient(own_server.target) as queue:
        eviction, persistence = queue.check_server().warnings

    assert "maxmemory-policy allkeys-lru" in eviction
    assert "appendonly yes" in persistence


def test_a_unix_socket_serves_as_well(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    options = ("--unixsocket", str(path))
    with (
        server_of(Flavour.VALKEY, tmp_path / "redis", *options) as running,
        RedisClient(RedisTarget(unix_socket=path)) as queue,
    ):
        job_id = Bench(running, queue).plant([3])

        assert queue.snapshot(job_id).pending == 1


def test_many_threads_share_one_client(bench: Bench) -> None:
    job_id = bench.plant([1] * 50, delivery=Delivery.KEEP)
    problems: list[BaseException] = []

    def work(worker: str) -> None:
        try:
            for number in range(10):
                [task] = bench.queue.claim(job_id, worker, [Token(f"{worker}.{number}")]).tasks
                bench.queue.report(job_id, worker, [])
                bench.complete(task)
        except BaseException as error:  # shown by the test
            problems.append(error)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert problems == []
    assert bench.state(job_id) is JobState.COMPLETED


def test_a_client_is_closed_without_ever_having_connected() -> None:
    with RedisClient(RedisTarget(host="127.0.0.1", port=1)) as queue:
        assert isinstance(queue, RedisClient)


def test_a_replica_is_refused_with_advice(own_server: RedisServer) -> None:
    own_server.command("REPLICAOF", "127.0.0.1", "1")

    with RedisClient(own_server.target) as queue, pytest.raises(QueueRefused) as refused:
        queue.fleet_epoch()

    assert "read-only replica: give its primary's address" in str(refused.value)


def test_a_server_kept_busy_by_somebody_is_away_not_broken(own_server: RedisServer) -> None:
    own_server.command("CONFIG", "SET", "busy-reply-threshold", "50")
    forever = threading.Thread(target=_loop_for_ever, args=(own_server,))
    forever.start()
    time.sleep(0.5)

    with RedisClient(own_server.target) as queue, pytest.raises(QueueUnavailable, match="busy"):
        queue.fleet_epoch()

    own_server.command("SCRIPT", "KILL")
    forever.join(10)


def _loop_for_ever(server: RedisServer) -> None:
    with redis.Redis(port=server.port) as client, pytest.raises(redis.ResponseError):
        client.eval("while true do end", 0)


@pytest.mark.parametrize("key", ["hfdl:{fleet}:jobs", "hfdl:{job-1}:meta"])
def test_foreign_data_under_our_keys_is_said_plainly(bench: Bench, key: str) -> None:
    bench.server.command("SET", key, "somebody else's")

    with pytest.raises(QueueRefused, match="use another database number"):
        bench.plant([3])
