"""Whoever asks wrongly is refused, writes nothing and disturbs nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from pydantic import SecretStr

from hfdl_core.handover import FileKey, wire
from hfdl_core.handover.blocks import MOST_BLOCK_BYTES
from hfdl_core.handover.signing import authorization, claims_of_look, claims_of_question
from hfdl_core.models import ByteRange, JobId
from tests.collector.memory_handover import FILE, GENERATION, JOB, SECRET, MemoryHandover, a_server
from tests.collector.raw_socket import RawBlock, RawClient, ask

PLACE = wire.Place(JOB, GENERATION, FILE)
OTHER_JOB = JobId("otherjob1234")
UNSIGNED = RawBlock().with_header("Authorization", None)


@dataclass
class Served:
    port: int
    collector: MemoryHandover


@pytest.fixture(scope="module")
def serving() -> Iterator[Served]:
    collector = MemoryHandover()
    with a_server(collector) as server:
        yield Served(server.port, collector)


@pytest.fixture
def served(serving: Served) -> Served:
    serving.collector.calls = 0
    serving.collector.received.clear()
    return serving


WRONG_BLOCKS = {
    "no signature": (UNSIGNED, 401),
    "empty signature": (RawBlock().with_header("Authorization", ""), 401),
    "the secret itself": (
        RawBlock().with_header("Authorization", f"Bearer {SECRET.get_secret_value()}"),
        401,
    ),
    "signed with another secret": (RawBlock(secret=SecretStr("guess")), 401),
    "signed for another job": (RawBlock(job_id=OTHER_JOB, path=PLACE.path), 401),
    "signed for another generation": (RawBlock(generation=2, path=PLACE.path), 401),
    "signed for another file": (RawBlock(file=FileKey(JOB, 1, 2), path=PLACE.path), 401),
    "signed for another range": (
        RawBlock().with_header("Content-Range", "bytes 5-9/*"),
        401,
    ),
    "signed for other bytes": (RawBlock().with_header("Hfdl-Crc32", "00000000"), 401),
    "signed for another lease": (RawBlock().with_header("Hfdl-Token", "worker-2/1"), 401),
    "signed for another position": (RawBlock().with_header("Hfdl-Since", "4"), 401),
    "another job": (RawBlock(job_id=OTHER_JOB), 404),
    "another collector's generation": (RawBlock(generation=GENERATION + 1), 409),
    "an older file": (RawBlock(file=FileKey(JOB, 7, 1)), 410),
    "beyond the end": (RawBlock(begin=9_999_999), 422),
    "path out of the tree": (RawBlock(path=f"{PLACE.path}/../../x"), 404),
    "path with an escape": (RawBlock(path=PLACE.path.replace("files", "%66iles")), 404),
    "path with a leading zero": (RawBlock(path=PLACE.path.replace("/7/", "/07/")), 404),
    "path with a negative file": (RawBlock(path=PLACE.path.replace("/7/", "/-7/")), 404),
    "path with other digits": (RawBlock(path=PLACE.path.replace("/7/", "/\u0667/")), 400),
    "path with a query": (RawBlock(path=f"{PLACE.path}?begin=0"), 405),
    "absolute address": (RawBlock(path=f"http://127.0.0.1{PLACE.path}"), 400),
    "another method": (RawBlock(method="POST"), 405),
    "unknown method": (RawBlock(method="DELETE"), 400),
    "no range": (RawBlock().with_header("Content-Range", None), 400),
    "negative range": (RawBlock().with_header("Content-Range", "bytes -5--1/*"), 400),
    "backward range": (RawBlock().with_header("Content-Range", "bytes 5-2/*"), 400),
    "range of letters": (RawBlock().with_header("Content-Range", "bytes a-b/*"), 400),
    "range in other units": (RawBlock().with_header("Content-Range", "lines 0-4/*"), 400),
    "range beyond its own size": (RawBlock().with_header("Content-Range", "bytes 0-4/4"), 400),
    "endless number": (
        RawBlock().with_header("Content-Range", f"bytes 0-{10**30}/*"),
        400,
    ),
    "no token": (RawBlock().with_header("Hfdl-Token", None), 400),
    "endless token": (RawBlock().with_header("Hfdl-Token", "x" * 500), 400),
    "no position": (RawBlock().with_header("Hfdl-Since", None), 400),
    "negative position": (RawBlock().with_header("Hfdl-Since", "-1"), 400),
    "no checksum": (RawBlock().with_header("Hfdl-Crc32", None), 400),
    "checksum of letters": (RawBlock().with_header("Hfdl-Crc32", "xxxxxxxx"), 400),
    "shorter than its range": (RawBlock().with_header("Content-Length", "4"), 400),
    "longer than its range": (RawBlock().with_header("Content-Length", "6"), 400),
    "no length": (RawBlock().with_header("Content-Length", None), 400),
    "negative length": (RawBlock().with_header("Content-Length", "-5"), 400),
    "signed length": (RawBlock().with_header("Content-Length", "+5"), 400),
    "length with underscores": (RawBlock().with_header("Content-Length", "0_5"), 400),
    "oversized": (RawBlock(body=bytes(MOST_BLOCK_BYTES + 1)), 413),
    "length twice": (RawBlock(extra="Content-Length: 5\r\n"), 400),
    "two lengths": (RawBlock(extra="content-length: 0\r\n"), 400),
    "signature twice": (RawBlock(extra="Authorization: x\r\n"), 400),
    "checksum twice": (RawBlock(extra="hfdl-CRC32: 00000000\r\n"), 400),
    "chunked": (RawBlock(extra="Transfer-Encoding: chunked\r\n"), 400),
    "space before the colon": (RawBlock(extra="Transfer-Encoding : chunked\r\n"), 400),
    "continued line": (RawBlock(extra="X-A: b\r\n continued\r\n"), 400),
    "bare line feed": (RawBlock(extra="X-A: b\nX-C: d\r\n"), 400),
    "null letter": (RawBlock(extra="X-A: \0\r\n"), 400),
    "endless headers": (RawBlock(extra="".join(f"X-{n}: y\r\n" for n in range(5000))), 413),
    "endless line": (RawBlock(extra=f"X-A: {'y' * 100_000}\r\n"), 413),
}


@pytest.mark.parametrize(("block", "status"), WRONG_BLOCKS.values(), ids=WRONG_BLOCKS.keys())
def test_wrong_block_is_refused_and_writes_nothing(
    served: Served, block: RawBlock, status: int
) -> None:
    with RawClient(served.port) as client:
        client.send(block.whole)

        assert client.status() == status
    assert not served.collector.received


def test_right_block_is_taken(served: Served) -> None:
    assert ask(served.port, RawBlock().whole) == (200, False)
    assert served.collector.received == {(0, 5)}


@pytest.mark.parametrize(
    "block",
    [UNSIGNED, RawBlock(generation=GENERATION + 1), RawBlock(job_id=OTHER_JOB)],
    ids=["no signature", "another collector's", "another job"],
)
def test_refusal_comes_before_the_body_and_closes_the_connection(
    served: Served, block: RawBlock
) -> None:
    with RawClient(served.port) as client:
        client.send(block.head)

        assert client.status() in {401, 404, 409}
        assert client.headers["connection"] == "close"
        client.send(RawBlock().whole)
        assert client.is_closed()
    assert served.collector.calls == 0


def test_request_hidden_in_a_refused_body_is_not_answered(served: Served) -> None:
    smuggled = replace(UNSIGNED, body=RawBlock().whole)

    with RawClient(served.port) as client:
        client.send(smuggled.whole + RawBlock().whole)

        assert client.status() == 401
        assert client.is_closed()
    assert not served.collector.received


def test_answer_arrives_although_the_body_is_still_coming(served: Served) -> None:
    large = replace(UNSIGNED, body=bytes(MOST_BLOCK_BYTES))

    for _ in range(5):
        assert ask(served.port, large.whole) == (401, True)


def test_replayed_request_is_harmless(served: Served) -> None:
    with RawClient(served.port) as client:
        client.send(RawBlock().whole * 3)

        received = [(client.status(), client.told["received"]) for _ in range(3)]

    assert received == [(200, 5), (200, 0), (200, 0)]
    assert served.collector.received == {(0, 5)}


@pytest.mark.parametrize("wish", ["close", "Close", "keep-alive, close", "x\r\nConnection: close"])
def test_connection_is_closed_where_its_end_is_announced(served: Served, wish: str) -> None:
    assert ask(served.port, RawBlock(extra=f"Connection: {wish}\r\n").whole) == (200, True)


def test_refusal_by_the_collector_leaves_the_connection_in_step(served: Served) -> None:
    with RawClient(served.port) as client:
        client.send(RawBlock(begin=9_999_999).whole + RawBlock().whole)

        assert [client.status(), client.status()] == [422, 200]


def _signed_get(target: str, header: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: {header}\r\n\r\n".encode()


@pytest.mark.parametrize(
    "query", ["", "?", "?begin=0", "?begin=5&end=4", "?begin=-1&end=4", "?begin=0&end=5&x=1"]
)
def test_look_of_nonsense_is_refused(served: Served, query: str) -> None:
    header = authorization(SECRET, claims_of_look(PLACE, ByteRange(0, 5)))

    status, _ = ask(served.port, _signed_get(PLACE.path + query, header))

    assert status == 400


def test_look_is_signed_for_its_range(served: Served) -> None:
    header = authorization(SECRET, claims_of_look(PLACE, ByteRange(0, 5)))

    assert ask(served.port, _signed_get(f"{PLACE.path}?begin=0&end=5", header))[0] == 200
    assert ask(served.port, _signed_get(f"{PLACE.path}?begin=0&end=6", header))[0] == 401


def _durable(body: bytes, crc32: str | None = None) -> bytes:
    place = wire.Place(JOB, GENERATION, is_durable=True)
    crc32 = crc32 or wire.crc32_of(body)
    header = authorization(SECRET, claims_of_question("POST", place, crc32))
    lines = [
        f"POST {place.path} HTTP/1.1",
        "Host: x",
        f"Content-Length: {len(body)}",
        f"Hfdl-Crc32: {crc32}",
        f"Authorization: {header}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[[7,2,0]]", 200),
        (b"[]", 200),
        (b"", 400),
        (b"{}", 400),
        (b"[[7,2]]", 400),
        (b"[[7,2,-1]]", 400),
        (b'[["7",2,0]]', 400),
        (b"[[7,2,0.5]]", 400),
        (b"[" * 100_000, 400),
        (b"[" + b"[7,2,0]," * 1000 + b"[7,2,0]]", 400),
        (b" " * (300 << 10), 413),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_list_of_positions_is_read_strictly(served: Served, body: bytes, status: int) -> None:
    assert ask(served.port, _durable(body))[0] == status


def test_list_that_changed_on_its_way_is_refused(served: Served) -> None:
    assert ask(served.port, _durable(b"[[7,2,0]]", "00000000"))[0] == 422


def test_ping_tells_nothing_of_any_job(served: Served) -> None:
    with RawClient(served.port) as client:
        client.send(b"GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n")

        assert client.status() == 200
        assert client.told == {"hfdl": 1}
        assert not {"server", "date"} & client.headers.keys()


def test_stranger_cannot_find_out_which_job_is_here(served: Served) -> None:
    answers = {
        ask(served.port, replace(UNSIGNED, job_id=job_id).whole) for job_id in (JOB, OTHER_JOB)
    }

    assert answers == {(401, True)}
