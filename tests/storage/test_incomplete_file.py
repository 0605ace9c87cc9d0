"""A file is under its real name when it is whole and right, and never before."""

import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from hfdl_core.errors import DigestMismatch, OutputRefused, SizeMismatch, UnsafePath
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory
from tests.storage.samples import (
    COMMIT,
    OWNER,
    everything,
    incompletes,
    lfs_file,
    regular_file,
    store,
)

Listing = Callable[[str, bytes], RepoFile]

CONTENT = bytes(range(256)) * 41
LARGE = os.urandom(1 << 20) * 9 + b"tail"  # enough for the hash to get its own thread


@pytest.mark.parametrize("content", [b"", b"x", CONTENT, LARGE], ids=len)
@pytest.mark.parametrize("listed", [lfs_file, regular_file])
def test_right_bytes_end_under_the_real_name(
    output: OutputDirectory, listed: Listing, content: bytes
) -> None:
    store(output, listed("data/train/0.bin", content), content)

    assert everything(output.root) == {"data/train/0.bin": content}
    assert incompletes(output) == []


def test_nothing_is_under_the_real_name_before_the_end(output: OutputDirectory) -> None:
    with output.open_incomplete(lfs_file("a/b.bin", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT)
        incomplete.sync()

        assert everything(output.root) == {}


@pytest.mark.parametrize("content", [CONTENT, LARGE], ids=len)
@pytest.mark.parametrize("listed", [lfs_file, regular_file])
def test_wrong_bytes_are_refused_and_the_next_try_starts_clean(
    output: OutputDirectory, listed: Listing, content: bytes
) -> None:
    file = listed("a.bin", content)
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1

    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(flipped)
        incomplete.sync()
        with pytest.raises(DigestMismatch, match=f"digest is .* lists {file.digest}"):
            incomplete.finish(COMMIT)

    assert everything(output.root) == {}
    assert incompletes(output) == []
    store(output, file, content)
    assert everything(output.root) == {"a.bin": content}


def test_too_few_bytes_are_refused_and_the_next_try_starts_clean(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)

    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(CONTENT[:10])
        with pytest.raises(SizeMismatch, match="10 bytes, the Hub lists 10496"):
            incomplete.finish(COMMIT)

    assert everything(output.root) == {}
    assert incompletes(output) == []


def test_more_bytes_than_the_file_has_are_refused_whole(output: OutputDirectory) -> None:
    with output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT[:-2])
        with pytest.raises(SizeMismatch):
            incomplete.write(b"123")

        assert incomplete.position == len(CONTENT) - 2
        incomplete.write(CONTENT[-2:])
        incomplete.finish(COMMIT)


def test_same_owner_goes_on_from_the_last_synced_byte(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", LARGE)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(LARGE[:5_000_000])
        synced = incomplete.sync()
        incomplete.write(LARGE[5_000_000:6_000_000])

    with output.open_incomplete(file, OWNER) as again:
        position = again.position

    assert (synced, position) == (5_000_000, 5_000_000)
    store(output, file, LARGE)
    assert everything(output.root) == {"a.bin": LARGE}


def test_unsynced_bytes_do_not_count(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(CONTENT)

        assert (incomplete.position, incomplete.durable) == (len(CONTENT), 0)

    with output.open_incomplete(file, OWNER) as again:
        assert (again.position, again.durable) == (0, 0)


def test_another_owner_begins_anew_beside_the_first(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)

    with output.open_incomplete(file, "worker-1") as first:
        first.write(CONTENT[:5000])
        first.sync()
        with output.open_incomplete(file, "worker-2") as second:
            begun_at = second.position
            second.write(CONTENT)
            second.finish(COMMIT)
        first.write(CONTENT[5000:])
        first.finish(COMMIT)

    assert begun_at == 0
    assert everything(output.root) == {"a.bin": CONTENT}


@pytest.mark.parametrize("other", [b"x" * len(CONTENT), CONTENT + b"longer"])
def test_other_content_of_the_same_path_begins_anew(output: OutputDirectory, other: bytes) -> None:
    with output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT[:9000])
        incomplete.sync()

    with output.open_incomplete(lfs_file("a.bin", other), OWNER) as next_commit:
        assert next_commit.position == 0


def test_second_writer_of_one_owner_is_refused(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)

    with (
        output.open_incomplete(file, OWNER),
        pytest.raises(OutputRefused, match="is being written by another process"),
    ):
        output.open_incomplete(file, OWNER)

    store(output, file, CONTENT)  # free again


def test_file_finished_between_our_open_and_our_lock_is_left_alone(
    output: OutputDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lfs_file("a.bin", CONTENT)
    lock = fcntl.flock

    def finish_first(descriptor: int, operation: int) -> None:
        monkeypatch.undo()
        store(output, file, CONTENT)  # by the same owner, in another process, just now
        lock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", finish_first)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(bytes(100))

    assert everything(output.root) == {"a.bin": CONTENT}


def test_closed_file_takes_nothing_more(output: OutputDirectory) -> None:
    incomplete = output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER)
    incomplete.close()
    incomplete.close()

    with pytest.raises(OutputRefused, match="open it again"):
        incomplete.write(b"x")


def test_discarded_bytes_are_gone(output: OutputDirectory) -> None:
    with output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT)
        incomplete.sync()
        incomplete.discard()

    assert incompletes(output) == []


