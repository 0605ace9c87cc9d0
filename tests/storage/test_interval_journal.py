"""The journal tells what was recorded, or less after a crash, and never anything else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.storage.interval_journal import IntervalJournal
from hfdl_core.storage.journal_records import (
    RECORD_BYTES,
    RecordedBlock,
)

FILE = RepoFile("a.bin", 1 << 40, 64 * "a")
NAME = "journal"
LONG_NAME = "a worker whose name does not fit in one record: " + "é" * 20
BLOCKS = [
    RecordedBlock(ByteRange(0, 10), 1, "worker-1"),
    RecordedBlock(ByteRange(30, 40), 0xFFFFFFFF, LONG_NAME),
    RecordedBlock(ByteRange(20, 30), 3, "worker-1"),
    RecordedBlock(ByteRange((1 << 40) - 7, 1 << 40), 4, ""),
]


@contextmanager
def _journal(directory: Path, file: RepoFile = FILE) -> Iterator[IntervalJournal]:
    descriptor = os.open(directory, os.O_RDONLY)
    journal = IntervalJournal(descriptor, NAME, file)
    try:
        yield journal
    finally:
        journal.close()
        os.close(descriptor)


def _recovered(directory: Path, file: RepoFile = FILE) -> list[RecordedBlock] | None:
    with _journal(directory, file) as journal:
        return None if journal.recover() is None else list(_blocks(journal))


def _blocks(journal: IntervalJournal) -> Iterator[RecordedBlock]:
    return journal.blocks(0, journal.places)


def _write(directory: Path, *appended: list[RecordedBlock]) -> bytes:
    with _journal(directory) as journal:
        for blocks in appended:
            journal.append(blocks)
            journal.flush()
    return (directory / NAME).read_bytes()


def test_what_was_recorded_is_read_back(tmp_path: Path) -> None:
    _write(tmp_path, BLOCKS[:1], BLOCKS[1:])

    assert _recovered(tmp_path) == BLOCKS


def test_nothing_is_made_before_the_first_record(tmp_path: Path) -> None:
    assert _recovered(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_journal_cut_at_every_byte_tells_the_longest_prefix_and_goes_on(tmp_path: Path) -> None:
    whole = _write(tmp_path, BLOCKS[:1], BLOCKS[1:3], BLOCKS[3:])
    lengths = []

    for cut in range(len(whole.rstrip(b"\0")) + 40):
        (tmp_path / NAME).write_bytes(whole[:cut])
        with _journal(tmp_path) as journal:
            if journal.recover() is None:
                assert cut < RECORD_BYTES
                continue
            told = list(_blocks(journal))
            journal.append(BLOCKS[1:2])
            journal.flush()
        lengths.append(len(told))
        assert told == BLOCKS[: len(told)]
        assert _recovered(tmp_path) == [*told, BLOCKS[1]]

    assert lengths == sorted(lengths)
    assert set(lengths) == set(range(len(BLOCKS) + 1))


def test_journal_damaged_at_every_byte_tells_what_stands_before(tmp_path: Path) -> None:
    whole = _write(tmp_path, BLOCKS)

    for at in range(len(whole.rstrip(b"\0"))):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        (tmp_path / NAME).write_bytes(damaged)
        told = _recovered(tmp_path)

        assert (told is None) == (at < RECORD_BYTES)
        assert told is None or told == BLOCKS[: len(told)] != BLOCKS


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tail=st.binary(max_size=200))
def test_any_garbage_behind_the_records_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    (tmp_path / NAME).unlink(missing_ok=True)
    whole = _write(tmp_path, BLOCKS).rstrip(b"\0")
    whole += bytes(-len(whole) % RECORD_BYTES)

    (tmp_path / NAME).write_bytes(whole + tail)

    assert _recovered(tmp_path) == BLOCKS
    assert (tmp_path / NAME).stat().st_size == len(whole)


def test_record_at_another_place_is_not_believed(tmp_path: Path) -> None:
    whole = _write(tmp_path, [BLOCKS[0], BLOCKS[2]])
    header, name, first, second = (
        whole[at : at + RECORD_BYTES] for at in range(0, 4 * RECORD_BYTES, RECORD_BYTES)
    )

    (tmp_path / NAME).write_bytes(header + name + second + first)

    assert _recovered(tmp_path) == []


@pytest.mark.parametrize(
    "other", [RepoFile("b.bin", 1 << 40, 64 * "a"), RepoFile("a.bin", 1 << 40, 64 * "b")]
)
def test_journal_of_another_file_is_not_believed(tmp_path: Path, other: RepoFile) -> None:
    _write(tmp_path, BLOCKS)

    assert _recovered(tmp_path, other) is None


def test_blocks_are_cleared_and_told_anew(tmp_path: Path) -> None:
    anew = RecordedBlock(ByteRange(20, 25), 9, "worker-1")
    with _journal(tmp_path) as journal:
        journal.append(BLOCKS)
        journal.clear([ByteRange(0, 10), ByteRange(20, 30)], [anew])
        journal.append(BLOCKS[:1])
        journal.flush()
        told = list(_blocks(journal))

    assert told == [BLOCKS[1], BLOCKS[3], anew, BLOCKS[0]]
    assert _recovered(tmp_path) == told


def test_bytes_are_durable_that_were_recorded_and_not_cleared_since(tmp_path: Path) -> None:
    with _journal(tmp_path) as journal:
        journal.append(BLOCKS[:2])
        journal.clear([ByteRange(0, 40)], [])
        journal.append([BLOCKS[2], BLOCKS[0]])

    with _journal(tmp_path) as journal:
        durable = journal.recover()

    assert durable is not None
    assert list(durable) == [(0, 10), (20, 30)]


def test_source_named_before_a_restart_is_not_named_again(tmp_path: Path) -> None:
    _write(tmp_path, BLOCKS[:2])
    with _journal(tmp_path) as journal:
        journal.recover()
        before = journal.places
        journal.append(BLOCKS[1:3])

        assert journal.places == before + 2


def test_name_torn_by_a_crash_is_taken_for_no_other(tmp_path: Path) -> None:
    whole = _write(tmp_path, BLOCKS[1:2])
    (tmp_path / NAME).write_bytes(whole[: 3 * RECORD_BYTES])  # two parts of the name

    with _journal(tmp_path) as journal:
        journal.recover()
        journal.append(BLOCKS[:2])

    assert _recovered(tmp_path) == BLOCKS[:2]


def test_record_beyond_the_listed_size_is_not_believed(tmp_path: Path) -> None:
    with _journal(tmp_path) as journal:
        journal.append([BLOCKS[0], RecordedBlock(ByteRange(5, (1 << 40) + 1), 1, "worker-1")])

    assert _recovered(tmp_path) == BLOCKS[:1]


def test_forgotten_journal_is_gone(tmp_path: Path) -> None:
    with _journal(tmp_path) as journal:
        journal.append(BLOCKS)
        journal.forget()
        gone = list(tmp_path.iterdir())
        journal.append(BLOCKS[:1])

    assert gone == []
    assert _recovered(tmp_path) == BLOCKS[:1]


def test_link_instead_of_a_journal_is_not_followed(tmp_path: Path) -> None:
    _write(tmp_path, BLOCKS)
    (tmp_path / NAME).rename(tmp_path / "elsewhere")
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    before = (tmp_path / "elsewhere").read_bytes()

    assert _recovered(tmp_path) is None
    with _journal(tmp_path) as journal, pytest.raises(OSError, match="symbolic links"):
        journal.append(BLOCKS)
    assert (tmp_path / "elsewhere").read_bytes() == before


def test_disk_without_room_takes_none_of_the_records_and_all_when_there_is(
    small_disk: Path,
) -> None:
    many = [RecordedBlock(ByteRange(at, at + 1), at, "worker-1") for at in range(2000)]
    ballast = small_disk / "ballast"
    with _journal(small_disk) as journal:
        journal.append(BLOCKS[:1])
        ballast.write_bytes(bytes((1 << 20) - (36 << 10)))  # room for some of them
        with pytest.raises(OSError, match="No space left"):
            journal.append(many)
        told = list(_blocks(journal))
        ballast.unlink()
        journal.append(many)

    assert told == BLOCKS[:1]
    assert _recovered(small_disk) == [*BLOCKS[:1], *many]
