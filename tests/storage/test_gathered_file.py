"""A file that arrives as ranges in any order is whole and right under its name, or not there."""

import random
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfdl_core.errors import (
    BlockRefused,
    FileInUse,
    OutputRefused,
    SizeMismatch,
    UnsafePath,
)
from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.storage import OutputDirectory
from tests.storage.samples import (
    COMMIT,
    blocks_of,
    content_path,
    everything,
    give,
    incompletes,
    lfs_file,
    regular_file,
)

Listing = Callable[[str, bytes], RepoFile]
CONTENT = bytes(range(251)) * 40
SIZE = len(CONTENT)
LARGE = random.Random(7).randbytes(9_000_001)
STEP = 1 << 20


@pytest.mark.parametrize("listed", [lfs_file, regular_file])
@pytest.mark.parametrize(("content", "step"), [(CONTENT, 1000), (CONTENT, SIZE), (LARGE, STEP)])
def test_blocks_in_any_order_become_the_file(
    output: OutputDirectory, listed: Listing, content: bytes, step: int
) -> None:
    blocks = blocks_of(len(content), step)
    random.Random(3).shuffle(blocks)

    with output.open_gathered(listed("a/b.bin", content)) as gathered:
        fresh = [give(gathered, content, begin, end) for begin, end in blocks]
        before = everything(output.root)
        gathered.finish(COMMIT)

    assert fresh == [end - begin for begin, end in blocks]
    assert before == {}
    assert everything(output.root) == {"a/b.bin": content}
    assert incompletes(output) == []
    record = (output.root / ".cache/huggingface/download/a/b.bin.metadata").read_text()
    assert record.splitlines()[0] == COMMIT
    assert output.trusts(listed("a/b.bin", content), COMMIT)


@pytest.mark.parametrize("synced", [False, True])
def test_empty_file_needs_no_write(output: OutputDirectory, synced: bool) -> None:
    with output.open_gathered(lfs_file("empty", b"")) as gathered:
        if synced:
            gathered.sync()
        assert gathered.is_whole
        assert gathered.is_durable_whole
        gathered.finish(COMMIT)

    assert everything(output.root) == {"empty": b""}
    assert incompletes(output) == []


