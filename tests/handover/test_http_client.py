"""How a worker finds its collector, loses it and finds it again."""

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.collector.http_server import BlockServer
from hfdl_core.errors import CollectorAway, CollectorMoved
from hfdl_core.handover.http_client import HttpHandover, reach
from hfdl_core.handover.http_way import Way
from tests.collector.memory_handover import (
    FILE,
    GENERATION,
    JOB,
    SECRET,
    MemoryHandover,
    a_block,
    a_client,
    a_server,
)
from tests.collector.raw_socket import RawClient
from tests.collector.serving_process import serving_process
from tests.transfer.middlebox import Proxy, deaf_address, serving


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_first_candidate_that_answers_is_used() -> None:
    collector = MemoryHandover()
    with a_server(collector) as server, a_client(closed_port(), server.port) as client:
        assert client.give(a_block()).received == 5


def test_collector_of_another_job_is_passed_over() -> None:
    own, other = MemoryHandover(), MemoryHandover()
    others_job = BlockServer(other, JOB, GENERATION, SecretStr("other"), ("127.0.0.1", 0))
    with (
        others_job as stranger,
        a_server(own) as server,
        a_client(stranger.port, server.port) as client,
    ):
        assert client.give(a_block()).received == 5
    assert (other.calls, own.calls) == (0, 1)


def test_all_tried_addresses_are_named_without_secrets() -> None:
    one, two = closed_port(), closed_port()
    with a_client(one, two) as client, pytest.raises(CollectorAway) as caught:
        client.give(a_block())

    text = str(caught.value)
    assert f"127.0.0.1:{one} (connection refused)" in text
    assert f"127.0.0.1:{two} (connection refused)" in text
    assert SECRET.get_secret_value() not in text


def test_address_that_never_answers_costs_its_time_only() -> None:
    with deaf_address() as (host, port), a_server(MemoryHandover()) as server:
        urls = [f"http://{host}:{port}", f"http://127.0.0.1:{server.port}"]
        client = HttpHandover(JOB, GENERATION, SECRET, urls, Way(connect_seconds=0.3))

        assert client.give(a_block()).received == 5
        client.close()


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://[", "http://no host/", "ftp://x"])
def test_address_that_is_none_is_passed_over(url: str) -> None:
    with a_server(MemoryHandover()) as server:
        urls = [url, f"http://127.0.0.1:{server.port}"]
        client = HttpHandover(JOB, GENERATION, SECRET, urls)

        assert client.give(a_block()).received == 5
        client.close()
    with pytest.raises(CollectorAway):
        reach(url)


def test_collector_that_was_restarted_is_used_again_at_once() -> None:
    collector = MemoryHandover()
    with a_server(collector) as first, a_client(first.port) as client:
        client.give(a_block())
        port = first.port
        first.stop()
        with pytest.raises(CollectorAway):
            client.give(a_block(b"fghij", begin=5))
        with a_server(collector, port):
            receipt = client.give(a_block(b"fghij", begin=5))

    assert (receipt.received, receipt.durable) == (5, 10)


def test_kept_connection_that_died_costs_no_error() -> None:
    collector = MemoryHandover()
    with a_server(collector) as first, a_client(first.port) as client:
        client.give(a_block())
        port = first.port
        first.stop()
        with a_server(collector, port):
            assert client.give(a_block(b"fghij", begin=5)).received == 5


def test_collector_that_is_killed_in_mid_block_is_away_then_fine() -> None:
    block = a_block(bytes(4 << 20))
    with serving_process() as first, a_client(first.port) as client, ThreadPoolExecutor(1) as pool:
        client.give(a_block())
        first.suspend()
        given = pool.submit(client.give, block)
        with pytest.raises(TimeoutError):
            given.result(timeout=0.3)  # its head and some of its body are on their way

        first.kill()
        with pytest.raises(CollectorAway, match=str(first.port)):
            given.result(timeout=10)
        with serving_process(first.port):
            assert client.give(block).received == len(block.data)


def test_new_collector_on_the_old_port_has_moved() -> None:
    with (
        a_server(MemoryHandover()) as server,
        a_client(server.port, generation=GENERATION - 1) as client,
        pytest.raises(CollectorMoved),
    ):
        client.give(a_block())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + bytes(1 << 20),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
    ids=["words", "redirect", "gateway", "endless", "zipped", "ssh", "nothing"],
)
def test_other_server_is_no_collector(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer_twice() -> None:
            for _ in range(2):
                connection = listener.accept()[0]
                with connection, contextlib.suppress(OSError):  # the client may have gone
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(answer)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass

        thread = threading.Thread(target=answer_twice)
        thread.start()
        with a_client(port, read_seconds=5) as client:
            with pytest.raises(CollectorAway):
                client.give(a_block())
            with pytest.raises(CollectorAway):
                reach(f"http://127.0.0.1:{port}")
        thread.join()


def test_environment_of_proxies_and_netrc_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))

    with a_server(MemoryHandover()) as server, a_client(server.port) as client:
        assert client.give(a_block()).received == 5
        assert reach(f"http://127.0.0.1:{server.port}") > 0


def test_named_proxy_is_used() -> None:
    proxy = Proxy(credentials="someone:s3cret")
    way = Way(proxy=SecretStr(f"http://someone:s3cret@{proxy.address}"))
    with serving(proxy), a_server(MemoryHandover()) as server:
        client = HttpHandover(JOB, GENERATION, SECRET, [f"http://127.0.0.1:{server.port}"], way)

        assert client.look(FILE, 0, 5).missing_end == 5
        client.close()
    assert [asked.split()[0] for asked in proxy.asked] == ["GET", "GET"]


def test_dead_proxy_is_told_without_its_password() -> None:
    way = Way(proxy=SecretStr(f"http://someone:s3cret@127.0.0.1:{closed_port()}"))
    client = HttpHandover(JOB, GENERATION, SECRET, ["http://127.0.0.1:9"], way)

    with pytest.raises(CollectorAway, match="the proxy does not let us through") as caught:
        client.give(a_block())
    assert "s3cret" not in str(caught.value)
    client.close()


def test_silent_collector_is_away_after_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with (
            a_client(port, read_seconds=0.3) as client,
            pytest.raises(CollectorAway, match="no answer in time"),
        ):
            client.give(a_block())


def test_connections_are_kept_alive() -> None:
    with a_server(MemoryHandover()) as server, a_client(server.port) as client:
        ports = set()
        for _ in range(5):
            client.give(a_block())
            ports.add(_own_port(client))

    assert len(ports) == 1


def _own_port(client: HttpHandover) -> int:
    [session] = client._sessions._idle
    pools = session.get_adapter("http://x").poolmanager.pools  # type: ignore[attr-defined]
    [key] = pools.keys()
    connection = pools[key].pool.get_nowait()
    pools[key].pool.put(connection)
    return int(connection.sock.getsockname()[1])


def test_raw_client_of_the_tests_is_kept_alive_too() -> None:
    with a_server(MemoryHandover()) as server, RawClient(server.port) as client:
        for _ in range(3):
            client.send(b"GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.status() == 200
