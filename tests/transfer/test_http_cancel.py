"""Cancelling: within a second, wherever the transfer happens to wait."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hfdl_core.errors import ConnectionLost, TransferCancelled
from hfdl_core.transfer import Cancel, FileSource, HttpDownloader
from hfdl_tui.demo.hub import Close, Delay, Fault, PretendHub, Role, Stall
from tests.transfer.asking import Sink, fetch
from tests.transfer.conftest import BIG
from tests.transfer.middlebox import Proxy, deaf_address, serving

QUICKLY = 1.0


@contextmanager
def cancelled_soon(cancel: Cancel) -> Iterator[None]:
    """Press the button after 0.2 s and expect the block to end within a second of that."""
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        cancel.cancel()

    timer = threading.Timer(0.2, press)
    timer.start()
    try:
        with pytest.raises(TransferCancelled):
            yield
        assert time.monotonic() - pressed[0] < QUICKLY
    finally:
        timer.cancel()
        timer.join()


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_in_the_midst_of_the_body(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Stall(seconds=5, after=1_000_000), role=Role.CDN))
    sink, cancel = Sink(), Cancel()

    with cancelled_soon(cancel):
        fetch(downloader, big, sink=sink, cancel=cancel)

    assert sink.body == BIG[:1_000_000]


def test_while_waiting_for_the_head_of_the_answer(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Delay(seconds=5), role=Role.RESOLVE))
    cancel = Cancel()

    with cancelled_soon(cancel):
        fetch(downloader, big, cancel=cancel)


def test_while_connecting(big: FileSource, downloader: HttpDownloader) -> None:
    cancel = Cancel()

    with deaf_address() as (host, port), cancelled_soon(cancel):
        fetch(downloader, replace(big, endpoint=f"http://{host}:{port}"), cancel=cancel)


def test_while_tls_says_hello(big: FileSource, downloader: HttpDownloader, silent: str) -> None:
    cancel = Cancel()

    with cancelled_soon(cancel):
        fetch(downloader, replace(big, endpoint=f"https://{silent}"), cancel=cancel)


def test_while_a_proxy_makes_up_its_mind(
    big: FileSource, make_http: Callable[..., HttpDownloader], silent: str
) -> None:
    downloader = make_http(proxy=f"http://{silent}")
    cancel = Cancel()

    with cancelled_soon(cancel):
        fetch(downloader, replace(big, endpoint="https://hub.example"), cancel=cancel)


def test_while_a_connection_that_will_not_be_kept_brings_the_body(
    hub: PretendHub, big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    hub.faults.add(Fault(Stall(seconds=5, after=1_000_000), role=Role.CDN))
    cancel = Cancel()

    with serving(proxy := Proxy()):  # it says `Connection: close` to the Hub, and so to us
        downloader = make_http(proxy=f"http://{proxy.address}")

        with cancelled_soon(cancel):
            fetch(downloader, big, cancel=cancel)


def test_from_within_the_sink(big: FileSource, downloader: HttpDownloader) -> None:
    cancel = Cancel()
    sink = Sink(then=cancel.cancel)

    with pytest.raises(TransferCancelled):
        fetch(downloader, big, sink=sink, cancel=cancel)

    assert 0 < len(sink.body) < len(BIG)
    assert sink.body == BIG[: len(sink.body)]


def test_before_it_began(hub: PretendHub, big: FileSource, downloader: HttpDownloader) -> None:
    cancel = Cancel()
    cancel.cancel()

    with pytest.raises(TransferCancelled):
        fetch(downloader, big, cancel=cancel)

    assert not hub.requests.select()


def test_one_transfer_leaves_the_others_alone(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Stall(seconds=0.8, after=1_000_000), role=Role.CDN, times=2))
    cancel = Cancel()
    bodies: list[bytes] = []
    other = threading.Thread(target=lambda: bodies.append(fetch(downloader, big)))
    other.start()

    with cancelled_soon(cancel):
        fetch(downloader, big, cancel=cancel)
    other.join()

    assert bodies == [BIG]


def test_the_downloader_serves_on_afterwards(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Stall(seconds=5, after=1_000_000), role=Role.CDN, times=1))
    cancel = Cancel()
    with cancelled_soon(cancel):
        fetch(downloader, big, cancel=cancel)

    assert fetch(downloader, big) == BIG


def test_what_the_sink_raises_comes_through_unchanged(
    big: FileSource, downloader: HttpDownloader
) -> None:
    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fetch(downloader, big, sink=full)

    assert fetch(downloader, big, 0, 10) == BIG[:10]


def test_a_cut_never_comes_after_its_transfer_to_hit_the_next_one() -> None:
    cancel = Cancel()
    begun = threading.Event()
    cut: list[float] = []

    def cut_slowly() -> None:
        begun.set()
        time.sleep(0.2)
        cut.append(time.monotonic())

    presser = threading.Thread(target=cancel.cancel)
    with cancel.cutting(cut_slowly):
        presser.start()
        begun.wait()
    left = time.monotonic()
    presser.join()

    assert cut[0] <= left


def test_broken_connections_leave_no_descriptors_behind(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    fetch(downloader, big)
    hub.faults.add(Fault(Close(after=10), role=Role.CDN))
    before = len(list(Path("/dev/fd").iterdir()))

    for _ in range(20):
        with pytest.raises(ConnectionLost):
            fetch(downloader, big)

    hub.requests.wait_idle()
    # The Hub's own ends are among them and may still be closing.
    assert len(list(Path("/dev/fd").iterdir())) <= before + 5


def test_waiting_for_the_button_ends_when_it_is_pressed() -> None:
    cancel = Cancel()

    assert not cancel.wait(0.01)
    cancel.cancel()
    assert cancel.wait(10)
    assert cancel.is_set
