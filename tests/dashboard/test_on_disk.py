"""Before a job begins one sees what of it is there already, and whether the rest fits."""

import os
from pathlib import Path

import pytest

from hfdl_core.errors import StorageError
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory
from hfdl_tui.dashboard.view.files.on_disk import DiskLook, look_at_disk
from hfdl_tui.dashboard.view.files.selection import MarkedFiles, Selection
from tests.dashboard.repo_files import index_of

FILES = {"README.md": 5, "data/a.bin": 9000, "data/deep/b.bin": 10, "other/c.bin": 1, "empty": 0}


def marked(*folders: str) -> MarkedFiles:
    """The files of these folders, or all."""
    selection = Selection(index_of(FILES))
    for path in folders or ("",):
        folder = selection.index.find_folder(path)
        assert folder is not None
        selection.mark_folder(folder, is_on=True)
    return selection.taken()


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x" * FILES[path])


def looked(files: MarkedFiles, root: Path) -> DiskLook:
    look = look_at_disk(files, root)
    assert look is not None
    return look


def test_a_new_destination_needs_everything(tmp_path: Path) -> None:
    look = looked(marked(), tmp_path / "not" / "yet")

    assert (look.files_there, look.bytes_there) == (0, 0)
    assert (look.files_to_fetch, look.bytes_to_fetch) == (5, 9016)
    assert look.free_bytes == pytest.approx(_free(tmp_path), rel=0.2)
    assert look.fits


def test_files_of_the_right_size_are_there_already(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "data/a.bin", "data/deep/b.bin", "empty")
    (tmp_path / "README.md").write_bytes(b"too long for it")
    (tmp_path / "a stranger").mkdir()
    (tmp_path / "a stranger" / "a.bin").touch()

    look = looked(marked(), tmp_path)

    assert (look.files_there, look.bytes_there) == (3, 9010)
    assert (look.files_to_fetch, look.bytes_to_fetch) == (2, 6)


def test_only_marked_files_count(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "data/a.bin")

    look = looked(marked("data/"), tmp_path)

    assert (look.files_there, look.files_to_fetch, look.bytes_to_fetch) == (1, 1, 10)


def test_links_and_directories_are_no_files(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "data/a.bin")
    (tmp_path / "root" / "README.md").mkdir(parents=True)
    (tmp_path / "root" / "data").symlink_to(tmp_path / "elsewhere" / "data")

    assert looked(marked(), tmp_path / "root").files_there == 0


def test_the_room_needed_is_what_the_core_will_ask_for(tmp_path: Path) -> None:
    write(tmp_path, "data/a.bin")
    files = [RepoFile(path, size, "0" * 64) for path, size in FILES.items()]

    look = looked(marked(), tmp_path)

    core = OutputDirectory(tmp_path).disk_needed(files)
    assert look.room_needed == core.bytes_on_disk
    assert look.bytes_to_fetch == core.bytes_to_fetch


def test_more_than_the_disk_has_does_not_fit() -> None:
    look = DiskLook(0, 0, 1, 10, room_needed=11, free_bytes=10)

    assert not look.fits


def test_a_destination_that_cannot_be_one_is_told() -> None:
    with pytest.raises(StorageError):
        look_at_disk(marked(), Path("a\0b"))


def test_an_outdated_look_ends(tmp_path: Path) -> None:
    write(tmp_path, "README.md")

    assert look_at_disk(marked(), tmp_path, lambda: True) is None


def _free(path: Path) -> int:
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize
