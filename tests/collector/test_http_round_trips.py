"""Every question and every refusal, over real sockets and through both sides of the network."""

from collections.abc import Iterator

import pytest

from hfdl_core.collector.http_server import BlockServer
from hfdl_core.errors import (
    BlockRefused,
    CollectorAway,
    CollectorFull,
    CollectorMoved,
    DigestMismatch,
    DiskFull,
    FileReopened,
    HfdlError,
    OtherSourceWanted,
    SizeMismatch,
)
from hfdl_core.handover import FileKey, Presence, Receipt
from hfdl_core.handover.blocks import MOST_BLOCK_BYTES
from hfdl_core.handover.http_client import HttpHandover, reach
from tests.collector.memory_handover import (
    FILE,
    FILE_BYTES,
    GENERATION,
    JOB,
    LEASE_END,
    SECRET,
    MemoryHandover,
    a_block,
    a_client,
    a_server,
)


@pytest.fixture
def collector() -> MemoryHandover:
    return MemoryHandover()


@pytest.fixture
def server(collector: MemoryHandover) -> Iterator[BlockServer]:
    with a_server(collector) as server:
        yield server


@pytest.fixture
def client(server: BlockServer) -> Iterator[HttpHandover]:
    with a_client(server.port) as client:
        yield client


def test_block_arrives_and_is_acknowledged(client: HttpHandover, collector: MemoryHandover) -> None:
    receipt = client.give(a_block(b"abcde", begin=10, since=10))

    assert receipt == Receipt(received=5, durable=15, lease_end=LEASE_END)
    assert collector.content[9:16] == b"\0abcde\0"


def test_block_may_lie_in_any_kind_of_buffer(
    client: HttpHandover, collector: MemoryHandover
) -> None:
    large = bytes(range(256)) * 4096

    for data in (large, bytearray(large), memoryview(large)):
        client.give(a_block(data))  # type: ignore[arg-type]

    assert collector.content[: len(large)] == large


def test_repeated_block_does_no_harm(client: HttpHandover) -> None:
    first = client.give(a_block())
    again = client.give(a_block())

    assert (first.received, again.received) == (5, 0)
    assert again.durable == first.durable


def test_largest_block_is_taken(client: HttpHandover) -> None:
    assert client.give(a_block(bytes(MOST_BLOCK_BYTES))).received == MOST_BLOCK_BYTES


def test_larger_block_is_refused(client: HttpHandover, collector: MemoryHandover) -> None:
    with pytest.raises(BlockRefused, match="at most"):
        client.give(a_block(bytes(MOST_BLOCK_BYTES + 1)))

    assert not collector.received


def test_block_without_bytes_is_refused(client: HttpHandover) -> None:
    with pytest.raises(BlockRefused):
        client.give(a_block(b""))


def test_look_tells_what_is_there(client: HttpHandover) -> None:
    client.give(a_block(b"abcde"))

    assert client.look(FILE, 0, 100) == Presence(checking=False, durable=5, missing_end=100)
    assert client.look(FILE, 3, 3) == Presence(checking=False, durable=3, missing_end=3)


def test_look_at_a_file_that_is_being_hashed(
    client: HttpHandover, collector: MemoryHandover
) -> None:
    collector.checking = True

    assert client.look(FILE, 4, 100).checking


def test_many_positions_are_asked_in_several_requests(
    client: HttpHandover, collector: MemoryHandover
) -> None:
    client.give(a_block(b"abcde"))
    other = FileKey(JOB, 1, 1)

    asked = [(other, 5), *[(FILE, 3)] * 2500]

    assert client.durable(asked) == [5, *[5] * 2500]
    assert client.durable([]) == []


@pytest.mark.parametrize(
    "raised",
    [
        CollectorAway("busy"),
        CollectorMoved("moved"),
        CollectorFull("full"),
        FileReopened("reopened"),
        BlockRefused("refused"),
        OtherSourceWanted("another"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_refusal_is_raised_again_on_the_other_side(
    client: HttpHandover, collector: MemoryHandover, raised: HfdlError
) -> None:
    collector.raises = raised

    with pytest.raises(type(raised), match=str(raised)):
        client.give(a_block())
    with pytest.raises(type(raised), match=str(raised)):
        client.look(FILE, 0, 5)
    with pytest.raises(type(raised), match=str(raised)):
        client.durable([(FILE, 0)])


def test_wrong_digest_tells_both_digests(client: HttpHandover, collector: MemoryHandover) -> None:
    collector.raises = DigestMismatch("a/b.bin", expected="aa", actual="bb")

    with pytest.raises(DigestMismatch, match=r"a/b\.bin") as caught:
        client.give(a_block())

    assert (caught.value.expected, caught.value.actual) == ("aa", "bb")


@pytest.mark.parametrize(
    ("raised", "told"),
    [(DiskFull("no room"), CollectorFull), (SizeMismatch("a", 5, 6), BlockRefused)],
    ids=["full disk", "wrong size"],
)
def test_error_of_the_disk_is_told_as_the_collectors(
    client: HttpHandover, collector: MemoryHandover, raised: HfdlError, told: type[HfdlError]
) -> None:
    collector.raises = raised

    with pytest.raises(told, match=str(raised)):
        client.give(a_block())


def test_block_that_changed_on_its_way_is_refused(
    client: HttpHandover, collector: MemoryHandover
) -> None:
    block = a_block(bytearray(b"abcde"))  # type: ignore[arg-type]
    assert isinstance(block.data, bytearray)
    block.data[0] ^= 1

    with pytest.raises(BlockRefused, match="changed"):
        client.give(block)

    assert not collector.received


def test_bytes_beyond_the_end_are_refused(client: HttpHandover, collector: MemoryHandover) -> None:
    with pytest.raises(BlockRefused):
        client.give(a_block(b"abcde", begin=FILE_BYTES - 4))

    assert not collector.received


def test_bug_costs_one_log_line_and_the_server_goes_on(
    client: HttpHandover, collector: MemoryHandover, caplog: pytest.LogCaptureFixture
) -> None:
    collector.raises = RuntimeError("a bug")

    with pytest.raises(CollectorAway, match="500"):
        client.give(a_block())
    collector.raises = None

    assert client.give(a_block()).received == 5
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert SECRET.get_secret_value() not in caplog.text


def test_collector_that_lost_its_job_answers_that_it_moved(collector: MemoryHandover) -> None:
    claim = {"held": True}
    server = BlockServer(
        collector,
        JOB,
        GENERATION,
        SECRET,
        ("127.0.0.1", 0),
        is_current=lambda: claim["held"],
    )
    with server, a_client(server.port) as client:
        client.give(a_block())
        claim["held"] = False

        with pytest.raises(CollectorMoved):
            client.give(a_block(b"xxxxx"))

    assert collector.content[:5] == b"abcde"


def test_older_generation_is_told_that_the_collector_moved(server: BlockServer) -> None:
    with (
        a_client(server.port, generation=GENERATION - 1) as client,
        pytest.raises(CollectorMoved),
    ):
        client.give(a_block())


def test_reach_measures_how_long_an_answer_takes(server: BlockServer) -> None:
    assert 0 < reach(f"http://127.0.0.1:{server.port}/") < 5


def test_bodies_are_kept_apart_on_one_connection(
    client: HttpHandover, collector: MemoryHandover
) -> None:
    for number in range(50):
        data = bytes([number]) * (number * 1000 + 1)
        client.give(a_block(data, begin=number * 100_000))

    for number in range(50):
        begin = number * 100_000
        assert collector.content[begin : begin + number * 1000 + 2].count(number) >= (
            number * 1000 + 1
        )
