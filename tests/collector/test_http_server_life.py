"""How the block server starts, ends, and tells why it cannot."""

import socket
import threading
from pathlib import Path

import pytest

from hfdl_core.collector.http_server import BlockServer
from hfdl_core.errors import CollectorAway, UsageError
from hfdl_core.handover.http_client import HttpHandover, reach
from hfdl_core.handover.http_way import Way
from tests.collector.memory_handover import (
    FILE,
    GENERATION,
    JOB,
    QUICK,
    SECRET,
    MemoryHandover,
    a_block,
    a_client,
    a_server,
)
from tests.collector.raw_socket import RawBlock, RawClient
from tests.transfer.middlebox import make_certificate


def server_at(
    host: str, port: int = 0, cert: Path | None = None, key: Path | None = None
) -> BlockServer:
    return BlockServer(MemoryHandover(), JOB, GENERATION, SECRET, (host, port), cert=cert, key=key)


def test_port_in_use_is_one_clear_line() -> None:
    with a_server(MemoryHandover()) as server:
        with pytest.raises(UsageError) as caught:
            server_at("127.0.0.1", server.port).start()

        assert str(caught.value) == (
            f"cannot listen on 127.0.0.1:{server.port}: the port is in use;"
            " choose another one with --listen ADDRESS:PORT"
        )


def test_foreign_address_is_one_clear_line() -> None:
    with pytest.raises(UsageError, match="this machine does not have that address"):
        server_at("192.0.2.1").start()


def test_port_is_free_again_at_once() -> None:
    with a_server(MemoryHandover()) as server:
        port = server.port
        with a_client(port) as client:
            client.give(a_block())
    with a_server(MemoryHandover(), port) as again:
        assert again.port == port


def test_stopped_twice_and_never_started() -> None:
    server = a_server(MemoryHandover())
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_stop_does_not_wait_for_idle_or_stalled_clients() -> None:
    with a_server(MemoryHandover(), patience=QUICK) as server:
        idle, stalled = RawClient(server.port), RawClient(server.port)
        idle.send(RawBlock().whole)
        assert idle.status() == 200
        stalled.send(RawBlock(body=bytes(1000)).whole[:-10])
    with idle, stalled:
        assert idle.is_closed()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_everything_listens_on_ipv6_and_ipv4() -> None:
    try:
        server = server_at("::")
        server.start()
    except UsageError as error:
        pytest.skip(str(error))
    try:
        assert reach(f"http://[::1]:{server.port}") > 0
        assert reach(f"http://127.0.0.1:{server.port}") > 0
    finally:
        server.stop()


def test_blocks_travel_over_tls(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with server_at("127.0.0.1", cert=cert, key=key) as server:
        url = f"https://127.0.0.1:{server.port}"
        client = HttpHandover(JOB, GENERATION, SECRET, [url], Way(ca_file=cert))

        receipts = [client.give(a_block(bytes(100_000 * n + 1))) for n in range(10)]

        assert [receipt.received for receipt in receipts] == [100_000 * n + 1 for n in range(10)]
        assert client.look(FILE, 0, 5).durable == 5
        assert reach(url, ca_file=cert) > 0
        client.close()


def test_unknown_certificate_is_not_trusted(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with (
        server_at("127.0.0.1", cert=cert, key=key) as server,
        pytest.raises(CollectorAway, match="certificate is not trusted"),
    ):
        reach(f"https://127.0.0.1:{server.port}")


def test_silent_or_plain_client_does_not_keep_tls_clients_out(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with server_at("127.0.0.1", cert=cert, key=key) as server:
        with RawClient(server.port), RawClient(server.port) as plain:
            plain.send(b"GET /v1/ping HTTP/1.1\r\n\r\n")

            assert reach(f"https://127.0.0.1:{server.port}", cert, seconds=3) < 3
        with pytest.raises(CollectorAway):
            reach(f"http://127.0.0.1:{server.port}", seconds=3)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_certificate_that_is_none_is_one_clear_line(tmp_path: Path, content: bytes | None) -> None:
    cert = tmp_path / "cert.pem"
    if content is not None:
        cert.write_bytes(content)

    with pytest.raises(UsageError, match="cannot be used"):
        server_at("127.0.0.1", cert=cert)


def test_nothing_stays_behind() -> None:
    before = threading.active_count()
    with a_server(MemoryHandover()) as server, a_client(server.port) as client:
        client.give(a_block())

    assert threading.active_count() <= before + 1  # the one that sends 503 is about to end