def test_old_file_stands_until_the_new_one_replaces_it(output: OutputDirectory) -> None:
    target = output.root / "a.bin"
    target.write_bytes(b"of the last commit")

    with output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT)
        before = target.read_bytes()
        incomplete.finish(COMMIT)

    assert before == b"of the last commit"
    assert target.read_bytes() == CONTENT


def test_files_and_directories_get_the_modes_that_the_umask_leaves(
    output: OutputDirectory,
) -> None:
    old = os.umask(0o027)
    try:
        store(output, lfs_file("deep/er/a.bin", CONTENT), CONTENT)
    finally:
        os.umask(old)

    modes = [
        stat.S_IMODE((output.root / path).stat().st_mode) for path in ("deep/er/a.bin", "deep/er")
    ]
    assert modes == [0o640, 0o750]


def test_waiting_for_the_hash_can_be_ended_and_leaves_the_bytes(output: OutputDirectory) -> None:
    class Stopped(Exception):
        pass

    def stop(_hashed: int) -> None:
        raise Stopped

    file = lfs_file("a.bin", LARGE)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(LARGE)
        incomplete.sync()
        with pytest.raises(Stopped):
            incomplete.finish(COMMIT, stop)

    with output.open_incomplete(file, OWNER) as again:
        assert again.position == len(LARGE)
        again.finish(COMMIT)


def test_writer_may_reuse_its_buffer(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", LARGE)
    buffer = bytearray(1 << 16)

    with output.open_incomplete(file, OWNER) as incomplete:
        for begin in range(0, len(LARGE), len(buffer)):
            piece = LARGE[begin : begin + len(buffer)]
            buffer[: len(piece)] = piece
            incomplete.write(memoryview(buffer)[: len(piece)])
        buffer[:] = bytes(len(buffer))
        incomplete.finish(COMMIT)

    assert everything(output.root) == {"a.bin": LARGE}


def test_bytes_changed_behind_our_back_are_noticed(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(CONTENT[:8000])
        incomplete.sync()
    content = next(path for path in incompletes(output) if path.suffix == ".incomplete")
    with content.open("r+b") as damaged:
        damaged.write(b"damage")

    with output.open_incomplete(file, OWNER) as again:
        again.write(CONTENT[8000:])
        with pytest.raises(DigestMismatch):
            again.finish(COMMIT)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted in /proc")
def test_no_descriptor_is_left_open(output: OutputDirectory) -> None:
    (output.root / "in-the-way").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(3):
        store(output, lfs_file("a/b.bin", LARGE), LARGE)
        with pytest.raises(UnsafePath):
            output.open_incomplete(lfs_file("in-the-way", CONTENT), OWNER)
        with output.open_incomplete(lfs_file("c.bin", CONTENT), OWNER) as incomplete:
            incomplete.write(CONTENT[::-1])
            incomplete.sync()
            with pytest.raises(OutputRefused):
                output.open_incomplete(lfs_file("c.bin", CONTENT), OWNER)
            with pytest.raises(DigestMismatch):
                incomplete.finish(COMMIT)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_root_that_vanished_is_not_made_anew(output: OutputDirectory, tmp_path: Path) -> None:
    output.root.rename(tmp_path / "unmounted")

    with pytest.raises(OutputRefused, match="is gone; is its disk mounted"):
        output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER)

    assert not output.root.exists()
