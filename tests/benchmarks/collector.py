"""How fast the collector takes blocks over loopback from many connections, and in how much memory.

    uv run python -m tests.benchmarks.collector [--mib 4096] [--connections 200] [--rounds 3]

Bar: 200 connections, at least 300 MB/s on two cores that the clients share, flat memory. `null`
throws the blocks away, `crc` compares their CRC-32 before, `disk` is the collector's own file with
its journal and its hash. The clients are processes with plain sockets, so that they cost little.
"""

import argparse
import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.collector.http_server import BlockServer
from hfdl_core.errors import BlockRefused
from hfdl_core.handover import Block, FileKey, Handover, Presence, Receipt, wire
from hfdl_core.handover.signing import authorization, claims_of_block
from hfdl_core.models import ByteRange, JobId, RepoFile, Token
from hfdl_core.storage import GatheredFile, OutputDirectory

JOB: Final = JobId("benchmark")
SECRET: Final = SecretStr("benchmark")
PLACE: Final = wire.Place(JOB, 1, FileKey(JOB, 0, 0))
MIB: Final = 1 << 20
PROCESSES: Final = 2
COMMAND: Final = (sys.executable, "-m", "tests.benchmarks.collector")


class Null(Handover):
    @override
    def look(self, file: FileKey, begin: int, end: int) -> Presence:
        return Presence(checking=False, durable=begin, missing_end=end)

    @override
    def give(self, block: Block) -> Receipt:
        return Receipt(len(block.data), block.since, None)

    @override
    def durable(self, asked: Sequence[tuple[FileKey, int]]) -> list[int]:
        return [position for _, position in asked]


class Crc(Null):
    @override
    def give(self, block: Block) -> Receipt:
        if zlib.crc32(block.data) != block.crc32:
            raise BlockRefused("changed on its way")
        return super().give(block)


class Disk(Null):
    """What the collector does with a block of a file that it is assembling."""

    SYNC_BYTES = 64 * MIB

    def __init__(self, content: GatheredFile) -> None:
        self._content = content
        self._syncing = threading.Lock()

    @override
    def give(self, block: Block) -> Receipt:
        received = self._content.write(block.begin, block.data, block.crc32, "benchmark")
        if self._content.unsynced_bytes > self.SYNC_BYTES and self._syncing.acquire(blocking=False):
            try:
                self._content.sync()
            finally:
                self._syncing.release()
        return Receipt(received, self._content.durable_end(block.since), None)


def serve(kind: str, size: int) -> None:
    """Until the standard input ends."""
    listed = RepoFile("big.bin", size, 64 * "0")
    with tempfile.TemporaryDirectory() as directory:
        output = OutputDirectory(Path(directory))
        content = output.open_gathered(listed) if kind == "disk" else None
        handover = {"null": Null, "crc": Crc}[kind]() if content is None else Disk(content)
        with nullcontext() if content is None else content:
            server = BlockServer(handover, JOB, 1, SECRET, ("127.0.0.1", 0))
            print(server.start(), flush=True)
            sys.stdin.read()
            server.stop()


class Sender:
    """One connection that gives its share of the blocks, one after another."""

    def __init__(self, port: int, begins: Iterator[int], data: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._begins = begins
        self._data = data
        self._crc32 = zlib.crc32(data)
        self._unsent: list[memoryview] = []

    def next_block(self) -> bool:
        begin = next(self._begins, None)
        if begin is None:
            return False
        covered = ByteRange(begin, begin + len(self._data))
        head = wire.BlockHead(covered, Token("benchmark/1"), begin, self._crc32)
        headers = head.as_headers() | {
            "Host": "127.0.0.1",
            "Content-Length": str(len(self._data)),
            "Authorization": authorization(SECRET, claims_of_block(PLACE, head)),
        }
        lines = [f"PUT {PLACE.path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
        text = "\r\n".join([*lines, "", ""]).encode()
        self._unsent = [memoryview(text), memoryview(self._data)]
        return True

    def send(self) -> bool:
        """True when the whole block is on its way."""
        while self._unsent:
            try:
                sent = self.socket.send(self._unsent[0])
            except BlockingIOError:
                return False
            self._unsent[0] = self._unsent[0][sent:]
            if not self._unsent[0]:
                self._unsent.pop(0)
        return True

    def receive(self) -> None:
        answer = self.socket.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"refused: {answer[:500]!r}")


def send_all(port: int, connections: int, begins: Iterator[int], block_bytes: int) -> None:
    data = os.urandom(block_bytes)
    selector = selectors.DefaultSelector()
    busy = 0
    for _ in range(connections):
        sender = Sender(port, begins, data)
        if sender.next_block():
            selector.register(sender.socket, selectors.EVENT_WRITE, sender)
            busy += 1
    while busy:
        for key, events in selector.select():
            sender = key.data
            if events & selectors.EVENT_WRITE:
                if sender.send():
                    selector.modify(sender.socket, selectors.EVENT_READ, sender)
                continue
            sender.receive()
            if sender.next_block():
                selector.modify(sender.socket, selectors.EVENT_WRITE, sender)
            else:
                selector.unregister(sender.socket)
                sender.socket.close()
                busy -= 1


class Measured(NamedTuple):
    megabytes_per_second: float
    cpu_seconds_per_gigabyte: float
    peak_mebibytes: float
    idle_mebibytes: float


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *arguments], stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def measure(kind: str, size: int, block_bytes: int, connections: int) -> Measured:
    with running("--serve", kind, "--bytes", str(size)) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        idle = resident_mebibytes(server.pid, "VmRSS")
        cpu, begun = cpu_seconds(server.pid), time.perf_counter()
        each = str(connections // PROCESSES)
        shape = ("--connections", each, "--bytes", str(size), "--block", str(block_bytes))
        clients = [
            subprocess.Popen([*COMMAND, "--send", port, "--share", str(share), *shape])
            for share in range(PROCESSES)
        ]
        statuses = [client.wait() for client in clients]
        if any(statuses):
            raise SystemExit("a client failed")
        taken = time.perf_counter() - begun
        spent = cpu_seconds(server.pid) - cpu
        peak = resident_mebibytes(server.pid, "VmHWM")
        server.stdin.close()
    return Measured(size / taken / 1e6, spent / size * 1e9, peak, idle)


def resident_mebibytes(pid: int, what: str) -> float:
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=4096)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", default="null,crc,disk")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--send", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--share", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--bytes", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--block", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve is not None:
        serve(asked.serve, asked.bytes)
    elif asked.send is not None:
        begins = iter(range(asked.share * asked.block, asked.bytes, PROCESSES * asked.block))
        send_all(asked.send, asked.connections, begins, asked.block)
    else:
        print_table(asked.kinds.split(","), asked.mib * MIB, asked.connections, asked.rounds)


def print_table(kinds: Sequence[str], size: int, connections: int, rounds: int) -> None:
    print(f"{connections} connections, {size >> 20} MiB a round, {os.cpu_count()} cores for all")
    for kind in kinds:
        for block_bytes in (MIB, 4 * MIB):
            for _ in range(rounds):
                found = measure(kind, size, block_bytes, connections)
                print(
                    f"{kind:5} blocks of {block_bytes >> 20} MiB"
                    f"  {found.megabytes_per_second:6.0f} MB/s"
                    f"  {found.cpu_seconds_per_gigabyte:5.2f} CPU-s/GB"
                    f"  peak {found.peak_mebibytes:4.0f} MiB, {found.idle_mebibytes:.0f} when idle",
                    flush=True,
                )


if __name__ == "__main__":
    main()
