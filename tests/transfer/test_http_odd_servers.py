"""Servers that bend HTTP: the right bytes are taken, anything else is refused."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from typing_extensions import override

from hfdl_core.errors import ConnectionLost, FileUnreadable, RangeRefused, TransferError
from hfdl_core.transfer import FileSource, HttpDownloader
from tests.transfer.asking import Sink, fetch
from tests.transfer.middlebox import serving

BODY = b"0123456789"


class Canned(socketserver.ThreadingTCPServer):
    """Says the same bytes to every request and hangs up, or keeps the connection."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *said: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.said = said
        self.connections = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Connection(socketserver.StreamRequestHandler):
    server: Canned

    @override
    def handle(self) -> None:
        self.server.connections += 1
        for said in self.server.said:
            while (line := self.rfile.readline()) not in {b"\r\n", b""}:
                pass
            if not line:
                return
            self.wfile.write(said)


@pytest.fixture
def say(big: FileSource) -> Iterator[Callable[..., FileSource]]:
    """A source of ten bytes whose server says what it is told to say."""
    servers: list[tuple[Canned, threading.Thread]] = []

    def start(*said: bytes) -> FileSource:
        server = Canned(*said)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        return replace(big, endpoint=server.endpoint, file=big.file._replace(size=10))

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def _chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


HEAD_200 = b"HTTP/1.1 200 OK\r\n"
HEAD_206 = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/10\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "said",
    [
        HEAD_200 + b"Content-Length: 10\r\n\r\n" + BODY,
        HEAD_206 + b"Content-Length: 10\r\n\r\n" + BODY,
        HEAD_206 + b"Content-Length: 10\r\nContent-Encoding: identity\r\n\r\n" + BODY,
        HEAD_200 + CHUNKED + _chunked(BODY[:3], BODY[3:]),
        HEAD_206 + CHUNKED + _chunked(BODY[:3], BODY[3:]),
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
    ],
    ids=["200", "206", "identity", "200 chunked", "206 chunked", "until closed"],
)
def test_a_whole_file_is_taken_from_any_answer_that_fits(
    say: Callable[..., FileSource], downloader: HttpDownloader, said: bytes
) -> None:
    assert fetch(downloader, say(said)) == BODY


@pytest.mark.parametrize(
    "said",
    [
        HEAD_200 + b"Content-Length: 11\r\n\r\n" + BODY + b"x",
        HEAD_200 + b"Content-Length: 9\r\n\r\n" + BODY[:9],
        HEAD_206 + b"Content-Length: 11\r\n\r\n" + BODY + b"x",
        HEAD_206.replace(b"/10", b"/11") + b"Content-Length: 10\r\n\r\n" + BODY,
        HEAD_206.replace(b"/10", b"/*") + b"Content-Length: 10\r\n\r\n" + BODY,
        HEAD_206.replace(b"0-9", b"1-10") + b"Content-Length: 10\r\n\r\n" + BODY,
        HEAD_206.replace(b"bytes", b"lines") + b"Content-Length: 10\r\n\r\n" + BODY,
        b"HTTP/1.1 206 OK\r\nContent-Length: 10\r\n\r\n" + BODY,
        HEAD_206 + b"Content-Encoding: br\r\nContent-Length: 10\r\n\r\n" + BODY,
    ],
    ids=["long", "short", "206 long", "total", "star", "shifted", "unit", "no range", "br"],
)
def test_no_byte_is_taken_from_an_answer_that_does_not_fit(
    say: Callable[..., FileSource], downloader: HttpDownloader, said: bytes
) -> None:
    sink = Sink()

    with pytest.raises(RangeRefused):
        fetch(downloader, say(said), sink=sink)

    assert not sink.body


@pytest.mark.parametrize(
    "said",
    [HEAD_200 + CHUNKED + _chunked(BODY, b"more"), b"HTTP/1.0 200 OK\r\n\r\n" + BODY + b"more"],
    ids=["chunked", "until closed"],
)
def test_bytes_beyond_the_file_are_never_handed_on(
    say: Callable[..., FileSource], downloader: HttpDownloader, said: bytes
) -> None:
    sink = Sink()

    with pytest.raises(RangeRefused, match="more than the 10 bytes"):
        fetch(downloader, say(said), sink=sink)

    assert sink.body == BODY


@pytest.mark.parametrize(
    "said",
    [
        HEAD_206 + b"Content-Length: 10\r\n\r\n" + BODY[:4],
        HEAD_200 + CHUNKED + b"a\r\n" + BODY[:4],
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY[:4],
    ],
    ids=["length", "chunked", "until closed"],
)
def test_fewer_bytes_are_a_lost_connection_and_stay_valid(
    say: Callable[..., FileSource], downloader: HttpDownloader, said: bytes
) -> None:
    sink = Sink()

    with pytest.raises(ConnectionLost):
        fetch(downloader, say(said), sink=sink)

    assert sink.body == BODY[:4]


@pytest.mark.parametrize(
    "said",
    [
        b"220 ftp.example ready\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        HEAD_206 + b"Content-Length: 10, 11\r\n\r\n" + BODY,
        b"HTTP/1.1 206 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 206 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"",
    ],
    ids=["not http", "no status", "two lengths", "many headers", "long header", "nothing"],
)
def test_what_is_no_http_is_a_leaf_of_ours(
    say: Callable[..., FileSource], downloader: HttpDownloader, said: bytes
) -> None:
    with pytest.raises(TransferError):
        fetch(downloader, say(said))


def test_a_redirect_without_an_address_cannot_be_served_this_way(
    say: Callable[..., FileSource], downloader: HttpDownloader
) -> None:
    with pytest.raises(FileUnreadable):
        fetch(downloader, say(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"))


def test_an_address_in_utf_8_is_understood(
    say: Callable[..., FileSource], downloader: HttpDownloader
) -> None:
    location = "/été.bin".encode()
    redirect = b"HTTP/1.1 302 Found\r\nContent-Length: 2\r\nLocation: " + location + b"\r\n\r\nhi"

    assert fetch(downloader, say(redirect, HEAD_206 + b"Content-Length: 10\r\n\r\n" + BODY)) == BODY


def test_a_connection_is_kept_across_a_short_chunked_redirect(
    big: FileSource, downloader: HttpDownloader
) -> None:
    redirect = b"HTTP/1.1 307 Temporary\r\nLocation: /x\r\n" + CHUNKED + _chunked(b"moved")
    server = Canned(redirect, HEAD_206 + b"Content-Length: 10\r\n\r\n" + BODY)

    with serving(server):
        source = replace(big, endpoint=server.endpoint, file=big.file._replace(size=10))
        assert fetch(downloader, source) == BODY

    assert server.connections == 1


def test_a_redirect_with_an_endless_body_is_not_read_to_its_end(
    big: FileSource, downloader: HttpDownloader
) -> None:
    endless = b"HTTP/1.1 307 Temporary\r\nLocation: /x\r\nContent-Length: 999999999\r\n\r\n"
    server = Canned(endless + b"x" * 100_000)

    with serving(server), pytest.raises(TransferError):
        fetch(downloader, replace(big, endpoint=server.endpoint))

    assert server.connections == 21
