"""What is said of the picks: how much, by which globs, whether it fits and how long it takes."""

from dataclasses import replace

import pytest

from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.drawing.spans import plain, width_of
from hfdl_tui.dashboard.view.files.job_globs import JobGlobs
from hfdl_tui.dashboard.view.files.on_disk import DiskLook
from hfdl_tui.dashboard.view.files.picked_pane import Picked, bottom_lines, picked_lines
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles
from hfdl_tui.dashboard.view.files.weighing import Weighed
from hfdl_tui.dashboard.view.store import Store
from tests.dashboard.fakes import MB, a_view, a_worker
from tests.dashboard.repo_files import index_of
from tests.dashboard.test_repo_files import a_listing

DISK = DiskLook(
    files_there=1,
    bytes_there=3 * MB,
    files_to_fetch=2,
    bytes_to_fetch=20 * MB,
    room_needed=21 * MB,
    free_bytes=30 * MB,
)
WEIGHED = Weighed(JobGlobs(("data/*",), ("data/x",)), "", DISK, "")


def picked(weighed: Weighed | None = WEIGHED, workers: int = 2, *, is_some: bool = True) -> Picked:
    listing = a_listing("data/a", "data/b", "z")
    repo = RepoFiles(replace(listing, index=index_of({"data/a": 3 * MB, "data/b": MB, "z": MB})))
    if is_some:
        repo.toggle("data/")
    store = Store()
    store.apply(a_view(workers=[a_worker(f"w-{number}") for number in range(workers)]))
    return Picked(repo, store, weighed, "./name")


def pane(given: Picked, height: int = 40) -> str:
    return "\n".join(plain(line) for line in picked_lines(given, UNICODE, 40, height))


def bottom(given: Picked, width: int = 100, *, is_wide: bool = False) -> str:
    return "\n".join(plain(line) for line in bottom_lines(given, UNICODE, width, is_wide=is_wide))


def test_the_pane_tells_globs_disk_and_time() -> None:
    told = pane(picked())

    for words in (
        "2 files  4.0 MB",
        "+ data/*",
        "− data/x",
        "on disk 3.0 MB  1 file",
        "to get  20.0 MB  2 files",
        "free    30.0 MB",
        "2 workers 2.0 MB/s: 10 s",
    ):
        assert words in told


def test_nothing_picked_means_everything() -> None:
    told = bottom(picked(is_some=False), 120, is_wide=True)

    assert "nothing picked: n takes all 3 files, 5.0 MB → ./name, with 2 workers" in told
    assert "the dialog asks once more" in told


def test_what_does_not_fit_is_told_before_anything_begins() -> None:
    full = picked(replace(WEIGHED, disk=replace(DISK, free_bytes=MB)))

    assert "▲ needs 21.0 MB: too much" in pane(full)
    assert "▲ needs 21.0 MB: too much" in bottom(full)


def test_what_no_globs_can_say_is_told() -> None:
    scattered = picked(replace(WEIGHED, globs=None, globs_problem="mark whole folders"))

    assert "▲ mark whole folders" in pane(scattered)
    assert "▲ mark whole folders" in bottom(scattered)


def test_a_disk_that_tells_nothing_and_one_that_is_looked_at() -> None:
    silent = picked(replace(WEIGHED, disk=None, disk_problem="no such disk"))

    assert "▲ no such disk" in pane(silent)
    assert "looking at the disk" in pane(picked(None))


def test_without_workers_it_says_how_to_get_some() -> None:
    assert "a launch\n starts one here, J asks others" in pane(picked(workers=0))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_its_room(width: int) -> None:
    for weighed in (None, WEIGHED, replace(WEIGHED, globs=None, globs_problem="long " * 40)):
        lines = bottom_lines(picked(weighed), UNICODE, width, is_wide=False)
        lines += bottom_lines(picked(weighed), UNICODE, width, is_wide=True)
        lines += picked_lines(picked(weighed), UNICODE, width, 9)

        assert all(width_of(line) <= width for line in lines)
    assert len(picked_lines(picked(), UNICODE, width, 5)) == 5
