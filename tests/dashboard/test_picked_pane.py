"""What is said of the picks: how much, by which globs, whether it fits and how long it takes."""

from dataclasses import replace

import pytest

from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.drawing.spans import plain, width_of
from hfdl_tui.dashboard.view.files.job_globs import JobGlobs
from hfdl_tui.dashboard.view.files.on_disk import DiskLook
from hfdl_tui.dashboard.view.files.picked_pane import Picked, bottom_lines, picked_lines
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles
from hfdl_tui.dashboard.view.files.typed_filter import parse_filter
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


def filtered(text: str, **more: object) -> Picked:
    """With nothing picked."""
    given = picked(None, is_some=False)
    given.repo.filter_by(parse_filter(text))
    done = given.repo.sift().run(lambda: False)
    assert done is not None
    given.repo.take(done)
    return replace(given, **more)  # type: ignore[arg-type]


def test_with_a_filter_n_takes_what_it_finds() -> None:
    assert "n takes the 2 files found, 4.0 MB" in bottom(filtered("data"))
    assert "n takes the file found, 1.0 MB" in bottom(filtered("z"))
    assert "nothing yet: n takes what is found\n 2 files  4.0 MB" in pane(filtered("data"))
    assert "enter: looks at the disk" in pane(filtered("data", is_typing=True))


def test_while_a_filter_is_searched_no_number_is_promised() -> None:
    given = filtered("data")
    given.repo.filter_by(parse_filter("z"))

    assert bottom(given).endswith("nothing picked: n takes what is found")
    assert "2 files" not in pane(given)


def test_a_filter_that_finds_nothing_or_means_nothing_promises_nothing() -> None:
    empty = replace(WEIGHED, globs=None, globs_problem="no file is marked")
    for given, why in (
        (filtered("nowhere", weighed=empty), "the filter finds no file"),
        (filtered("data", wrong="no regular expression"), "the filter cannot be used: no regular"),
    ):
        assert f"n takes nothing: {why}" in bottom(given)
        assert pane(given).startswith(" Picked\n nothing yet\n\n")


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
