"""How fast files are written, hashed, found again and verified, beside what the machine can do.

    uv run python tests/benchmarks/storage.py [--directory DIR] [--gib 2] [--rounds 3]

Bars: 2 GiB written and hashed close to the speed of sha256 itself, at most 3 CPU-seconds per GB
(gathered in blocks with their CRC-32 checked: about 1.2 with memory that the host has found),
the listing of a million files kept with flat memory. The first round on a virtual machine pays for
memory that its host must find first, so the best and the worst round are shown.
"""

import argparse
import functools
import hashlib
import os
import resource
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory, verify_files

COMMIT = 40 * "0"
BLOCK = os.urandom(1 << 20)
SYNC_BYTES = 64 << 20
TINY_FILES = 1000
LISTED_FILES = 1_000_000


class Taken(NamedTuple):
    seconds: float
    cpu_seconds: float


def measure(work: Callable[[], object]) -> Taken:
    cpu, begun = time.process_time(), time.perf_counter()
    work()
    return Taken(time.perf_counter() - begun, time.process_time() - cpu)


def show(what: str, size: int, rounds: list[Taken]) -> None:
    megabytes = size / 1e6
    for name, taken in (("best", min(rounds)), ("worst", max(rounds))):
        speed, cost = megabytes / taken.seconds, taken.cpu_seconds / megabytes * 1e3
        print(f"{what:34} {name:5} {speed:6.0f} MB/s {cost:6.2f} CPU-s/GB")


def hash_only(size: int) -> str:
    content = hashlib.sha256()
    for _ in range(size >> 20):
        content.update(BLOCK)
    return content.hexdigest()


def write_only(directory: Path, size: int) -> None:
    """What the disk takes from anybody: no hash, the same syncs."""
    descriptor = os.open(directory / "plain", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in range(size >> 20):
        os.write(descriptor, BLOCK)
        if (number << 20) % SYNC_BYTES == 0:
            os.fsync(descriptor)
    os.fsync(descriptor)
    os.close(descriptor)
    (directory / "plain").unlink()


def bring(output: OutputDirectory, file: RepoFile, piece: int) -> None:
    view, synced = memoryview(BLOCK), 0
    with output.open_incomplete(file, "benchmark") as incomplete:
        while incomplete.position < file.size:
            begin = incomplete.position % len(BLOCK)
            incomplete.write(view[begin : begin + piece])
            if incomplete.position - synced >= SYNC_BYTES:
                synced = incomplete.sync()
        incomplete.finish(COMMIT)


def gather(output: OutputDirectory, file: RepoFile, threads: int) -> None:
    """As a collector does: blocks from several threads, nearly in order, group syncs."""
    crc32 = zlib.crc32(BLOCK)
    with output.open_gathered(file) as gathered, ThreadPoolExecutor(threads) as pool:

        def bring(begin: int) -> None:
            gathered.write(begin, BLOCK, crc32, "benchmark")
            if begin % SYNC_BYTES == 0:
                gathered.sync()

        for _ in pool.map(bring, range(0, file.size, len(BLOCK))):
            pass
        gathered.finish(COMMIT)


def large_file(output: OutputDirectory, size: int, rounds: int) -> None:
    file = RepoFile("large/file.bin", size, hash_only(size))
    show("sha256 alone", size, [measure(lambda: hash_only(size)) for _ in range(rounds)])
    show(
        "plain write and fsync, no hash",
        size,
        [measure(lambda: write_only(output.root, size)) for _ in range(rounds)],
    )
    for piece in (64 << 10, 256 << 10, 1 << 20):
        work = functools.partial(bring, output, file, piece)
        taken = []
        for _ in range(rounds):
            taken.append(measure(work))
            (output.root / file.path).unlink()
        show(f"written and hashed by {piece >> 10} KiB", size, taken)
    for threads in (2, 4):
        work = functools.partial(gather, output, file, threads)
        taken = []
        for _ in range(rounds):
            taken.append(measure(work))
            (output.root / file.path).unlink()
        show(f"gathered from {threads} threads", size, taken)
    bring(output, file, 1 << 20)
    show("found with the right digest", size, [measure(lambda: output.existing(file, COMMIT))])
    show("verified", size, [measure(lambda: verify_files(output.root, [file]))])
    quick = measure(lambda: output.trusts(file, COMMIT))
    print(f"{'trusted by its looks':34} {quick.seconds * 1e3:6.2f} ms")


def tiny_files(output: OutputDirectory) -> None:
    content = BLOCK[:2000]
    digest = hashlib.sha1(b"blob 2000\0" + content, usedforsecurity=False).hexdigest()
    files = [RepoFile(f"tiny/{n % 10}/{n}", 2000, digest) for n in range(TINY_FILES)]

    def bring_all() -> None:
        for file in files:
            with output.open_incomplete(file, "benchmark") as incomplete:
                incomplete.write(content)
                incomplete.finish(COMMIT)

    taken = measure(bring_all)
    print(
        f"{'files of 2 kB, each durable':34} {TINY_FILES / taken.seconds:6.0f} a second "
        f"{taken.cpu_seconds / TINY_FILES * 1e3:.2f} CPU-ms each"
    )


def listing(output: OutputDirectory) -> None:
    def files() -> Iterator[RepoFile]:
        for number in range(LISTED_FILES):
            yield RepoFile(f"data/shard-{number:07}.parquet", number, f"{number:064x}")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = measure(lambda: output.write_tree(COMMIT, files()))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{'listing of a million files':34} {taken.seconds:6.1f} s, memory grew by {grown} KiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--gib", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="hfdl-storage-", dir=options.directory))
    try:
        output = OutputDirectory(root)
        output.prepare()
        listing(output)
        tiny_files(output)
        large_file(output, options.gib << 30, options.rounds)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
