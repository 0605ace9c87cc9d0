"""What the page of files knows of an opened repo: marks, folders and filters while it is listed."""

from pathlib import Path

from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE
from hfdl_tui.dashboard.view.files.browser import Listing
from hfdl_tui.dashboard.view.files.file_rows import FileSource
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles, Sifted
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeOrder
from hfdl_tui.dashboard.view.files.typed_filter import parse_filter
from hfdl_tui.dashboard.view.files.weighing import weigh
from tests.dashboard.fake_browser import a_repo
from tests.dashboard.repo_files import index_of

FEW = ("data/a.bin", "data/b.bin", "z.txt")
MORE = (*FEW, "data/c.bin", "new/d.bin")


def a_listing(*paths: str, is_complete: bool = True) -> Listing:
    return Listing(a_repo(), index_of(paths), is_complete, refused=None, path=None)


def sifted(repo: RepoFiles) -> Sifted:
    done = repo.sift().run(lambda: False)
    assert done is not None
    return done


def keys(repo: RepoFiles) -> list[str]:
    return [repo.rows.key_at(number) for number in range(len(repo.rows))]


def marks(repo: RepoFiles) -> str:
    source = FileSource(repo.rows, repo.selection, ASCII)
    return "".join(source.row_at(number).cells[0][0] for number in range(len(source)))


def test_a_listing_that_grows_is_shown_at_once_while_nothing_is_marked() -> None:
    repo = RepoFiles(a_listing(*FEW, is_complete=False))
    repo.turn("data/")

    assert not repo.grow(a_listing(*MORE))
    assert keys(repo) == ["data/", "data/a.bin", "data/b.bin", "data/c.bin", "new/", "z.txt"]


def test_marks_go_along_when_it_grows() -> None:
    repo = RepoFiles(a_listing(*FEW, is_complete=False))
    repo.toggle("data/")

    assert repo.grow(a_listing(*MORE))
    assert repo.take(sifted(repo))
    assert (repo.selection.count, marks(repo)) == (3, "#..")


def test_what_grew_is_not_lost_when_the_filter_is_taken_away_or_the_order_changed() -> None:
    for takes_away in (True, False):
        repo = RepoFiles(a_listing(*FEW, is_complete=False))
        repo.toggle("z.txt")
        repo.filter_by(parse_filter("bin") if takes_away else None)
        assert repo.grow(a_listing(*MORE))

        # A sift is needed all the same.
        assert repo.filter_by(None) if takes_away else repo.sort(TreeOrder())
        assert repo.take(sifted(repo))
        assert len(repo.listing.index) == len(MORE)


def test_another_filter_is_another_job_though_it_finds_the_same_files() -> None:
    repo = RepoFiles(a_listing(*MORE))
    versions = []
    for text in ("bin", ".bin", "*.bin"):
        repo.filter_by(parse_filter(text))
        assert repo.is_searching
        assert repo.take(sifted(repo))
        versions.append(repo.version)

    assert len(set(versions)) == 3
    assert [mark.globs for mark in repo.marked.globs] == [("*.bin",)]


def test_marks_set_meanwhile_are_not_lost() -> None:
    repo = RepoFiles(a_listing(*FEW, is_complete=False))
    repo.toggle("data/a.bin")
    repo.grow(a_listing(*MORE))
    early = sifted(repo)
    repo.toggle("z.txt")

    assert not repo.take(early)
    assert repo.take(sifted(repo))
    assert (repo.selection.count, len(repo.listing.index)) == (2, 5)


def test_a_version_once_seen_never_means_other_marks() -> None:
    repo = RepoFiles(a_listing(*FEW, is_complete=False))
    seen = {repo.selection.version}

    repo.grow(a_listing(*MORE))

    assert repo.selection.version not in seen


def test_a_filter_shows_what_it_found_and_marks_all_of_it() -> None:
    repo = RepoFiles(a_listing(*MORE))
    assert repo.filter_by(parse_filter("*.bin"))
    assert keys(repo) == ["data/", "new/", "z.txt"]

    repo.take(sifted(repo))
    repo.toggle_all()

    assert keys(repo) == ["data/a.bin", "data/b.bin", "data/c.bin", "new/d.bin"]
    assert (repo.selection.count, repo.marked.globs[0].globs) == (4, ("*.bin",))
    assert not repo.filter_by(None)
    assert marks(repo) == "##."


