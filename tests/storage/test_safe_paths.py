"""No listing and no link can make us write, read or delete outside the output directory."""

import itertools
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfdl_core.errors import HfdlError, UnsafePath
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory, verify_files
from tests.storage.samples import COMMIT, OWNER, everything, lfs_file, regular_file, store

CONTENT = b"from the Hub"
MISCHIEF = [
    "../out.txt",
    "/etc/hfdl-was-here",
    "a/../../out.txt",
    "a/./b",
    "a//b",
    "..",
    "",
    "a\\..\\b",
    "nul\0byte",
    ".cache/huggingface/hfdl/incomplete/x",
    ".cache/huggingface/download/x.metadata",
    ".git/hooks/post-checkout",
    "x/" * 2100 + "x",
    "n" * 300,
]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory beside the output directory that must stay as it is."""
    place = tmp_path / "outside"
    (place / "sub").mkdir(parents=True)
    (place / "precious").write_bytes(b"precious")
    return place


@pytest.mark.parametrize("path", MISCHIEF)
def test_listed_path_that_leads_elsewhere_is_refused(output: OutputDirectory, path: str) -> None:
    file = lfs_file(path, CONTENT)

    with pytest.raises(UnsafePath):
        output.open_incomplete(file, OWNER)
    with pytest.raises(UnsafePath):
        output.existing(file, COMMIT)
    with pytest.raises(UnsafePath):
        output.trusts(file, COMMIT)
    with pytest.raises(UnsafePath):
        output.disk_needed([file])
    assert verify_files(output.root, [file]).wrong[0].path == path


@pytest.mark.parametrize("link", ["data", "data/train"])
def test_linked_directory_is_refused_by_name(
    output: OutputDirectory, outside: Path, link: str
) -> None:
    (output.root / link).parent.mkdir(exist_ok=True)
    (output.root / link).symlink_to(outside)
    file = lfs_file("data/train/precious", b"precious")

    with pytest.raises(UnsafePath, match=f"{output.root / link} is a symbolic link"):
        output.open_incomplete(file, OWNER)
    with pytest.raises(UnsafePath, match="symbolic link"):
        output.existing(file, COMMIT)
    with pytest.raises(UnsafePath, match="symbolic link"):
        output.disk_needed([file])
    assert "symbolic link" in verify_files(output.root, [file]).wrong[0].actual
    assert everything(outside) == {"precious": b"precious"}


def test_link_put_in_the_way_while_the_file_is_fetched_is_refused(
    output: OutputDirectory, outside: Path
) -> None:
    (output.root / "data").mkdir()

    with output.open_incomplete(lfs_file("data/precious", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT)
        (output.root / "data").rmdir()
        (output.root / "data").symlink_to(outside)
        with pytest.raises(UnsafePath, match="is a symbolic link"):
            incomplete.finish(COMMIT)

    assert everything(outside) == {"precious": b"precious"}


def _swap(data: Path, outside: Path, stop: threading.Event) -> None:
    for number in itertools.count():
        # Some of these fail where the writer made the directory in between.
        with suppress(OSError):
            data.rename(data.with_name(f"aside{number}"))
        with suppress(OSError):
            data.symlink_to(outside)
        with suppress(OSError):
            data.unlink()
        if stop.is_set():
            return


def test_link_swapped_in_again_and_again_never_leads_out(
    output: OutputDirectory, outside: Path
) -> None:
    stop = threading.Event()
    outcomes: set[str] = set()

    swapper = threading.Thread(target=_swap, args=(output.root / "data", outside, stop))
    swapper.start()
    try:
        for number in range(5000):
            if number >= 200 and {"stored", "UnsafePath"} <= outcomes:
                break
            content = CONTENT + number.to_bytes(2)
            try:
                store(output, lfs_file("data/precious", content), content)
            except HfdlError as error:
                outcomes.add(type(error).__name__)
            else:
                outcomes.add("stored")
    finally:
        stop.set()
        swapper.join()

    assert {"stored", "UnsafePath"} <= outcomes
    assert everything(outside) == {"precious": b"precious"}


def test_link_at_a_files_place_is_replaced_not_followed(
    output: OutputDirectory, outside: Path
) -> None:
    (output.root / "a.txt").symlink_to(outside / "precious")
    file = lfs_file("a.txt", b"precious")

    assert not output.existing(file, COMMIT)  # although the link leads to the right bytes
    store(output, file, b"precious")

    assert not (output.root / "a.txt").is_symlink()
    assert (outside / "precious").read_bytes() == b"precious"


@pytest.mark.parametrize(
    "directory", [".cache", ".cache/huggingface", ".cache/huggingface/hfdl/incomplete"]
)
def test_linked_record_directory_is_refused(tmp_path: Path, outside: Path, directory: str) -> None:
    root = tmp_path / "out"
    (root / directory).parent.mkdir(parents=True)
    (root / directory).symlink_to(outside)

    with pytest.raises(UnsafePath, match=f"{directory} is a symbolic link"):
        OutputDirectory(root).prepare()

    assert sorted(path.name for path in outside.iterdir()) == ["precious", "sub"]


def test_planted_link_instead_of_a_temporary_file_is_refused(
    output: OutputDirectory, outside: Path
) -> None:
    file = lfs_file("a.bin", CONTENT)
    with output.open_incomplete(file, OWNER):
        planted = next((output.root / ".cache/huggingface/hfdl/incomplete").iterdir())
    planted.unlink()
    planted.symlink_to(outside / "precious")

    with pytest.raises(UnsafePath, match="is a symbolic link"):
        output.open_incomplete(file, OWNER)

    assert (outside / "precious").read_bytes() == b"precious"


def test_linked_download_records_are_not_followed(
    output: OutputDirectory, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (output.root / ".cache/huggingface/download").symlink_to(outside)

    store(output, lfs_file("sub/a.bin", CONTENT), CONTENT)

    assert everything(outside) == {"precious": b"precious"}
    assert "no record for `hf download`" in caplog.text


def test_directory_at_a_files_place_is_refused_before_bytes_are_fetched(
    output: OutputDirectory,
) -> None:
    (output.root / "a.bin").mkdir()
    file = lfs_file("a.bin", CONTENT)

    with pytest.raises(UnsafePath, match=r"a\.bin is a directory where the repo has a file"):
        output.open_incomplete(file, OWNER)
    with pytest.raises(UnsafePath, match="is a directory"):
        output.existing(file, COMMIT)


def test_directory_made_at_a_files_place_meanwhile_is_refused(output: OutputDirectory) -> None:
    with output.open_incomplete(lfs_file("a.bin", CONTENT), OWNER) as incomplete:
        incomplete.write(CONTENT)
        (output.root / "a.bin").mkdir()
        with pytest.raises(UnsafePath, match="is a directory"):
            incomplete.finish(COMMIT)


def test_file_at_a_directorys_place_is_refused(output: OutputDirectory) -> None:
    (output.root / "data").write_bytes(b"mine")

    with pytest.raises(UnsafePath, match="data is a file where a directory is needed"):
        output.open_incomplete(lfs_file("data/a.bin", CONTENT), OWNER)

    assert (output.root / "data").read_bytes() == b"mine"


@pytest.mark.parametrize("special", ["fifo", "socket"])
def test_special_file_does_not_hold_us_up(output: OutputDirectory, special: str) -> None:
    place = output.root / "a.bin"
    if special == "fifo":
        os.mkfifo(place)
    else:
        os.mknod(place, 0o600 | 0o140000)
    file = lfs_file("a.bin", CONTENT)

    assert not output.existing(file, COMMIT)
    assert "special file" in verify_files(output.root, [file]).wrong[0].actual
    store(output, file, CONTENT)

    assert everything(output.root) == {"a.bin": CONTENT}


def test_job_id_cannot_leave_the_probes(output: OutputDirectory) -> None:
    with pytest.raises(HfdlError, match="is not the id of a job"):
        output.sees_probe("../../../etc/passwd", "x")


RECORDS = (".cache", "huggingface")
LETTERS = st.sampled_from(
    [*"ab./\\ \0\n:~é-", "..", "../", ".git", ".cache", "huggingface", "\ud800"]
)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.lists(LETTERS, max_size=8).map("".join))
def test_any_path_is_refused_or_lands_below_the_root(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    above = tmp_path_factory.mktemp("above")
    output = OutputDirectory(above / "out")
    output.prepare()
    file = regular_file(path, CONTENT)

    try:
        store(output, file, CONTENT)
    except UnsafePath:
        stored = {}
    else:
        stored = {path: CONTENT}

    seen = {
        found.relative_to(output.root).as_posix(): found.read_bytes()
        for found in output.root.rglob("*")
        if found.is_file() and found.relative_to(output.root).parts[:2] != RECORDS
    }
    assert seen == stored
    assert [entry.name for entry in above.iterdir()] == ["out"]


@pytest.mark.parametrize("length", [246, 247, 250, 255])
def test_longest_names_are_stored_with_or_without_a_record(
    output: OutputDirectory, length: int
) -> None:
    name = "n" * length

    store(output, RepoFile(*lfs_file(name, CONTENT)), CONTENT)

    assert everything(output.root) == {name: CONTENT}
    records = output.root / ".cache/huggingface/download"
    assert [path.name for path in records.iterdir()] == [f"{name}.metadata"] * (length <= 246)
