"""Threads that bring the same bytes at once, or meet a failing disk, spoil nothing."""

import os
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hfdl_core.errors import (
    OutputRefused,
    StorageError,
)
from hfdl_core.models import ByteRange
from hfdl_core.storage import OutputDirectory
from tests.storage.samples import (
    COMMIT,
    blocks_of,
    everything,
    give,
    lfs_file,
)

CONTENT = bytes(range(251)) * 40
SIZE = len(CONTENT)
LARGE = random.Random(7).randbytes(9_000_001)
STEP = 1 << 20


def test_threads_with_overlapping_blocks_write_every_byte_once(output: OutputDirectory) -> None:
    rounds = random.Random(11)
    blocks = blocks_of(len(LARGE), 200_000) + [
        (begin, min(len(LARGE), begin + rounds.randrange(1, 900_000)))
        for begin in (rounds.randrange(len(LARGE)) for _ in range(60))
    ]
    rounds.shuffle(blocks)
    fresh: list[int] = []

    def bring(block: tuple[int, int]) -> None:
        fresh.append(give(gathered, LARGE, *block, threading.current_thread().name))
        assert gathered.received_end(block[0]) >= block[1]
        if len(fresh) % 7 == 0:
            gathered.sync()

    with output.open_gathered(lfs_file("a.bin", LARGE)) as gathered:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(bring, blocks))
        recorded = sorted(tuple(block.range) for block in gathered.blocks())
        damaged = gathered.damaged()
        gathered.finish(COMMIT)

    assert sum(fresh) == len(LARGE)
    assert recorded[0][0] == 0
    assert [begin for begin, _ in recorded[1:]] == [end for _, end in recorded[:-1]]
    assert damaged == []
    assert everything(output.root) == {"a.bin": LARGE}


def test_second_who_brings_a_byte_waits_until_the_first_has_written_it(
    output: OutputDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    pwrite = os.pwrite

    def slow_pwrite(descriptor: int, content: memoryview, at: int) -> int:
        begun.set()
        assert go_on.wait(10)
        return pwrite(descriptor, content, at)

    with (
        output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered,
        ThreadPoolExecutor(3) as pool,
    ):
        monkeypatch.setattr("os.pwrite", slow_pwrite)
        first = pool.submit(give, gathered, CONTENT, 0, 100, "first")
        assert begun.wait(10)
        monkeypatch.setattr("os.pwrite", pwrite)
        beside = pool.submit(give, gathered, CONTENT, 100, 200, "beside").result(10)
        second = pool.submit(give, gathered, CONTENT, 50, 150, "second")
        waits = not second.done()
        received = gathered.received_end(0)
        go_on.set()

        assert (first.result(10), beside, second.result(10)) == (100, 100, 0)
        assert (waits, received) == (True, 0)


def test_write_that_failed_gives_its_bytes_to_the_next(
    output: OutputDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _content: memoryview, _at: int) -> int:
        raise OSError(5, "Input/output error")

    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        monkeypatch.setattr("os.pwrite", refuse)
        with pytest.raises(StorageError, match=r"a\.bin: input/output error"):
            give(gathered, CONTENT, 0, 100, "first")
        monkeypatch.undo()

        assert gathered.received_end(0) == 0
        assert give(gathered, CONTENT, 0, 100, "second") == 100
        assert gathered.sources(0, 100) == {"second"}


@pytest.mark.parametrize("failing", ["content", "journal"])
def test_sync_that_fails_closes_the_file_and_forgets_what_was_not_durable(
    output: OutputDirectory, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    file = lfs_file("a.bin", CONTENT)
    module = {"content": "gathered_file", "journal": "interval_journal"}[failing]

    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, 100)
        gathered.sync()
        give(gathered, CONTENT, 100, 200)
        monkeypatch.setattr(f"hfdl_core.storage.{module}.flush_bytes", fail)
        with pytest.raises(StorageError, match="input/output error"):
            gathered.sync()
        monkeypatch.undo()

        assert (gathered.received_end(0), gathered.unsynced_bytes) == (100, 0)
        with pytest.raises(OutputRefused, match="was closed: open it again"):
            give(gathered, CONTENT, 100, 200)
    with output.open_gathered(file) as again:
        assert again.durable_end(0) >= 100


def test_closing_while_others_write_sync_and_reopen_leaves_a_file_to_go_on_with(
    output: OutputDirectory,
) -> None:
    file = lfs_file("a.bin", LARGE)
    gathered = output.open_gathered(file)
    closed = threading.Event()

    def use(act: Callable[[], object]) -> str:
        while True:
            try:
                act()
            except OutputRefused as error:
                assert closed.is_set()
                return str(error)

    def write() -> None:
        begin = random.randrange(len(LARGE))
        give(gathered, LARGE, begin, min(begin + 500_000, len(LARGE)))

    with ThreadPoolExecutor(6) as pool:
        acts: list[Callable[[], object]] = [
            write,
            write,
            write,
            gathered.sync,
            lambda: gathered.reopen([ByteRange(0, 3_000_000)]),
            gathered.damaged,
        ]
        used = [pool.submit(use, act) for act in acts]
        time.sleep(0.3)
        closed.set()
        gathered.close()
        assert {one.result(10) for one in used} == {"a.bin was closed: open it again"}

    with output.open_gathered(file) as again:
        assert again.damaged() == []
        give(again, LARGE, 0, len(LARGE))
        again.finish(COMMIT)
    assert everything(output.root) == {"a.bin": LARGE}


def test_finishing_twice_at_once_delivers_once(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", LARGE)) as gathered:
        give(gathered, LARGE, 0, len(LARGE))
        with ThreadPoolExecutor(2) as pool:
            finished = [pool.submit(gathered.finish, COMMIT) for _ in range(2)]

    assert [type(one.exception(10)) for one in finished].count(type(None)) == 1
    assert everything(output.root) == {"a.bin": LARGE}
