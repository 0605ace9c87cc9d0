"""Puts an answer's body on the wire, at the client's rate and with the faults asked for."""

import contextlib
import fcntl
import os
import socket
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator

from hfdl_tui.demo.hub.bandwidth import Throttle
from hfdl_tui.demo.hub.content import DiskContent
from hfdl_tui.demo.hub.exchange import Span
from hfdl_tui.demo.hub.faults import Close, Cut, Stall
from hfdl_tui.demo.hub.requestlog import Record
from hfdl_tui.demo.hub.tampering import Incident, Tampering

_SMALL_BODY = 64 << 10
_LARGEST_SEND = 4 << 20
_DRAIN_SECONDS = 2.0


class Hangup(Exception):
    """The connection ends here, on purpose."""


class BodySender:
    """Sends one body over one blocking socket and counts its bytes in the request's record."""

    def __init__(
        self, sock: socket.socket, throttle: Throttle, stopping: threading.Event, record: Record
    ) -> None:
        self._socket = sock
        self._throttle = throttle
        self._stopping = stopping
        self._record = record

    def send(self, head: bytes, span: Span, tampering: Tampering) -> None:
        """Send head and span; raise Hangup where a fault ends the connection."""
        small = span.length <= self._throttle.portion(_SMALL_BODY)
        if small and not tampering.incidents and not tampering.flipped:
            self._send_at_once(head, span)
            return
        self._socket.sendall(head)
        position = 0
        for incident in tampering.incidents:
            self._send_part(span, position, incident.at, tampering)
            position = incident.at
            self._happen(incident)
        self._send_part(span, position, span.length, tampering)

    def _send_at_once(self, head: bytes, span: Span) -> None:
        body = span.content.read(span.start, span.length)
        self._throttle.wait(len(body))
        self._record.bytes_sent += len(body)
        self._socket.sendall(head + body)

    def _happen(self, incident: Incident) -> None:
        match incident.action:
            case Stall(seconds=seconds):
                self._stopping.wait(seconds)
            case Close():
                raise Hangup
            case Cut():
                reset(self._socket)
                raise Hangup

    def _send_part(self, span: Span, begin: int, end: int, tampering: Tampering) -> None:
        start, length = span.start + begin, end - begin
        if length <= 0:
            return
        spoiled = tampering.flips(start, start + length)
        if isinstance(span.content, DiskContent) and not spoiled and hasattr(os, "sendfile"):
            self._send_file(span.content, start, length)
            return
        for piece in span.content.pieces(start, length):
            self._send_piece(tampering.flip(piece, start) if spoiled else piece)
            start += len(piece)

    def _send_piece(self, piece: memoryview) -> None:
        def send(begin: int, end: int) -> int:
            return self._socket.send(piece[begin:end])

        for portion in self._portions(len(piece)):
            self._transmit(portion, send)

    def _send_file(self, content: DiskContent, start: int, length: int) -> None:
        with content.path.open("rb", buffering=0) as file:

            def send(begin: int, end: int) -> int:
                return os.sendfile(self._socket.fileno(), file.fileno(), start + begin, end - begin)

            for portion in self._portions(length):
                self._transmit(portion, send)

    def _transmit(self, portion: range, send: Callable[[int, int], int]) -> None:
        # Counted ahead and taken back on failure: a client that has its last byte may look
        # into the log before this thread runs again.
        self._record.bytes_sent += len(portion)
        position = portion.start
        try:
            while position < portion.stop:
                sent = send(position, portion.stop)
                if not sent:
                    raise Hangup  # the file shrank: the announced length cannot be kept
                position += sent
        finally:
            self._record.bytes_sent -= portion.stop - position

    def _portions(self, length: int) -> Iterator[range]:
        """Cut `length` bytes into turns and wait for each turn's share of the bandwidth."""
        at = 0
        while at < length:
            end = at + min(self._throttle.portion(_LARGEST_SEND), length - at)
            self._throttle.wait(end - at)
            if self._stopping.is_set():
                raise Hangup
            yield range(at, end)
            at = end


def reset(sock: socket.socket) -> None:
    """Close the socket so that the connection is reset, once all sent bytes are out."""
    if sys.platform == "linux":
        # A reset throws away what still waits in the send buffer; the fault said how many
        # bytes arrive, so let them leave first.
        deadline = time.monotonic() + _DRAIN_SECONDS
        while _unsent(sock) and time.monotonic() < deadline:
            time.sleep(0.001)
    with contextlib.suppress(OSError):  # the client may have gone first
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Closed here and now: the server's own way to close says goodbye first.
    sock.close()


def _unsent(sock: socket.socket) -> int:
    answer = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    waiting: int = struct.unpack("i", answer)[0]
    return waiting
