"""Verifying reads every byte again and tells what is missing and what is wrong."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from hfdl_core.errors import UsageError
from hfdl_core.models import RepoFile
from hfdl_core.storage import (
    OutputDirectory,
    VerifyProgress,
    VerifyReport,
    WrongFile,
    verify_directory,
    verify_files,
)
from tests.storage.samples import COMMIT, lfs_file, regular_file, store

CONTENTS = {
    f"data/{number % 7}/file-{number}.bin": bytes([number]) * number for number in range(99)
}


@pytest.fixture
def listed(output: OutputDirectory) -> list[RepoFile]:
    """A finished directory of small files, half of them LFS."""
    files = [
        (lfs_file if number % 2 else regular_file)(path, content)
        for number, (path, content) in enumerate(CONTENTS.items())
    ]
    for file in files:
        store(output, file, CONTENTS[file.path])
    return files


def _damage(output: OutputDirectory, path: str) -> None:
    target = output.root / path
    found = target.stat()
    target.write_bytes(b"?" + CONTENTS[path][1:])
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))  # as failing disks do


def test_whole_directory_is_ok(output: OutputDirectory, listed: list[RepoFile]) -> None:
    (output.root / "mine.txt").write_text("not the repo's")

    report = verify_files(output.root, listed)

    assert report == VerifyReport(99, (), ())
    assert report.is_clean


def test_every_fault_is_told_by_path(output: OutputDirectory, listed: list[RepoFile]) -> None:
    (output.root / "data/1/file-1.bin").unlink()
    _damage(output, "data/3/file-17.bin")
    (output.root / "data/4/file-18.bin").write_bytes(b"short")
    (output.root / "data/5/file-19.bin").unlink()
    (output.root / "data/5/file-19.bin").mkdir()

    report = verify_files(output.root, listed)

    assert (report.ok, report.missing, report.is_clean) == (95, ("data/1/file-1.bin",), False)
    flipped, shortened, directory = report.wrong
    expected = {file.path: file.digest for file in listed}
    assert flipped == WrongFile(
        "data/3/file-17.bin",
        expected["data/3/file-17.bin"],
        lfs_file("", b"?" + CONTENTS["data/3/file-17.bin"][1:]).digest,
    )
    assert shortened.actual == "5 bytes instead of 18"
    assert "is a directory" in directory.actual


@pytest.mark.parametrize("source", ["listing", "records"])
def test_directory_knows_itself_what_should_be_there(
    output: OutputDirectory, listed: list[RepoFile], source: str
) -> None:
    if source == "listing":
        output.write_tree(COMMIT, listed)
    (output.root / "data/1/file-1.bin").unlink()
    _damage(output, "data/3/file-17.bin")
    _damage(output, "data/4/file-18.bin")

    report = verify_directory(output.root)

    assert (report.ok, report.missing) == (96, ("data/1/file-1.bin",))
    assert [wrong.path for wrong in report.wrong] == ["data/3/file-17.bin", "data/4/file-18.bin"]


def test_newest_listing_counts(output: OutputDirectory, listed: list[RepoFile]) -> None:
    output.write_tree(40 * "a", [lfs_file("gone.bin", b"x")])
    output.write_tree(40 * "f", [lfs_file("gone.bin", b"x")])
    output.write_tree(40 * "b", listed)
    trees = output.root / ".cache/huggingface/trees"
    for age, commit in enumerate("fab"):
        os.utime(trees / f"{40 * commit}.json", (age, age))

    assert verify_directory(output.root) == VerifyReport(99, (), ())


def test_empty_repo_is_ok(output: OutputDirectory) -> None:
    output.write_tree(COMMIT, [])

    assert verify_directory(output.root) == VerifyReport(0, (), ())


@pytest.mark.parametrize("made", ["nothing", "directory", "file"])
def test_directory_without_records_cannot_be_verified(tmp_path: Path, made: str) -> None:
    place = tmp_path / "out"
    if made == "directory":
        place.mkdir()
    if made == "file":
        place.write_text("x")

    with pytest.raises(UsageError, match=r"holds no record of a download|is not a directory"):
        verify_directory(place)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"format_version": 2, "files": {}}',
        '{"format_version": 1, "files": {"a": {"size": 1}}}',
        '{"format_version": 1, "files": {"a": {"size": "1", "blob_id": "00"}}}',
        '{"format_version": 1, "files": {"a": {"size": -1, "blob_id": "%s"}}}' % (40 * "0"),
        '{"format_version": 1, "files": {"a": 7}}',
        '{"format_version": 1, "files": ["a"]}',
    ],
)
def test_broken_listing_is_told_in_one_line(output: OutputDirectory, content: str) -> None:
    output.write_tree(COMMIT, [])
    (output.root / f".cache/huggingface/trees/{COMMIT}.json").write_text(content)

    with pytest.raises(UsageError, match=f"{COMMIT}.json is broken: delete it"):
        verify_directory(output.root)


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "a/../../secret"])
def test_records_cannot_make_us_look_outside(
    output: OutputDirectory, tmp_path: Path, path: str
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    secret = lfs_file(path, b"secret")
    entry = {"size": 6, "blob_id": 40 * "0", "lfs_sha256": secret.digest, "lfs_size": 6}
    output.write_tree(COMMIT, [])
    (output.root / f".cache/huggingface/trees/{COMMIT}.json").write_text(
        json.dumps({"format_version": 1, "files": {path: entry}})
    )

    report = verify_directory(output.root)

    assert report.ok == 0
    assert report.wrong[0].path == path
    assert secret.digest not in report.wrong[0].actual


@pytest.mark.parametrize("content", ["", "x\ny\nz\n", f"{COMMIT}\n", f"{COMMIT}\nnodigest\n1.0\n"])
def test_record_that_cannot_be_read_is_left_out_and_logged(
    output: OutputDirectory,
    listed: list[RepoFile],
    caplog: pytest.LogCaptureFixture,
    content: str,
) -> None:
    record = output.root / ".cache/huggingface/download/data/1/file-1.bin.metadata"
    record.write_text(content)

    report = verify_directory(output.root)

    assert report == VerifyReport(98, (), ())
    assert "file-1.bin.metadata cannot be read" in caplog.text


def test_progress_is_told_in_the_calling_thread(
    output: OutputDirectory, listed: list[RepoFile]
) -> None:
    seen: list[tuple[VerifyProgress, bool]] = []

    verify_files(
        output.root,
        listed,
        lambda progress: seen.append((progress, threading.current_thread().name == "MainThread")),
    )

    assert seen[-1] == (VerifyProgress(99, sum(len(c) for c in CONTENTS.values())), True)
    assert all(in_main for _, in_main in seen)


def test_verification_ends_at_once_when_asked(output: OutputDirectory) -> None:
    size = 30 << 30  # holes: no room on the disk, but a quarter of a minute to hash
    (output.root / "large.bin").touch()
    os.truncate(output.root / "large.bin", size)
    file = RepoFile("large.bin", size, 64 * "0")
    begun = time.monotonic()

    def interrupt(_progress: VerifyProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_files(output.root, [file, file, file, file], interrupt)

    assert time.monotonic() - begun < 8
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("verify")]


def test_sizes_and_digests_of_the_listing_come_back(output: OutputDirectory) -> None:
    names = ["a b.txt", "Übermaß/ß.bin", 'quote".bin', "emoji-🤗.bin"]
    files = [lfs_file(name, name.encode()) for name in names]
    for file in files:
        store(output, file, file.path.encode())
    output.write_tree(COMMIT, iter(files))

    assert verify_directory(output.root) == VerifyReport(4, (), ())
