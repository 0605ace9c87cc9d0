"""Wrong and damaged bytes are told from right ones, and only they are brought again."""

import os
import random
import zlib

import pytest

from hfdl_core.errors import (
    DigestMismatch,
)
from hfdl_core.models import ByteRange
from hfdl_core.storage import OutputDirectory
from tests.storage.samples import (
    COMMIT,
    blocks_of,
    content_path,
    everything,
    give,
    incompletes,
    journal_path,
    lfs_file,
)

CONTENT = bytes(range(251)) * 40
SIZE = len(CONTENT)
LARGE = random.Random(7).randbytes(9_000_001)
STEP = 1 << 20


@pytest.mark.parametrize("content", [CONTENT, LARGE], ids=len)
def test_wrong_bytes_stay_to_be_examined_and_can_be_reopened(
    output: OutputDirectory, content: bytes
) -> None:
    size = len(content)
    wrong = bytes(byte ^ 1 for byte in content[1000:2000])

    with output.open_gathered(lfs_file("a.bin", content)) as gathered:
        gathered.write(1000, wrong, zlib.crc32(wrong), "liar")
        give(gathered, content, 0, size, "honest")
        with pytest.raises(DigestMismatch):
            gathered.finish(COMMIT)
        damaged, sources = gathered.damaged(), gathered.sources(1000, 2000)
        with pytest.raises(DigestMismatch):
            gathered.finish(COMMIT)  # asked again, it is as wrong as before
        lost = gathered.reopen([ByteRange(1000, 2000)])
        missing = gathered.missing(0, size)
        give(gathered, content, 0, size, "honest")
        gathered.finish(COMMIT)

    assert (damaged, sources) == ([], {"liar"})
    assert lost == missing == [(1000, 2000)]
    assert everything(output.root) == {"a.bin": content}


def test_wrong_bytes_that_were_never_synced_stay_over_a_restart(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_gathered(file) as gathered:
        give(gathered, bytes(SIZE), 0, SIZE, "liar")
        with pytest.raises(DigestMismatch):
            gathered.finish(COMMIT)

    with output.open_gathered(file) as again:
        assert again.is_durable_whole
        assert again.sources(0, 1) == {"liar"}


def test_damage_on_our_disk_is_found_by_block_and_repaired(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", LARGE)
    with output.open_gathered(file) as gathered:
        for begin, end in blocks_of(len(LARGE), STEP):
            give(gathered, LARGE, begin, end)
        gathered.sync()
        with content_path(output).open("r+b") as damage:
            damage.seek(3 * STEP + 5)
            damage.write(b"damage")

    with output.open_gathered(file) as again:
        with pytest.raises(DigestMismatch):
            again.finish(COMMIT)
        damaged = again.damaged()
        again.reopen(damaged)
        give(again, LARGE, *damaged[0])
        again.finish(COMMIT)

    assert damaged == [(3 * STEP, 4 * STEP)]
    assert everything(output.root) == {"a.bin": LARGE}


def test_rest_of_a_block_reopened_in_part_is_recorded_anew(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, 1000, "one")
        give(gathered, CONTENT, 1000, 2000, "two")

        lost = gathered.reopen([ByteRange(900, 1100), ByteRange(-5, 0), ByteRange(SIZE, SIZE + 9)])

    with output.open_gathered(file) as again:
        assert lost == [(900, 1100)]
        assert again.missing(0, 2000) == [(900, 1100)]
        assert [(tuple(block.range), block.source) for block in again.blocks()] == [
            ((0, 900), "one"),
            ((1100, 2000), "two"),
        ]
        assert again.damaged() == []


def test_rest_of_a_damaged_block_is_reopened_with_it(output: OutputDirectory) -> None:
    with output.open_gathered(lfs_file("a.bin", CONTENT)) as gathered:
        give(gathered, CONTENT, 0, 1000)
        gathered.sync()
        with content_path(output).open("r+b") as damage:
            damage.write(b"damage")

        lost = gathered.reopen([ByteRange(900, 910)])

        assert lost == gathered.missing(0, 1000) == [(0, 1000)]


def test_content_shorter_than_the_journal_tells_is_missing_there(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_gathered(file) as gathered:
        for begin, end in blocks_of(SIZE, 1000):
            give(gathered, CONTENT, begin, end)
        gathered.sync()
    os.truncate(content_path(output), 5500)

    for _ in range(2):  # what is missing stays missing when the place is written by others
        with output.open_gathered(file) as again:
            assert again.missing(0, SIZE) == [(5000, SIZE)]
        os.truncate(content_path(output), SIZE)

    with output.open_gathered(file) as again:
        give(again, CONTENT, 0, SIZE)
        again.finish(COMMIT)
    assert everything(output.root) == {"a.bin": CONTENT}


@pytest.mark.parametrize("spoil", ["unlink", "empty", "other", "garbage"])
def test_bytes_without_their_own_journal_are_discarded(output: OutputDirectory, spoil: str) -> None:
    file, other = lfs_file("a.bin", CONTENT), lfs_file("b.bin", CONTENT)
    with output.open_gathered(other) as gathered:
        give(gathered, CONTENT, 0, SIZE)
        gathered.sync()
        stolen = journal_path(output).read_bytes()
        gathered.discard()
    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, SIZE)
        gathered.sync()
    journal = journal_path(output)
    match spoil:
        case "unlink":
            journal.unlink()
        case "empty":
            journal.write_bytes(b"")
        case "other":
            journal.write_bytes(stolen)
        case _:
            journal.write_bytes(b"garbage" * 100)

    with output.open_gathered(file) as again:
        assert again.missing(0, SIZE) == [(0, SIZE)]
        assert content_path(output).stat().st_size == 0
        assert [path.suffix for path in incompletes(output)] == [".incomplete"]


def test_journal_left_without_its_bytes_is_not_believed(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_gathered(file) as gathered:
        give(gathered, CONTENT, 0, SIZE)
        gathered.sync()
        left = journal_path(output).read_bytes()
        name = journal_path(output)
        gathered.finish(COMMIT)
    name.write_bytes(left)  # as after a crash between the rename and the journal's removal
    (output.root / "a.bin").unlink()

    with output.open_gathered(file) as again:
        assert again.missing(0, SIZE) == [(0, SIZE)]
        assert not name.exists()
