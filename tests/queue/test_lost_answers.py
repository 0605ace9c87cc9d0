"""Networks lose answers: what was sent twice counts once, and nothing is lost."""

from collections.abc import Iterator

import pytest

from hfdl_core.errors import QueueUnavailable
from hfdl_core.models import Delivery, Token
from hfdl_core.queue import RedisClient
from hfdl_core.queue.scripts import load_script
from tests.queue.bench import Bench
from tests.queue.lossy_proxy import LossyProxy
from tests.redis_servers import RedisServer


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[LossyProxy]:
    with LossyProxy(server.port) as running:
        yield running


@pytest.fixture
def lossy(server: RedisServer, proxy: LossyProxy) -> Iterator[RedisClient]:
    """A client behind the proxy; the server knows all scripts, so that each call is one request."""
    for move in ("claim", "complete", "fail", "release"):
        server.command("SCRIPT", "LOAD", load_script(move).text)
    with RedisClient(proxy.target) as client:
        yield client


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_claim_whose_answers_are_lost_takes_one_task(
    bench: Bench, proxy: LossyProxy, lossy: RedisClient, times: int
) -> None:
    job_id = bench.plant([3, 2, 1])
    proxy.lose_answers_to(b"w1.lost", times)

    claimed = lossy.claim(job_id, "w1", [Token("w1.lost")])

    assert proxy.answers_to_lose == 0
    assert [task.file_index for task in claimed.tasks] == [0]
    snapshot = bench.queue.snapshot(job_id)
    assert (snapshot.pending, snapshot.in_progress) == (2, 1)
    assert snapshot.counters["claims"] == 1


@pytest.mark.parametrize("delivery", [Delivery.KEEP, Delivery.GATHER])
def test_endings_whose_answers_are_lost_count_once(
    bench: Bench, proxy: LossyProxy, lossy: RedisClient, delivery: Delivery
) -> None:
    job_id = bench.plant([300, 200, 100], delivery=delivery)
    done, failing, returned = (bench.claim(job_id) for _ in range(3))

    proxy.lose_answers_to(done.token.encode(), 2)
    assert lossy.complete(job_id, done.task_id, done.token, 300) == "already"
    proxy.lose_answers_to(failing.token.encode(), 2)
    failed = lossy.fail(
        job_id,
        failing.task_id,
        failing.token,
        0,
        error="cut",
        cause="ConnectionLost",
        permanent=False,
        delay_seconds=60,
    )
    assert (failed.outcome, failed.attempt) == ("already", 1)
    proxy.lose_answers_to(returned.token.encode(), 2)
    assert lossy.release(job_id, returned.task_id, returned.token, 0) == "already"

    snapshot = bench.queue.snapshot(job_id)
    assert (snapshot.pending, snapshot.retrying, snapshot.in_progress) == (1, 1, 0)
    assert snapshot.bytes_completed == 300
    assert snapshot.counters["retries"] == 1


def test_an_answer_lost_for_good_raises_and_the_same_call_can_be_made_again(
    bench: Bench, proxy: LossyProxy, lossy: RedisClient
) -> None:
    job_id = bench.plant([3, 2])
    proxy.lose_answers_to(b"w1.lost", 4)

    with pytest.raises(QueueUnavailable, match="does not answer"):
        lossy.claim(job_id, "w1", [Token("w1.lost")])
    claimed = lossy.claim(job_id, "w1", [Token("w1.lost")])

    assert [task.file_index for task in claimed.tasks] == [0]
    assert bench.queue.snapshot(job_id).in_progress == 1


def test_a_claim_whose_plan_page_cannot_be_read_loses_no_task(
    bench: Bench, proxy: LossyProxy, lossy: RedisClient
) -> None:
    job_id = bench.plant([3])
    lossy.spec(job_id)
    proxy.lose_answers_to(b":plan\r\n", 4)

    with pytest.raises(QueueUnavailable):
        lossy.claim(job_id, "w1", [Token("w1.1")])
    [task] = lossy.claim(job_id, "w1", [Token("w1.1")]).tasks

    assert task.files[0].path == "dir/file-0"


def test_a_log_line_is_never_written_twice(
    bench: Bench, proxy: LossyProxy, lossy: RedisClient
) -> None:
    job_id = bench.plant([3])
    lossy.log(job_id, "note", "the first line teaches the server the script")
    proxy.lose_answers_to(b"only once")

    with pytest.raises(QueueUnavailable):
        lossy.log(job_id, "note", "only once")

    assert [event.text for event in bench.queue.events(job_id)].count("only once") == 1
