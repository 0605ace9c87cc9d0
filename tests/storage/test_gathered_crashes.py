"""A gathered file goes on after a crash, or on a disk that was full, with all that was durable."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hfdl_core.errors import DiskFull
from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.storage import OutputDirectory
from tests.storage.samples import COMMIT, block_of, everything, incompletes, lfs_file

ROOT = Path(__file__).parents[2]
STEP = 40_000
CONTENT = random.Random(5).randbytes(50 * STEP + 7)
# Three threads write blocks of a shuffled file; the main thread syncs and tells what is durable
# then. The test kills it somewhere.
WRITER = """
import random, sys, threading, zlib
from pathlib import Path
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory
root, digest, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
reopens = sys.argv[4] == "reopen"
content = random.Random(5).randbytes(50 * 40_000 + 7)
blocks = [(begin, begin + 40_000) for begin in range(0, len(content), 40_000)]
blocks = blocks * 20 if reopens else blocks
random.Random(seed).shuffle(blocks)
todo = iter(blocks)
lock = threading.Lock()
with OutputDirectory(root).open_gathered(RepoFile("a.bin", len(content), digest)) as gathered:
    def write():
        while True:
            with lock:
                begin, end = next(todo, (None, None))
            if begin is None:
                return
            data = content[begin:end]
            gathered.write(begin, data, zlib.crc32(data), threading.current_thread().name)
    threads = [threading.Thread(target=write, name=f"w{n}") for n in range(3)]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    while any(thread.is_alive() for thread in threads):
        if reopens:
            gathered.reopen([(90_000, 170_000)])
        gathered.sync()
        if not reopens:
            missing = gathered.missing(0, len(content))
            print(" ".join(f"{gap.begin}-{gap.end}" for gap in missing), flush=True)
    gathered.finish("c0ffee" + 34 * "0")
