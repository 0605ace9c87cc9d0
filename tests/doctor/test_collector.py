"""What is told of the collectors of running jobs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.doctor import Health
from hfdl_core.handover.wire import PING_PATH, PONG
from hfdl_core.machine import machine_id
from hfdl_core.models import CollectorAddress, Delivery, JobId, Token
from hfdl_core.queue import RedisClient
from tests.doctor.conftest import Examine
from tests.hub.scripted import Scripted, ScriptedServer, scripted_server
from tests.queue.bench import Bench
from tests.redis_servers import valkey_server
from tests.transfer.middlebox import TlsFront, make_certificate, serving


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfdl_core.doctor.visit.HubExamination.checks", lambda _: ())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with (
        valkey_server(tmp_path / "redis") as server,
        RedisClient(server.target) as queue,
    ):
        yield Bench(server, queue)


@pytest.fixture
def collector() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.answers[PING_PATH] = Scripted(value=PONG)
        yield server


def announce(
    bench: Bench,
    job_id: JobId,
    port: int,
    *urls: str,
    machine: str = "far",
    is_encrypted: bool = False,
) -> None:
    address = CollectorAddress(
        urls=urls, port=port, tls=is_encrypted, host="host-9", machine=machine, pid=1
    )
    assert bench.queue.claim_collector(job_id, Token("c"), 60, address)


def test_without_gathering_jobs_there_is_nothing_to_reach(bench: Bench, examine: Examine) -> None:
    bench.plant([3])

    found = examine(HFDL_REDIS_URL=bench.server.url)

    assert found["collector"].status is Health.OK
    assert "no job that gathers" in found["collector"].detail


def test_a_collector_is_tried_at_the_host_of_redis_first(
    bench: Bench, collector: ScriptedServer, examine: Examine
) -> None:
    job_id = bench.plant([3], delivery=Delivery.GATHER)
    port = int(collector.url.rpartition(":")[2])
    announce(bench, job_id, port, "http://192.0.2.1:1")

    found = examine(HFDL_REDIS_URL=bench.server.url)

    assert found["collector"].status is Health.OK
    assert f"on host-9: {collector.url} answers in" in found["collector"].detail


def test_a_collector_at_a_later_candidate_is_found(
    bench: Bench, collector: ScriptedServer, examine: Examine
) -> None:
    job_id = bench.plant([3], delivery=Delivery.GATHER)
    announce(bench, job_id, _dead_port(), collector.url, machine=machine_id())

    found = examine(HFDL_REDIS_URL=bench.server.url)

    assert found["collector"].status is Health.OK
    assert f"on this machine: {collector.url} answers" in found["collector"].detail


def test_a_collector_out_of_reach_is_a_failure_that_names_the_port(
    bench: Bench, collector: ScriptedServer, examine: Examine
) -> None:
    job_id = bench.plant([3], delivery=Delivery.GATHER)
    port = _dead_port()
    announce(bench, job_id, port)

    found = examine(HFDL_REDIS_URL=bench.server.url)
    behind_nat = examine(HFDL_REDIS_URL=bench.server.url, HFDL_COLLECTOR_URL=collector.url)

    assert (found["collector"].status, found["collector"].exit_code) == (Health.FAIL, 1)
    assert f"127.0.0.1:{port}: connection refused" in found["collector"].detail
    assert f"open port {port} of host-9" in found["collector"].advice
    assert behind_nat["collector"].status is Health.OK


def test_a_collector_with_a_certificate_wants_its_authority_named(
    bench: Bench, collector: ScriptedServer, examine: Examine, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    job_id = bench.plant([3], delivery=Delivery.GATHER)
    with serving(front := TlsFront(certificate, key, collector.url)):
        port = int(front.endpoint.rpartition(":")[2])
        announce(bench, job_id, port, is_encrypted=True)

        unnamed = examine(HFDL_REDIS_URL=bench.server.url)
        named = examine(HFDL_REDIS_URL=bench.server.url, HFDL_COLLECTOR_CA_FILE=str(certificate))

    assert unnamed["collector"].status is Health.FAIL
    assert "its certificate is not trusted" in unnamed["collector"].detail
    assert named["collector"].status is Health.OK
    assert front.endpoint in named["collector"].detail


def test_something_else_at_that_address_is_no_collector(
    bench: Bench, collector: ScriptedServer, examine: Examine
) -> None:
    job_id = bench.plant([3], delivery=Delivery.GATHER)
    collector.answers.clear()
    announce(bench, job_id, int(collector.url.rpartition(":")[2]))

    found = examine(HFDL_REDIS_URL=bench.server.url)

    assert found["collector"].status is Health.FAIL
    assert "something answers there, but no collector" in found["collector"].detail


def test_a_job_without_a_collector_says_how_to_get_one(bench: Bench, examine: Examine) -> None:
    job_id = bench.plant([3], delivery=Delivery.GATHER)

    found = examine(HFDL_REDIS_URL=bench.server.url)

    assert (found["collector"].status, found["collector"].exit_code) == (Health.WARN, 0)
    assert found["collector"].advice == f"on host-1 run `hfdl collect {job_id}`"


def _dead_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
