"""A collector listens where its queue does, and its first door stays open."""

import socket
from collections.abc import Sequence

import pytest

from hfdl_core.collector.doors import Doors
from hfdl_core.collector.http_server import BlockServer
from hfdl_core.collector.options import CollectorOptions
from hfdl_core.errors import CollectorAway
from hfdl_core.handover.http_client import HttpHandover, reach
from tests.collector.memory_handover import GENERATION, JOB, SECRET, MemoryHandover, a_block

HERE, OTHERS = "127.0.0.1", "127.0.0.2"


class Queue:
    """Opened and closed at will."""

    def __init__(self) -> None:
        self.host: str | None = None

    def opened_on(self) -> str | None:
        return self.host


def _doors(handover: MemoryHandover, queue: Queue, ports: Sequence[int] = (0,)) -> Doors:
    options = CollectorOptions(opened_on=queue.opened_on, ports_for_others=ports)
    return Doors(options, lambda listen: BlockServer(handover, JOB, GENERATION, SECRET, listen))


def test_a_second_door_opens_and_closes_with_the_queue() -> None:
    handover, queue = MemoryHandover(), Queue()
    with _doors(handover, queue) as doors:
        alone = doors.address
        assert not doors.look()
        queue.host = OTHERS
        assert doors.look()
        opened = doors.address
        assert not doors.look()
        for url in opened.urls:
            client = HttpHandover(JOB, GENERATION, SECRET, [url])
            client.give(a_block())
            client.close()
        queue.host = None
        assert doors.look()
        closed = doors.address
        with pytest.raises(CollectorAway):
            reach(opened.urls[0])
        reach(alone.urls[0])

    assert alone.urls == (f"http://{HERE}:{alone.port}",)
    assert opened.urls == (f"http://{OTHERS}:{opened.port}", *alone.urls)
    assert opened.port != alone.port
    assert closed == alone
    assert handover.calls == 2


def test_the_first_free_port_is_taken_and_none_is_waited_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue = Queue()
    queue.host = OTHERS
    with socket.create_server((OTHERS, 0)) as taken:
        port = int(taken.getsockname()[1])
        with _doors(MemoryHandover(), queue, (port,)) as doors:
            assert (doors.look(), doors.look()) == (False, False)
            assert len(doors.address.urls) == 1
            taken.close()
            assert doors.look()
            assert doors.address.port == port
        assert [record.levelname for record in caplog.records].count("WARNING") == 1
    with socket.create_server((OTHERS, 0)) as taken:
        port = int(taken.getsockname()[1])
        with _doors(MemoryHandover(), queue, (port, 0)) as doors:
            assert doors.look()
            assert doors.address.port not in {port, 0}