"""


def _start_writer(
    output: OutputDirectory, file: RepoFile, seed: int, mode: str = "once"
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(output.root), file.digest, str(seed), mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _parsed(line: str) -> list[ByteRange]:
    gaps = [gap.split("-") for gap in line.split()]
    return [ByteRange(int(begin), int(end)) for begin, end in gaps]


@pytest.mark.parametrize("seed", range(4))
def test_killed_between_writes_it_goes_on_with_all_that_was_told_durable(
    output: OutputDirectory, seed: int
) -> None:
    file = lfs_file("a.bin", CONTENT)
    writer = _start_writer(output, file, seed)
    assert writer.stdout is not None
    with writer, writer.stdout:
        told = [writer.stdout.readline() for _ in range(2 + seed)]
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.read().rpartition("\n")[0].splitlines()
    told_missing = _parsed(told[-1])

    if everything(output.root):  # it was quicker than the signal
        assert everything(output.root) == {"a.bin": CONTENT}
        return
    with output.open_gathered(file) as again:
        missing = again.missing(0, len(CONTENT))
        assert _positions(missing) <= _positions(told_missing)
        assert again.damaged() == []
        for gap in missing:
            again.write(*block_of(CONTENT, *gap))
        again.finish(COMMIT)
    assert everything(output.root) == {"a.bin": CONTENT}
    assert incompletes(output) == []


@pytest.mark.parametrize("pause_seconds", [0.0, 0.005, 0.02])
def test_killed_while_bytes_are_reopened_no_block_is_believed_that_is_not_there(
    output: OutputDirectory, pause_seconds: float
) -> None:
    file = lfs_file("a.bin", CONTENT)
    writer = _start_writer(output, file, 1, "reopen")
    assert writer.stdout is not None
    with writer, writer.stdout:
        writer.stdout.readline()
        time.sleep(pause_seconds)
        writer.send_signal(signal.SIGKILL)

    with output.open_gathered(file) as again:
        assert again.damaged() == []
        recorded = {at for block in again.blocks() for at in range(*block.range)}
        assert recorded == set(range(len(CONTENT))) - _positions(again.missing(0, len(CONTENT)))
        again.write(*block_of(CONTENT, 0, len(CONTENT)))
        again.finish(COMMIT)
    assert everything(output.root) == {"a.bin": CONTENT}


def test_journal_cut_at_every_byte_loses_blocks_and_never_tells_wrong_ones(
    output: OutputDirectory,
) -> None:
    content = CONTENT[:10_000]
    file = lfs_file("a.bin", content)
    with output.open_gathered(file) as gathered:
        for begin in (4000, 0, 8000):
            gathered.write(*block_of(content, begin, begin + 1500, f"worker-{begin}"))
            gathered.sync()
        gathered.reopen([ByteRange(4000, 4500)])
    content_path, journal_path = incompletes(output)
    whole, journal = content_path.read_bytes(), journal_path.read_bytes().rstrip(b"\0")
    seen = set()

    for cut in range(len(journal) + 1):
        content_path.write_bytes(whole)
        journal_path.write_bytes(journal[:cut])
        with output.open_gathered(file) as again:
            seen.add(tuple(again.missing(0, 10_000)))
            assert again.damaged() == []

    assert seen == {
        ((0, 10_000),),
        ((0, 4000), (5500, 10_000)),
        ((1500, 4000), (5500, 10_000)),
        ((1500, 4000), (5500, 8000), (9500, 10_000)),
        ((1500, 8000), (9500, 10_000)),
        ((1500, 4500), (5500, 8000), (9500, 10_000)),
    }


def test_full_disk_keeps_what_it_took_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    output = OutputDirectory(small_disk)
    output.prepare()
    content = CONTENT[: 900 << 10]
    file = lfs_file("a.bin", content)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500 << 10))

    with output.open_gathered(file) as gathered:
        gathered.write(*block_of(content, 0, 200 << 10))
        gathered.sync()
        with pytest.raises(DiskFull, match=r"a\.bin: the disk is full; free some space"):
            gathered.write(*block_of(content, 300 << 10, 900 << 10))
        taken = gathered.received_end(300 << 10)
        gathered.sync()  # a full disk does not spoil what it took
        missing = gathered.missing(0, len(content))
        ballast.unlink()
        gathered.write(*block_of(content, 0, len(content)))
        gathered.finish(COMMIT)

    assert 300 << 10 < taken < 900 << 10
    assert missing == [(200 << 10, 300 << 10), (taken, len(content))]
    assert everything(small_disk) == {"a.bin": content}


def test_disk_without_room_for_the_journal_loses_nothing(small_disk: Path) -> None:
    output = OutputDirectory(small_disk)
    output.prepare()
    content = CONTENT[: 400 << 10]
    file = lfs_file("a.bin", content)
    ballast = small_disk / "ballast"

    with output.open_gathered(file) as gathered:
        gathered.write(*block_of(content, 0, 100 << 10))
        with ballast.open("wb", buffering=0) as filling:
            while output.free_bytes():
                filling.write(bytes(4096))
        with pytest.raises(DiskFull):
            gathered.sync()
        assert (gathered.received_end(0), gathered.durable_end(0)) == (100 << 10, 0)
        ballast.unlink()
        gathered.sync()
        assert gathered.durable_end(0) == 100 << 10

    with output.open_gathered(file) as again:
        assert again.durable_end(0) == 100 << 10
        assert again.damaged() == []


def test_disk_that_is_full_still_records_what_it_took_before(small_disk: Path) -> None:
    output = OutputDirectory(small_disk)
    output.prepare()
    content = CONTENT[: 400 << 10]

    with output.open_gathered(lfs_file("a.bin", content)) as gathered:
        gathered.write(*block_of(content, 0, 1000))
        gathered.sync()
        gathered.write(*block_of(content, 1000, 300_000))
        with (small_disk / "ballast").open("wb", buffering=0) as filling:
            while output.free_bytes():
                filling.write(bytes(4096))
        gathered.sync()

        assert gathered.durable_end(0) == 300_000


def _positions(ranges: list[ByteRange]) -> set[int]:
    return {at for covers in ranges for at in range(*covers)}