def test_a_filter_and_a_grown_listing_come_together() -> None:
    repo = RepoFiles(a_listing(*FEW, is_complete=False))
    repo.filter_by(parse_filter("bin"))
    repo.take(sifted(repo))

    assert repo.grow(a_listing(*MORE))
    assert len(keys(repo)) == 2
    repo.take(sifted(repo))

    assert repo.matches is not None
    assert repo.matches.index is repo.selection.index is repo.listing.index
    assert len(keys(repo)) == 4


def test_nobody_waits_for_an_outdated_search() -> None:
    repo = RepoFiles(a_listing(*MORE))
    repo.filter_by(parse_filter("bin"))

    assert repo.sift().run(lambda: True) is None


def test_left_and_right_walk_through_folders() -> None:
    repo = RepoFiles(a_listing("a/b/c.txt", "a/d.txt"))

    assert repo.step("a/", is_right=True) is None
    assert keys(repo) == ["a/", "a/b/", "a/d.txt"]
    assert repo.step("a/", is_right=True) == "a/b/"
    assert repo.step("a/d.txt", is_right=True) is None
    assert repo.step("a/d.txt", is_right=False) == "a/"
    assert repo.step("a/b/", is_right=False) == "a/"
    assert repo.step("a/", is_right=False) is None
    assert keys(repo) == ["a/"]


def test_the_path_of_a_link_is_unfolded() -> None:
    repo = RepoFiles(a_listing("a/b/c.txt", "d.txt"))

    assert repo.reveal("nowhere") is None
    assert repo.reveal("a/b") == "a/b/"
    assert keys(repo) == ["a/", "a/b/", "d.txt"]
    assert repo.reveal("a/b/c.txt") == "a/b/c.txt"
    assert keys(repo) == ["a/", "a/b/", "a/b/c.txt", "d.txt"]


def test_an_order_keeps_what_is_open() -> None:
    repo = RepoFiles(a_listing("a/1", "a/2", "b"))
    repo.turn("a/")

    assert not repo.sort(TreeOrder(SortBy.NAME, reverse=True))
    assert keys(repo) == ["a/", "a/2", "a/1", "b"]


def test_with_nothing_marked_a_job_means_everything(tmp_path: Path) -> None:
    repo = RepoFiles(a_listing(*MORE))

    weighed = weigh(repo.marked, tmp_path / "none")

    assert weighed is not None
    assert (weighed.globs, weighed.disk and weighed.disk.files_to_fetch) == (((), ()), 5)


def test_what_is_too_much_to_say_is_told_and_the_disk_looked_at_all_the_same(
    tmp_path: Path,
) -> None:
    repo = RepoFiles(a_listing(*(f"{number:05}" for number in range(5000))))
    for number in range(0, 5000, 2):
        repo.toggle(f"{number:05}")
    place = tmp_path / "place"
    place.mkdir()
    (place / "00002").write_bytes(b"123")

    weighed = weigh(repo.marked, place)

    assert weighed is not None
    assert weighed.globs is None
    assert "pick whole folders" in weighed.globs_problem
    assert weighed.disk is not None
    assert (weighed.disk.files_there, weighed.disk.files_to_fetch) == (1, 2499)


def test_a_disk_that_tells_nothing_is_a_sentence(tmp_path: Path) -> None:
    weighed = weigh(RepoFiles(a_listing(*FEW)).marked, tmp_path / ("x" * 300))

    assert weighed is not None
    assert (weighed.globs, weighed.disk) == (((), ()), None)
    assert "cannot hold such a name" in weighed.disk_problem


def test_rows_say_how_much_of_them_is_marked_and_how_deep_they_are() -> None:
    repo = RepoFiles(a_listing("a/b/c.txt", "a/d.txt", "e.txt"))
    repo.turn("a/")
    repo.turn("a/b/")
    repo.toggle("a/d.txt")
    source = FileSource(repo.rows, repo.selection, UNICODE)

    rows = [source.row_at(number).cells for number in range(len(source))]

    assert [(cells[0][0], cells[1]) for cells in rows] == [
        ("◪", "▾ a/"),
        ("▢", "  ▾ b/"),
        ("▢", "      c.txt"),
        ("▣", "    d.txt"),
        ("▢", "  e.txt"),
    ]
    assert [cells[2:] for cells in rows[:1]] == [("3 B", "2")]