def test_small_file_that_comes_whole_has_no_journal(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        give(gathered, CONTENT, 0, SIZE)

        assert [path.suffix for path in incompletes(output)] == [".incomplete"]


def test_first_who_brings_a_byte_wins(output: OutputDirectory) -> None:
    other = bytes(SIZE)

    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        first = give(gathered, CONTENT, 100, 200, "one")
        around = give(gathered, CONTENT, 50, 300, "two")
        again = give(gathered, other, 50, 300, "liar")
        gathered.sync()
        late = give(gathered, other, 0, 60, "liar")
        rest = give(gathered, CONTENT, 60, SIZE, "two")

        assert (first, around, again, late, rest) == (100, 150, 0, 50, SIZE - 300)
        assert gathered.sources(50, 300) == {"one", "two"}
        assert gathered.sources(0, 50) == {"liar"}
        assert [tuple(block.range) for block in gathered.blocks()] == [
            (100, 200),
            (50, 100),
            (200, 300),
            (0, 50),
            (300, SIZE),
        ]
        assert all(
            block.crc32
            == zlib.crc32((other if block.source == "liar" else CONTENT)[slice(*block.range)])
            for block in gathered.blocks()
        )


def test_views_tell_what_was_received_and_what_is_durable(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        give(gathered, CONTENT, 10, 20)
        gathered.sync()
        give(gathered, CONTENT, 20, 30)

        assert (gathered.durable_end(10), gathered.received_end(10)) == (20, 30)
        assert (gathered.durable_end(15), gathered.durable_end(20)) == (20, 20)
        assert gathered.received_end(9) == 9
        assert gathered.missing(0, 40) == [(0, 10), (20, 40)]
        assert [gathered.next_received(at) for at in (0, 12, 30)] == [10, 12, SIZE]
        assert gathered.unsynced_bytes == 10
        assert not gathered.is_whole
        give(gathered, CONTENT, 0, SIZE)
        assert (gathered.is_whole, gathered.is_durable_whole) == (True, False)
        gathered.sync()
        assert gathered.is_durable_whole
        assert (gathered.unsynced_bytes, gathered.missing(0, SIZE)) == (0, [])


def test_block_changed_on_its_way_is_refused_and_nothing_written(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        with pytest.raises(BlockRefused, match=r"a\.bin: a block was changed on its way"):
            gathered.write(5, CONTENT[5:10], zlib.crc32(CONTENT[5:11]), "w")

        assert gathered.next_received(0) == SIZE
        assert incompletes(output)[0].stat().st_size == 0


@pytest.mark.parametrize(("begin", "count"), [(SIZE - 1, 2), (SIZE, 1), (SIZE + 5, 0), (-1, 1)])
def test_block_outside_the_file_is_refused(output: OutputDirectory, begin: int, count: int) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        with pytest.raises(SizeMismatch):
            gathered.write(begin, bytes(count), zlib.crc32(bytes(count)), "w")

        assert gathered.next_received(0) == SIZE


def test_only_what_is_durable_is_there_after_a_restart(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", LARGE)
    with output.open_gathered(file) as gathered:
        give(gathered, LARGE, 0, 6_000_000, "one")
        give(gathered, LARGE, 8_000_000, 8_500_000, "two")
        gathered.sync()
        give(gathered, LARGE, 6_000_000, 7_000_000, "one")

    with output.open_gathered(file) as again:
        assert again.missing(0, len(LARGE)) == [(6_000_000, 8_000_000), (8_500_000, len(LARGE))]
        assert again.received_end(0) == 6_000_000
        assert again.sources(0, len(LARGE)) == {"one", "two"}
        give(again, LARGE, 0, len(LARGE), "three")
        again.finish(COMMIT)

    assert everything(output.root) == {"a.bin": LARGE}


def test_finish_before_the_last_byte_keeps_what_is_there(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        give(gathered, CONTENT, 5, SIZE)
        with pytest.raises(SizeMismatch, match=f"{SIZE - 5} bytes, the Hub lists {SIZE}"):
            gathered.finish(COMMIT)

        give(gathered, CONTENT, 0, 5)
        gathered.finish(COMMIT)

    assert everything(output.root) == {"a.bin": CONTENT}


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["write", "write", "write", "sync", "restart", "reopen"]),
            st.integers(0, SIZE - 1),
            st.integers(1, 4000),
        ),
        max_size=14,
    )
)
def test_any_history_leaves_what_a_set_of_bytes_would_have(
    output: OutputDirectory, steps: list[tuple[str, int, int]]
) -> None:
    file = lfs_file("a.bin", CONTENT)
    received, durable = set[int](), set[int]()
    gathered = output.open_gathered(file)

    for step, begin, count in steps:
        end = min(SIZE, begin + count)
        match step:
            case "write":
                fresh = give(gathered, CONTENT, begin, end, f"w{begin % 3}")
                assert fresh == len(set(range(begin, end)) - received)
                received |= set(range(begin, end))
            case "sync":
                gathered.sync()
                durable = received.copy()
            case "restart":
                gathered.close()
                gathered = output.open_gathered(file)
                received = durable.copy()
            case _:
                assert gathered.reopen([ByteRange(begin, end)]) == [(begin, end)]
                received -= set(range(begin, end))
                durable = received.copy()
        missing = {at for gap in gathered.missing(0, SIZE) for at in range(*gap)}
        assert missing == set(range(SIZE)) - durable
        assert gathered.unsynced_bytes == len(received) - len(durable)

    assert gathered.damaged() == []
    give(gathered, CONTENT, 0, SIZE)
    gathered.finish(COMMIT)
    assert everything(output.root) == {"a.bin": CONTENT}


def test_second_collector_of_one_file_is_refused(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)

    with output.open_gathered(file), pytest.raises(FileInUse, match="written by another process"):
        output.open_gathered(file)


def test_waiting_for_the_hash_can_be_ended_and_leaves_the_bytes(output: OutputDirectory) -> None:
    class Stopped(Exception):
        pass

    def stop(_hashed: int) -> None:
        raise Stopped

    with output.open_gathered(lfs_file("a.bin", LARGE)) as gathered:
        give(gathered, LARGE, 0, len(LARGE))
        with pytest.raises(Stopped):
            gathered.finish(COMMIT, stop)
        gathered.finish(COMMIT)

    assert everything(output.root) == {"a.bin": LARGE}


def test_discarded_bytes_are_gone(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        give(gathered, CONTENT, 0, SIZE)
        gathered.sync()
        gathered.discard()
        with pytest.raises(OutputRefused, match="was closed"):
            gathered.discard()

    assert incompletes(output) == []


def test_stale_bytes_are_removed_with_their_journal_but_not_while_in_use(
    output: OutputDirectory,
) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, SIZE // 2)
        gathered.sync()
        output.remove_stale(-1)
        kept = incompletes(output)
    need = output.disk_needed([file])

    freed = output.remove_stale(-1, owner="collector")

    assert [path.suffix for path in kept] == [".incomplete", ".journal"]
    assert need.bytes_to_fetch < SIZE
    assert freed >= SIZE // 2
    assert incompletes(output) == []


def test_journal_whose_bytes_are_gone_is_stale(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        give(gathered, CONTENT, 0, 100)
        gathered.sync()
    content_path(output).unlink()

    output.remove_stale(-1)

    assert incompletes(output) == []


@pytest.mark.parametrize("path", ["../out.txt", "/etc/hfdl-was-here", "a\\..\\b", ".git/config"])
def test_listed_path_that_leads_elsewhere_is_refused(output: OutputDirectory, path: str) -> None:
    with pytest.raises(UnsafePath):
        output.open_gathered(lfs_file(path, CONTENT))


@pytest.mark.parametrize("suffix", [".incomplete", ".journal"])
def test_planted_link_never_leads_out(output: OutputDirectory, tmp_path: Path, suffix: str) -> None:
    file = lfs_file("a.bin", CONTENT)
    (tmp_path / "precious").write_bytes(b"precious")
    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, 100)
        gathered.sync()
    planted = next(path for path in incompletes(output) if path.suffix == suffix)
    planted.unlink()
    planted.symlink_to(tmp_path / "precious")

    try:
        with output.open_gathered(file) as again:
            give(again, CONTENT, 0, SIZE)
            again.sync()
    except UnsafePath:
        refused = True
    else:
        refused = False

    assert refused == (suffix == ".incomplete")
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_link_put_in_the_way_meanwhile_is_refused_and_the_bytes_stay(
    output: OutputDirectory, tmp_path: Path
) -> None:
    file = lfs_file("data/a.bin", CONTENT)
    (tmp_path / "outside").mkdir()
    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, SIZE)
        gathered.sync()
        (output.root / "data").symlink_to(tmp_path / "outside")
        with pytest.raises(UnsafePath, match="is a symbolic link"):
            gathered.finish(COMMIT)
    (output.root / "data").unlink()

    with output.open_gathered(file) as again:
        again.finish(COMMIT)

    assert list((tmp_path / "outside").iterdir()) == []
    assert everything(output.root) == {"data/a.bin": CONTENT}


def test_directory_at_the_files_place_is_refused_before_bytes_are_fetched(
    output: OutputDirectory,
) -> None:
    (output.root / "a.bin").mkdir()

    with pytest.raises(UnsafePath, match="is a directory where the repo has a file"):
        output.open_gathered(lfs_file("a.bin", CONTENT))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted in /proc")
def test_no_descriptor_and_no_thread_is_left(output: OutputDirectory) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(2):
        with output.open_gathered(lfs_file("a.bin", LARGE)) as gathered:
            give(gathered, LARGE, 0, 8_000_000)
            gathered.sync()
            gathered.reopen([ByteRange(0, 10)])
            with pytest.raises(FileInUse):
                output.open_gathered(lfs_file("a.bin", LARGE))

    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert [thread.name for thread in threading.enumerate() if thread.name == "hash"] == []


def test_destination_is_locked_for_one_collector_at_a_time(output: OutputDirectory) -> None:
    with (
        output.lock_for_collecting(),
        pytest.raises(FileInUse, match=f"another collector writes to {output.root}; leave it"),
        output.lock_for_collecting(),
    ):
        pass

    with output.lock_for_collecting():
        pass
    assert (output.root / ".cache/huggingface/hfdl/lock").exists()
