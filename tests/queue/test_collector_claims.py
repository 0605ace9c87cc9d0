"""Who collects a gather job: one at a time, by generation, with a secret that stays."""

from hfdl_core.models import CollectorAddress, Delivery, JobId, Token
from hfdl_core.queue import CollectorClaim
from hfdl_core.queue.keys import job_key
from tests.queue.bench import Bench

FIRST, SECOND = Token("first"), Token("second")


def _plant(bench: Bench) -> JobId:
    return bench.plant([300], delivery=Delivery.GATHER)


def _claim(bench: Bench, job_id: JobId, token: Token, seconds: float = 60.0) -> CollectorClaim:
    claim = bench.queue.claim_collector(job_id, token, seconds)
    assert claim is not None
    return claim


def _address(port: int) -> CollectorAddress:
    return CollectorAddress(
        urls=(f"http://127.0.0.1:{port}",), port=port, host="h", machine="m", pid=1
    )


def test_renewing_keeps_generation_and_secret(bench: Bench) -> None:
    job_id = _plant(bench)
    claim = _claim(bench, job_id, FIRST)

    assert _claim(bench, job_id, FIRST) == claim
    assert claim.generation == 1
    assert len(claim.secret.get_secret_value()) == 64


def test_nobody_claims_while_another_collects(bench: Bench) -> None:
    job_id = _plant(bench)
    _claim(bench, job_id, FIRST)
    before = bench.server.command("HGETALL", job_key(job_id, "meta"))

    assert bench.queue.claim_collector(job_id, SECOND, 60) is None

    after = bench.server.command("HGETALL", job_key(job_id, "meta"))
    unchanged = {b"collector", b"collector_until", b"collector_generation", b"collector_secret"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_who_takes_over_gets_the_next_generation_and_the_same_secret(bench: Bench) -> None:
    job_id = _plant(bench)
    first = _claim(bench, job_id, FIRST)

    _claim(bench, job_id, FIRST, 0.0)  # it steps back
    second = _claim(bench, job_id, SECOND)

    assert (second.generation, second.secret) == (2, first.secret)
    assert bench.queue.claim_collector(job_id, FIRST, 60) is None


def test_a_claim_that_ran_out_is_free(bench: Bench) -> None:
    job_id = _plant(bench)
    _claim(bench, job_id, FIRST)
    past = bench.now_ms() - 1
    bench.server.command("HSET", job_key(job_id, "meta"), "collector_until", past)

    assert _claim(bench, job_id, SECOND).generation == 2


def test_a_collector_is_found_only_once_it_told_where_it_is(bench: Bench) -> None:
    job_id = _plant(bench)
    claim = _claim(bench, job_id, FIRST)
    assert bench.queue.snapshot(job_id).collector is None
    assert not bench.queue.snapshot(job_id).has_live_collector

    bench.queue.claim_collector(job_id, FIRST, 60, _address(7))

    snapshot = bench.queue.snapshot(job_id)
    assert snapshot.has_live_collector
    assert snapshot.collector is not None
    assert snapshot.collector.address == _address(7)
    assert (snapshot.collector.generation, snapshot.collector.secret) == (1, claim.secret)


def test_who_stepped_back_lives_no_more_but_is_known(bench: Bench) -> None:
    job_id = _plant(bench)
    bench.queue.claim_collector(job_id, FIRST, 60, _address(7))

    bench.queue.claim_collector(job_id, FIRST, 0, _address(7))

    snapshot = bench.queue.snapshot(job_id)
    assert snapshot.collector is not None
    assert not snapshot.has_live_collector


def test_a_record_made_anew_goes_on_with_what_its_collector_held(bench: Bench) -> None:
    job_id = _plant(bench)
    _claim(bench, job_id, SECOND, 0.0)
    held = _claim(bench, job_id, FIRST)
    bench.server.command("FLUSHALL")
    job_id = _plant(bench)

    again = bench.queue.claim_collector(job_id, FIRST, 60, None, held)

    assert again == held
    assert held.generation == 2
    _claim(bench, job_id, FIRST, 0.0)
    assert _claim(bench, job_id, SECOND).generation == 3


def test_what_was_held_does_not_bring_back_a_lost_claim(bench: Bench) -> None:
    job_id = _plant(bench)
    held = _claim(bench, job_id, FIRST)
    _claim(bench, job_id, FIRST, 0.0)
    _claim(bench, job_id, SECOND)

    assert bench.queue.claim_collector(job_id, FIRST, 60, None, held) is None
