"""The destination root: may it be used, is it ours, what is there, what must still be fetched."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hfdl_core.errors import OutputRefused, StorageError
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
CONTENT = bytes(range(256)) * 40


def test_preparing_makes_the_directory_and_marks_it_as_ours(tmp_path: Path) -> None:
    output = OutputDirectory(tmp_path / "deep" / "out")
    before = (output.is_empty(), output.is_ours())

    output.prepare()
    output.prepare()

    assert before == (True, False)
    assert (output.is_empty(), output.is_ours()) == (False, True)
    records = output.root / ".cache/huggingface"
    tag = (records / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert (records / ".gitignore").read_text() == "*"
    assert sorted(path.name for path in (records / "hfdl").iterdir()) == ["README", "incomplete"]


def test_somebody_elses_directory_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    output = OutputDirectory(tmp_path)

    assert not output.is_empty()
    assert not output.is_ours()


def test_root_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    output = OutputDirectory(tmp_path / "out")
    output.prepare()

    store(output, lfs_file("a.bin", CONTENT), CONTENT)

    assert output.root == tmp_path / "disk"
    assert everything(tmp_path / "disk") == {"a.bin": CONTENT}


@pytest.mark.parametrize("place", ["file", "file/below", "loop", "nul\0"])
def test_root_that_cannot_be_a_directory_is_refused_in_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(StorageError, match="choose another -o") as refused:
        OutputDirectory(tmp_path / place).prepare()

    assert "\n" not in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_directory_that_may_not_be_written_is_refused() -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own lies where others cannot look
        Path(place).chmod(0o755)
        output = OutputDirectory(Path(place))

        os.seteuid(65534)
        try:
            with pytest.raises(OutputRefused, match="permission denied; give this user"):
                output.prepare()
        finally:
            os.seteuid(0)


def test_room_is_told_before_the_directory_exists(tmp_path: Path) -> None:
    output = OutputDirectory(tmp_path / "not" / "yet")

    assert output.free_bytes() > 0
    assert not output.root.exists()


@pytest.mark.parametrize("listed", [lfs_file, regular_file])
def test_file_with_the_right_bytes_is_kept_and_recorded(
    output: OutputDirectory, listed: Listing
) -> None:
    (output.root / "data").mkdir()
    (output.root / "data/a.bin").write_bytes(CONTENT)
    file = listed("data/a.bin", CONTENT)

    assert output.existing(file, COMMIT)

    record = (output.root / ".cache/huggingface/download/data/a.bin.metadata").read_text()
    assert record.splitlines()[:2] == [COMMIT, file.digest]


@pytest.mark.parametrize("there", [None, b"", CONTENT[:-1], CONTENT[:-1] + b"!", CONTENT + b"!"])
def test_file_with_other_bytes_is_not_taken_for_it(
    output: OutputDirectory, there: bytes | None
) -> None:
    if there is not None:
        (output.root / "a.bin").write_bytes(there)

    assert not output.existing(lfs_file("a.bin", CONTENT), COMMIT)

    assert list((output.root / ".cache/huggingface").glob("download/*")) == []


def test_reading_an_existing_file_can_be_followed_and_ended(output: OutputDirectory) -> None:
    class Stopped(Exception):
        pass

    seen: list[int] = []

    def stop_soon(position: int) -> None:
        seen.append(position)
        if len(seen) == 2:
            raise Stopped

    content = bytes(5 << 20)
    (output.root / "a.bin").write_bytes(content)

    with pytest.raises(Stopped):
        output.existing(lfs_file("a.bin", content), COMMIT, stop_soon)

    assert seen == [1 << 20, 2 << 20]


def test_file_that_was_checked_and_looks_the_same_is_trusted(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    before = output.trusts(file, COMMIT)
    store(output, file, CONTENT)

    assert not before
    assert output.trusts(file, COMMIT)


def test_trusted_file_of_another_commit_is_recorded_for_this_one(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    store(output, file, CONTENT)
    other = 40 * "b"

    assert output.trusts(file, other)

    record = (output.root / ".cache/huggingface/download/a.bin.metadata").read_text()
    assert record.startswith(other)


@pytest.mark.parametrize("change", ["content", "size", "touch", "copy", "metadata", "digest"])
def test_file_that_looks_different_is_not_trusted(output: OutputDirectory, change: str) -> None:
    file = lfs_file("a.bin", CONTENT)
    store(output, file, CONTENT)
    target = output.root / "a.bin"
    match change:
        case "content":
            target.write_bytes(bytes(len(CONTENT)))
        case "size":
            target.write_bytes(CONTENT[1:])
        case "touch":
            os.utime(target, ns=(1, 1))
        case "copy":
            copy = output.root / "copy"
            copy.write_bytes(CONTENT)
            os.utime(copy, ns=(target.stat().st_atime_ns, target.stat().st_mtime_ns))
            copy.rename(target)
        case "metadata":
            (output.root / ".cache/huggingface/download/a.bin.metadata").write_text("x")
        case _:
            file = lfs_file("a.bin", CONTENT[::-1])

    assert not output.trusts(file, COMMIT)


def test_need_counts_what_is_missing_and_not_what_is_there(output: OutputDirectory) -> None:
    there, begun, missing = (
        lfs_file(name, bytes(size))
        for name, size in (("there", 100_000), ("begun", 1_000_000), ("missing", 10_000))
    )
    store(output, there, bytes(100_000))
    with output.open_incomplete(begun, OWNER) as incomplete:
        incomplete.write(bytes(800_000))
        incomplete.sync()

    need = output.disk_needed([there, begun, missing])

    begun_on_disk = next(p for p in incompletes(output) if p.suffix == ".incomplete").stat()
    assert need.bytes_to_fetch == 1_000_000 - begun_on_disk.st_blocks * 512 + 10_000
    assert need.bytes_on_disk >= need.bytes_to_fetch
    assert need.inodes == 4


def test_need_is_the_same_in_whatever_order_files_come(output: OutputDirectory) -> None:
    sizes = {"b/1": 10, "a": 20, "b/c/1": 40, "none/1": 80, "b/2": 160, "none/2": 320, "c": 640}
    files = [lfs_file(path, bytes(size)) for path, size in sizes.items()]
    for file in files[:3]:
        store(output, file, bytes(file.size))
    (output.root / "b/2").write_bytes(bytes(159))

    needs = {output.disk_needed(order) for order in (files, files[::-1], sorted(files))}

    assert [need.bytes_to_fetch for need in needs] == [80 + 160 + 320 + 640]


def test_need_of_a_directory_that_does_not_exist_is_everything(tmp_path: Path) -> None:
    need = OutputDirectory(tmp_path / "not-yet").disk_needed([lfs_file("a.bin", CONTENT)])

    assert need.bytes_to_fetch == len(CONTENT)


def test_probe_is_seen_where_it_was_left_and_nowhere_else(tmp_path: Path) -> None:
    shared, other = OutputDirectory(tmp_path / "shared"), OutputDirectory(tmp_path / "other")
    shared.prepare()
    shared.leave_probe("job1", "machine-a")
    other.prepare()

    assert OutputDirectory(tmp_path / "shared").sees_probe("job1", "machine-a")
    assert not shared.sees_probe("job1", "machine-b")
    assert not shared.sees_probe("job1", "machine")
    assert not shared.sees_probe("job2", "machine-a")
    assert not other.sees_probe("job1", "machine-a")
    assert not OutputDirectory(tmp_path / "absent").sees_probe("job1", "machine-a")
    shared.remove_probe("job1")
    assert not shared.sees_probe("job1", "machine-a")


def _begin(output: OutputDirectory, name: str, owner: str, age_seconds: float) -> None:
    with output.open_incomplete(lfs_file(name, CONTENT), owner) as incomplete:
        incomplete.write(CONTENT[:5000])
        incomplete.sync()
        for path in incompletes(output):
            if path.stat().st_size and path.stat().st_mtime > 2_000:
                then = path.stat().st_mtime - age_seconds
                os.utime(path, (then, then))


def test_stale_temporary_files_are_removed_by_age_and_owner(output: OutputDirectory) -> None:
    _begin(output, "a.bin", "gone", 1e9)
    _begin(output, "b.bin", "here", 0)
    (output.root / ".cache/huggingface/hfdl/incomplete/0123.tmp").touch()
    os.utime(output.root / ".cache/huggingface/hfdl/incomplete/0123.tmp", (0, 0))

    unowned = output.remove_stale(3600, owner="nobody")
    freed = output.remove_stale(3600)

    assert unowned == 0
    assert freed >= 5000
    assert len(incompletes(output)) == 2
    with output.open_incomplete(lfs_file("b.bin", CONTENT), "here") as again:
        assert again.position == 5000
    output.remove_stale(-1, owner="here")
    assert incompletes(output) == []


def test_temporary_file_in_use_is_never_stale(output: OutputDirectory) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER) as incomplete:
        incomplete.write(CONTENT)
        incomplete.sync()

        output.remove_stale(-1)
        incomplete.finish(COMMIT)

    assert everything(output.root) == {"a.bin": CONTENT}
