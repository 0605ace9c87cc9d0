"""Many connections at once, some of them slow: nobody waits for another, and memory stays flat."""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from hfdl_core.collector.block_buffers import BlockBuffers
from hfdl_core.collector.http_connection import Patience
from hfdl_core.collector.http_server import BlockServer
from hfdl_core.errors import CollectorAway
from hfdl_core.handover.blocks import BLOCK_BYTES, MOST_BLOCK_BYTES
from tests.collector.memory_handover import QUICK, MemoryHandover, a_block, a_client, a_server
from tests.collector.raw_socket import RawBlock, RawClient, ask
from tests.collector.serving_process import serving_process

CROWD = 200
THREADS = 96


@pytest.fixture
def server() -> Iterator[BlockServer]:
    with a_server(MemoryHandover()) as server:
        yield server


@pytest.fixture
def impatient() -> Iterator[BlockServer]:
    with a_server(MemoryHandover(), patience=QUICK) as server:
        yield server


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
def test_two_hundred_connections_in_mid_body_take_little_memory() -> None:
    block = RawBlock(body=bytes(BLOCK_BYTES)).whole
    with serving_process() as child, ExitStack() as stack:
        idle = child.resident_mebibytes("VmRSS")
        clients = [stack.enter_context(RawClient(child.port)) for _ in range(CROWD)]

        with ThreadPoolExecutor(16) as pool:
            for _ in range(3):
                list(pool.map(lambda client: client.send(block), clients))
                assert {client.status() for client in clients} == {200}
        peak = child.resident_mebibytes("VmHWM")

    assert peak - idle < 160


def test_idle_connections_hold_no_thread(server: BlockServer) -> None:
    with ExitStack() as stack:
        said = [stack.enter_context(RawClient(server.port)) for _ in range(2 * THREADS)]
        for client in said[:THREADS]:
            client.send(RawBlock().whole)
            assert client.status() == 200

        begun = time.monotonic()
        assert ask(server.port, RawBlock().whole) == (200, False)
        assert time.monotonic() - begun < Patience().silence_seconds / 2
        said[0].send(RawBlock().whole)  # still kept
        assert said[0].status() == 200


def test_stalled_clients_do_not_hold_up_others(server: BlockServer) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS // 2):
            stalled = stack.enter_context(RawClient(server.port))
            stalled.send(RawBlock(body=bytes(1000)).whole[:-10])

        begun = time.monotonic()
        assert ask(server.port, RawBlock().whole) == (200, False)
        assert time.monotonic() - begun < Patience().silence_seconds / 2


def test_client_that_stops_in_mid_body_is_cut_off(impatient: BlockServer) -> None:
    with RawClient(impatient.port) as client:
        client.send(RawBlock(body=bytes(1000)).whole[:-10])

        assert client.status() == 408
        assert client.is_closed()


@pytest.mark.parametrize(
    ("at_once", "slowly"),
    [(b"", RawBlock().head), (RawBlock(body=bytes(4000)).head, bytes(4000))],
    ids=["head", "body"],
)
def test_client_that_sends_letter_by_letter_is_cut_off(
    impatient: BlockServer, at_once: bytes, slowly: bytes
) -> None:
    begun = time.monotonic()
    with RawClient(impatient.port) as client:
        client.send(at_once)
        with pytest.raises(OSError):  # noqa: PT012 - whichever letter meets the closed end
            for letter in slowly:
                client.send(bytes([letter]))
                time.sleep(0.05)

    assert time.monotonic() - begun < 8


def test_idle_connection_is_closed_in_the_end() -> None:
    patience = replace(QUICK, idle_seconds=1)
    with a_server(MemoryHandover(), patience=patience) as server, RawClient(server.port) as client:
        client.send(RawBlock().whole)
        assert client.status() == 200

        assert client.is_closed()


def test_large_blocks_may_take_their_time() -> None:
    patience = Patience()

    assert patience.for_body(MOST_BLOCK_BYTES) == 64
    assert patience.for_body(1000) == 20


def test_honest_clients_share_one_server(server: BlockServer) -> None:
    with a_client(server.port) as client, ThreadPoolExecutor(16) as pool:
        blocks = [a_block(bytes([number]) * 5000, begin=number * 5000) for number in range(200)]

        receipts = list(pool.map(client.give, blocks))

    assert [receipt.received for receipt in receipts] == [5000] * 200


def test_buffers_are_used_again_and_bounded() -> None:
    buffers = BlockBuffers(most_bytes=2 * BLOCK_BYTES, patience_seconds=0.05)

    with buffers.borrowed(BLOCK_BYTES) as first, buffers.borrowed(1000 * 1000) as second:
        assert (len(first), len(second)) == (BLOCK_BYTES, 1000 * 1000)
        with pytest.raises(CollectorAway), buffers.borrowed(BLOCK_BYTES):
            pass
    with buffers.borrowed(BLOCK_BYTES) as again:
        assert again.obj in {id(first.obj): first.obj, id(second.obj): second.obj}.values()


def test_buffer_is_waited_for() -> None:
    buffers = BlockBuffers(most_bytes=MOST_BLOCK_BYTES, patience_seconds=10)
    arrived = threading.Event()

    def wait_for_it() -> None:
        with buffers.borrowed(BLOCK_BYTES):
            arrived.set()

    with buffers.borrowed(MOST_BLOCK_BYTES):
        thread = threading.Thread(target=wait_for_it)
        thread.start()
        assert not arrived.wait(0.1)
    thread.join()
    assert arrived.is_set()  # and a larger one made room for it
