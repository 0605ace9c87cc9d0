"""A disk that takes no more is told as what it is, and what it took is not lost."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hfdl_core.errors import DiskFull, OutputRefused, StorageError, UnsafePath
from hfdl_core.storage import OutputDirectory
from hfdl_core.storage.disk_faults import storage_error
from tests.storage.samples import COMMIT, OWNER, everything, lfs_file, store

CONTENT = os.urandom(1 << 16) * 40
ROOT = Path(__file__).parents[2]


def test_full_disk_keeps_what_was_synced_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    output = OutputDirectory(small_disk)
    output.prepare()
    file = lfs_file("a.bin", CONTENT[: 900 << 10])
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500 << 10))

    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(CONTENT[: 200 << 10])
        incomplete.sync()
        with pytest.raises(DiskFull, match=r"a\.bin: the disk is full; free some space"):
            incomplete.write(CONTENT[200 << 10 : 900 << 10])
        taken = incomplete.sync()  # a full disk does not spoil what it took
    ballast.unlink()
    with output.open_incomplete(file, OWNER) as again:
        begun_at = again.position
    store(output, file, CONTENT[: 900 << 10])

    assert 200 << 10 <= taken == begun_at
    assert everything(small_disk) == {"a.bin": CONTENT[: 900 << 10]}


def test_disk_without_inodes_is_told(small_disk: Path) -> None:
    output = OutputDirectory(small_disk)
    output.prepare()
    inodes = output.free_inodes()
    assert inodes is not None
    for number in range(inodes):
        (small_disk / f"ballast{number}").touch()

    with pytest.raises(DiskFull, match="no inodes left; remove some files"):
        output.open_incomplete(lfs_file("a.bin", b"x"), OWNER)

    assert output.free_inodes() == 0


def test_full_disk_is_told_before_the_start(small_disk: Path) -> None:
    output = OutputDirectory(small_disk)
    output.prepare()

    need = output.disk_needed([lfs_file("a.bin", CONTENT)])

    assert need.bytes_on_disk > output.free_bytes()


def test_failed_preparation_leaves_no_litter(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(1 << 20))

    with pytest.raises(DiskFull):
        OutputDirectory(small_disk).prepare()

    assert [path.name for path in small_disk.rglob("*.tmp")] == []


def test_file_size_limit_of_the_shell_is_told(tmp_path: Path) -> None:
    program = """
import resource, sys
from pathlib import Path
from hfdl_core.errors import OutputRefused
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory
output = OutputDirectory(Path(sys.argv[1]))
output.prepare()
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with output.open_incomplete(RepoFile("a.bin", 200_000, 64 * "0"), "me") as incomplete:
    try:
        incomplete.write(bytes(200_000))
    except OutputRefused as error:
        print(error)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "out")]

    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)

    assert "a.bin: larger than this filesystem or `ulimit -f` allows" in told.stdout


@pytest.mark.parametrize(
    ("number", "expected", "says"),
    [
        (errno.ENOSPC, DiskFull, "the disk is full"),
        (errno.EDQUOT, DiskFull, "quota is used up"),
        (errno.EACCES, OutputRefused, "permission denied; give this user the right"),
        (errno.EROFS, OutputRefused, "read-only file system; give"),
        (errno.EFBIG, OutputRefused, "larger than this filesystem"),
        (errno.ENAMETOOLONG, UnsafePath, "cannot hold such a name"),
        (errno.EIO, StorageError, "/data/x: input/output error"),
    ],
)
def test_what_the_system_refuses_is_told_in_one_line(
    number: int, expected: type[StorageError], says: str
) -> None:
    error = storage_error(OSError(number, os.strerror(number)), Path("/data/x"))

    assert type(error) is expected
    assert says in str(error)
    assert "\n" not in str(error)


def test_failed_flush_closes_the_file_at_its_last_durable_position(
    output: OutputDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(CONTENT[:1000])
        incomplete.sync()
        incomplete.write(CONTENT[1000:2000])
        with monkeypatch.context() as patched:
            patched.setattr("hfdl_core.storage.incomplete_file.flush_bytes", fail)
            with pytest.raises(StorageError, match="input/output error"):
                incomplete.sync()
        with pytest.raises(OutputRefused, match="open it again"):
            incomplete.finish(COMMIT)

    with output.open_incomplete(file, OWNER) as again:
        assert again.position == 1000
